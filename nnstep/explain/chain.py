"""The chain rule for one cell: the factors from the loss down to it, and what the other ways add.

dL/dw = dL/dŷ · dŷ/dz · dz/dw, for one sample and one way through the network. The signals of the program's own backward
steps are followed from the gradient of the cell back to the loss: each is a sum of signals nearer to the loss, each
times a factor. One of these is chosen at each step; the others are added up beside it. A part of a gradient (what comes
along one way, or from one time on) has its factors too.
"""

from math import prod

from nnstep.engine.cell import Cell
from nnstep.explain.figures import figure
from nnstep.explain.gradients import gradients_of
from nnstep.explain.links import Factor, Kind, Walker, part_of
from nnstep.explain.naming import cell_text, sample_text
from nnstep.explain.places import CellPlace
from nnstep.explain.reckoning import product_equals
from nnstep.explain.words import Line, Word, sentence
from nnstep.records import dataclass
from nnstep.session import View


@dataclass(frozen=True)
class Others:
    """What comes together with the chosen way at one signal, and is not on it.

    value: what it adds to the gradient. count: how many signals it is the sum of. kind: are these other samples, other
    places of samples (a weight that is shared), or other ways through the network? at: where they come together.
    """

    value: float
    count: int
    kind: Kind
    at: CellPlace


@dataclass(frozen=True)
class Chain:
    """The gradient of one cell: the product of the factors, and what the others add.

    gradient: where it stands, with the sign that is shown. whole: where the gradient stands that this is a part of; the
    same place where it is all of it. value: it. factors: from the loss to the cell; none for a cell that has no
    gradient. sample: the number of the sample that the way goes through, as `sample 2`. instead: that of the chosen
    sample, where another is told because this one adds nothing.
    """

    cell: Cell
    gradient: CellPlace
    whole: CellPlace
    value: float
    factors: tuple[Factor, ...]
    others: tuple[Others, ...]
    sample: str
    instead: str
    told: Line

    @property
    def term(self) -> float:
        """What the chosen way comes to: the product of its factors."""
        return prod(factor.value for factor in self.factors)


def chain_of(view: View, cell: Cell, *, decimals: int = 4) -> Chain:
    """Return the chain of factors from the loss to a cell, through the chosen sample, else through the largest signal.

    cell: what has a gradient, or a cell of a part of one. Where the chosen sample adds nothing, the way that adds most
    is taken. A cell without a gradient has no factors: what is told says so. The values of the whole iteration are
    used, so it can be asked for before the backward pass is done.
    """
    here, known = view.position.iteration, gradients_of(view.program)
    whole = part_of(view.program, cell.name)
    if cell.name not in known and not whole:
        told = (Word(cell_text(view, cell), "name"), Word(" has no gradient in this program", "dim"))
        place = CellPlace(here, cell)
        return Chain(cell, place, place, 0.0, (), (), "", "", told)
    start = Cell(known.get(cell.name, cell.name), cell.at)
    walker = Walker(view, decimals, start)
    links = list(walker.walk(start))
    factors, others = [], []
    before = 1.0  # of the factors between a signal and the cell
    for link in links:
        if link.count:
            others.append(Others(before * link.rest, link.count, link.kind, CellPlace(here, link.made)))
        before *= link.factor.value
        if link.factor.name:
            factors.append(link.factor)
    value = float(view.values[start.name][start.at])
    sample = next((text for link in reversed(links) if (text := sample_text(view, link.made))), "")
    is_other = not view.program.is_sampled(start.name) and walker.row != view.sample
    instead = f"sample {view.samples[view.sample]}" if is_other and before else ""
    gradient, of = CellPlace(here, start), CellPlace(here, Cell(whole or start.name, cell.at))
    chain = Chain(cell, gradient, of, value, tuple(reversed(factors)), tuple(others), sample, instead, ())
    return Chain(**{**vars(chain), "told": _told(view, chain, decimals)})


def _told(view: View, chain: Chain, decimals: int) -> Line:
    """Return the chain as a line: `∂L/∂W1[0,1] = 0.21·0.17·1 = 0.0359 for sample 0, and 2 more samples = -0.1091`."""
    left, term = Word(cell_text(view, chain.gradient.cell), "written"), figure(chain.term, decimals)
    line: Line = (left, Word(" = ", "operator"))
    for number, factor in enumerate(chain.factors):
        text = factor.numbers[0].text
        bracketed = text.startswith("-") and number > 0
        line += (Word("·", "operator"),) if number else ()
        line += (Word("(", "operator"), *factor.numbers, Word(")", "operator")) if bracketed else factor.numbers
    sign = product_equals([factor.numbers[0].text for factor in chain.factors], term)
    line += (sign, Word(term, "value"))
    line += sentence(f" for {chain.sample}" if chain.sample else "", "dim")
    adding = [others for others in chain.others if others.value]
    line += sentence(f", as {chain.instead} adds nothing" if chain.instead and adding else "", "dim")
    return line + _told_others(adding, chain.others, decimals)


def _told_others(adding: list[Others], others: tuple[Others, ...], decimals: int) -> Line:
    """Return what else there is, and what all of it adds: `, and 3 more samples and other ways = 0.0012`."""
    told = adding or [each for each in others if each.kind != "ways"]
    if not told:
        return ()
    first = next((each for each in told if each.kind != "ways"), told[0])
    if not adding:
        # Some of several may be other than 0, and cancel.
        nothing = "adds nothing" if first.count == 1 else "together add nothing"
        return sentence(f", and {counted(first)}, which {nothing}", "dim")
    what = counted(first) if first.kind != "ways" or len(told) == 1 else ""
    ways = "other ways" if len(told) > 1 else ""
    total = figure(sum(each.value for each in adding), decimals)
    return (Word(f", and {' and '.join(filter(None, (what, ways)))} = ", "dim"), Word(total, "value"))


def counted(others: Others) -> str:
    """Return what comes together with the chosen way: `3 more samples`, `1 more way`."""
    return f"{others.count:,} more {others.kind if others.count > 1 else others.kind.removesuffix('s')}"
