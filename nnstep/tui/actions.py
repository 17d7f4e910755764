"""Everything a person can do in the stepper, in one table: keys, footer, command palette and help all come from it."""

from functools import partial
from typing import Literal

from nnstep.engine.program import Program
from nnstep.records import dataclass

Group = Literal[
    "Step",
    "Go further",
    "Look closer",
    "Ask a number",
    "In an answer",
    "Predict, then see",
    "What if",
    "Show it another way",
    "The rest",
]


@dataclass(frozen=True)
class Action:
    """Something a person can do.

    name: of the session's method where it `moves`, else of the screen's, `action_<name>`.
    keys: Textual's names of the keys, with spaces between. shown: the key as people write it.
    label: for the footer and the palette. help: a sentence.
    hint: how important it is in the footer, from 1; 0 is not shown there.
    needs_times: is it only offered where a network goes through time?
    """

    group: Group
    name: str
    keys: str
    shown: str
    label: str
    help: str
    hint: int = 0
    moves: bool = False
    needs_times: bool = False

    @property
    def binding(self) -> str:
        """The keys, as Textual's bindings write them."""
        return self.keys.replace(" ", ",")

    @property
    def call(self) -> str:
        """What Textual is told to do."""
        return f"move('{self.name}')" if self.moves else self.name


_step = partial(Action, "Step", moves=True)
_further = partial(Action, "Go further")
_closer = partial(Action, "Look closer")
_asking = partial(Action, "Ask a number")
_inside = partial(Action, "In an answer")
_predict = partial(Action, "Predict, then see")
_otherwise = partial(Action, "Show it another way")
_what_if = partial(Action, "What if")
_rest = partial(Action, "The rest")

