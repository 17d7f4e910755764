"""From a checked scenario to a training: lay the program, check its cost and its targets, make the parameters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property, lru_cache
from itertools import chain

import msgspec
import numpy as np

from nnstep.catalog.datasets import Prepared
from nnstep.catalog.initializers import INITIALIZERS
from nnstep.catalog.layers.base import Layer
from nnstep.catalog.laying import Laying, Maker, SettingError, WrongShapeError, shape_text
from nnstep.catalog.losses import LOSSES, Loss
from nnstep.catalog.mistakes import MISTAKES, Laid
from nnstep.catalog.names import NAME_SETS
from nnstep.catalog.names.base import NameSet
from nnstep.catalog.ops import OPS
from nnstep.catalog.optimizers import OPTIMIZERS, RATE, Optimizer, Updating
from nnstep.catalog.schedules import CONSTANT, SCHEDULES
from nnstep.engine.backward import lay_gradients
from nnstep.engine.build import Builder
from nnstep.engine.cell import Array
from nnstep.engine.program import Program
from nnstep.engine.random import Purpose, stream
from nnstep.engine.rule import RuleError, Shape
from nnstep.engine.training import INPUTS, TARGETS, Feed, Samples, Training
from nnstep.errors import NnstepError, unknown
from nnstep.records import dataclass
from nnstep.scenario.breaks import Breakpoint, read_breaks
from nnstep.scenario.cost import check_axes, check_memory, check_sizes
from nnstep.scenario.data import deal_out, prepare_data
from nnstep.scenario.lesson import LessonStop, read_lesson
from nnstep.scenario.load import LoadedScenario
from nnstep.scenario.notes import check_notes
from nnstep.scenario.quiz import QuizStep, read_quiz
from nnstep.scenario.sense import check_sense
from nnstep.scenario.suits import suiting
from nnstep.scenario.text import in_message


@dataclass(frozen=True)
class Compiled:
    """A scenario ready to run: the training, the data it came from, and the names it is told in."""

    scenario: LoadedScenario
    names: NameSet
    training: Training
    data: Prepared
    lesson: tuple[LessonStop, ...] = ()
    quiz: tuple[QuizStep, ...] = ()
    breaks: tuple[Breakpoint, ...] = ()

    def renamed(self, names: str) -> "Compiled":
        """Return the same training told in another name set; parameters keep every bit."""
        return compile_scenario(self.scenario, names=names, data=self.data)

    def hushed(self) -> "Compiled":
        """Return the same without what only the teacher is to read: no notes, and of its lesson only the questions."""
        model = self.scenario.model
        written = tuple(msgspec.structs.replace(stop, say=type(model.title)("")) for stop in model.lesson)
        scenario = replace(self.scenario, model=msgspec.structs.replace(model, notes={}, lesson=written))
        return replace(self, scenario=scenario, lesson=tuple(replace(stop, say="") for stop in self.lesson))


def compile_scenario(loaded: LoadedScenario, *, names: str = "", data: Prepared | None = None) -> Compiled:
    """Compile a scenario, in its own name set or in another.

    Raises NnstepError with the line of the file where a shape does not fit, targets suit neither network nor loss,
    or the values would take more memory than MEMORY_LIMIT.
    """
    chosen = names or loaded.model.names
    if chosen not in NAME_SETS:
        raise unknown("name set", in_message(chosen), NAME_SETS)
    prepared = data or prepare_data(loaded)
    return _Compiler(loaded, NAME_SETS[chosen], prepared).compile()


@dataclass
class _Compiler:
    loaded: LoadedScenario
    names: NameSet
    data: Prepared
    first: dict[str, Maker] = field(default_factory=dict)
    feeds: dict[str, Feed] = field(default_factory=dict)
    mistaken: set[str] = field(default_factory=set)  # the steps that a mistake on purpose has changed

    def compile(self) -> Compiled:
        samples = Samples(self.data.train.inputs, self.data.train.targets)
        batches = deal_out(self.loaded, len(samples))
        build = lru_cache(maxsize=None)(self._program)
        answer = lru_cache(maxsize=None)(lambda size: self._program(size, training=False))
        sizes = sorted(batches.sizes(), reverse=True)
        largest = build(sizes[0])
        check_axes(self.loaded, largest)
        check_sense(self.loaded, largest, self.data)
        self._check_mistake()
        check_sizes(self.loaded, largest, len(sizes))
        for program in chain(map(build, sizes), (answer(len(part)) for part in self.data.parts[1:] if len(part))):
            check_memory(self.loaded, program)
        model = self.loaded.model
        training = Training(
            build,
            batches,
            samples,
            Samples(self.data.test.inputs, self.data.test.targets),
            {identity: _frozen(make()) for identity, make in self.first.items()},
            self.settings[RATE],
            model.epochs,
            model.stop.loss_below,
            self._schedule(),
            self.feeds,
            answer,
            model.stop.patience,
            Samples(self.data.validation.inputs, self.data.validation.targets),
        )
        check_notes(self.loaded, largest)
        own = self._own(largest)
        pictures = suiting(training, self.data) if model.lesson else ()
        lesson, quiz = read_lesson(self.loaded, own, batches, pictures), read_quiz(self.loaded, own)
        breaks = read_breaks(self.loaded, own, training)
        return Compiled(self.loaded, self.names, training, self.data, lesson, quiz, breaks)

    def _own(self, program: Program) -> Program:
        """Return the program in the names of the file, which its lesson and its quiz are written in."""
        own, model = NAME_SETS[self.loaded.model.names], self.loaded.model
        if self.names is own or not (model.lesson or model.quiz or model.breaks):
            return program
        return _Compiler(self.loaded, own, self.data)._program(program.values[INPUTS].shape[0])

    def _program(self, size: int, *, training: bool = True) -> Program:
        """Lay the whole program for a batch of `size` samples; without training only the answers and their loss."""
        layers = len(self.loaded.model.network)
        builder = Builder(OPS, lambda identity: self.names.of(identity, layers), self.names.sign)
        x = builder.variable(INPUTS, (size, *self.data.train.inputs.shape[1:]), "data")
        first: dict[str, Maker] = {}
        feeds: dict[str, Feed] = {}
        seed, samples = self.loaded.model.seed, len(self.data.train)
        for number, layer in enumerate(self.loaded.model.network, 1):
            laying = Laying(builder, number, self.names.affine, self._draw, first, feeds, seed, samples, training)
            x = self._located(number, layer.lay, laying, x)
        builder.variable(TARGETS, (size, *self.data.train.targets.shape[1:]), "data")
        loss = self._lay_loss(builder, x)
        if training:
            builder.variable(RATE, (), "constant")
            self._lay_updates(builder, lay_gradients(builder, loss), first)
            self.first, self.feeds = self.first or first, self.feeds or feeds
        self._make_mistake(builder, x)
        silent = frozenset() if self.names.shows_loss else _only_for(builder, loss)
        return builder.finish(x, self.names.order, silent)

    def _located(self, number: int, lay: Callable[[Laying, str], str], laying: Laying, x: str) -> str:
        """Lay a layer; what does not fit is told with the layer's line."""
        try:
            return lay(laying, x)
        except RuleError as error:
            taken = f"layer {number} takes {shape_text(laying.shape(x)[1:])} from each sample"
            hint = error.hint or _of_units(error, self.loaded.model.network[number - 1]) or taken
            key = (error.key,) if isinstance(error, SettingError) else ()
            where = self.loaded.where("network", number - 1, *key)
            raise NnstepError(f"layer {number}: {error}", where=where, hint=hint) from error

    def _lay_loss(self, builder: Builder, output: str) -> str:
        loss, setting = self._loss(), self.loaded.model.loss
        got, wanted = builder.shapes[TARGETS], builder.shapes[output]
        if got != wanted:
            raise NnstepError(
                f"each target is {_one(got)}, the network ends with {_one(wanted)}",
                where=self.loaded.where("data", "targets"),
                hint=_as_many(self.loaded.model.data.one_hot, got, wanted),
            )
        op = loss.step_op(setting.reduction or loss.reduction)
        rows = int(np.prod(wanted[:-1]))
        settings = {"n": rows if loss.rows else rows * wanted[-1]}
        # By name: the rule of a loss may read the targets before the output.
        reads = {name: TARGETS if name == "t" else output for name in OPS[op].inputs}
        weights = [v.id for v in builder.variables if v.trainable and len(v.shape) > 1] if setting.l2 else []
        identity = "loss.data" if weights else "loss"
        builder.lay(op, reads, identity, "error", layer="loss", settings=settings)
        return _lay_penalties(builder, weights, setting.l2) if weights else identity

    def _lay_updates(self, builder: Builder, gradients: Mapping[str, str], first: dict[str, Maker]) -> None:
        """Lay the updates from the last layer to the first, as the gradients came."""
        layers = {variable.id: variable.layer for variable in builder.variables}
        for layer in reversed(list(dict.fromkeys(layers[parameter] for parameter in gradients))):
            for parameter, gradient in gradients.items():
                if layers[parameter] == layer:
                    update = Updating(builder, parameter, gradient, RATE, self.settings, first)
                    builder.carry[parameter] = self._optimizer().lay(update)

    def _make_mistake(self, builder: Builder, output: str) -> None:
        """Change what was laid, where the scenario has a mistake on purpose."""
        if self.loaded.model.mistake:
            laid = Laid(builder, output, self.settings[RATE])
            MISTAKES[self.loaded.model.mistake].make(laid)
            self.mistaken.update(laid.changed)

    def _check_mistake(self) -> None:
        """Refuse a mistake that nothing in this network can have."""
        name = self.loaded.model.mistake
        if name and not self.mistaken:
            what = f"{name} changes nothing here: this mistake needs {MISTAKES[name].needs}"
            raise NnstepError(what, where=self.loaded.where("mistake"), hint=MISTAKES[name].hint)

    def _loss(self) -> Loss:
        return LOSSES[self.loaded.model.loss.name]

    def _optimizer(self) -> Optimizer:
        return OPTIMIZERS[self.loaded.model.optimizer.name]

    def _schedule(self) -> Callable[[int], float] | None:
        """Return what the learning rate is in each epoch; None where it stays as it is."""
        model, rate = self.loaded.model, self.settings[RATE]
        chosen = model.optimizer.schedule
        if chosen.name == CONSTANT:
            return None
        return lambda epoch: SCHEDULES[chosen.name].rate(rate, epoch, model.epochs, chosen.settings)

    @cached_property
    def settings(self) -> Mapping[str, float]:
        """Every setting of the optimizer, given or by default."""
        given, where = self.loaded.model.optimizer.settings, self.loaded.where
        return self._optimizer().settle(given, lambda key: where("optimizer", "settings", key))

    def _draw(
        self, shape: Shape, init: str | dict[str, str | float], layer: int, parameter: int, fans: tuple[int, int]
    ) -> Maker:
        settings = {"name": init} if isinstance(init, str) else dict(init)
        name = str(settings.pop("name", ""))
        where = self.loaded.where("network", layer - 1, "init")
        if name not in INITIALIZERS:
            raise unknown("initializer", name, INITIALIZERS, where=where)
        seed = self.loaded.model.seed
        return lambda: INITIALIZERS[name].draw(
            stream(Purpose.WEIGHTS, seed, layer, parameter), shape, *fans, where=where, **settings
        )


