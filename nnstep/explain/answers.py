"""What a person asks about a cell (where from, where to, which factors, why stuck), answered in rows that lead on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.explain.arithmetic import is_plain
from nnstep.explain.figures import figure
from nnstep.explain.gradients import gradients_of
from nnstep.explain.inverse import deciding
from nnstep.explain.naming import cell_text, number_text, when_text
from nnstep.explain.nothing import is_cut_off
from nnstep.explain.places import CellPlace
from nnstep.explain.reads import read_cells
from nnstep.explain.reckoning import sum_equals
from nnstep.explain.story import tell
from nnstep.explain.ways import other_ways
from nnstep.explain.words import Line, Word, plain_text, sentence
from nnstep.records import dataclass
from nnstep.session import View

if TYPE_CHECKING:
    from nnstep.explain.chain import Chain
    from nnstep.explain.links import Factor
    from nnstep.explain.origins import Contribution


_PRINTED_ROWS = 9  # as many as there are digits to choose them by
_MOST_DECIDING = 4  # cells that say which others are read
_FACTS = 4
_STORY_TERMS = 3  # as many as the bar has room for at 80 columns, so that both tell the same
KEPT_HINT = "first say what it will be, or end predicting; then ask again"


@dataclass(frozen=True)
class Lead:
    """A row of an answer, and the cell that it leads to.

    name: of that cell, or of the factor that is read from it. number: its number, empty where it is not there yet.
    told: what it has to do with the cell that was asked about.
    """

    place: CellPlace
    name: str
    number: str
    told: Line = ()


@dataclass(frozen=True)
class Answer:
    """An answer: what is said first, the rows that lead on, what is said after them, and the cells that it is about.

    more: what else there is to say, where there is room. lit: by the ids of their values, places as rows (n, axes).
    """

    told: tuple[Line, ...] = ()
    leads: tuple[Lead, ...] = ()
    rest: Line = ()
    more: tuple[Line, ...] = ()
    lit: Mapping[str, NDArray[np.intp]] = field(default_factory=dict)


Ask = Callable[[View, Cell, int], Answer]


def where_from(view: View, cell: Cell, decimals: int = 4) -> Answer:
    """Return what a cell is made of, operand by operand: those of the largest contribution first."""
    from nnstep.explain.origins import origin_of  # the first screen comes sooner without it

    origin = origin_of(view, cell, decimals=decimals, most=_PRINTED_ROWS)
    leads: dict[CellPlace, Lead] = {}
    alone = len(origin.contributions) == 1 and not origin.more
    telling = list(origin.contributions)
    if origin.more:
        # Where not all have a row, what adds nothing needs none.
        telling = [one for one in telling if one.value] or telling
    for contribution in telling:
        told = _adds(view, cell, contribution, decimals, alone=alone)
        for place in contribution.places:
            if place not in leads:
                leads[place] = Lead(place, _named(view, place), _source_number(view, contribution, place), told)
                told = ()
    count = len(origin.contributions) - len(telling) + origin.more
    rest = _more(len(telling), count, origin.rest, decimals)
    leads |= {place: lead for place, lead in _deciding(view, cell).items() if place not in leads}
    read = sum(map(len, read_cells(view, cell).values())) if view.is_done(cell) else 0
    if not rest and read > len(leads):
        # Of a sum inside a part (softmax) only the largest terms are written out.
        rest = sentence(f"{len(leads)} of the {read:,} cells that are read", "dim")
    return Answer((origin.told,), tuple(leads.values()), rest, other_ways(view, cell, decimals))


def _deciding(view: View, cell: Cell) -> dict[CellPlace, Lead]:
    """Return the cells that are read to know which others are: the winner of a pool, the number of a row."""
    step = view.program.values[cell.name]
    if not isinstance(step, Step) or not view.is_done(cell):
        return {}
    ids = {step.inputs[name] for name in deciding(step.op.rule)}
    found = read_cells(view, cell)
    cells = [Cell(identity, tuple(at)) for identity in found if identity in ids for at in found[identity].tolist()]
    places = [CellPlace(view.position.iteration, one) for one in cells[:_MOST_DECIDING]]
    told = sentence("says which are read", "dim")
    return {place: Lead(place, _named(view, place), _number(view, place.cell, 4), told) for place in places}


def where_to(view: View, cell: Cell, decimals: int = 4) -> Answer:
    """Return what a cell has an effect on: the cells that read it, its gradient, and how far the loss moves."""
    from nnstep.explain.effects import effect_of  # the first screen comes sooner without it

    if view.keeps(cell.name):
        return _kept(f"what {cell_text(view, cell)} is and does")
    effect = effect_of(view, cell)
    here, leads = view.position.iteration, []
    for identity, places in effect.readers.items():
        reader = Cell(identity, tuple(places[0].tolist()))
        many = len(places)
        told = f"the first of {many:,} cells that read it" if many > 1 else "reads it"
        if view.program.carry.get(cell.name) == identity:
            told = "what the update makes of it"
        place = CellPlace(here, reader)
        if effect.means == "gradient" and place == effect.gradient:
            told += f", and is {_its_gradient(view, place)}"
        leads.append(_lead(view, place, sentence(told, "dim"), decimals))
    if effect.means == "gradient" and effect.gradient not in [lead.place for lead in leads]:
        leads.append(_lead(view, effect.gradient, sentence(_its_gradient(view, effect.gradient), "dim"), decimals))
    for before, after in view.program.carry.items():
        if after == cell.name != before:
            place = CellPlace(here + 1, Cell(before, cell.at))
            number = _number(view, cell, decimals) if view.is_done(cell) else ""
            leads.append(Lead(place, _named(view, place), number, sentence("what it is then", "dim")))
    return Answer((effect.told, effect.told_loss), tuple(leads), more=_story(view, cell, decimals), lit=effect.readers)


def chain_rule(view: View, cell: Cell, decimals: int = 4) -> Answer:
    """Return the factors from the loss to a cell, each with the cell that it is read from, and what the others add."""
    from nnstep.explain.chain import chain_of, counted  # the first screen comes sooner without it

    asked = chained_cell(view, cell)
    if view.keeps(gradients_of(view.program).get(asked.name, asked.name)):
        return _kept(f"the gradient of {cell_text(view, asked)}")
    chain = chain_of(view, asked, decimals=decimals)
    if not chain.factors:
        hint = sentence("the chain rule is told of what has a gradient: a weight, a bias, an activation", "dim")
        return Answer((chain.told, hint))
    if len(chain.factors) == 1 and not chain.others:
        return _first_factor(view, asked, chain, decimals)
    leads = [_factor_lead(view, factor) for factor in chain.factors]
    for others in chain.others:
        if others.value:
            together = (Word("come together in ", "dim"), Word(_named(view, others.at), "name"))
            leads.append(Lead(others.at, f"+ {counted(others)}", figure(others.value, decimals), together))
    leads += _whole_lead(view, chain, decimals)
    places = [lead.place.cell for lead in leads[: len(chain.factors)]]
    return Answer(
        (chain.told,), tuple(leads), _summed(view, chain, decimals), _story(view, cell, decimals), _by_value(places)
    )


def _first_factor(view: View, asked: Cell, chain: "Chain", decimals: int) -> Answer:
    """Tell of what has nothing between it and the loss to be multiplied: the loss reads it, or nothing came back."""
    lead, gradient = _factor_lead(view, chain.factors[0]), chain.gradient.cell
    what, why = " is what the loss reads: its chain is this one factor", ""
    if is_cut_off(view, gradient):
        made = view.program.values[gradient.name]
        assert isinstance(made, Step)
        what, why = " is reached by nothing of the loss this time, so its gradient is 0", made.op.sentence
    told = ((Word(cell_text(view, asked), "name"), Word(what, "dim")), sentence(why))
    leads = (lead, *_whole_lead(view, chain, decimals))
    return Answer(
        tuple(filter(None, told)), leads, more=_story(view, asked, decimals), lit=_by_value([lead.place.cell])
    )


def _factor_lead(view: View, factor: "Factor") -> Lead:
    """Return the row of a factor: its number, and how it comes from the cell that the row leads to, where from one."""
    place = factor.places[0]
    made = factor.made and f"{factor.made}{_when(view, place.cell)}"
    return Lead(place, factor.name, plain_text(factor.numbers), sentence(made, "dim"))


def _whole_lead(view: View, chain: "Chain", decimals: int) -> list[Lead]:
    """Return the row of the whole gradient, for what is a part of one."""
    if chain.whole == chain.gradient:
        return []
    return [_lead(view, chain.whole, sentence("the whole gradient, which this is a part of", "dim"), decimals)]


def is_it_stuck(view: View, cell: Cell | None = None, decimals: int = 4) -> Answer:
    """Return the few facts that tell most about why nothing is learned, the worst first. cell: does not matter."""
    from nnstep.explain.stuck import why_stuck  # the first screen comes sooner without it

    if view.kept_from:
        return _kept("what this iteration comes to")
    reasons = why_stuck(view, most=_FACTS)
    if not reasons:
        return Answer((sentence("Nothing here says that it is stuck."),))
    leads = tuple(_lead(view, reason.place, reason.told, decimals) for reason in reasons)
    rest = sentence("the worst first; each leads to the number to look at", "dim")
    return Answer((), leads, rest)


@dataclass(frozen=True)
class Question:
    """What can be asked. title: of the answer. about_cell: is it about the told cell, or about the whole network?"""

    title: str
    answer: Ask
    about_cell: bool = True


QUESTIONS: Mapping[str, Question] = {
    "from": Question("where from", where_from),
    "to": Question("effect", where_to),
    "chain": Question("chain rule", chain_rule),
    "stuck": Question("is it stuck?", is_it_stuck, about_cell=False),
}


def chained_cell(view: View, cell: Cell) -> Cell:
    """Return the cell whose chain is meant: of a gradient, what it is the gradient of."""
    known = gradients_of(view.program)
    if cell.name in known:
        return cell
    owners = [own for own, gradient in known.items() if gradient == cell.name]
    before = [own for own, after in view.program.carry.items() if after == cell.name]
    return Cell((owners or before or [cell.name])[0], cell.at)


def trail_names(view: View, cells: Sequence[tuple[int, Cell | None]]) -> tuple[str, ...]:
    """Return what the cells of a trail are called, with the epoch where it is another than that of the one before.

    cells: each with its iteration; None for a place where no cell was told.
    """
    names, before = [], cells[0][0] if cells else 0
    for iteration, cell in cells:
        name = cell_text(view, cell) if cell and cell.name in view.program.values else "start"
        names.append(name if iteration == before else f"{when_text(view, iteration)}: {name}")
        before = iteration
    return tuple(names)


# ---- rows


def _story(view: View, cell: Cell, decimals: int) -> tuple[Line, ...]:
    """Return how the cell itself came about, which is not what was asked, but stays in sight where there is room."""
    story = tell(view, cell, decimals=decimals, most_terms=_STORY_TERMS)
    return tuple(line for line in (story.numbers, story.why) if line)


def _kept(what: str) -> Answer:
    """Answer nothing: it would tell what is still to be predicted."""
    return Answer((sentence(f"{what[0].upper()}{what[1:]} is still to be predicted."), sentence(KEPT_HINT, "dim")))


def _lead(view: View, place: CellPlace, told: Line, decimals: int) -> Lead:
    is_here = place.iteration == view.position.iteration and view.is_done(place.cell)
    return Lead(place, _named(view, place), _number(view, place.cell, decimals) if is_here else "", told)


def _named(view: View, place: CellPlace) -> str:
    """Return a cell's name, with the epoch where it is another than here."""
    name = cell_text(view, place.cell)
    return name if place.iteration == view.position.iteration else f"{name} of {when_text(view, place.iteration)}"


