"""What a scenario says, checked: frozen structs that hold plain values and SafeText, and nothing of the file's form."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, Union

from msgspec import Meta, Struct, defstruct, field

from nnstep.catalog.conditions import CONDITIONS, Condition
from nnstep.catalog.layers import LAYERS
from nnstep.catalog.layers.base import Layer
from nnstep.catalog.schedules import CONSTANT
from nnstep.scenario import limits
from nnstep.scenario.text import SafeText

if TYPE_CHECKING:
    LayerEntry: TypeAlias = Layer
else:
    LayerEntry = Union[tuple(LAYERS.values())]  # noqa: UP007 - the layers are found at run time

Numbers: TypeAlias = list[Any]
"""Lists of numbers in lists, of any depth, all rows of one length: checked by `numbers.check_numbers`."""

Seed = Annotated[int, Meta(ge=0, le=2**32 - 1)]


def _nothing() -> SafeText:
    return SafeText("")


class _Checked(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Refuses keys that it does not know."""


Part: TypeAlias = Annotated[int, Meta(ge=1, le=limits.SAMPLES)] | Annotated[float, Meta(gt=0, lt=1)]


class Split(_Checked, frozen=True, kw_only=True):
    """Which parts of the samples are set aside, and the seed that chooses them."""

    test: Annotated[Part | None, Meta(description="for the test: a part, such as 0.2, or a number of samples")] = None
    validation: Annotated[
        Part | None,
        Meta(description="to watch the training by, out of what is left beside the test: a part of all, or a number"),
    ] = None
    seed: Annotated[Seed, Meta(description="another seed chooses other samples")] = 0


class _Data(_Checked, tag_field="form", frozen=True, kw_only=True):
    """What all forms of data may say: how samples are prepared and shown, and which are set aside."""

    image: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=limits.UNITS)], Annotated[int, Meta(ge=1, le=limits.UNITS)]] | None,
        Meta(description="rows and columns of one sample when it is drawn as a picture, such as [8, 8]"),
    ] = None
    labels: Annotated[
        tuple[SafeText, ...],
        Meta(description="the names of the classes, or of the samples", max_length=limits.LABELS),
    ] = ()
    split: Annotated[
        Split | None, Meta(description="sets some samples aside, such as split: {test: 0.2, validation: 0.1, seed: 42}")
    ] = None
    scale: Annotated[str | None, Meta(description="how each input is scaled")] = None
    one_hot: Annotated[bool, Meta(description="turn classes into rows of 0 and 1")] = False
    take: Annotated[
        Annotated[int, Meta(ge=1, le=limits.SAMPLES)] | None,
        Meta(description="how many of the training samples to keep"),
    ] = None


class InlineData(_Data, tag="inline", frozen=True, kw_only=True):
    """Samples written out: inputs (b, i) or with more axes, and as many targets."""

    inputs: Annotated[Numbers, Meta(description="one row of numbers for each sample")]
    targets: Annotated[Numbers, Meta(description="what the network should answer: one row for each sample")]


class SourceData(_Data, tag="source", frozen=True, kw_only=True):
    """A data set of the catalog, by its name. settings: what it was told, by name (samples, noise, seed ...)."""

    source: Annotated[str, Meta(description="the name of a data set")]
    settings: dict[str, int | float] = {}


class FileData(_Data, tag="file", frozen=True, kw_only=True):
    """A CSV file beside the scenario."""

    file: Annotated[str, Meta(description="a .csv file beside the scenario; its first line names the columns")]
    targets: Annotated[
        tuple[SafeText, ...],
        Meta(description="the columns that are targets; all others are inputs", min_length=1),
    ]


class ChosenLoss(_Checked, frozen=True, kw_only=True):
    """A loss by name. reduction: None is what the loss does by itself. l2: the factor of the squared weights in it."""

    name: Annotated[str, Meta(description="the name of a loss")]
    reduction: Annotated[Literal["sum", "mean"] | None, Meta(description="add the errors up, or average them")] = None
    l2: Annotated[float, Meta(ge=0, description="adds l2 times the squares of the weights")] = 0.0


class ChosenSchedule(_Checked, frozen=True, kw_only=True):
    """A schedule by name. settings: only what the scenario says; the others have the catalog's defaults."""

    name: Annotated[str, Meta(description="the name of a schedule")] = CONSTANT
    settings: dict[str, float] = {}


class ChosenOptimizer(_Checked, frozen=True, kw_only=True):
    """An optimizer by name. settings: only what the scenario says; the others have the catalog's defaults."""

    name: Annotated[str, Meta(description="the name of an optimizer")]
    settings: dict[str, float] = {}
    schedule: ChosenSchedule = ChosenSchedule()


class Stop(_Checked, frozen=True, kw_only=True):
    """When fast-forward stops before its last epoch; None is never."""

    loss_below: Annotated[Annotated[float, Meta(ge=0)] | None, Meta(description="stop when the loss is below this")] = (
        None
    )
    patience: Annotated[
        Annotated[int, Meta(ge=1, le=limits.EPOCHS)] | None,
        Meta(description="stop after so many epochs in which the validation loss, or the test's, did not fall"),
    ] = None


