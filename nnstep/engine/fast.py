"""A program at full speed: the calls of its tape in one generated loop, each result written where the last one was.

The calls, their order and the layout of their operands are those of stepping, so the numbers are too, bit for bit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np

from nnstep.engine.cell import Array
from nnstep.engine.memory import Copy, look, place
from nnstep.engine.tape import Call, Slot, Tape, Traced
from nnstep.records import dataclass

Loop = Callable[[int, int, float, list[float]], int]

_BY_NAME = ("maximum", "minimum")  # NumPy wants to be told by name where these are to write


@dataclass
class Recording:
    """A program on tape.

    values: what has been recorded, by id. given: arrays that lie still, by slot. turns: arrays that stand for given
    ones in turn, by slot: an iteration reads those that stand under its number modulo `period`.
    """

    tape: Tape = field(default_factory=Tape)
    values: dict[str, Traced] = field(default_factory=dict)
    given: dict[int, Array] = field(default_factory=dict)
    copies: list[Copy] = field(default_factory=list)
    turns: dict[int, Mapping[int, Array]] = field(default_factory=dict)
    period: int = 1

    def give(self, identity: str, array: Array) -> Traced:
        """Add a value from outside, which lies in this array."""
        traced = self.tape.given(array)
        self.given[traced.slot.number] = array
        if identity:
            self.values[identity] = traced
        return traced

    def take_turns(self, period: int, turns: Mapping[int, Mapping[str, Array]]) -> None:
        """Have other arrays of the same shape, type and order stand for given values, each in its turn."""
        self.period = period
        for turn, arrays in turns.items():
            self.turns[turn] = {self.values[identity].slot.number: array for identity, array in arrays.items()}

    def copy(self, target: Traced, source: Traced) -> None:
        """Have the source in the target's memory from here on."""
        self.copies.append(Copy(len(self.tape.calls) - 1, target.slot, source.slot))

    def carry(self, pairs: Sequence[tuple[Traced, Traced]]) -> None:
        """Have the second of each pair in the first one's memory from here on, all of them at one moment."""
        # What comes from outside may lie where another pair writes: two values that swap, say.
        apart = [self.tape.record("call", np.copy, [s], {}) if s.slot.base in self.given else s for _, s in pairs]
        for (target, _), source in zip(pairs, apart, strict=True):
            self.copy(target, source)


def write_loop(recording: Recording, result: Traced, fill: Callable[[int], None] | None) -> Loop:
    """Return the loop over a recording: `loop(first, last, low, results)` runs iterations, appending each one's result.

    It ends early after an iteration whose result is below `low` or not finite; returns the last iteration it ran.
    fill: called with each iteration's number before it.
    """
    placed = place(recording.tape.calls, recording.tape.arrays, recording.given, recording.copies, result.slot)
    writer = _Writer(recording, placed.arrays)
    following: dict[int, list[Copy]] = {}
    for copy in placed.copies:
        following.setdefault(copy.after, []).append(copy)
    for copy in following.get(-1, ()):
        writer.copy(copy)
    wanted = dict(placed.calls)
    for number in range(len(recording.tape.calls)):
        if number in wanted:
            writer.call(wanted[number])
        for copy in following.get(number, ()):
            writer.copy(copy)
    name = writer.name(result.slot)
    lines = [
        "def loop(first, last, low, results):",
        "    append = results.append",
        "    for iteration in range(first, last + 1):",
        *(["        fill(iteration)"] if fill else []),
        *([f"        {', '.join(writer.turning)}, = turns[iteration % {recording.period}]"] if writer.turning else []),
        *(f"        {line}" for line in writer.lines),
        f"        result = float({name})",
        "        append(result)",
        "        if not low <= result < inf:",
        "            return iteration",
        "    return last",
    ]
    namespace = {**writer.namespace, "fill": fill, "turns": writer.turns(), "inf": float("inf")}
    exec(compile("\n".join(lines), "<loop>", "exec"), namespace)
    loop: Loop = namespace["loop"]
    return loop


