"""Whether a network can learn from where it is: saturated, dead and copied units, fading signals, a growing loss."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Program, Step
from nnstep.engine.rule import LEADING
from nnstep.engine.training import TARGETS
from nnstep.explain.figures import figure
from nnstep.explain.naming import cell_text, hidden_layers, unit_text, when_text
from nnstep.records import dataclass
from nnstep.session import View

Kind = Literal["saturated", "dead", "fading", "exploding", "copies", "growing", "change"]

SATURATED_BELOW = 0.01  # of the slope; the sigmoid's is 0.25 at its steepest, the others' are 1
FADED_BELOW = 1e-3  # of the first layer's signal, as a part of the last one's
EXPLODED_ABOVE = 1e3
GROWN_ABOVE = 1.001  # of the loss, as a part of the one before
STRAYED_ABOVE = 10.0  # of the loss, as a part of the first one, where a single rise means nothing
_TOWARDS_FLAT = 0.1  # what is taken off what a slope is read from: the smooth ones are flat far below 0
_FROM_SCORES = {"bce": "bce_with_logits", "cce": "softmax_cross_entropy"}  # the same, from what is not squeezed yet
_SAME_DIGITS = 12  # in which copies have the same weights and gradients
_CHANNELS = frozenset("ck")  # the letters of channels, in and out, in the rules of operations on images
LAST_BITS = 1e-12  # a loss that small goes up and down with the last bits of its answers


@dataclass(frozen=True)
class Fact:
    """Something that is worth knowing about a step's numbers.

    share: of the cells or units it holds for, or the ratio that was found.
    """

    kind: Kind
    text: str
    share: float


def facts(view: View, step: Step) -> tuple[Fact, ...]:
    """Return what is worth knowing about a step that is done; an empty tuple for one that is not."""
    if view.state(step.id) != "live":
        return ()
    return tuple(fact for find in _FINDERS if (fact := find(view, step)) is not None)


def warning(view: View, cell: Cell | None) -> str:
    """Return what is wrong here, in one sentence: with any number of the view, else with this cell; else nothing."""
    if view.fault is not None:
        at = f"{cell_text(view, view.fault.cell)} in {when_text(view, view.fault.iteration)}"
        program = view.compiled.training.program(view.fault.iteration)
        hint = "a smaller learning rate may help"
        if view.fault.iteration == view.changed_at:
            hint = "what was changed by hand there made it so"
        elif begins_too_large(program, view.fault.iteration, view.fault.cell.name):
            hint = "the data or the first weights are too large"
        return f"the first number that is not finite was {at}; {hint}"
    if cell is None or not view.is_done(cell):
        return ""
    step = view.program.values[cell.name]
    if not isinstance(step, Step) or view.state(cell.name) != "live":
        return ""
    if step.op.name in ("relu", "relu_slope"):
        return _of_relu(view, step, cell)
    for find in (_faded, _growing):
        if (fact := find(view, step)) is not None:
            return fact.text
    if cut_off := _cut_off(view, step, cell):
        return cut_off
    if step.role != "slope" or listening(view, step)[cell.at] >= SATURATED_BELOW:
        return ""
    slope = float(view.values[step.id][cell.at])
    return f"saturated: a slope of {figure(slope)} lets hardly any of the error through"


def _cut_off(view: View, step: Step, cell: Cell) -> str:
    """Say so where an answer is so sure, and so wrong, that its logarithm is lost to rounding."""
    program = view.program
    better = _FROM_SCORES.get(view.compiled.scenario.model.loss.name, "")
    output = program.values[program.prediction]
    if not better or not (step.phase == "error" or (step.role in ("slope", "delta") and step.layer == output.layer)):
        return ""
    answers, targets = view.values[output.id], view.values[TARGETS]
    # An answer of exactly 0 where 0 is right loses nothing.
    lost = (answers == 0) & (targets > 0)
    if better == "bce_with_logits":
        lost |= (answers == 1) & (targets < 1)
    else:  # one answer is a whole row
        lost = np.broadcast_to(lost.any(axis=-1, keepdims=True), lost.shape)  # (b, ..., j)
    if not (lost[cell.at] if step.shape == lost.shape else lost.any()):
        return ""
    name, sure = output.name, "0 or 1" if better == "bce_with_logits" else "0"
    return (
        f"{name} is exactly {sure} where that is wrong: too sure for its logarithm, so it learns nothing; use {better}"
    )


def begins_too_large(program: Program, iteration: int, identity: str) -> bool:
    """Did this value stop being finite before any update, so that no learning rate has to do with it?"""
    value = program.values[identity]
    return iteration == 1 and not (isinstance(value, Step) and value.phase == "update")


def _of_relu(view: View, step: Step, cell: Cell) -> str:
    unit = cell.at[unit_axis(view.program, step.id)]
    if not _dead(view, step)[unit]:
        return ""
    told = unit_name(view, step, unit)
    if here := only_here(view):
        return f"{told} is 0 for every sample{here}, so nothing is learned about it here"
    return f"{told} is dead: 0 for every sample, so no error goes back through it"


def only_here(view: View) -> str:
    """Return what a unit that is silent may be so for alone: this batch, these masks; nothing where it is for good."""
    return " of this batch" if view.batches > 1 else " with these masks" if _has_feeds(view) else ""


def listening(view: View, step: Step) -> Array:
    """Return how much each cell lets through of the error: the size of its slope; as the step.

    A slope that crosses 0 in a dip, as gelu's, lets something through beside it: what counts is the flat end.
    """
    sizes: Array = np.abs(view.values[step.id])
    if "z" not in step.inputs or step.op.kinks:
        return sizes
    with np.errstate(all="ignore"):
        beside = step.op.forward(view.values[step.inputs["z"]] - _TOWARDS_FLAT, **step.settings)  # as the step
    return np.maximum(sizes, np.abs(beside))


def unit_axis(program: Program, identity: str) -> int:
    """Return which axis of a value counts the units: the channels of images (b, k, y, x), else the last.

    What last gave the value its axes tells, not their number: a dense layer on images has its units last.
    """
    value = program.values[identity]
    while isinstance(value, Step) and value.op.rule.elementwise:
        value = program.values[next(read for read in value.reads if program.values[read].shape == value.shape)]
    if isinstance(value, Step):
        target = value.op.rule.target
        return next((axis for axis, letter in enumerate(target) if letter in _CHANNELS), len(value.shape) - 1)
    return 1 if len(value.shape) == 4 else len(value.shape) - 1  # data


def unit_name(view: View, step: Step, unit: int) -> str:
    """Return what a unit of a step's value is called: `hidden unit 1`, or `channel 1 of layer 2` of images."""
    of_layer = f" of layer {step.layer.removeprefix('layer')}"
    is_channel = unit_axis(view.program, step.id) < len(step.shape) - 1
    return f"channel {unit}{of_layer}" if is_channel else unit_text(view, step.layer, unit)