def _only_for(builder: Builder, value: str) -> frozenset[str]:
    """Return a value and what is worked out for it alone, but for the forward pass: the answers are always shown."""
    needed = {value}
    for step in reversed([step for step in builder.steps if step.phase == "error"]):
        readers = [other.id for other in builder.steps if step.id in other.reads]
        if readers and needed.issuperset(readers):
            needed.add(step.id)
    return frozenset(needed)


def _lay_penalties(builder: Builder, weights: Sequence[str], l2: float) -> str:
    """Add what the weights cost to the loss, one parameter at a time; returns the id of the whole loss."""
    total = "loss.data"
    for number, weight in enumerate(weights, 1):
        penalty = f"{weight}.penalty"
        builder.lay("l2_penalty", [weight], penalty, "error", layer="loss", settings={"l2": l2})
        whole = "loss" if number == len(weights) else f"loss.with_{number}"
        total = builder.lay("add", [total, penalty], whole, "error", layer="loss")
    return total


def _frozen(values: Array) -> Array:
    own = np.array(values, dtype=np.float64)  # as values
    own.flags.writeable = False
    return own


def _as_many(is_one_hot: bool, got: Shape, wanted: Shape) -> str:
    """Return what to try where targets of the shape `got` meet a network that ends with `wanted`."""
    units = "give the last layer as many units as a target has numbers"
    by_class = not is_one_hot and got[1:] == (1,) and wanted[-1] > 1
    return f"put one_hot: true in data, for a row of 0 and 1 in place of a class; or {units}" if by_class else units


def _one(shape: Shape) -> str:
    """Say what one sample's part of a value is."""
    rest = shape[1:]
    return f"{rest[0]} number{'s' * (rest[0] != 1)}" if len(rest) == 1 else "×".join(map(str, rest)) + " numbers"


def _of_units(error: RuleError, layer: Layer) -> str:
    """Return how many numbers the units of a layer need where another count was given; empty for what has none."""
    units = getattr(layer, "units", 0)
    if not isinstance(error, WrongShapeError) or error.wanted[-1:] != (units,):
        return ""
    rows = f"{_many(error.wanted[0], 'row')} of " if len(error.wanted) > 1 else ""
    return f"{rows}{_many(units, 'number')}, one for each unit; or leave {error.key} out"


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'s' * (count != 1)}"
