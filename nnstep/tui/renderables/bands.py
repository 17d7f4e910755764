"""What stands in which band of the sheet: a program's values as equations, in the order of the data flow."""

import re

from nnstep.engine.program import Program, Step, Variable
from nnstep.records import dataclass

_TIME = re.compile(r"t(\d+)\.(.+)")
_TOKEN = re.compile(r"\{(\w+)\}")
# How far a piece of a notation may go and still stand between two matrices.
_SHORT = 4
_KIND_ORDER = {"forward": 0, "back": 1}
_ROLE_ORDER = {"error": 0, "slope": 1, "delta": 2, "loss": 4}
# Parts that an error is the sum of stand before it.
_PART_OF_ERROR = ("error.via.", "error.lacking_")


@dataclass(frozen=True)
class Item:
    """A value in a band, and the sign that stands before it (`·`, `+`, `=`, `σ→`); step: whose sign it is."""

    id: str
    sign: str = ""
    step: str = ""


@dataclass(frozen=True)
class Band:
    """A heading and what stands under it. steps: the ids of the steps whose values it shows."""

    title: str
    items: tuple[Item, ...]
    steps: frozenset[str]


def bands(program: Program) -> tuple[Band, ...]:
    """Return the bands of a program: its layers forward, its errors back, the gradients, the new weights.

    Where an optimizer remembers something, each parameter's update is a band of its own; where a layer goes through
    time, each time is.
    """
    return _Bands(program).all()


def layer_title(layers: tuple[str, ...], layer: str, noun: str = "") -> str:
    """Return what headings call a layer: `OUTPUT`, `HIDDEN`, or `HIDDEN 2` where there are several.

    layers: as of `layers_of`. noun: what it is, said before its number.
    """
    if layer == layers[-1]:
        return f"OUTPUT {noun}".rstrip()
    number = layer.removeprefix("layer") if len(layers) > 2 else ""
    return " ".join(part for part in ("HIDDEN", noun, number) if part)


def layers_of(program: Program) -> tuple[str, ...]:
    """Return the layers in the order of the data flow; one without weights, such as pooling, is one of them."""
    return tuple(dict.fromkeys(step.layer for step in program.steps if step.phase == "forward"))


