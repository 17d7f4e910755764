"""What can be typed in the plain stepper: one row a command, in groups."""

from functools import partial

from nnstep.commands.plain import bookmarks, breaks, gallery, what_if
from nnstep.commands.plain.answers import asking, follow
from nnstep.commands.plain.cells import beside, decimals, names, show, speak, values, where
from nnstep.commands.plain.check import check
from nnstep.commands.plain.help import help_lines
from nnstep.commands.plain.here import tell_again
from nnstep.commands.plain.lesson import lesson
from nnstep.commands.plain.moves import back, go_to, moving, run, sample, until
from nnstep.commands.plain.pictures import picture
from nnstep.commands.plain.predict import predict, skip
from nnstep.commands.plain.walk import Lines, Typed, Walk
from nnstep.errors import NnstepError, nearest
from nnstep.scenario.text import in_message
from nnstep.session import Session


def is_command(line: str) -> bool:
    """Does a line begin with a command, or with its letter?"""
    word = line.strip().partition(" ")[0]
    return any(word and word in (command.name, command.letter) for command in TABLE)


def find(line: str) -> tuple[Typed, str]:
    """Return the command that a line means, and the rest of the line. Raises NnstepError where there is none."""
    word, _, rest = line.strip().partition(" ")
    word = word or "next"
    for command in TABLE:
        if word in (command.name, command.letter):
            return command, rest.strip()
    guess = nearest(word, [command.name for command in TABLE])
    hint = f"did you mean {guess}?" if guess else "help says what there is"
    raise NnstepError(f"there is no command called {in_message(word)!r}", hint=hint)


def _help(walk: Walk, rest: str) -> Lines:
    return help_lines(TABLE, rest, walk.width)


def _quit(_walk: Walk, _rest: str) -> Lines:
    return []


_step = partial(Typed, "Step")
_further = partial(Typed, "Go further")
_look = partial(Typed, "Look at numbers")
_ask = partial(Typed, "Ask a number")
_learn = partial(Typed, "Predict and learn")
_what_if = partial(Typed, "What if")
_stop = partial(Typed, "Stop and remember")
_rest = partial(Typed, "The rest")

TABLE: tuple[Typed, ...] = (
    _step("next", "n", "", "go on by one operation; so does an empty line", moving(Session.next)),
    _step("back", "b", "[phase|time|iteration]", "go back by one operation, a phase, a time or an iteration", back),
    _step("cell", "c", "", "go on by one cell", moving(Session.next_cell)),
    _step("here", "", "", "tell where we are once more", tell_again),
    _further("phase", "p", "", "go to the next phase", moving(Session.next_phase)),
    _further("time", "", "", "go to where this is done at the next time: recurrent layers", moving(Session.next_time)),
    _further("iteration", "i", "", "go to the same step of the next iteration", moving(Session.next_iteration)),
    _further("start", "", "", "go to the start of this iteration; again, to the very start", moving(Session.home)),
    _further("end", "", "", "go to the end of this iteration; again, to the furthest one seen", moving(Session.end)),
    _further("go", "g", "EPOCH:STEP", "go anywhere: go 3:5, go 12 (its end), go :8, go layer1.output", go_to),
    _further("until", "", "NAME", "go on until a value has been worked out", until),
    _further("run", "r", "[N|to N]", "train N epochs, to epoch N, or to the end; Ctrl-C and breakpoints stop it", run),
    _look("show", "s", "[NAME|NAME[3]]", "the numbers of a value, of a row of it, or of all that are there", show),
    _look("values", "v", "", "the name, shape and id of every value", values),
    _look("where", "w", "[NAME[1,2]]", "tell a cell: how its number came about", where),
    _look("left", "", "", "tell the cell to the left of the told one", beside(1, -1)),
    _look("right", "", "", "tell the cell to the right of it", beside(1, 1)),
    _look("up", "", "", "tell the cell in the row above it", beside(2, -1)),
    _look("down", "", "", "tell the cell in the row below it", beside(2, 1)),
    _look("sample", "", "[back|N]", "choose the next sample, the one before, or the one in row N", sample),
    _look("picture", "", "[NAME]", "what a picture shows, in sentences: curves, answers, gradients; or which", picture),
    _look("names", "", "SET", "tell it in other names: classic, math, layerwise, framework", names),
    _look("speak", "", "WAY", "tell operations as words, as a formula, or as numpy", speak),
    _look("decimals", "d", "2-6", "tell numbers with so many decimals", decimals),
    _ask("from", "f", "[NAME[1,2]]", "what a number is made of, the largest part first", asking("from")),
    _ask("to", "t", "[NAME[1,2]]", "what a number has an effect on, and how far the loss moves", asking("to")),
    _ask("chain", "", "[NAME[1,2]]", "the factors from the loss to a number, and what other ways add", asking("chain")),
    _ask("stuck", "", "", "what tells most about why nothing is learned", asking("stuck")),
    _ask("follow", "", "N|back", "go to a row of the last list, or back to where it was asked for", follow),
    _ask("check", "k", "[NAME|NAME[1,2]|all]", "hold gradients against the loss; Ctrl-C stops", check),
    _learn("lesson", "l", "[back|N|list]", "the next stop of the lesson, the one before, stop N, or all", lesson),
    _learn("predict", "", "[0-4|off]", "say what a result will be before it is shown; 4 hides most", predict),
    _learn("skip", "", "", "show what is asked about without a guess", skip),
    _learn("tour", "", "", "the six things to do first", gallery.tour),
    _what_if("set", "e", "NAME[1,2] NUMBER", "have another number, or setting, from here on", what_if.set_to),
    _what_if("settings", "", "", "the settings that can be changed, and what was changed", what_if.settings),
    _what_if("undo", "u", "", "take the last change back", what_if.undo),
    _what_if("redo", "", "", "make the change again", what_if.redo),
    _what_if("was", "", "[NAME]", "as it was beside as it is: what differs, or one value", what_if.was),
    _what_if("save", "", "[FILE]", "save what was changed as a scenario file", what_if.save),
    _stop(
        "break",
        "",
        "[NAME|REASON]",
        "stop run at this step, a step, phase or layer, or a reason; again, no more",
        breaks.set_break,
    ),
    _stop("breaks", "", "[clear|off|on N]", "list the breakpoints, and what run can stop at", breaks.breaks),
    _stop("bookmark", "m", "[WORDS]", "set a bookmark here, with a few words", bookmarks.bookmark),
    _stop("bookmarks", "", "[go|remove N]", "list the bookmarks, go to one, remove one", bookmarks.bookmarks),
    _stop("resume", "y", "", "go on where you were the last time, where that is offered", bookmarks.resume),
    _rest("scenarios", "", "", "what is shipped", gallery.scenarios),
    _rest("open", "", "SCENARIO", "walk through another scenario", gallery.open_other),
    _rest("help", "h", "[COMMAND]", "this, or one command", _help),
    _rest("quit", "q", "", "leave", _quit),
)
