"""What a layer and an optimizer lay their steps with: a builder that knows whose steps they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Protocol

from nnstep.engine.build import Builder
from nnstep.engine.cell import Array
from nnstep.engine.op import Op
from nnstep.engine.rule import RuleError, Shape
from nnstep.engine.training import Feed
from nnstep.records import dataclass

# Makes the first values of a parameter; called only after the whole program was found to be affordable.
Maker = Callable[[], Array]


class Draw(Protocol):
    """Draws a parameter's first values from the scenario's seed, by the parameter's place."""

    def __call__(
        self, shape: Shape, init: str | dict[str, str | float], layer: int, parameter: int, fans: tuple[int, int]
    ) -> Maker:
        """Return what makes the values. fans: how many numbers each output is made of, how many each input goes to."""
        ...


@dataclass
class Laying:
    """Lays the steps of one layer.

    number: the layer's number, from 1. affine: are products and bias one step?
    draw: makes a parameter's first values. first: what makes the first value of each variable so far.
    feeds: what makes, in each iteration, each variable that is neither carried nor a sample.
    seed: the scenario's. samples: how many there are to train on. training: or does the program only answer?
    """

    builder: Builder
    number: int
    affine: bool
    draw: Draw
    first: dict[str, Maker]
    feeds: dict[str, Feed] = field(default_factory=dict)
    seed: int = 0
    samples: int = 0
    training: bool = True

    @property
    def layer(self) -> str:
        """The layer's id."""
        return f"layer{self.number}"

    def shape(self, value: str) -> Shape:
        """Return the shape of a value that is there already."""
        return self.builder.shapes[value]

    def parameter(
        self,
        key: str,
        shape: Shape,
        given: Array | None,
        init: str | dict[str, str | float],
        *,
        trainable: bool = True,
        fans: tuple[int, int] | None = None,
    ) -> str:
        """Add a parameter under its key; returns its id.

        given: its values, or None to draw them. fans: how many numbers each output is made of, and how many outputs
        each input goes to; without them its first and its last axis.

        Raises WrongShapeError where given values have another shape.
        """
        if given is not None and given.shape != shape:
            if given.size == 0 or given.shape != (1, *shape):
                raise WrongShapeError(key, given.shape, shape)
            given = given[0]
        identity = f"{self.layer}.{key}"
        place = sum(1 for name in self.first if name.startswith(f"{self.layer}."))
        values = given
        around = fans or ((shape[0], shape[-1]) if len(shape) > 1 else (1, shape[-1]))
        self.first[identity] = (
            (lambda: values) if values is not None else self.draw(shape, init, self.number, place, around)
        )
        self.builder.variable(identity, shape, "parameter", layer=self.layer, trainable=trainable)
        return identity

    def state(self, role: str, shape: Shape, make: Maker) -> str:
        """Add a value that is carried from one iteration to the next and that no gradient changes; returns its id."""
        identity = f"{self.layer}.{role}"
        self.first[identity] = make
        return self.builder.variable(identity, shape, "state", layer=self.layer, trainable=self.training)

    def becomes(self, state: str, op: str, inputs: Sequence[str], settings: Mapping[str, float] | None = None) -> None:
        """Lay what a state is after this iteration, as one of the updates."""
        made = f"{state}.next"
        self.builder.carry[state] = self.builder.lay(op, inputs, made, "update", layer=self.layer, settings=settings)

    def feed(self, role: str, shape: Shape, make: Feed) -> str:
        """Add a value (b, ...) that each iteration is given anew; returns its id.

        make: called with the iteration and the numbers of its samples; must depend on nothing else that changes.
        """
        identity = f"{self.layer}.{role}"
        self.feeds[identity] = make
        return self.builder.variable(identity, shape, "data", layer=self.layer)

    def step(self, op: Op | str, inputs: Sequence[str], role: str, settings: Mapping[str, float] | None = None) -> str:
        """Lay a forward step of this layer; returns the id of its value."""
        return self.builder.lay(op, inputs, f"{self.layer}.{role}", "forward", layer=self.layer, settings=settings)


class SettingError(RuleError):
    """What a layer is told under a key does not suit it. hint: what to try; empty where the layer's inputs say it."""

    def __init__(self, key: str, what: str, hint: str = "") -> None:
        super().__init__(what, hint)
        self.key = key


class WrongShapeError(SettingError):
    """Values were given for something that has another shape."""

    def __init__(self, key: str, got: Shape, wanted: Shape) -> None:
        super().__init__(key, f"{key} is {shape_text(got)}, {shape_text(wanted)} was expected")
        self.wanted = wanted


def shape_text(shape: Shape) -> str:
    """Return a shape as people write it: 3×4; a row of n is 1×n, a single number 1×1."""
    return "×".join(map(str, shape if len(shape) > 1 else (1, *(shape or (1,)))))
