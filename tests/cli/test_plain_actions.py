"""Whatever can be done on the screen can be typed, or stands here with the reason why it can not."""

import re
from pathlib import Path

import nnstep.commands.plain
from nnstep.commands.plain.gallery import TOUR
from nnstep.commands.plain.pictures import NOT_AS_TEXT
from nnstep.commands.plain.table import TABLE, find
from nnstep.explain.pictures.table import SUBJECTS
from nnstep.tui.actions import ACTIONS, FOLLOWING

from .conftest import Run

TYPED = {
    "next": "next",
    "back": "back",
    "next_cell": "cell",
    "next_phase": "phase",
    "previous_phase": "back phase",
    "next_time": "time",
    "previous_time": "back time",
    "next_iteration": "iteration",
    "previous_iteration": "back iteration",
    "home": "start",
    "end": "end",
    "go_to": "go 3:5",
    "run_to": "until NAME",
    "run": "run",
    "fast_forward": "run to 50",
    "breakpoint": "break",
    "breakpoints": "breaks",
    "bookmark": "bookmark",
    "bookmarks": "bookmarks",
    "resume": "resume",
    "cursor_left": "left",
    "cursor_down": "down",
    "cursor_up": "up",
    "cursor_right": "right",
    "next_matrix": "where NAME",
    "previous_matrix": "where NAME",
    "release": "here",
    "zoom": "show NAME",
    "check": "check",
    "next_sample": "sample",
    "previous_sample": "sample back",
    "where_from": "from",
    "where_to": "to",
    "chain_rule": "chain",
    "why_stuck": "stuck",
    "predict": "predict",
    "predict_more": "predict 4",
    "view": "picture",
    "views": "picture NAME",
    "speak": "speak numpy",
    "names": "names classic",
    "forward": "lesson",
    "backward": "lesson back",
    "decimals": "decimals 6",
    "edit": "set W1[0,0] 2.5",
    "settings": "settings",
    "undo": "undo",
    "redo": "redo",
    "as_it_was": "was",
    "save": "save",
    "gallery": "scenarios",
    "tour": "tour",
    "help": "help",
    "quit": "quit",
    "follow": "follow 2",
    "follow_chosen": "follow 2",
    "way_back": "follow back",
}

NOT_TYPED = {
    "faster": "no line comes by itself: a person who listens decides when the next one comes",
    "slower": "no line comes by itself",
    "scroll_down": "nothing is out of sight",
    "scroll_up": "nothing is out of sight",
    "read_on": "a note is printed whole",
    "lecture": "it makes one equation large for the eyes of a room",
    "choose_lead(-1)": "a row is named by its number",
    "choose_lead(1)": "a row is named by its number",
    "close_answer": "an answer that was printed stands in nobody's way",
}


def test_every_action_has_a_command_or_a_reason() -> None:
    known = {action.name for action in (*ACTIONS, *FOLLOWING)}
    assert not set(TYPED) & set(NOT_TYPED)
    assert known == set(TYPED) | set(NOT_TYPED)
    for typed in TYPED.values():
        assert find(typed)[0].name == typed.split()[0]


def test_lines_of_text_need_no_screen() -> None:
    sources = Path(nnstep.commands.plain.__path__[0]).glob("*.py")
    assert [source.name for source in sources if "nnstep.tui" in source.read_text("utf-8")] == []


def test_every_picture_is_told_or_has_a_reason() -> None:
    from nnstep.commands.plain.pictured import TOLD

    assert set(SUBJECTS) == set(TOLD) | set(NOT_AS_TEXT)
    assert not set(TOLD) & set(NOT_AS_TEXT)


def test_no_word_and_no_letter_means_two_things() -> None:
    words = [word for command in TABLE for word in (command.name, command.letter) if word]
    assert len(words) == len(set(words))


def test_the_tour_names_commands() -> None:
    assert len(TOUR) == 6
    for word, _ in TOUR:
        assert find(word)[0].name == word


def test_the_page_about_it_names_every_command(project_dir: Path) -> None:
    page = (project_dir / "docs" / "plain.md").read_text(encoding="utf-8")
    assert [one.name for one in TABLE if not re.search(rf"`{one.name}\b", page)] == []
    missing = [action.shown for action in ACTIONS if action.name in NOT_TYPED and f"`{action.shown}`" not in page]
    assert missing == []


def test_every_command_alone_says_something_and_nothing_ends_the_walk(run: Run, xor: str) -> None:
    typed = [command.name for command in TABLE if command.name not in ("quit", "run", "save")]
    ran = run(xor, "--plain", typed="".join(f"{word}\n" for word in typed))
    assert (ran.code, ran.err) == (0, "")
    opening = run(xor, "--plain").out
    replies = ran.out.removeprefix(opening)
    assert "Traceback" not in replies
    # Nothing is drawn, and nothing stands in columns but the rows of an answer.
    assert not set("│─┌└┐┘▁▂▃▄▅▆▇█░▒▓⣿") & set(ran.out)
