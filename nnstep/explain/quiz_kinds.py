"""What can be asked about a result before it is seen: one row a kind, each with its choices and the right one."""

import re
from collections.abc import Callable
from typing import Final

import numpy as np

from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Step
from nnstep.explain.naming import cell_text, number_text
from nnstep.explain.words import Line, Word
from nnstep.records import dataclass
from nnstep.scenario.askable import forms_to_choose, read_by, refused, shapes_to_choose
from nnstep.session import View
from nnstep.view import Hidden


@dataclass(frozen=True)
class Asked:
    """What is asked: the words, the answers to choose from, and the number of the right one, from 0.

    Where a number is to be typed there are no choices.
    """

    words: Line
    choices: tuple[str, ...] = ()
    right: int = 0


@dataclass(frozen=True)
class Kind:
    """A kind of question.

    name: as `ask:` has it. hides: what must not be seen meanwhile. ask: what is asked about a cell of a step that is
    done, None where that would be no question. right: what is said of the cell with the right choice behind it.
    """

    name: str
    hides: Hidden
    ask: Callable[[View, Step, Cell], Asked | None]
    right: Callable[[View, Step, Cell, str], Line]


# What a result could be made by, of the values that are read as {0}, {1}, {2} in their order.
_FORMS: Final[dict[str, Callable[..., Array]]] = {
    "σ({0})": lambda z: 1 / (1 + np.exp(-z)),
    "relu({0})": lambda z: np.maximum(z, 0),
    "tanh({0})": np.tanh,
    "softmax({0})": lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True),
    "-{0}": np.negative,
    "{0} ∘ (1 - {0})": lambda a: a * (1 - a),
    "1 - {0}²": lambda a: 1 - a**2,
    "{0} ∘ {0}": lambda a: a * a,
    "1 - {0}": lambda a: 1 - a,
    "{0} · {1} + {2}": lambda a, b, c: a @ b + c,
    "{0} ∘ {1} + {2}": lambda a, b, c: a * b + c,
    "{0} · {1}ᵀ + {2}": lambda a, b, c: a @ b.swapaxes(-1, -2) + c,
    "{0} · {1} ∘ {2}": lambda a, b, c: a @ b * c,
    "{0} ∘ {1}": np.multiply,
    "{0} · {1}": np.matmul,
    "{0} · {1}ᵀ": lambda a, b: a @ b.swapaxes(-1, -2),
    "{0}ᵀ · {1}": lambda a, b: a.swapaxes(-1, -2) @ b,
    "{0} + {1}": np.add,
    "{0} - {1}": np.subtract,
    "{1} - {0}": lambda a, b: b - a,
    "({0} - {1})²": lambda a, b: (a - b) ** 2,
    "{0} - {1}·{2}": lambda w, rate, g: w - rate * g,
    "{0} + {1}·{2}": lambda w, rate, g: w + rate * g,
    "{0} - {2}": lambda w, rate, g: w - g,
    "{0} + {2}": lambda w, rate, g: w + g,
    "{1}·{2}": lambda w, rate, g: rate * g,
}
_COMPARED: Final = 20_000  # cells: larger values are never so regular that two forms come to the same


def _sign(view: View, step: Step, cell: Cell) -> Asked | None:
    number = 0.0 if _is_lost(view, cell) else _number(view, cell)
    if refused("sign", view.program, step) or not np.isfinite(number):
        return None
    words = (Word("Is "), _named(view, cell), Word(" above zero, or below?"))
    return Asked(words, ("above zero", "below zero", "zero"), 0 if number > 0 else 1 if number < 0 else 2)


def _change(view: View, step: Step, cell: Cell) -> Asked | None:
    before = view.was(cell)
    if before is None or not np.isfinite((before, _number(view, cell))).all() or _is_lost(view, cell):
        return None
    number, was = _number(view, cell), number_text(view, cell.name, before, 4)
    right = 0 if number > before else 1 if number < before else 2
    if step.id in view.program.carry.values():
        words = (Word("Does "), _named(view, cell), Word(" go up or down? It is "), Word(was, "value"))
        return Asked((*words, Word(" now.")), ("up", "down", "it stays"), right)
    words = (Word("Is "), _named(view, cell), Word(" larger or smaller than before? It was "), Word(was, "value"))
    return Asked((*words, Word(".")), ("larger", "smaller", "the same"), right)


