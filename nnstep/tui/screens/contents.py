"""From a session's view to what each widget shows."""

from typing import TYPE_CHECKING

import numpy as np

from nnstep.catalog.names import NAME_SETS
from nnstep.engine.program import Variable
from nnstep.engine.rule import Shape
from nnstep.errors import NnstepError
from nnstep.explain import places
from nnstep.explain.figures import exact, figure
from nnstep.explain.operation import Speak
from nnstep.explain.reads import read_cells
from nnstep.explain.story import tell
from nnstep.explain.summary import loss_text, network_text
from nnstep.explain.words import Line, Word
from nnstep.session import Session, View
from nnstep.tui.actions import ACTIONS, FOLLOWING
from nnstep.tui.renderables.footer import Hint
from nnstep.tui.renderables.steps import StepEntry
from nnstep.tui.renderables.title import TitlePart
from nnstep.tui.renderables.window import Reads
from nnstep.tui.widgets.bars import Progress, TitleContent

if TYPE_CHECKING:
    from nnstep.explain.checkable import Asked

# From so many samples on, only some are seen at a time, and the title says which one is chosen.
MANY_SAMPLES = 12

LOSS_BEFORE = "loss was"
Rows = tuple[Line, ...]


def reads(view: View) -> Reads:
    """Return the cells that the told cell reads."""
    return read_cells(view, view.story) if view.story else {}


def story(view: View, decimals: int, speak: Speak, width: int) -> Rows:
    """Return the formula bar's rows for the told cell, long sums with the terms that fit."""
    shown = max(decimals, 4)
    # Two lines, without the cell's name, what the other terms come to, the result and what was there before.
    fit = (2 * width - 90) // (2 * shown + 10)
    told = tell(view, decimals=shown, speak=speak, most_terms=max(3, min(fit, 8)))
    # The teacher's reason comes before our own; what has no room is left out from the end.
    rows = [told.warning, told.what, told.numbers, told.teacher or told.why, told.shapes]
    rows += [told.why if told.teacher else (), told.note]
    if view.active is None and view.cursor is None:
        # Before the first step the teacher's words matter most: they say what to look for. The footer has the keys.
        rows = [told.what, told.teacher, told.why, told.numbers]
    return tuple(line for line in rows if line)


def complaint(error: NnstepError) -> Rows:
    """Return an error as rows of the formula bar."""
    return remark(error.what, error.hint)


def remark(what: str, hint: str) -> Rows:
    """Return what a person should know, and what to do then, as rows of the formula bar."""
    rows = [(Word(what, "warning"),)]
    if hint:
        rows.append((Word(hint),))
    return tuple(rows)


def title(view: View, running: str) -> TitleContent:
    """Return what the title says."""
    place, program = view.position, view.program
    left = [
        TitlePart("nnstep", role="brand"),
        TitlePart(view.compiled.scenario.model.title, role="name", group=1),
        TitlePart(network_text(program), priority=5, group=1),
        TitlePart(str(view.epoch), "epoch", group=2),
    ]
    if view.batches > 1:
        left.append(TitlePart(f"{view.batch}/{view.batches}", "batch", priority=2, group=2))
    left.append(TitlePart(f"{place.step}/{len(program.steps)}", "step", group=2))
    if place.cell and view.active:
        left.append(TitlePart(f"{place.cell}/{view.active.size}", "cell", priority=3, group=2))
    if len(view.samples) > MANY_SAMPLES:
        chosen = f"{view.samples[view.sample]} of {view.compiled.training.batches.samples}"
        left.append(TitlePart(chosen, "sample", priority=3, group=2))
    if view.loss is not None:
        # Until its step the loss that is known is that of the iteration before.
        is_now = view.state(program.loss) == "live"
        label, role = ("loss", "ok") if is_now else (LOSS_BEFORE, "stale")
        left.append(TitlePart(figure(view.loss), label, priority=1, role=role, group=2))
    rate = view.program.values["learning_rate"]
    right = [TitlePart(exact(float(view.values[rate.id])), rate.name, priority=6, group=1)]
    right.append(TitlePart(view.compiled.names.name, "names", priority=7, group=1))
    if running:
        right.insert(0, TitlePart(running, role="ok", priority=4))
    return TitleContent(tuple(left), tuple(right))


