"""A program as NumPy sees it: every call it makes, recorded by running it once over values that keep a tape.

A step's expression may be several calls (`1 / (1 + np.exp(-z))` is four). The tape names each one's operands and
result, so that `fast` can run the same calls again in the same order and write each result into memory it has already.
What is on the tape depends on shapes alone; an operation that NumPy can't be watched in is one call of its own.
"""

import operator
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from nnstep.engine.cell import Array
from nnstep.engine.program import Step
from nnstep.records import dataclass

Kind = Literal["given", "ufunc", "reduce", "dot", "where", "view", "call"]


@dataclass(frozen=True)
class Slot:
    """A value on the tape, by its place there; `base` is the slot whose memory it lies in."""

    number: int
    base: int


@dataclass(frozen=True, eq=False)
class Call:
    """A call: what is called, with what, and the slot of what it makes.

    kind: ufunc, reduce, dot and where can write their result into memory that is given to them; a view makes no
    result of its own; any other call makes a new array each time.
    operands: slots, and constants as they are. settings: what else it is called with.
    """

    kind: Kind
    function: Callable[..., Any]
    operands: tuple[Any, ...]
    settings: tuple[tuple[str, Any], ...]
    made: Slot


@dataclass
class Tape:
    """Calls in their order. arrays: each slot's value when it was recorded: its shape, type and order in memory."""

    calls: list[Call] = field(default_factory=list)
    arrays: list[Array] = field(default_factory=list)
    _known: dict[Hashable, Slot] = field(default_factory=dict)

    def given(self, array: Array) -> "Traced":
        """Return a value that comes from outside."""
        return Traced(array, self, self._slot(array, None))

    def step(self, step: Step, values: Mapping[str, "Traced"]) -> "Traced":
        """Record a step; returns its value."""
        reads = [values[identity] for identity in step.reads]
        calls, arrays, known = len(self.calls), len(self.arrays), dict(self._known)
        try:
            made: object = step.op.forward(*reads, **step.settings)
        except (TypeError, AttributeError):  # its function looks into arrays itself
            made = None
        if isinstance(made, Traced):
            return made
        del self.calls[calls:], self.arrays[arrays:]
        self._known = known
        return self.record("call", _Whole(partial(step.op.forward, **step.settings)), reads, {})

    def record(
        self, kind: Kind, function: Callable[..., Any], operands: Sequence[Any], settings: Mapping[str, Any]
    ) -> "Traced":
        """Make a call and keep it; the same call of the same operands is made only once."""
        known = [operand.slot if isinstance(operand, Traced) else _plain(operand) for operand in operands]
        key = (kind, function, tuple(map(_key, known)), tuple((name, _key(value)) for name, value in settings.items()))
        if key in self._known:
            slot = self._known[key]
            return Traced(self.arrays[slot.number], self, slot)
        arrays = [self.arrays[operand.number] if isinstance(operand, Slot) else operand for operand in known]
        with np.errstate(all="ignore"):
            made = np.asarray(function(*arrays, **settings))
        source = next((slot for slot in known if isinstance(slot, Slot) and self._lies_in(slot, made)), None)
        if source is not None:
            kind = "view"  # whatever it was called: its memory must not be written over while this is read
        elif kind == "view":
            kind = "call"  # such as a reshape that has to copy
        slot = self._slot(made, source)
        self.calls.append(Call(kind, function, tuple(known), tuple(settings.items()), slot))
        self._known[key] = slot
        return Traced(made, self, slot)

    def _slot(self, array: Array, source: Slot | None) -> Slot:
        number = len(self.arrays)
        self.arrays.append(array)
        return Slot(number, source.base if source is not None else number)

    def _lies_in(self, slot: Slot, array: Array) -> bool:
        return np.may_share_memory(array, self.arrays[slot.number])