class _Place(_Checked, frozen=True, kw_only=True):
    """A breakpoint at a place, as it is written; `breaks.read_breaks` looks up what it names."""

    step: Annotated[SafeText | None, Meta(description="stop when this step is done: its name or id")] = None
    phase: Annotated[
        SafeText | None, Meta(description="stop where this phase begins: forward, error, deltas, gradients or update")
    ] = None
    layer: Annotated[
        Annotated[int, Meta(ge=1, le=limits.LAYERS)] | None,
        Meta(description="stop wherever the steps of this layer begin, counted from 1"),
    ] = None


def _amount(condition: Condition) -> Any:
    """Return the type of a condition's number, or true for one that has none."""
    setting, said = condition.setting, f"stop when {condition.sentence.replace('{}', 'N')}"
    if setting is None:
        return Annotated[bool | None, Meta(description=said)]
    kind: Any = int if setting.is_whole else float
    return Annotated[Annotated[kind, Meta(ge=setting.low, le=setting.high)] | None, Meta(description=said)]


_break: Any = defstruct(
    "WrittenBreak",
    [(name, _amount(condition), None) for name, condition in CONDITIONS.items()],
    bases=(_Place,),
    module=__name__,
    namespace={"__doc__": "One breakpoint."},
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
)
"""One breakpoint, as it is written: one key, at a place or out of the table of conditions."""

if TYPE_CHECKING:
    WrittenBreak: TypeAlias = _Place
else:
    WrittenBreak = _break


class WrittenStop(_Checked, frozen=True, kw_only=True):
    """One stop of a lesson, as it is written; `lesson.read_lesson` looks up what it names."""

    at: Annotated[SafeText, Meta(description="where: EPOCH:STEP, such as 1:start, 3:output or 3:last")]
    show: Annotated[
        SafeText, Meta(description="what to look at: sheet or a picture, a matrix to see alone, or a cell: wh[0,1]")
    ] = field(default_factory=_nothing)
    say: Annotated[SafeText, Meta(description="what the teacher says there")] = field(default_factory=_nothing)
    ask: Annotated[SafeText, Meta(description="the question for the room")] = field(default_factory=_nothing)


class WrittenQuestion(_Checked, frozen=True, kw_only=True):
    """One question of a quiz, as it is written; `quiz.read_quiz` looks up what it names."""

    of: Annotated[SafeText, Meta(description="a step, its cell and the iterations it is for: E, E[2,0] or E[2,0]@1-5")]
    ask: Annotated[
        Literal["sign", "change", "shape", "value", "operation"] | None,
        Meta(description="what is asked about it; each that suits, in turn, if nothing is said"),
    ] = None
    say: Annotated[SafeText, Meta(description="the question in the teacher's words")] = field(default_factory=_nothing)
    within: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | None,
        Meta(description="how far off a number may be, as a part of it: 0.05 if nothing is said"),
    ] = None


class Scenario(_Checked, frozen=True, kw_only=True):
    """One scenario, checked but for what only its shapes can tell."""

    title: Annotated[SafeText, Meta(description="what the scenario is called")]
    summary: Annotated[SafeText, Meta(description="what there is to see in it")] = field(default_factory=_nothing)
    names: Annotated[str, Meta(description="what values are called, in which order, with which sign")] = "math"
    seed: Annotated[Seed, Meta(description="decides drawn weights, shuffling and dropout")] = 0
    data: Annotated[
        InlineData | SourceData | FileData,
        Meta(description="the samples: inputs: and targets: as rows of numbers, source: a data set, or file: a table"),
    ]
    network: Annotated[
        tuple[LayerEntry, ...],
        Meta(description="the layers, from the inputs to the output", min_length=1, max_length=limits.LAYERS),
    ]
    loss: ChosenLoss
    optimizer: ChosenOptimizer
    batch: Annotated[
        Annotated[int, Meta(ge=1, le=limits.BATCH)] | Literal["full"],
        Meta(description="how many samples an iteration takes"),
    ] = "full"
    batches: Annotated[
        tuple[Annotated[tuple[Annotated[int, Meta(ge=0)], ...], Meta(min_length=1)], ...],
        Meta(description="the rows of each iteration outright, counted from 0, used in turn", min_length=1),
    ] = ()
    shuffle: Annotated[bool, Meta(description="take the samples in a new order in each epoch")] = False
    epochs: Annotated[int, Meta(ge=1, le=limits.EPOCHS, description="where fast-forward stops")] = 1000
    stop: Annotated[Stop, Meta(description="when to stop before that")] = Stop()
    mistake: Annotated[str | None, Meta(description="a published fault that is made on purpose, to be found")] = None
    notes: Annotated[
        dict[SafeText, SafeText],
        Meta(description="the teacher's words, by the name of the step they are shown with", max_length=limits.NOTES),
    ] = {}
    lesson: Annotated[
        tuple[WrittenStop, ...],
        Meta(description="the stops of a lecture, in their order: PgDn in the lecture view", max_length=limits.STOPS),
    ] = ()
    breaks: Annotated[
        tuple[WrittenBreak, ...],
        Meta(description="breakpoints: where run and fast-forward stop", max_length=limits.BREAKS),
    ] = ()
    quiz: Annotated[
        tuple[WrittenQuestion, ...],
        Meta(description="where people are to predict a result, with p, before they see it", max_length=limits.STOPS),
    ] = ()

    def layer(self, name: str) -> LayerEntry | None:
        """Return the layer that a program calls `layer3`; None for what is of no layer, such as the learning rate."""
        number = name.removeprefix("layer")
        return self.network[int(number) - 1] if number.isdecimal() else None