def progress(view: View) -> Progress:
    """Return what the steps list, the loss curve and the status line show."""
    entries = tuple(StepEntry(n, step.name, step.phase.upper()) for n, step in enumerate(view.program.steps, 1))
    per_epoch, points = view.batches, range(0, len(view.losses) * view.loss_spacing, view.loss_spacing)
    # Mostly an epoch is one iteration, and a range costs nothing however long the training was.
    epochs = range(1, points.stop + 1, points.step) if per_epoch == 1 else [n // per_epoch + 1 for n in points]
    return Progress(
        entries,
        view.position.step - 1,
        view.losses,
        epochs,
        loss_text(view.compiled),
        view.active.phase.upper() if view.active else "",
    )


def hints(*, is_answered: bool = False) -> tuple[Hint, ...]:
    """Return the footer's keys, the most important first; help and quit stand last and are kept.

    is_answered: is an answer shown? Then the keys in it are the most important.
    """
    kept = [action for action in ACTIONS if action.hint and action.group == "The rest"]
    others = sorted((a for a in ACTIONS if a.hint and a.group != "The rest"), key=lambda action: action.hint)
    inside = sorted((a for a in FOLLOWING if a.hint and is_answered), key=lambda action: action.hint)
    return tuple(Hint(action.shown, action.label, action in kept) for action in (*inside, *others, *kept))


# ---- what the sheet needs to know of the data


def whole_values(view: View) -> frozenset[str]:
    """Return the data that are small whole numbers, shown without decimals."""
    found = set()
    for identity in ("inputs", "targets"):
        values = view.values[identity]
        if values.size and np.abs(values).max() < 10 and (values == np.rint(values)).all():
            found.add(identity)
    return frozenset(found)


def image_of(view: View) -> Shape:
    """Return rows and columns of a sample that is drawn as a picture, or nothing."""
    image = view.compiled.data.image
    return tuple(image) if image and image[0] * image[1] == view.values["inputs"].shape[-1] else ()


def bars_of(view: View) -> frozenset[str]:
    """Return the values whose rows are chances: what a softmax over three or more classes makes."""
    output = view.program.values[view.program.prediction]
    if isinstance(output, Variable) or output.op.name != "softmax" or not 3 <= output.shape[-1] <= 12:
        return frozenset()
    return frozenset({output.id}) if len(output.shape) == 2 else frozenset()


# ---- the gradient check


def has_gradients(view: View) -> bool:
    """Is anything trained?"""
    from nnstep.explain.checks import trained  # the first screen comes sooner without it

    return bool(trained(view.program))


def asked_check(view: View) -> "Asked | None":
    """Return which gradient is in question: that of the told cell, or the one that it is; None where none is told."""
    from nnstep.explain.checkable import asked_of  # as above

    return asked_of(view, view.story) if view.story else None


# ---- places


def place_text(view: View) -> str:
    """Return where we are, as it is typed: `12:8`, or `12.3:8` in the third batch."""
    batch = f".{view.batch}" if view.batches > 1 else ""
    return f"{view.epoch}{batch}:{view.position.step}"


def read_place(text: str, session: Session) -> tuple[int, int]:
    """Return iteration and step of what was typed. Raises NnstepError where it is no place."""
    place = places.read_place(text, session.branches, where="", here=session.position.iteration)
    return place.iteration, place.step


def next_names(names: str) -> str:
    """Return the name set after this one."""
    order = list(NAME_SETS)
    return order[(order.index(names) + 1) % len(order)]
