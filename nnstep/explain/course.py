"""How the loss goes: has it learned, and is a step downhill too long or too short?"""

from collections.abc import Iterator

import numpy as np

from nnstep.engine.cell import Array, Cell
from nnstep.engine.run import run_steps
from nnstep.engine.training import RATE
from nnstep.explain.figures import exact, figure
from nnstep.explain.health import GROWN_ABOVE, LAST_BITS
from nnstep.explain.reasons import Reason, reason_for
from nnstep.explain.words import Line, Word
from nnstep.session import View

_LOOKED_BACK = 10  # points of the loss curve
_RISES = 3  # among them, from which on it goes up and down
_LEARNED_BELOW = 0.01  # of the first loss: what got that far is not stuck
_SLOW_BELOW = 0.05  # of the loss: what a step should take off it at the least
_LONGER, _WORTH = 10, 5  # a step so many times as long, and how much more it should take off to be worth it
_SEEN_FROM = 1e-4  # of the loss: what that longer step has to take off it, or it leads nowhere either
_ONE_STEP = 0.5  # how much of a reason one step is that is too long


def has_learned(view: View) -> bool:
    """Is the loss so far below the first one that nobody would call it stuck?"""
    now, first = float(view.values[view.program.loss]), view.losses[0] if view.losses else np.inf
    return now <= LAST_BITS or now <= _LEARNED_BELOW * first < np.inf


def too_long(view: View) -> Iterator[Reason]:
    """Look for a rate of 0, and for a loss that rises, or goes up and down, where every step should take it down."""
    found = list(_standing(view)) or list(_rising(view)) or _overshot(view)
    yield from found


def _standing(view: View) -> Iterator[Reason]:
    """Look for a rate of 0, with which nothing ever moves."""
    if view.values[RATE] != 0:
        return
    told = (Word(view.program.values[RATE].name, "name"), Word(" is "), Word("0", "value"))
    yield reason_for(view, "rate", (*told, Word(", so no update changes anything")), Cell(RATE, ()))


def _overshot(view: View) -> Iterator[Reason]:
    """Look at this step alone: straight downhill, and the loss of its own batch is higher after it."""
    if any(variable.kind == "state" for variable in view.program.variables):
        return  # what is remembered may lead uphill for a while
    now, after = _loss_after(view, 0), _loss_after(view, 1)
    if not GROWN_ABOVE * now + LAST_BITS < after < np.inf:
        return
    told = (
        Word(view.program.values[view.program.loss].name, "name"),
        Word(" goes from "),
        *_from_to(now, after),
        Word(" on the very batch that this step is for: it goes past the bottom"),
        *_blamed(view, "may be too large"),
    )
    yield reason_for(view, "rate", told, Cell(view.program.loss, ()), _ONE_STEP)


def _rising(view: View) -> Iterator[Reason]:
    curve = _curve(view)
    if len(curve) < _RISES + 1 or not np.isfinite(curve).all():
        return
    rises, count = int((curve[1:] > GROWN_ABOVE * curve[:-1] + LAST_BITS).sum()), len(curve) - 1
    grew = bool(curve[-1] > GROWN_ABOVE * curve[0] + LAST_BITS)
    # A ball that rolls goes up as well, and other masks make other losses: there only the whole of it counts.
    unsteady = any(variable.kind == "state" for variable in view.program.variables) or view.compiled.training.feeds
    if rises < _RISES or not (grew or (2 * rises >= count and not unsteady)):
        return
    told = (
        Word(view.program.values[view.program.loss].name, "name"),
        Word(" rose all the time" if rises == count else f" rose {rises} times"),
        Word(f" in the last {count} points of its curve, from "),
        *_from_to(curve[0], curve[-1]),
        *_blamed(view, "may be too large"),
    )
    yield reason_for(view, "rate", told, Cell(view.program.loss, ()), 0.5 + 0.5 * rises / count)


def too_short(view: View) -> Iterator[Reason]:
    """Try a step of the same direction that is many times as long: does it take much more off the loss?"""
    now, after, further = (_loss_after(view, times) for times in (0, 1, _LONGER))
    if not (0 < now - after < _SLOW_BELOW * now and now - further > max(_WORTH * (now - after), _SEEN_FROM * now)):
        return
    told = (
        Word(view.program.values[view.program.loss].name, "name"),
        Word(" goes from "),
        *_from_to(now, after, 6),
        Word(f", and a step {_LONGER} times as long would take it to "),
        Word(figure(further, 6), "value"),
        *_blamed(view, "may be too small"),
    )
    yield reason_for(view, "slow", told, Cell(view.program.loss, ()))


def _curve(view: View) -> Array:
    """Return the last points of the loss curve, (n,); with several batches the mean of each epoch."""
    losses = np.array(view.losses)  # (n,)
    if view.batches > 1 and view.loss_spacing == 1:
        whole = len(losses) // view.batches * view.batches
        with np.errstate(all="ignore"):
            losses = losses[:whole].reshape(-1, view.batches).mean(axis=1)  # (epochs,)
    return losses[-_LOOKED_BACK - 1 :]


def _from_to(first: float, last: float, decimals: int = 4) -> Line:
    return (Word(figure(first, decimals), "value"), Word(" to "), Word(figure(last, decimals), "value"))


def _blamed(view: View, how: str) -> Line:
    return (Word("; the learning rate, "), Word(exact(float(view.values[RATE])), "value"), Word(f", {how}"))


def _loss_after(view: View, times: float) -> float:
    """Return the loss of this batch where each parameter has gone so many times as far as its update goes."""
    program, values = view.program, dict(view.values)
    for parameter in program.parameters:
        before, after = values[parameter.id], values[program.carry[parameter.id]]
        with np.errstate(all="ignore"):
            values[parameter.id] = before + times * (after - before)  # as the parameter
    run_steps(program.scoring if times else (), values)
    return float(values[program.loss])
