"""Breakpoints in the plain stepper: `break`, `break loss_below 0.1`, `break phase deltas`, `breaks`, `breaks off 2`."""

from nnstep.catalog.conditions import CONDITIONS
from nnstep.commands.plain.walk import Lines, Walk, row_number
from nnstep.commands.words import wrapped
from nnstep.engine.program import PHASES
from nnstep.errors import NnstepError, nearest, unknown
from nnstep.explain.breaks import point_text
from nnstep.explain.places import read_value
from nnstep.scenario.breaks import LAYER, PHASE, STEP, Breakpoint, read_amount
from nnstep.scenario.limits import BREAKS
from nnstep.scenario.text import in_message

_HINT = "break takes a step's name; phase deltas; layer 2; or loss_below 0.1: breaks lists what it can stop at"


def set_break(walk: Walk, rest: str) -> Lines:
    """Set a breakpoint, or clear it where it is set: at the step of the told number, or where it is said."""
    point = _read(walk, rest)
    is_new = all(known.key != point.key for known in walk.breaks.points)
    if is_new and len(walk.breaks.points) >= BREAKS:
        raise NnstepError(f"there are {BREAKS} breakpoints already", hint="breaks clear 1 clears the first one")
    walk.breaks.toggle(point)
    walk.sitting.keep()
    told = point_text(point, walk.session.program)
    return wrapped(f"Breakpoint {'set' if is_new else 'cleared'}: {told}{'; run stops there' * is_new}.", walk.width)


def breaks(walk: Walk, rest: str) -> Lines:
    """List the breakpoints and what else there can be; or clear one, or switch it off or on."""
    word, _, number = rest.partition(" ")
    points = walk.breaks.points
    if word in ("clear", "on", "off"):
        if not points:
            raise NnstepError("no breakpoint is set", hint=_HINT)
        hint = f"breaks {word} 1 to breaks {word} {len(points)}"
        at = row_number(number.strip(), len(points), what="breakpoint", hint=hint)
        if word == "clear":
            walk.breaks.toggle(points[at])
        elif points[at].is_on != (word == "on"):
            walk.breaks.switch(at)
        walk.sitting.keep()
    elif rest:
        raise NnstepError(f"breaks knows no {in_message(rest)!r}", hint="breaks, breaks clear 1, off 1, on 1")
    return _listed(walk)


def _listed(walk: Walk) -> Lines:
    program, training = walk.session.program, walk.session.compiled.training
    told = ["Breakpoints:" if walk.breaks.points else "No breakpoint is set."]
    for number, point in enumerate(walk.breaks.points, 1):
        told.append(f"{number} {point_text(point, program)}{'' if point.is_on else ', off'}")
    told.append("It can stop when:")
    for name, condition in CONDITIONS.items():
        if not condition.refusal(training):
            amount = f" {condition.setting.default}" if condition.setting else ""
            slower = ", which looks at every value and is slower" if condition.needs == "values" else ""
            told.append(f"break {name}{amount}: {condition.sentence.replace('{}', amount.strip())}{slower}")
    phases = [phase for phase in PHASES if Breakpoint(PHASE, phase).stops(program)]
    told.append(f"It can stop at a step, at each layer (break layer 1), and at each phase: {', '.join(phases)}.")
    return [line for one in told for line in wrapped(one, walk.width)]


def _read(walk: Walk, rest: str) -> Breakpoint:
    """Return the breakpoint that is meant. Raises NnstepError where there is none, or where it would never stop."""
    word, _, more = (part.strip() for part in rest.partition(" "))
    program, training = walk.session.program, walk.session.compiled.training
    if word in CONDITIONS:
        point = _condition(word, more)
    elif word == PHASE:
        if more not in PHASES:
            raise unknown("phase", in_message(more), PHASES)
        point = Breakpoint(PHASE, more)
    elif word == LAYER:
        number = more.removeprefix("layer")
        if not number:
            raise NnstepError("layer needs a number", hint="break layer 1")
        point = Breakpoint(LAYER, f"layer{number}")
    else:
        story = walk.view().story
        if rest and (guess := nearest(word, CONDITIONS)) and word not in {v.name for v in program.values.values()}:
            raise NnstepError(f"there is nothing called {in_message(word)!r} to stop at", hint=f"did you mean {guess}?")
        identity = read_value(rest, program, done=walk.session.position.step) if rest else story.name if story else ""
        step = program.step_of(identity)
        if not step:
            raise NnstepError("that is no matrix that a step works out", hint=_HINT)
        return Breakpoint(STEP, step)
    if why := point.refusal(training):
        raise NnstepError(why, hint=_HINT)
    return point


def _condition(name: str, amount: str) -> Breakpoint:
    setting = CONDITIONS[name].setting
    if setting is None:
        if amount:
            raise NnstepError(f"{name} takes no number", hint=f"break {name}")
        return Breakpoint(name)
    if not amount:
        raise NnstepError(f"{name} needs a number", hint=f"{setting.sentence}: break {name} {setting.default}")
    return Breakpoint(name, amount=read_amount(amount, CONDITIONS[name]))