ACTIONS: tuple[Action, ...] = (
    _step("next", "space right n", "Space", "next", "Do the next operation (also →, n, PgDn).", 1),
    _step("back", "left backspace", "←", "back", "Go back by one operation (also Backspace, PgUp).", 2),
    _step(
        "next_cell", "enter", "Enter", "cells", "Walk the next operation cell by cell; Space ends it, ← goes back.", 5
    ),
    _further("next_phase", "right_square_bracket", "]", "phase", "Go on to the next phase.", 3, moves=True),
    _further("previous_phase", "left_square_bracket", "[", "phase back", "Go back to where a phase began.", moves=True),
    _further(
        "next_time",
        "right_parenthesis",
        ")",
        "time",
        "Go on to where this is done at the next time; on the way back, the time before.",
        moves=True,
        needs_times=True,
    ),
    _further(
        "previous_time",
        "left_parenthesis",
        "(",
        "time back",
        "Go back to where it was done at another time.",
        moves=True,
        needs_times=True,
    ),
    _further(
        "next_iteration", "right_curly_bracket", "}", "iteration", "See this step in the next iteration.", 4, True
    ),
    _further(
        "previous_iteration", "left_curly_bracket", "{", "iteration back", "See it in the iteration before.", moves=True
    ),
    _further(
        "home", "home", "Home", "start", "Go to the start of this iteration; again, to the very start.", moves=True
    ),
    _further(
        "end", "end", "End", "end", "Go to the end of this iteration; again, to the furthest one seen.", moves=True
    ),
    _further("go_to", "g", "g", "go to", "Go to an epoch and step, such as 12:8, or to a step by its name.", 7),
    _further("run_to", "t", "t", "run to here", "Go on until the matrix under the cursor has been worked out."),
    _further("run", "r", "r", "run", "Step by itself; r again, or any move, stops it.", 6),
    _further("faster", "plus equals_sign", "+", "faster", "Run faster."),
    _further("slower", "minus", "-", "slower", "Run slower."),
    _further("fast_forward", "f", "f", "fast-forward", "Train on at full speed to an epoch; Esc stops it.", 8),
    _further(
        "breakpoint", "b", "b", "breakpoint", "Stop at the step of the told matrix, with r and f; again, no more."
    ),
    _further(
        "breakpoints", "B", "B", "breakpoints", "Choose where and when r and f stop: a phase, a low loss, a fault."
    ),
    _further("bookmark", "asterisk", "*", "bookmark", "Set a bookmark here, with a few words."),
    _further("bookmarks", "M", "M", "bookmarks", "List the bookmarks: go there, change the words, remove."),
    _further("resume", "y", "y", "continue", "Go on where you were the last time, where that is offered."),
    _closer("cursor_left", "h shift+left", "h", "cell left", "Move the cell cursor left (also Shift+←)."),
    _closer("cursor_down", "j shift+down", "j", "cell down", "Move the cell cursor down (also Shift+↓)."),
    _closer("cursor_up", "k shift+up", "k", "cell up", "Move the cell cursor up (also Shift+↑)."),
    _closer("cursor_right", "l shift+right", "l", "cell right", "Move the cell cursor right (also Shift+→)."),
    _closer("next_matrix", "tab", "Tab", "next matrix", "Move the cell cursor to the next matrix."),
    _closer("previous_matrix", "shift+tab", "Shift+Tab", "matrix before", "Move it to the matrix before."),
    _closer("release", "escape", "Esc", "let go", "Let the cursor go: back to the step that was done last."),
    _closer("zoom", "z", "z", "zoom", "See one matrix large: as numbers, as a heat map, and back.", 9),
    _closer("check", "c", "c", "check", "Hold gradients against the loss itself: is backprop right here?", 12),
    _closer("next_sample", "full_stop greater_than_sign", ".", "next sample", "Choose the next sample."),
    _closer("previous_sample", "comma less_than_sign", ",", "sample before", "Choose the sample before."),
    _closer("read_on", "i", "i", "read on", "Read all that is said here, such as a long note; i or Esc ends it."),
    _closer("scroll_down", "down", "↓", "scroll down", "Scroll the sheet down (the wheel does too)."),
    _closer("scroll_up", "up", "↑", "scroll up", "Scroll the sheet up."),
    _asking("where_from", "o", "o", "where from", "List what the told number is made of, the largest part first.", 9),
    _asking(
        "where_to", "O", "O", "effect", "List and light what it has an effect on, and how far the loss would move.", 15
    ),
    _asking(
        "chain_rule", "R", "R", "chain rule", "List the factors from the loss to it, and what the other ways add.", 16
    ),
    _asking(
        "why_stuck", "W", "W", "why stuck?", "List what tells most about why nothing is learned, the worst first.", 17
    ),
    _predict("predict", "p", "p", "predict", "What matters stays ? until you say what it will be; p ends it.", 18),
    _predict("predict_more", "P", "P", "hide more", "Hide more of an iteration's end, to be worked out by yourself."),
    _otherwise("view", "v", "v", "pictures", "See it as a picture: the network, curves and more; then the sheet.", 13),
    _otherwise("views", "V", "V", "choose a picture", "Choose by name what to look at: the sheet, or a picture."),
    _otherwise("speak", "m", "m", "formula", "Say what is done in matrices, as a formula, or as NumPy.", 10),
    _otherwise("names", "N", "N", "names", "Change the names: classic, framework, layerwise, math (textbooks).", 11),
    _otherwise("lecture", "L f5", "L", "lecture view", "One equation, large and alone; L again shows everything.", 14),
    _otherwise(
        "forward", "pagedown", "PgDn", "on", "On: by one operation; in a lecture view to the next stop of a lesson."
    ),
    _otherwise("backward", "pageup", "PgUp", "back again", "Back: by one operation, or to the stop before."),
    _otherwise("decimals", "d", "d", "decimals", "Show more decimals, then two again."),
    _what_if("edit", "e", "e", "what if", "Change the number under the cursor from here on; else a setting.", 13),
    _what_if("settings", "E", "E", "settings", "Change the learning rate, an activation, the loss, the optimizer."),
    _what_if("undo", "u", "u", "undo", "Take the last change back."),
    _what_if("redo", "U ctrl+r", "U", "redo", "Make the change again (also Ctrl+R)."),
    _what_if("as_it_was", "w", "w", "as it was", "Put as it was beside as it is, for every matrix and the loss."),
    _what_if("save", "s", "s", "save", "Save what was changed as a scenario file of its own."),
    _rest("gallery", "G", "G", "gallery", "Choose another scenario."),
    _rest("tour", "T", "T", "tour", "The six things to do first, once more; Esc ends them."),
    _rest("help", "question_mark f1", "?", "help", "Name everything on the screen, and every key.", 1),
    _rest("quit", "q", "q", "quit", "Leave; the terminal is as it was.", 2),
)


def offered(program: Program) -> tuple[Action, ...]:
    """Return what the palette and the help of a program name: all but what nothing in it would follow."""
    return tuple(action for action in ACTIONS if program.has_times or not action.needs_times)


# While an answer is shown these come before all others on the same keys.
FOLLOWING: tuple[Action, ...] = (
    _inside("follow", "1 2 3 4 5 6 7 8 9", "1–9", "go", "Go to the cell of a row (so does a click).", 1),
    _inside("choose_lead(-1)", "up", "↑", "row up", "Choose the row above; above the first one is the way back."),
    _inside("choose_lead(1)", "down", "↓", "choose", "Choose the row below.", 4),
    _inside("follow_chosen", "enter", "Enter", "go", "Go to the cell of the chosen row."),
    _inside(
        "way_back", "backspace 0 ctrl+o", "Backspace", "back", "Go back to the cell that led here (also 0, Ctrl+O).", 2
    ),
    _inside("close_answer", "escape", "Esc", "close", "Show the formula bar again; the trail is kept.", 3),
)
