"""Where the results of a tape's calls lie: each in memory that is there already, in place where that can be.

Calls whose result nothing asks for are left out. The rest write over what nobody reads any more, and what is copied to
a fixed place (a weight's next value into the weight) is made there in the first place.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnstep.engine.cell import Array
from nnstep.engine.tape import Call, Slot
from nnstep.records import dataclass

WRITING = ("ufunc", "reduce", "dot", "where")
_ALIGNMENT = 64  # bytes: a cache line


@dataclass(frozen=True)
class Copy:
    """What has to be in a given slot's memory after the call with this number, and before any later call reads it."""

    after: int
    target: Slot
    source: Slot


@dataclass(frozen=True)
class Placed:
    """Calls to make, and the arrays that lie still: those of slots that are made anew each time have none.

    copies: what could not be made where it belongs, by the number of the call that each follows.
    """

    calls: Sequence[tuple[int, Call]]
    arrays: Mapping[int, Array]
    copies: Sequence[Copy]


def place(
    calls: Sequence[Call], samples: Sequence[Array], given: Mapping[int, Array], copies: Sequence[Copy], wanted: Slot
) -> Placed:
    """Return where everything lies.

    samples: an array of each slot's shape, type and strides. given: the arrays that come from outside, by slot.
    copies: in the order of `after`. wanted: a slot whose value has to be there at the end.
    """
    return _Placing(calls, samples, dict(given), copies, wanted).place()


class _Placing:
    def __init__(
        self,
        calls: Sequence[Call],
        samples: Sequence[Array],
        given: dict[int, Array],
        copies: Sequence[Copy],
        wanted: Slot,
    ) -> None:
        self.samples, self.arrays, self.copies = samples, given, copies
        for call in calls:
            if call.kind == "view" and call.made.base in given:
                self.arrays[call.made.number] = look(call, self.arrays)
        self.fresh = {call.made.base for call in calls if call.kind == "call"}
        self.calls = self._needed(calls, {wanted.base, *(copy.source.base for copy in copies)})
        self.reads: dict[int, list[int]] = {}  # base -> the numbers of the calls that read it
        for number, call in self.calls:
            for slot in _slots(call) if call.kind != "view" else ():
                self.reads.setdefault(slot.base, []).append(number)
        for copy in copies:
            self.reads.setdefault(copy.source.base, []).append(copy.after)
        self.end = {base: max(numbers) for base, numbers in self.reads.items()}
        self.end[wanted.base] = len(calls)
        self.free: dict[int, list[Any]] = {}  # bytes -> memory of that size that nobody reads any more
        self.memory: dict[int, Any] = {}  # base -> its memory

    def place(self) -> Placed:
        fixed = self._fixed()
        for number, call in self.calls:
            base = call.made.base
            if call.kind in WRITING:
                self.arrays[base] = fixed[base][1] if base in fixed else self._laid(number, call)
            elif call.kind == "view" and base not in self.fresh and call.made.number not in self.arrays:
                self.arrays[call.made.number] = look(call, self.arrays)
            self._release(number, call)
        done = {id(copy) for copy, _ in fixed.values()}
        return Placed(self.calls, self.arrays, [copy for copy in self.copies if id(copy) not in done])

    def _needed(self, calls: Sequence[Call], bases: set[int]) -> list[tuple[int, Call]]:
        found = []
        for number, call in reversed(list(enumerate(calls))):
            if call.made.base in bases:
                bases.update(slot.base for slot in _slots(call))
                found.append((number, call))
        return found[::-1]

    def _fixed(self) -> dict[int, tuple[Copy, Array]]:
        """Return the bases that can be made where they are copied to, and their arrays there."""
        makers = {call.made.number: (number, call) for number, call in self.calls if call.kind in WRITING}
        found: dict[int, tuple[Copy, Array]] = {}
        for copy in self.copies:
            base = copy.source.base
            if base not in makers or base in found:
                continue
            number, call = makers[base]
            target, source, whole = (
                self.arrays[copy.target.number],
                self.samples[copy.source.number],
                self.samples[base],
            )
            same = (source.shape, source.strides, source.dtype) == (target.shape, target.strides, target.dtype)
            if same and source.nbytes == whole.nbytes and self._is_free(copy, number, call):
                found[base] = copy, as_strided(target, whole.shape, whole.strides)
        return found

    def _is_free(self, copy: Copy, number: int, call: Call) -> bool:
        """Is the target read by nobody between the call that would write there and the copy?"""
        between = [read for read in self.reads.get(copy.target.base, ()) if number < read <= copy.after]
        here = [slot for slot in _slots(call) if slot.base == copy.target.base]
        return not between and (
            not here or (call.kind == "ufunc" and all(self._alike(slot, call.made) for slot in here))
        )

    def _alike(self, one: Slot, other: Slot) -> bool:
        a, b = self.samples[one.number], self.samples[other.number]
        return (a.shape, a.strides, a.dtype) == (b.shape, b.strides, b.dtype)

    def _laid(self, number: int, call: Call) -> Array:
        """Return an array for what a call makes: over an operand that is read here for the last time, or elsewhere."""
        base, sample = call.made.base, self.samples[call.made.number]
        if call.kind == "ufunc":
            for slot in _slots(call):
                if self.end[slot.base] == number and slot.base in self.memory and self._alike(slot, call.made):
                    self.memory[base] = self.memory.pop(slot.base)
                    return self.arrays[slot.number]
        free = self.free.get(sample.nbytes)
        self.memory[base] = free.pop() if free else _allocate(sample.nbytes)
        return np.ndarray(sample.shape, sample.dtype, self.memory[base].data, 0, sample.strides)

    def _release(self, number: int, call: Call) -> None:
        if call.kind == "view":
            return
        for base in {slot.base for slot in (*_slots(call), call.made)}:
            if self.end.get(base, number) <= number and base in self.memory:
                memory = self.memory.pop(base)
                self.free.setdefault(memory.nbytes, []).append(memory)


def look(call: Call, arrays: Mapping[int, Array]) -> Array:
    """Make a view that is on the tape of arrays that are there, by slot."""
    operands = [arrays[operand.number] if isinstance(operand, Slot) else operand for operand in call.operands]
    seen: Array = call.function(*operands, **dict(call.settings))
    return seen


def _slots(call: Call) -> list[Slot]:
    return [operand for operand in call.operands if isinstance(operand, Slot)]


def _allocate(size: int) -> Any:
    memory = np.empty(size + _ALIGNMENT, dtype=np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + size]