def _shape(view: View, step: Step, cell: Cell) -> Asked | None:
    if refused("shape", view.program, step):
        return None
    words = (Word("Which shape does "), Word(step.name, "written"), Word(" have, rows × columns?"))
    return _with_turn(view, step, words, list(shapes_to_choose(view.program, step)))


def _value(view: View, step: Step, cell: Cell) -> Asked | None:
    is_number = np.isfinite(_number(view, cell)) and not _is_lost(view, cell)
    return Asked((Word("What is "), _named(view, cell), Word("?"))) if is_number else None


def _operation(view: View, step: Step, cell: Cell) -> Asked | None:
    family = forms_to_choose(step)
    if not family:
        return None
    read = [view.values[value] for value in read_by(step)]
    others = [form for form in family[1:] if not _comes_to(view.values[step.id], form, read)]
    if len(others) < 1:
        return None
    shown = [view.program.values[value].name for value in read_by(step)]
    words = (Word("How is "), Word(step.name, "written"), Word(" made?"))
    return _with_turn(view, step, words, [_filled(each, shown) for each in (family[0], *others)])


def _comes_to(value: Array, form: str, read: list[Array]) -> bool:
    """Does a wrong form come to the right numbers? With a rate of 1, or of symmetric matrices, it may."""
    if value.size + sum(each.size for each in read) > _COMPARED:
        return False
    try:
        with np.errstate(all="ignore"):
            made = _FORMS[form](*read)
    except ValueError:
        return False
    return made.shape == value.shape and bool(np.allclose(made, value, rtol=1e-9, atol=0, equal_nan=True))


def _filled(template: str, names: list[str]) -> str:
    """Return a notation with names in it; names of a file never go through a format string."""
    return "".join(
        names[int(part)] if place % 2 else part for place, part in enumerate(re.split(r"\{(\d)\}", template))
    )


def _with_turn(view: View, step: Step, words: Line, choices: list[str]) -> Asked:
    """Return a question whose right choice, the first of `choices`, stands at another place each time."""
    place = (view.position.iteration + view.program.order[step.id]) % len(choices)
    others = choices[1:]
    return Asked(words, (*others[:place], choices[0], *others[place:]), place)


def _number(view: View, cell: Cell) -> float:
    return float(view.values[cell.name][cell.at])


def _is_lost(view: View, cell: Cell) -> bool:
    """Is a number 0 but for rounding? Nobody can say its digits, or its sign."""
    lost = view.lost(cell.name)
    return lost is not None and bool(lost[cell.at])


def _named(view: View, cell: Cell) -> Word:
    return Word(cell_text(view, cell), "written")


def _told_cell(view: View, step: Step, cell: Cell, choice: str) -> Line:
    return (_named(view, cell), Word(" is "), Word(choice, "value"))


def _told_change(view: View, step: Step, cell: Cell, choice: str) -> Line:
    if step.id not in view.program.carry.values():
        return (_named(view, cell), Word(" is "), Word(choice, "value"), Word(" than before" * (choice != "the same")))
    return (_named(view, cell), Word(" stays as it is" if choice == "it stays" else f" goes {choice}"))


def _told_step(view: View, step: Step, cell: Cell, choice: str) -> Line:
    return (Word(step.name, "written"), Word(" is "), Word(choice, "value"))


def _told_value(view: View, step: Step, cell: Cell, choice: str) -> Line:
    shown = number_text(view, cell.name, _number(view, cell), 4)
    return (_named(view, cell), Word(" is "), Word(shown, "value"))


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("sign", "numbers", _sign, _told_cell),
        Kind("change", "numbers", _change, _told_change),
        Kind("shape", "shape", _shape, _told_step),
        Kind("operation", "operation", _operation, _told_step),
        Kind("value", "numbers", _value, _told_value),
    )
}