class _Writer:
    """Writes calls as lines of Python over names that are bound once, or each iteration where arrays take turns.

    turning: the names that are bound each iteration: the slot of the array, and what of the array is bound.
    """

    def __init__(self, recording: Recording, arrays: Mapping[int, Array]) -> None:
        self.recording, self.samples, self.arrays = recording, recording.tape.arrays, arrays
        self.namespace: dict[str, Any] = {"copyto": np.copyto}
        self.turning: dict[str, tuple[int, Callable[[Array], Any]]] = {}
        self._bases = {number for arrays in recording.turns.values() for number in arrays}
        self.lines: list[str] = []
        self._constants: dict[int, Any] = {}

    def call(self, call: Call) -> None:
        """Write one call."""
        if call.kind == "view" and call.made.number in self.arrays:
            return
        operands = [self._operand(operand, call) for operand in call.operands]
        made = self.name(call.made)
        match call.kind:
            case "ufunc":
                name = call.function.__name__
                out = f"out={made}" if name in _BY_NAME else made  # by position is faster
                self.lines.append(f"{self._bound(call.function, name)}({', '.join([*operands, out])})")
            case "reduce":
                settings = dict(call.settings)
                reduce = self._bound(call.function, f"{call.function.__self__.__name__}_reduce")  # type: ignore[attr-defined]
                axis = settings["axis"]
                self.lines.append(f"{reduce}({operands[0]}, {axis!r}, None, {made}, {settings['keepdims']!r})")
            case "dot":
                first, second = operands
                source = call.operands[0]
                if isinstance(source, Slot) and source.number in self.arrays:
                    self._bind(f"{first}_dot", source, lambda array: array.dot)
                    self.lines.append(f"{first}_dot({second}, {made})")
                else:
                    self.lines.append(f"{first}.dot({second}, {made})")
            case "where":
                condition, yes, no = operands
                self.lines.append(f"copyto({made}, {no})")
                self.lines.append(f"copyto({made}, {yes}, where={condition})")
            case _:
                function = self._bound(call.function, f"make{call.made.number}")
                given = [f"{name}={self._constant(value)}" for name, value in call.settings]
                self.lines.append(f"{made} = {function}({', '.join([*operands, *given])})")

    def copy(self, copy: Copy) -> None:
        """Write a copy."""
        self.lines.append(f"copyto({self.name(copy.target)}, {self.name(copy.source)})")

    def name(self, slot: Slot) -> str:
        """Return the name of a slot, bound to its array where that lies still."""
        name = f"v{slot.number}"
        if slot.number in self.arrays:
            self._bind(name, slot, lambda array: array)
        return name

    def turns(self) -> dict[int, tuple[Any, ...]]:
        """Return what `turning` names in each turn."""
        views = [call for call in self.recording.tape.calls if call.kind == "view" and call.made.base in self._bases]
        found = {}
        for turn, given in self.recording.turns.items():
            arrays = dict(given)
            for call in views:
                arrays[call.made.number] = look(call, arrays)
            found[turn] = tuple(part(arrays[number]) for number, part in self.turning.values())
        return found

    def _operand(self, operand: Any, call: Call) -> str:
        if isinstance(operand, Slot):
            return self.name(operand)
        if call.kind in ("ufunc", "where") and isinstance(operand, int | float):
            # An array of no axes is handed over faster than a number, which would be made into one each time.
            arrays = [self.samples[o.number] for o in call.operands if isinstance(o, Slot)]
            kind = np.result_type(*arrays, operand) if call.kind == "ufunc" else self.samples[call.made.number].dtype
            return self._constant(_in_type(operand, kind))
        return self._constant(operand)

    def _constant(self, value: Any) -> str:
        name = f"c{len(self._constants)}"
        for known, kept in self._constants.items():
            if kept is value:
                return f"c{known}"
        self._constants[len(self._constants)] = value
        self.namespace[name] = value
        return name

    def _bind(self, name: str, slot: Slot, part: Callable[[Array], Any]) -> None:
        if slot.base in self._bases:
            self.turning[name] = slot.number, part
        else:
            self.namespace[name] = part(self.arrays[slot.number])

    def _bound(self, function: Any, name: str) -> str:
        self.namespace[name] = function
        return name


def _in_type(number: float, kind: np.dtype[Any]) -> Array:
    """Return a number as an array of no axes; one too small for the type becomes the smallest normal one it has."""
    made = np.asarray(number, dtype=kind)
    return made if made or not number else np.asarray(np.finfo(kind).tiny, dtype=kind)
