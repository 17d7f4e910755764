"""Why is it stuck? The few facts that tell most about why a network does not learn, from numbers, the worst first."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Step
from nnstep.engine.training import TARGETS
from nnstep.explain.course import has_learned, too_long, too_short
from nnstep.explain.figures import exact, figure
from nnstep.explain.health import LAST_BITS, SATURATED_BELOW, facts, listening, only_here, unit_axis, unit_name
from nnstep.explain.naming import cell_text, when_text
from nnstep.explain.places import CellPlace
from nnstep.explain.reasons import BADNESS, Kind, Reason, largest_cell, reason_for
from nnstep.explain.words import Word
from nnstep.session import View

_SAID_FROM = 0.25  # badness, below which a fact is no reason
_WRONG_ABOVE = 0.5  # an answer that far from its target is wrong, if it is between 0 and 1
_ALIKE = 1e-3  # of the spread of the targets: answers that differ by less are the same for every sample
# What an activation can answer.
_RANGES: dict[str, tuple[float, float]] = {
    "sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "softplus": (0.0, np.inf),
}


def why_stuck(view: View, *, most: int = 4) -> tuple[Reason, ...]:
    """Return the few most telling reasons why it does not learn, the worst first; none where there are none.

    The whole iteration is looked at, whichever step of it we are at. most: how many reasons at the most.
    """
    end = replace(view, position=replace(view.position, step=len(view.program.steps), cell=0))
    found = [reason for find in _FINDERS for reason in find(end) if reason.badness >= _SAID_FROM]
    kinds = {reason.kind for reason in found}
    if "not finite" in kinds:  # what comes of it is no reason of its own
        found = [reason for reason in found if reason.kind == "not finite"]
    elif has_learned(end):
        found = []
    elif "zero" in kinds:
        found = [reason for reason in found if reason.kind not in ("fading", "slow")]
    elif "dead" in kinds:  # a longer step is what units die of
        found = [reason for reason in found if reason.kind != "slow"]
    return tuple(sorted(found, key=lambda reason: -reason.badness)[:most])


def _not_finite(view: View) -> Iterator[Reason]:
    if view.fault is None:
        return
    when = when_text(view, view.fault.iteration)
    told = (
        Word(cell_text(view, view.fault.cell), "name"),
        Word(f" was the first number that is not finite, in {when}; what it reaches is lost"),
    )
    place = CellPlace(view.fault.iteration, view.fault.cell)
    yield Reason("not finite", told, BADNESS["not finite"], place)


def _unreachable(view: View) -> Iterator[Reason]:
    """Look for targets that the last activation can't answer, whatever the weights."""
    output, targets = view.program.values[view.program.prediction], view.values[TARGETS]
    if not isinstance(output, Step) or output.op.name not in _RANGES or targets.shape != output.shape:
        return
    low, high = _RANGES[output.op.name]
    outside = (targets < low) | (targets > high)  # as the targets
    if not outside.any():
        return
    cell = largest_cell(TARGETS, np.abs(np.where(outside, targets, 0)))
    share = float(outside.mean())
    between = f"between {exact(low)} and {exact(high)}" if np.isfinite(high) else f"{exact(low)} or more"
    told = (
        Word(cell_text(view, cell), "name"),
        Word(" is "),
        Word(exact(float(targets[cell.at])), "value"),
        Word(f", and {output.op.name} can only answer what is {between}; so it is for {share:.0%} of the targets"),
    )
    yield reason_for(view, "unreachable", told, cell, 0.7 + 0.3 * share)


def _zero(view: View) -> Iterator[Reason]:
    """Look for parameters whose gradients are all 0, at least but for rounding, although the loss is not."""
    if not view.values[view.program.loss] > LAST_BITS:
        return
    trained = [p for p in view.program.parameters if p.trainable and f"{p.id}.grad" in view.values]
    trained = [p for p in trained if len(p.shape) > 1] or trained  # a bias before a mean that is taken away needs none
    still = [p for p in trained if not np.any(view.painted(f"{p.id}.grad"))]
    if not still:
        return
    grad = view.program.values[f"{still[0].id}.grad"]
    names = ", ".join(p.name for p in still[:3]) + (" …" if len(still) > 3 else "")
    # Without a gradient weights may still move: by decay, or by what an optimizer remembers.
    moves = [(view.values[p.id], view.values[view.program.carry[p.id]]) for p in still]
    stay = all(np.allclose(before, after, rtol=LAST_BITS, atol=LAST_BITS) for before, after in moves)
    told = (
        Word(names, "name"),
        Word(f" {'will not change' if stay else 'learn nothing from this batch'}: every cell of "),
        Word(grad.name, "name"),
        Word(" is "),
        Word("0", "value"),
        Word(" but for rounding" if np.any(view.values[grad.id]) else ""),
        Word(", and the loss is not"),
    )
    yield reason_for(view, "zero", told, Cell(grad.id, (0,) * len(grad.shape)), 0.5 + 0.5 * len(still) / len(trained))