def _number(view: View, cell: Cell, decimals: int) -> str:
    return number_text(view, cell.name, float(view.values[cell.name][cell.at]), decimals)


def _source_number(view: View, contribution: "Contribution", place: CellPlace) -> str:
    """Return the number of a source; one of another iteration is all of its contribution."""
    if place.iteration != view.position.iteration:
        return number_text(view, place.cell.name, contribution.value, 4)
    return _number(view, place.cell, 4)


def _adds(view: View, cell: Cell, contribution: "Contribution", decimals: int, *, alone: bool) -> Line:
    """Return what a contribution is to a cell, where that is more than its number: `adds 0.1905 = 0.8235·0.2313`.

    alone: is it all that the cell is made of? Then it gives that.
    """
    if alone and len(contribution.numbers) == 1 and len(contribution.places) == 1:
        return ()
    plain = is_plain(contribution.numbers)
    value = Word(number_text(view, cell.name, contribution.value, decimals), "value")
    amount = contribution.numbers[0] if plain else value
    worked = () if plain else (contribution.sign, *contribution.numbers)
    # It stands behind the number of a cell that is read: a line that began with = would be an equation with that.
    return (Word("gives " if alone else "adds ", "dim"), amount, *worked)


def _more(shown: int, count: int, rest: float, decimals: int) -> Line:
    """Return what the terms that are no rows come to; of those that are, not all may be in sight."""
    if not count:
        return ()
    return (
        Word(f"the {shown} largest of {shown + count:,} terms; the other {count:,} add{'s' * (count == 1)} ", "dim"),
        Word(figure(rest, decimals), "value"),
    )