def _dead(view: View, step: Step) -> Array:
    """Return which units let nothing through for any sample: (j,), or (k,) of images."""
    unit = unit_axis(view.program, step.id)
    others = tuple(axis for axis in range(len(step.shape)) if axis != unit)
    silent: Array = (view.values[step.id] == 0).all(axis=others)  # (j,)
    return silent


def _saturated(view: View, step: Step) -> Fact | None:
    if step.role != "slope" or step.op.kinks:
        return None
    share = float((listening(view, step) < SATURATED_BELOW).mean())
    text = f"{share:.0%} of the slopes are below {SATURATED_BELOW}: these units hardly learn"
    return Fact("saturated", text, share) if share else None


def _dead_units(view: View, step: Step) -> Fact | None:
    if step.op.name != "relu_slope":
        return None
    dead = _dead(view, step)
    units = [unit_name(view, step, int(unit)) for unit in np.flatnonzero(dead)]
    if not units:
        return None
    here = only_here(view)
    silent = f"silent for every sample{here}" if here else "dead, because 0 for every sample"
    text = f"{silent}: {', '.join(units[:3])}{' …' if len(units) > 3 else ''}"
    return Fact("dead", text, len(units) / len(dead))


def _faded(view: View, step: Step) -> Fact | None:
    """Compare the signal at this layer with the one at the last layer."""
    last = _last_signal(view.program)
    if step.role != "delta" or last is None or last.layer == step.layer or view.state(last.id) != "live":
        return None
    here, there = (_mean_size(view, identity) for identity in (step.id, last.id))
    if not there or not np.isfinite(here) or not np.isfinite(there):
        return None
    ratio = here / there
    if FADED_BELOW <= ratio <= EXPLODED_ABOVE:
        return None
    if ratio < FADED_BELOW:
        return Fact("fading", f"faded: {figure(ratio)} is left of {last.name}, so this layer hardly learns", ratio)
    return Fact("exploding", f"exploding: {figure(ratio)} times as large as {last.name}", ratio)


def _mean_size(view: View, identity: str) -> float:
    """Return the mean size of a signal that is done; what is 0 but for rounding is 0."""
    signal = view.painted(identity)
    return _mean(np.abs(signal)) if signal is not None else np.nan


def _mean(sizes: Array) -> float:
    """Return the mean of sizes, also where their sum is larger than any number."""
    with np.errstate(all="ignore"):
        mean = float(sizes.mean())
    return mean if np.isfinite(mean) else float((sizes / sizes.size).sum())


def _last_signal(program: Program) -> Step | None:
    """Return the signal at the last layer: its delta, or its error where it has no activation."""
    signals = [step for step in program.steps if step.role in ("delta", "error") and step.phase != "forward"]
    own = {step.role: step for step in signals if step.layer == signals[0].layer}
    return own.get("delta") or own.get("error")