def _alike(view: View) -> Iterator[Reason]:
    """Look for answers that are the same for every sample, where the targets are not."""
    answers, targets = view.values[view.program.prediction], view.values[TARGETS]
    if view.position.iteration == 1 or len(answers) < 2 or answers.shape != targets.shape:
        return
    spread, wanted = (float(np.ptp(values, axis=0).max()) for values in (answers, targets))
    if not wanted or not spread <= _ALIKE * wanted:
        return
    output = view.program.values[view.program.prediction]
    told = (
        Word(output.name, "name"),
        Word(" says the same to every sample: no two answers differ by more than "),
        Word(figure(spread), "value"),
    )
    yield reason_for(view, "alike", told, Cell(output.id, (0,) * answers.ndim))


def _silent_units(view: View) -> Iterator[Reason]:
    """Look for units whose slope is nothing, or next to nothing, for every sample; one reason for each layer.

    What a layer does again at each time is one: a unit that listens at any time does listen.
    """
    layers: dict[str, list[Step]] = {}
    for step in view.program.steps:
        if step.role.endswith("slope"):
            layers.setdefault(step.at_all_times or step.id, []).append(step)
    for times in layers.values():
        by_time = np.stack([_over_units(view, step, listening(view, step)) for step in times])  # (t, j)
        largest = by_time.max(axis=0)  # (j,)
        kinks = times[0].op.kinks
        kind: Kind = "dead" if kinks else "saturated"
        quiet = largest == 0 if kinks else largest < SATURATED_BELOW  # (j,)
        silent = np.flatnonzero(quiet & _is_needed(view, times[0]))  # (units,)
        if not len(silent):
            continue
        unit = int(silent[np.argmin(largest[silent])])
        step = times[int(np.argmax(by_time[:, unit]))]
        more = f", and so have {len(silent) - 1} more of its {len(largest)}" if len(silent) > 1 else ""
        here = only_here(view)
        at = [0] * len(step.shape)
        at[unit_axis(view.program, step.id)] = unit
        told = (
            Word(f"{unit_name(view, step, unit)} has stopped listening: "),
            Word(step.name, "name"),
            Word(" is at most " if largest[unit] else " is "),
            Word(figure(float(largest[unit])), "value"),
            Word(f" for every sample{here}"),
            Word(f"{', and no more at other times' if len(times) > 1 else ''}{more}"),
        )
        share = 0.3 + 0.7 * len(silent) / len(largest)
        may_speak = here and len(silent) < len(largest)  # in the next batch, or with other masks
        yield reason_for(view, kind, told, Cell(step.id, tuple(at)), share / 2 if may_speak else share)


def _is_needed(view: View, step: Step) -> NDArray[np.bool_]:
    """Return which units have something to learn: of the last layer those that are wrong, (j,), of others all."""
    answers, targets = view.values[view.program.prediction], view.values[TARGETS]
    if step.layer != view.program.values[view.program.prediction].layer or answers.shape != step.shape:
        return np.array(True)
    return np.asarray(_over_units(view, step, np.abs(answers - targets)) > _WRONG_ABOVE)  # (j,)


def _over_units(view: View, step: Step, sizes: Array) -> Array:
    """Return the largest size of each unit: (j,), or (k,) of images. sizes: as the step."""
    unit = unit_axis(view.program, step.id)
    largest: Array = sizes.max(axis=tuple(axis for axis in range(sizes.ndim) if axis != unit))  # (j,)
    return largest


def _known_facts(view: View) -> Iterator[Reason]:
    """Take over what is known of single steps: signals that fade or explode, units that are copies of each other."""
    worst: dict[str, tuple[float, Reason]] = {}
    for step in (*view.program.steps, *view.program.measures):
        for fact in facts(view, step):
            if fact.kind not in ("fading", "exploding", "copies"):
                continue
            kind: Kind = fact.kind
            told = (Word(step.name, "name"), Word(": "), Word(fact.text))
            reason = reason_for(view, kind, told, largest_cell(step.id, np.abs(view.values[step.id])))
            size = -fact.share if kind == "fading" else fact.share
            if kind not in worst or size > worst[kind][0]:
                worst[kind] = (size, reason)
    yield from (reason for _, reason in worst.values())


_FINDERS: tuple[Callable[[View], Iterator[Reason]], ...] = (
    _not_finite,
    too_long,
    _unreachable,
    _zero,
    _alike,
    _silent_units,
    _known_facts,
    too_short,
)
