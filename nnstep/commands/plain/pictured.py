"""What the pictures of the screen show, as sentences, from the facts that the screen paints."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from nnstep.catalog.laying import shape_text
from nnstep.commands.figures import count, percent
from nnstep.commands.plain.walk import Walk
from nnstep.engine.cell import Array
from nnstep.explain.figures import figure, short
from nnstep.explain.metrics import class_names, measure
from nnstep.explain.summary import loss_text

_MOST: Final = 12  # numbers of a row, wrong samples, points of a curve
_PARTS: Final = ("training", "validation", "test")


def _network(facts: Any, walk: Walk) -> Iterator[str]:
    yield f"Sample {walk.view().samples[walk.view().sample]}, layer by layer."
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
            yield f"wanted: {_listed(column.wanted, walk)}"


def _row(numbers: Any, walk: Walk) -> str:
    if numbers.is_hidden:
        return f"{numbers.name} = ?"
    if numbers.values is None or not np.isfinite(numbers.values).any():
        return f"{numbers.name} is not there yet"
    if numbers.values.ndim > 1:
        return f"{numbers.name}, a map of {shape_text(numbers.values.shape)}; show has its numbers"
    return f"{numbers.name} {_listed(numbers.values, walk)}"


def _listed(values: Array, walk: Walk) -> str:
    told = [figure(float(value), walk.decimals, whole=True) for value in values[:_MOST]]
    return ", ".join(told) + (f", and {len(values) - _MOST} more" if len(values) > _MOST else "")


def _curves(facts: Any, walk: Walk) -> Iterator[str]:
    from nnstep.explain.pictures.seen import current

    view, compiled = walk.view(), walk.session.compiled
    if view.losses:
        yield f"The loss ({loss_text(compiled)}), {count(len(view.losses), 'point')} so far:"
        places = sorted({round(n * (len(view.losses) - 1) / (_MOST - 1)) for n in range(_MOST)})
        for place in places:
            yield f"iteration {place * view.loss_spacing + 1}: {short(view.losses[place])}"
        least = int(np.nanargmin(view.losses)) if np.isfinite(view.losses).any() else 0
        yield f"The least is {short(view.losses[least])}, in iteration {least * view.loss_spacing + 1}."
    for name, part in zip(_PARTS, compiled.training.parts, strict=True):
        if (metrics := measure(compiled, current(view), part)) is not None:
            right = "" if metrics.accuracy is None else f", {percent(metrics.accuracy)} of the answers right"
            yield f"With the weights of now, {name}: loss {short(metrics.loss)}{right}."


def _answers(facts: Any, walk: Walk) -> Iterator[str]:
    metrics, labels = facts.metrics, class_names(walk.session.compiled)
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


def _gradients(facts: Any, _walk: Walk) -> Iterator[str]:
    yield "The root of the mean square of each gradient, from the first layer to the last."
    for row in facts.rows:
        if not row.is_known:
            yield f"{row.name}: not there yet"
            continue
        old = ", of the iteration before" if row.state == "stale" else ""
        moved = f"; the update moves it by {short(row.moved)} of its size" if np.isfinite(row.moved) else ""
        yield f"{row.name}: {figure(row.size)}{old}, at most {figure(row.largest)}{moved}"


def _distributions(facts: Any, _walk: Walk) -> Iterator[str]:
    for one in (histogram for pair in facts.rows for histogram in pair if histogram is not None):
        if not one.size:
            yield f"{one.name}: not there yet"
            continue
        tenth = max(len(one.counts) // 10, 1)
        ends, total = (one.counts[:tenth].sum(), one.counts[-tenth:].sum()), max(one.counts.sum(), 1)
        low, high = (percent(float(count) / float(total)) for count in ends)
        broken = f"; {one.broken} not finite" if one.broken else ""
        old = ", of the iteration before" if one.state == "stale" else ""
        if one.low == one.high:
            yield f"{one.name}{old}: {count(one.size, 'number')}, {figure(one.low)}{broken}"
            continue
        yield (
            f"{one.name}{old}: {count(one.size, 'number')} from {figure(one.low)} to {figure(one.high)}, "
            f"mean {figure(one.mean)}, deviation {figure(one.spread)}; "
            f"{low} in the lowest tenth of the way, {high} in the highest{broken}"
        )


def _surface(facts: Any, _walk: Walk) -> Iterator[str]:
    rows, columns = facts.plane.answers.shape[:2]
    across, up = facts.names
    yield f"What the network answers, {up} from high to low, {across} from left to right."
    for y, row in enumerate(facts.plane.answers):
        height = facts.high[1] - (y + 0.5) / rows * (facts.high[1] - facts.low[1])
        places = [_place(facts, x, row, columns) for x in range(columns)]
        yield f"{up} {figure(float(height), 2)}: {', '.join(places)}"


def _place(facts: Any, x: int, row: Array, columns: int) -> str:
    at = facts.low[0] + (x + 0.5) / columns * (facts.high[0] - facts.low[0])
    answer: Sequence[float] = row[x]
    told = figure(float(answer[0]), 2) if len(answer) == 1 else str(facts.classes[int(np.argmax(answer))])
    return f"at {facts.names[0]} {figure(float(at), 2)} {told}"


def _attention(facts: Any, walk: Walk) -> Iterator[str]:
    yield f"Sample {facts.sample}: how much each time takes from each other one."
    for head in facts.heads:
        yield f"{head.title}, {head.weights.name}:"
        for time, came in enumerate(facts.times):
            values = None if head.weights.values is None else head.weights.values[time]
            if head.weights.is_hidden or values is None or not np.isfinite(values).any():
                yield f"time {time}, {came}: {'to be predicted' if head.weights.is_hidden else 'not there yet'}"
                continue
            looks = [f"{figure(float(values[at]), walk.decimals)} from {at}" for at in np.flatnonzero(head.open[time])]
            shut = np.flatnonzero(~head.open[time])
            rest = f"; shut out: {', '.join(map(str, shut))}" if len(shut) else ""
            yield f"time {time}, {came}: {', '.join(looks)}{rest}"


TOLD: dict[str, Callable[[Any, Walk], Iterator[str]]] = {
    "network": _network,
    "curves": _curves,
    "decision surface": _surface,
    "attention": _attention,
    "answers": _answers,
    "gradient sizes": _gradients,
    "distributions": _distributions,
}