class _Bands:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.placed: set[str] = set()
        self.layers = layers_of(program)
        self.first_times = self._first_times()
        self.remembers = any(v.kind == "state" and self._updated(v.id) for v in program.variables)

    def all(self) -> tuple[Band, ...]:
        found: list[Band] = []
        for title, steps in self._groups():
            items = self._items(steps)
            found.append(Band(f"{len(found) + 1} · {title}", tuple(items), frozenset(step.id for step in steps)))
        return tuple(found)

    def _groups(self) -> list[tuple[str, list[Step]]]:
        groups: dict[tuple[str, str], list[Step]] = {}
        backward = [step.phase for step in self.program.steps if step.phase in ("deltas", "gradients")]
        # Where a name set works the gradients out layer by layer, each stands with its layer's error.
        mixed = sorted(backward) != backward
        for step in (*self.program.steps, *self.program.measures):
            groups.setdefault(self._key(step, mixed), []).append(step)
        for (kind, _), steps in groups.items():
            if kind == "back" and not any(_TIME.match(step.role) and _rank_of(step) is None for step in steps):
                steps.sort(key=lambda step: 3 if (rank := _rank_of(step)) is None else rank)
        return [(self._title(*key), groups[key]) for key in sorted(groups, key=self._rank)]

    def _rank(self, key: tuple[str, str]) -> tuple[int, int, int]:
        """Return what sorts the bands: forward, then back from the last layer and time to the first, then as they come.

        A name set may work out the slopes first, which would open the bands in its own order.
        """
        kind, place = key
        layer, _, time = place.partition(".t")
        if kind != "back" or layer not in self.layers:
            return _KIND_ORDER.get(kind, len(_KIND_ORDER)), 0, 0
        return _KIND_ORDER[kind], -self.layers.index(layer), -int(time) if time else -len(self.program.steps)

    def _first_times(self) -> dict[str, int]:
        """Return, for each layer that goes through time, the number of its first step at a time."""
        found: dict[str, int] = {}
        for number, step in enumerate(self.program.steps):
            if _TIME.match(step.role):
                found.setdefault(step.layer, number)
        return found

    def _place(self, step: Step) -> str:
        """Return the layer of a step, and its time where it has one; what comes before all times is at the first."""
        if time := _TIME.match(step.role):
            return f"{step.layer}.t{time[1]}"
        first = self.first_times.get(step.layer, 0)
        early = step.phase == "forward" and self.program.order.get(step.id, first + 1) <= first
        return f"{step.layer}.t0" if early else step.layer

    def _key(self, step: Step, mixed: bool) -> tuple[str, str]:
        if step.phase == "forward":
            return "forward", self._place(step)
        if step.layer == "loss":
            return "back", self.layers[-1]
        if step.phase in ("error", "deltas"):
            return "back", self._place(step)
        if mixed and step.phase == "gradients" and step.layer not in self.first_times:
            return "back", step.layer
        return step.phase, self._updated(step.id) if step.phase == "update" and self.remembers else ""

    def _updated(self, identity: str) -> str:
        """Return the id of the parameter that a value belongs to; empty where it belongs to none."""
        owners = (variable.id for variable in self.program.parameters)
        return next((owner for owner in owners if identity.startswith(f"{owner}.")), "")

    def _title(self, kind: str, place: str) -> str:
        if kind == "gradients":
            return "GRADIENTS OF THE WEIGHTS"
        if kind == "update" and self.remembers:
            return f"NEW {self.program.values[place].name}" if place else "FOR ALL UPDATES"
        if kind == "update":
            return "NEW WEIGHTS"
        layer, _, time = place.partition(".t")
        at = f" · t={time}" if time else ""
        if kind == "forward":
            return layer_title(self.layers, layer, "LAYER") + at
        return f"ERROR AT {layer_title(self.layers, layer)}{at}"

    def _items(self, steps: list[Step]) -> list[Item]:
        items: list[Item] = []
        for step in steps:
            self._add(step, items, steps)
        return items

    def _add(self, step: Step, items: list[Item], steps: list[Step]) -> None:
        """Add a step's value, its operands before it where they are not on the sheet yet."""
        pieces = _TOKEN.split(_with_settings(step))  # text, input, text, input, ..., text
        operands = [step.inputs[name] for name in pieces[1::2]]
        simple = _is_simple(pieces)
        fresh = [value for value in operands if self._is_fresh(value)]
        here = {item.id for item in items}
        for number, value in enumerate(operands):
            sign = pieces[2 * number].strip().replace("-", "−") if simple and number else ""
            if value in here:
                self._sign(items, Item(value, sign, step.id), operands[:number])
            elif fresh and self._is_worth(value):
                beside = bool(items and number) and items[-1].id == operands[number - 1]
                items.append(Item(value, sign if beside else "", step.id))
                here.add(value)
                self.placed.add(value)
        result = self._result_sign(pieces, operands, items, simple=simple)
        if not items and step.phase == "forward" and len(operands) == 1:
            result = f"{_function_name(pieces[0])}→"  # of what the band before ends with
        if not result and step.phase == "update" and items and items[-1].id in operands:
            result = "→"
        items.append(Item(step.id, result, step.id))
        self.placed.add(step.id)

    def _sign(self, items: list[Item], signed: Item, before: list[str]) -> None:
        """Write the sign between two operands that stand side by side already."""
        place = next(n for n, item in enumerate(items) if item.id == signed.id)
        if signed.sign and place and before and items[place - 1].id == before[-1]:
            items[place] = signed

    def _result_sign(self, pieces: list[str], operands: list[str], items: list[Item], *, simple: bool) -> str:
        # A rate among them stands nowhere on the sheet: then the others make it, but are not all of the equation.
        shown = [value for value in operands if self._is_worth(value)]
        last = [item.id for item in items[-len(shown) :]] if shown else []
        if len(set(operands)) == 1 and items and items[-1].id == operands[0]:
            return f"{_function_name(pieces[0])}→"
        if last != shown:
            return ""
        return "=" if simple and shown == operands else "→"

    def _is_fresh(self, value: str) -> bool:
        """Has this value, which the iteration starts with or the next band begins with, no place yet?"""
        known = self.program.values[value]
        return value not in self.placed and (not isinstance(known, Variable) or known.kind != "constant")

    def _is_worth(self, value: str) -> bool:
        known = self.program.values[value]
        return not isinstance(known, Variable) or known.kind != "constant"


def _rank_of(step: Step) -> int | None:
    """Return where a step stands among what goes back through a layer, by its role there or at a time of it."""
    time = _TIME.match(step.role)
    role = time[2] if time else step.role
    return -1 if role.startswith(_PART_OF_ERROR) else _ROLE_ORDER.get(role)


def _with_settings(step: Step) -> str:
    """Return the notation with the numbers of the step's settings in it."""
    text = step.op.matrices
    for name, value in step.settings.items():
        text = text.replace(f"{{{name}}}", f"{value:g}")
    return text


def _is_simple(pieces: list[str]) -> bool:
    """Is this notation operands with short signs between them and nothing around them?"""
    return (
        not pieces[0].strip()
        and pieces[-1].strip() in ("", "ᵀ")
        and all(len(p.strip()) <= _SHORT for p in pieces[2::2])
    )


def _function_name(text: str) -> str:
    name = text.partition("(")[0].strip()
    return name if name.replace("_", "").replace("′", "").isalnum() or name == "σ" else ""
