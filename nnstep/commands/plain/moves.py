"""Moving in the plain stepper: by one operation, further, to a place, and at full speed."""

from collections.abc import Callable

from nnstep.commands.interrupts import run_through
from nnstep.commands.picture import heading
from nnstep.commands.plain.here import go, here, told_cell
from nnstep.commands.plain.predict import hold_back
from nnstep.commands.plain.walk import Lines, Walk, nothing_more
from nnstep.commands.words import wrapped
from nnstep.errors import NnstepError
from nnstep.explain.breaks import hit_text
from nnstep.explain.ending import stopped_text
from nnstep.explain.figures import short
from nnstep.explain.health import warning
from nnstep.explain.places import read_place, read_value
from nnstep.scenario.limits import EPOCHS
from nnstep.scenario.text import in_message
from nnstep.session import Session

Move = Callable[[Session], None]

_BACK: dict[str, Move] = {
    "": Session.back,
    "phase": Session.previous_phase,
    "time": Session.previous_time,
    "iteration": Session.previous_iteration,
}


def moving(move: Move) -> Callable[[Walk, str], Lines]:
    """Return the command that makes a move of the session."""

    def do(walk: Walk, rest: str) -> Lines:
        nothing_more(rest)
        return _moved(walk, move)

    return do


def back(walk: Walk, rest: str) -> Lines:
    """Go back by one operation, or by what is named."""
    if rest not in _BACK:
        hint = ", ".join(f"back {word}".strip() for word in _BACK)
        raise NnstepError(f"back knows no {in_message(rest)!r}", hint=hint)
    return _moved(walk, _BACK[rest])


def _moved(walk: Walk, move: Move) -> Lines:
    """Move; what has to be run for it is run here, where Ctrl-C can stop it."""
    session, before = walk.session, walk.whole()
    if move in (Session.next, Session.next_cell):
        hold_back(walk)
    session.place_cursor(None)
    move(session)
    run_through(session.arrive(before))
    return here(walk)


def go_to(walk: Walk, rest: str) -> Lines:
    """Go to a place."""
    session = walk.session
    place = read_place(rest, session.branches, where="", here=session.position.iteration)
    go(walk, place.iteration, place.step)
    return here(walk)


def until(walk: Walk, rest: str) -> Lines:
    """Go on until a value has been worked out, in this iteration or in the next."""
    program = walk.session.program
    if not rest:
        raise NnstepError("until takes a value", hint="until NAME goes on until it has been worked out")
    step = program.step_of(read_value(rest, program, done=walk.session.position.step))
    if not step:
        hint = "name what is worked out; values lists what there is"
        raise NnstepError(f"no step makes {in_message(rest)}: an iteration begins with it", hint=hint)
    return _moved(walk, lambda session: session.run_to(step))


def run(walk: Walk, rest: str) -> Lines:
    """Train on; Ctrl-C stops where it is, and so do breakpoints."""
    session, before = walk.session, walk.view()
    target, stopped = _target(walk, rest), []
    try:
        run_through(walk.breaks.fast_forward(target))
    except KeyboardInterrupt:
        stopped = ["Interrupted."]
    after = walk.view()
    if walk.breaks.hit is not None:
        stopped = wrapped(f"{hit_text(walk.breaks.hit, after)}.", walk.width)
    was = "" if before.loss is None else f"The loss was {short(before.loss)} and "
    now = "" if after.loss is None else f"{was or 'The loss '}is {short(after.loss)}."
    why = f"Ended: {ended}." if (ended := stopped_text(session)) else ""
    told = [*wrapped(why, walk.width), *wrapped(heading(after), walk.width)]
    cell = [line for one in walk.breaks.hit.cells[:1] for line in told_cell(walk, one)] if walk.breaks.hit else []
    return [*stopped, *told, *cell, *wrapped(warning(after, None), walk.width), *[now] * bool(now)]


def _target(walk: Walk, rest: str) -> int:
    """Return the epoch that is trained to: to the end, `to` an epoch, or so many more."""
    view = walk.view()
    is_over = view.position.step == len(view.program.steps) and view.batch == view.batches
    word, _, last = rest.partition(" ")
    if word == "to":
        target = _count(last.strip())
        if target < view.epoch or (target == view.epoch and is_over):
            hint = f"go {target} shows its end again; run 10 trains ten epochs more"
            raise NnstepError(f"epoch {target} is over already", hint=hint)
        return target
    return (view.epoch if is_over else view.epoch - 1) + _count(rest) if rest else walk.session.compiled.training.epochs


def _count(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) <= 15 and 1 <= int(text) <= EPOCHS):
        raise NnstepError(f"{in_message(text)!r} is no number of epochs", hint="run 10 trains ten epochs; run to 50")
    return int(text)


def sample(walk: Walk, rest: str) -> Lines:
    """Choose the next sample, the one before, or the one in a row of the batch; its first cell is told then."""
    session, view = walk.session, walk.view()
    if rest in ("", "back"):
        row = view.sample + (-1 if rest else 1)
    elif rest.isascii() and rest.isdecimal() and len(rest) < 10 and int(rest) < len(view.samples):
        row = int(rest)
    else:
        hint = f"sample, sample back, or sample 0 to sample {len(view.samples) - 1}: its row in the batch"
        raise NnstepError(f"there is no sample {in_message(rest)!r}", hint=hint)
    session.choose_sample(row)
    now = walk.view()
    number = now.samples[now.sample]
    which = f"Sample {number}" if number == now.sample else f"Sample {number}, row {now.sample} of the batch"
    return [f"{which}.", *here(walk)]
