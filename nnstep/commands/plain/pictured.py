"""What the pictures of the screen show, as sentences, from the facts that the screen paints."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

import numpy as np

from nnstep.catalog.laying import shape_text
from nnstep.commands.figures import count, percent
from nnstep.commands.plain.walk import Walk
from nnstep.engine.cell import Array
from nnstep.explain.figures import figure, short
from nnstep.explain.metrics import measure
from nnstep.explain.pictures.answers import answers_facts, answers_work
from nnstep.explain.pictures.attention import attention_facts
from nnstep.explain.pictures.distributions import distributions_facts
from nnstep.explain.pictures.gradients import gradients_facts
from nnstep.explain.pictures.looks import Look
from nnstep.explain.pictures.network import network_facts
from nnstep.explain.pictures.network_parts import Numbers
from nnstep.explain.pictures.seen import Seen, current
from nnstep.explain.pictures.surface import Surface, surface_facts, surface_work
from nnstep.explain.summary import loss_text

_MOST: Final = 12  # numbers of a row, wrong samples, points of a curve
_PARTS: Final = ("training", "validation", "test")

_Found = TypeVar("_Found")


def _found(task: Callable[[], _Found] | None) -> _Found | None:
    """Find out now what the screen finds out beside the keys: whoever listens waits for it anyway."""
    return None if task is None else task()


def _network(seen: Seen, walk: Walk) -> Iterator[str]:
    facts = network_facts(seen, None)
    yield f"Sample {seen.view.samples[seen.view.sample]}, layer by layer."
    for place, column in enumerate(facts.columns):
        wire = facts.wires[place - 1] if place else None
        through = f", through {wire.name}" if wire and wire.name else ""
        light = ", of this step" if place == facts.lit else ""
        yield f"{column.title}{through}{light}: {_row(column.shown, walk)}"
        if column.bias.name:
            yield f"bias {_row(column.bias, walk)}"
        if column.blame.name and column.blame.values is not None and np.isfinite(column.blame.values).any():
            yield f"what comes back: {_row(column.blame, walk)}"
        if column.wanted is not None:
            named = f", that is {column.classes[int(column.wanted.argmax())]}" if column.classes else ""
            yield f"wanted: {_listed(column.wanted, walk)}{named}"


def _row(numbers: Numbers, walk: Walk) -> str:
    if numbers.is_hidden:
        return f"{numbers.name} = ?"
    if numbers.values is None or not np.isfinite(numbers.values).any():
        return f"{numbers.name} is not there yet"
    if numbers.values.ndim > 1:
        return f"{numbers.name}, a map of {shape_text(numbers.values.shape)}; show has its numbers"
    old = _old(numbers.state)
    return f"{numbers.name}{old}{':' * bool(old)} {_listed(numbers.values, walk)}"


def _old(state: Look) -> str:
    return ", of the iteration before" if state == "stale" else ""


def _listed(values: Array, walk: Walk) -> str:
    told = [figure(float(value), walk.decimals, whole=True) for value in values[:_MOST]]
    return ", ".join(told) + (f", and {len(values) - _MOST} more" if len(values) > _MOST else "")


def _curves(seen: Seen, _walk: Walk) -> Iterator[str]:
    view, compiled = seen.view, seen.view.compiled
    if view.losses:
        yield f"The loss ({loss_text(compiled)}), {count(len(view.losses), 'point')} so far:"
        places = sorted({round(n * (len(view.losses) - 1) / (_MOST - 1)) for n in range(_MOST)})
        for place in places:
            yield f"iteration {place * view.loss_spacing + 1}: {short(view.losses[place])}"
        least = int(np.nanargmin(view.losses)) if np.isfinite(view.losses).any() else 0
        yield f"The least is {short(view.losses[least])}, in iteration {least * view.loss_spacing + 1}."
    answer = view.program.values[view.program.prediction]
    if view.keeps(answer.id):
        yield f"How good the weights of now are would tell {answer.name}, which is still to be predicted."
        return
    for name, part in zip(_PARTS, compiled.training.parts, strict=True):
        if (metrics := measure(compiled, current(view), part)) is not None:
            right = "" if metrics.accuracy is None else f", {percent(metrics.accuracy)} of the answers right"
            yield f"With the weights of now, {name}: loss {short(metrics.loss)}{right}."


def _answers(seen: Seen, _walk: Walk) -> Iterator[str]:
    facts = answers_facts(seen, _found(answers_work(seen, None)))
    metrics, labels = facts.metrics, facts.classes
    if not metrics.all:
        yield "No answer is right or wrong here: some are not finite."
        return
    share = percent(metrics.right / metrics.all)
    yield f"The {facts.part} samples: {metrics.right} of {metrics.all} are answered right, {share}."
    for wanted, row in enumerate(metrics.confusion.tolist()):
        taken = [f"{often} for {labels[chosen]}" for chosen, often in enumerate(row) if often and chosen != wanted]
        if sum(row):
            others = f"; taken {', '.join(taken)}" if taken else ""
            yield f"Of {sum(row)} that are {labels[wanted]}, {row[wanted]} right{others}"
    for one in facts.wrong[:_MOST]:
        yield (
            f"Sample {one.number} is {labels[one.wanted]}, "
            f"taken for {labels[one.chosen]} with a chance of {percent(one.chance)}"
        )
    if len(facts.wrong) > _MOST:
        yield f"and {metrics.all - metrics.right - _MOST} wrong ones more"


def _gradients(seen: Seen, _walk: Walk) -> Iterator[str]:
    yield "The root of the mean square of each gradient, from the first layer to the last."
    for row in gradients_facts(seen, None).rows:
        if not row.is_known:
            yield f"{row.name}: not there yet"
            continue
        old = _old(row.state)
        moved = f"; the update moves it by {short(row.moved)} of its size" if np.isfinite(row.moved) else ""
        yield f"{row.name}: {figure(row.size)}{old}, at most {figure(row.largest)}{moved}"


def _distributions(seen: Seen, _walk: Walk) -> Iterator[str]:
    rows = distributions_facts(seen, None).rows
    for one in (histogram for pair in rows for histogram in pair if histogram is not None):
        if not one.size:
            yield f"{one.name}: not there yet"
            continue
        tenth = max(len(one.counts) // 10, 1)
        ends, total = (one.counts[:tenth].sum(), one.counts[-tenth:].sum()), max(one.counts.sum(), 1)
        low, high = (percent(float(count) / float(total)) for count in ends)
        broken = f"; {one.broken} not finite" if one.broken else ""
        old = _old(one.state)
        if one.low == one.high:
            yield f"{one.name}{old}: {count(one.size, 'number')}, {figure(one.low)}{broken}"
            continue
        yield (
            f"{one.name}{old}: {count(one.size, 'number')} from {figure(one.low)} to {figure(one.high)}, "
            f"mean {figure(one.mean)}, deviation {figure(one.spread)}; "
            f"{low} in the lowest tenth of the way, {high} in the highest{broken}"
        )


def _surface(seen: Seen, _walk: Walk) -> Iterator[str]:
    facts = surface_facts(seen, _found(surface_work(seen, None)))
    assert facts.plane is not None
    rows, columns = facts.plane.answers.shape[:2]
    across, up = facts.names
    yield f"What the network answers, {up} from high to low, {across} from left to right."
    for y, row in enumerate(facts.plane.answers):
        height = facts.high[1] - (y + 0.5) / rows * (facts.high[1] - facts.low[1])
        places = [_place(facts, x, row, columns) for x in range(columns)]
        yield f"{up} {figure(float(height), 2)}: {', '.join(places)}"


def _place(facts: Surface, x: int, row: Array, columns: int) -> str:
    at = facts.low[0] + (x + 0.5) / columns * (facts.high[0] - facts.low[0])
    answer: Sequence[float] = row[x]
    told = figure(float(answer[0]), 2) if len(answer) == 1 else facts.classes[int(np.argmax(answer))]
    return f"at {facts.names[0]} {figure(float(at), 2)} {told}"


def _attention(seen: Seen, walk: Walk) -> Iterator[str]:
    facts = attention_facts(seen, None)
    yield f"Sample {facts.sample}: how much each time takes from each other one."
    for head in facts.heads:
        yield f"{head.title}, {head.weights.name}:" if head.title else f"{head.weights.name}:"
        for time, came in enumerate(facts.times):
            asks = f"time {time}, {came}" if came else f"time {time}"
            values = None if head.weights.values is None else head.weights.values[time]
            if head.weights.is_hidden or values is None or not np.isfinite(values).any():
                yield f"{asks}: {'to be predicted' if head.weights.is_hidden else 'not there yet'}"
                continue
            looks = [f"{figure(float(values[at]), walk.decimals)} from {at}" for at in np.flatnonzero(head.open[time])]
            shut = np.flatnonzero(~head.open[time])
            rest = f"; shut out: {', '.join(map(str, shut))}" if len(shut) else ""
            yield f"{asks}{_old(head.weights.state)}: {', '.join(looks)}{rest}"


TOLD: dict[str, Callable[[Seen, Walk], Iterator[str]]] = {
    "network": _network,
    "curves": _curves,
    "decision surface": _surface,
    "attention": _attention,
    "answers": _answers,
    "gradient sizes": _gradients,
    "distributions": _distributions,
}
