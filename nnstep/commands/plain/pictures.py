"""Pictures for the ear: `picture gradient sizes`, `picture answers`; `picture` says which there are."""

from nnstep.commands.plain.walk import Lines, Walk
from nnstep.commands.words import wrapped
from nnstep.errors import NnstepError, unknown
from nnstep.explain.answers import KEPT_HINT
from nnstep.explain.pictures.seen import Seen
from nnstep.scenario.text import in_message

_ACROSS, _UP = 7, 4  # a surface is asked for as small as this: five places across, four up

NOT_AS_TEXT = {
    "curves, log scale": "the numbers are those of curves; only the scale is another",
    "images": "it is for the eye; show NAME[0] has the numbers of a row, and answers tells which samples are wrong",
}
"""Pictures that are told of in no words, with the reason."""


def picture(walk: Walk, rest: str) -> Lines:
    """Tell a picture, or which there are."""
    # Nobody waits for pictures who asks for none.
    from nnstep.commands.plain.pictured import TOLD
    from nnstep.explain.pictures.table import SUBJECTS, pictures_for

    suiting = [name for name in pictures_for(walk.session.compiled) if name in TOLD]
    if not rest:
        return [line for name in suiting for line in wrapped(f"{name}: {SUBJECTS[name].sentence}", walk.width)]
    found = [name for name in SUBJECTS if rest == name] or [name for name in suiting if rest in name]
    if len(found) != 1:
        raise unknown("picture", in_message(rest), suiting)
    (name,) = found
    if name in NOT_AS_TEXT:
        raise NnstepError(f"{name} can not be told", hint=NOT_AS_TEXT[name])
    if name not in suiting:
        raise NnstepError(f"{name} suits no scenario like this", hint=f"there are: {', '.join(suiting)}")
    seen = _seen(walk)
    view = seen.view
    if view.keeps(view.program.prediction) and SUBJECTS[name].work(seen, None) is not None:
        # It asks the network, and the answer is what is to be predicted.
        what = f"{view.program.values[view.program.prediction].name} is still to be predicted, and this would tell it"
        raise NnstepError(what, hint=KEPT_HINT)
    return [line for said in TOLD[name](seen, walk) for line in wrapped(said, walk.width)]


def stop_picture(walk: Walk, name: str) -> Lines:
    """Tell the picture that a stop of a lesson shows, or why it is not told."""
    try:
        return picture(walk, "curves" if name == "curves, log scale" else name)  # the numbers are the same
    except NnstepError as error:
        return wrapped(str(error), walk.width)


def _seen(walk: Walk) -> Seen:
    return Seen(walk.view(), _ACROSS, _UP, walk.session.history.at_hand)