def _growing(view: View, step: Step) -> Fact | None:
    """Compare the loss with the one before, where each step should take it down, else with the first one."""
    if step.id != view.program.loss or step.id not in view.before or view.changed_at == view.position.iteration:
        return None
    now, before = float(view.values[step.id]), float(view.before[step.id])
    remembers = any(variable.kind == "state" for variable in view.program.variables)
    if remembers or view.batches > 1 or _has_feeds(view):
        return _strayed(view, now)
    if not np.isfinite(now) or now <= GROWN_ABOVE * before + LAST_BITS:
        return None
    text = f"the loss grew from {figure(before)} to {figure(now)}: a smaller learning rate may help"
    return Fact("growing", text, _ratio(now, before))


def _strayed(view: View, now: float) -> Fact | None:
    """Compare the loss with the first one, of several batches with the largest of the first epoch before this one."""
    if view.changed_at:
        return None  # what it was at first may have been another loss, or of other data
    points = min(view.batches, view.position.iteration - 1)
    first = max(view.losses[: -(-points // view.loss_spacing)], default=np.inf)
    # A batch that was right by chance, such as 0 for inputs of 0, says nothing about the others.
    if now <= STRAYED_ABOVE * first + LAST_BITS or (view.batches > 1 and first <= LAST_BITS):
        return None
    ratio = _ratio(now, first)
    since = "what it was at first" if view.batches == 1 else "the largest of epoch 1"
    told = f"is {figure(ratio)} times {since}" if np.isfinite(ratio) else f"grew from {figure(first)} to {figure(now)}"
    return Fact("growing", f"the loss {told}: a smaller learning rate may help", ratio)


def _ratio(now: float, before: float) -> float:
    """Return how many times as large it is; infinite where there was nothing before."""
    return now / before if before else np.inf


def _has_feeds(view: View) -> bool:
    """Is another network trained in each iteration, as with dropout, so that losses are hard to compare?"""
    return bool(view.compiled.training.feeds)


def _copies(view: View, step: Step) -> Fact | None:
    """Find hidden units with the same weights, in and out, and the same gradients: they stay copies for ever."""
    if step.role != "weights.grad" or step.layer not in hidden_layers(view.program):
        return None
    weights, units = step.id.removesuffix(".grad"), step.shape[-1]
    met, values = _parameters_met(view, weights), view.program.values
    if all(values[name].layer == step.layer for name, _ in met):  # where the units go from here is not known
        return None
    arrays = [
        np.moveaxis(view.values[identity], axis, -1).reshape(-1, units)  # (n, j)
        for name, axis in met
        for identity in (name, f"{name}.grad")
        if identity in view.values
    ]
    with np.errstate(all="ignore"):  # of sums in another order the last bits may differ
        rounded = [np.round(array / (np.abs(array).max() or 1.0), _SAME_DIGITS) for array in arrays]  # each (n, j)
    _, counts = np.unique(np.vstack(rounded), axis=1, return_counts=True)
    copies = int(counts[counts > 1].sum())
    if not copies:
        return None
    text = f"{copies} hidden units are copies: the same weights in and out, and the same gradients"
    return Fact("copies", text, (units - len(counts)) / units)


def _parameters_met(view: View, weights: str) -> tuple[tuple[str, int], ...]:
    """Return the parameters that the units of a layer meet, each with its axis of units: from their own to the next.

    weights: the id of the layer's own, which are among them. The units are followed from step to step, by the letter
    that counts them, up to where they are added up with the weights of what comes next; a layer between (batch norm)
    has parameters for each of them too. There are none where dropout treats one unit otherwise than another.
    """
    program, met = view.program, dict[str, int]()
    ahead, seen = [weights], set[str]()
    while ahead:
        value = ahead.pop()
        for step in program.readers.get(value, ()):
            if step.phase != "forward" or step.id in seen:
                continue
            seen.add(step.id)
            if not view.compiled.training.feeds.keys().isdisjoint(step.reads):
                return ()
            indices = {step.inputs[site.name]: site.indices for site in step.op.rule.references}
            unit = indices[value][-1]
            for parameter in program.parameters:
                if unit != LEADING and unit in indices.get(parameter.id, ()):
                    met.setdefault(parameter.id, indices[parameter.id].index(unit))
            if unit in step.op.rule.target:
                ahead.append(step.id)
    return tuple(met.items())


def _change(view: View, step: Step) -> Fact | None:
    """Compare the size of an update with the size of what it updates; about 0.001 is usual."""
    parameter = next((p.id for p in view.program.parameters if view.program.carry[p.id] == step.id), "")
    if step.phase != "update" or not parameter:
        return None
    before = view.values[parameter]
    with np.errstate(all="ignore"):
        moved = view.values[step.id] - before  # as the parameter
    share = _ratio(_mean(np.abs(moved)), _mean(np.abs(before)))
    if not np.isfinite(share):
        return None
    return Fact("change", f"this changes {step.name} by {share:.2%} on average", share)


_FINDERS: tuple[Callable[[View, Step], Fact | None], ...] = (
    _saturated,
    _dead_units,
    _faded,
    _growing,
    _copies,
    _change,
)