class Traced(NDArrayOperatorsMixin):
    """An array that tells its tape what is done with it. Raises TypeError where that can't be told."""

    __slots__ = ("array", "slot", "tape")

    def __init__(self, array: Array, tape: Tape, slot: Slot) -> None:
        self.array, self.tape, self.slot = array, tape, slot

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **settings: Any) -> "Traced":
        """Record a call of a NumPy function that works cell by cell, or of its sum over an axis."""
        if method == "__call__" and not settings:
            return self.tape.record("ufunc", ufunc, inputs, {})
        if method == "reduce" and set(settings) <= {"axis", "keepdims"}:
            return self._reduce(ufunc, **settings)
        raise TypeError(f"{ufunc.__name__}.{method} with {', '.join(settings)} is not recorded")

    def __array_function__(self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> "Traced":
        """Record any other NumPy function; lists of arrays are laid out as operands."""
        if func is np.dot and not kwargs:
            return self.tape.record("dot", np.dot, args, {})
        if func is np.where and len(args) == 3:
            return self.tape.record("where", np.where, args, {})
        if args and isinstance(args[0], list | tuple) and any(isinstance(part, Traced) for part in args[0]):
            parts, rest = args[0], args[1:]
            return self.tape.record("call", _Together(func, len(parts)), [*parts, *rest], kwargs)
        return self.tape.record("call", func, args, kwargs)

    def __array__(self, *given: Any, **settings: Any) -> Any:
        """Refuse to become a plain array: that would lose the trace."""
        raise TypeError("a traced array is not a plain one")

    def __pow__(self, other: Any) -> "Traced":
        """Record a power; NumPy's own `x**2` is its square, bit for bit."""
        if isinstance(other, int | float) and other == 2:
            return self.tape.record("ufunc", np.square, [self], {})
        return self.tape.record("ufunc", np.power, [self, other], {})

    def __getitem__(self, key: Any) -> "Traced":
        """Record what is taken out of it: a view, but where places are named by numbers."""
        if isinstance(key, Traced | np.ndarray):
            return self.tape.record("call", operator.getitem, [self, key], {})
        return self.tape.record("view", _Part(key), [self], {})

    def __bool__(self) -> bool:
        """Refuse to decide anything: the next iteration's numbers may decide otherwise."""
        raise TypeError("a traced array is neither true nor false")

    def __len__(self) -> int:
        """Return the length of the first axis."""
        return len(self.array)

    @property
    def shape(self) -> tuple[int, ...]:
        """As NumPy's."""
        return self.array.shape

    @property
    def ndim(self) -> int:
        """As NumPy's."""
        return self.array.ndim

    @property
    def T(self) -> "Traced":  # noqa: N802 - it is NumPy's name
        """As NumPy's."""
        return self.tape.record("view", np.transpose, [self], {})

    def swapaxes(self, first: int, second: int) -> "Traced":
        """As NumPy's."""
        return self.tape.record("view", np.swapaxes, [self, first, second], {})

    def reshape(self, *shape: Any) -> "Traced":
        """As NumPy's; a view where it is one."""
        return self.tape.record("view", np.reshape, [self, shape[0] if len(shape) == 1 else shape], {})

    def astype(self, kind: type) -> "Traced":
        """As NumPy's."""
        return self.tape.record("call", np.ndarray.astype, [self, kind], {})

    def sum(self, axis: Any = None, keepdims: bool = False) -> "Traced":
        """As NumPy's."""
        return self._reduce(np.add, axis, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> "Traced":
        """As NumPy's."""
        return self._reduce(np.maximum, axis, keepdims)

    def _reduce(self, ufunc: np.ufunc, axis: Any = None, keepdims: bool = False) -> "Traced":
        return self.tape.record("reduce", ufunc.reduce, [self], {"axis": axis, "keepdims": keepdims})


@dataclass(frozen=True)
class _Part:
    """Takes a part out of an array: slices, and None for a new axis."""

    key: Any

    def __call__(self, array: Array) -> Array:
        part: Array = array[self.key]
        return part

    def __hash__(self) -> int:
        return hash(_key(self.key))


@dataclass(frozen=True)
class _Whole:
    """Calls an operation as a whole. What it makes is its own, even where it hands an input on."""

    function: Callable[..., Any]

    def __call__(self, *arrays: Array) -> Array:
        made = np.asarray(self.function(*arrays))
        return made.copy(order="K") if any(np.may_share_memory(made, array) for array in arrays) else made


@dataclass(frozen=True)
class _Together:
    """Calls a function whose first argument is a list of arrays."""

    function: Callable[..., Any]
    count: int

    def __call__(self, *arguments: Any, **settings: Any) -> Any:
        return self.function(list(arguments[: self.count]), *arguments[self.count :], **settings)


def _plain(operand: Any) -> Any:
    # A number of NumPy's own would make single precision double.
    return float(operand) if isinstance(operand, np.floating) else operand


def _key(operand: Any) -> Hashable:
    """Return what tells operands apart: an array by itself, numbers with their type."""
    if isinstance(operand, np.ndarray):
        return id(operand)
    if isinstance(operand, slice):
        return (slice, operand.start, operand.stop, operand.step)
    if isinstance(operand, list | tuple):
        return tuple(map(_key, operand))
    return (type(operand), operand)