def _its_gradient(view: View, place: CellPlace) -> str:
    """Return what a gradient is to what it is the gradient of, in the sign that is shown."""
    if _is_minus(view, place):
        return "minus its gradient: how far the loss moves, with the other sign"
    return "its gradient: how far the loss moves"


def _is_minus(view: View, gradient: CellPlace) -> bool:
    """Do these names show minus the gradient here?"""
    step = view.program.values[gradient.cell.name]
    return isinstance(step, Step) and step.sign < 0


def _when(view: View, cell: Cell) -> str:
    """Return in which step a cell is made, and so that one that is blank on the sheet is to come."""
    number = view.program.order.get(cell.name)
    if not number:
        return ""
    return f", step {number}" if view.is_done(cell) else f", comes in step {number}"


def _summed(view: View, chain: "Chain", decimals: int) -> Line:
    """Return what all ways come to: `0.0359 - 0.1091 = -0.0732 = d_wh[0,1], minus the gradient, comes in step 14`."""
    others = [each.value for each in chain.others if each.value]
    line: Line = (Word(figure(chain.term, decimals), "value"),)
    for value in others:
        line += (Word(" - " if value < 0 else " + ", "operator"), Word(figure(abs(value), decimals), "value"))
    gradient = cell_text(view, chain.whole.cell)
    total = figure(chain.value, decimals)
    sign = sum_equals([figure(value, decimals) for value in (chain.term, *others)], total)
    shown = (sign, Word(total, "value")) if others else ()
    minus = ", minus the gradient" if _is_minus(view, chain.gradient) else ""
    coming = "" if view.is_done(chain.gradient.cell) else _when(view, chain.gradient.cell)
    is_part = chain.whole != chain.gradient
    equals = Word(", a part of ", "dim") if is_part else Word(" = ", "operator")
    made = (equals, Word(gradient, "name" if is_part else "written"), *sentence(minus + coming, "dim"))
    return (*line, *shown, *made)


def _by_value(cells: list[Cell]) -> Mapping[str, NDArray[np.intp]]:
    found: dict[str, list[tuple[int, ...]]] = {}
    for cell in dict.fromkeys(cells):
        found.setdefault(cell.name, []).append(cell.at)
    return {
        identity: np.array(rows, dtype=np.intp).reshape(len(rows), -1)  # (n, axes)
        for identity, rows in found.items()
    }
