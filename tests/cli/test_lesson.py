"""The lesson and the teacher's notes as text: every stop can be typed, and the notes go where they are sent."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from nnstep.cli import main
from nnstep.commands.notes_file import NotesFile
from nnstep.errors import NnstepError
from nnstep.scenario.limits import NOTE
from tests.cli.conftest import XOR, Run

LESSON = f"""{XOR}notes:
  z1: Each column is a line.
lesson:
  - {{at: 1:z1, say: Two lines., ask: Which ones?}}
  - {{at: 2:δ2, show: "W1[0,1]", ask: "Why is `W1[0,1]` told?"}}
  - {{at: 3:start, show: W2}}
"""


@pytest.fixture
def lesson(write: Callable[..., str]) -> str:
    """Return the name of a file with a lesson of three stops."""
    return write(LESSON, "lesson.yaml")


def said(run: Run, lesson: str, typed: str, *words: str) -> list[str]:
    """Return what is printed for each line that is typed."""
    ran = run(lesson, "--plain", *words, typed=typed)
    assert ran.code == 0
    return ran.out.rstrip("\n").split("\n\n")[-typed.count("\n") :]


def test_a_lesson_is_walked_from_stop_to_stop(run: Run, lesson: str) -> None:
    first, second, third, over, back = said(run, lesson, "lesson\nlesson\nl\nlesson\nlesson back\n")
    assert first.startswith("Stop 1 of 3: epoch 1, step 2 z1\nepoch 1 · step 2 of 21 · forward")
    assert first.endswith("Two lines.\nWhich ones?")
    assert second.startswith("Stop 2 of 3: epoch 2, step 10 δ2, W1[0,1]\n")
    assert "W1[0,1]: a weight, from feature 0 to hidden unit 1" in second
    assert second.endswith("Why is W1[0,1] told?")
    assert third.startswith("Stop 3 of 3: epoch 3, the start, W2 alone\n")
    assert "\nW2 2×1\n" in third
    assert over.startswith("the lesson ends here\n")
    assert back.startswith("Stop 2 of 3")


def test_who_strays_comes_back_to_the_stop(run: Run, lesson: str) -> None:
    *_, back, again = said(run, lesson, "lesson 2\nnext\nlesson back\nlesson back\n")
    assert back.startswith("Stop 2 of 3")
    assert again.startswith("Stop 1 of 3")


def test_all_stops_at_once_and_in_other_names(run: Run, lesson: str) -> None:
    (listed,) = said(run, lesson, "lesson list\n", "--names", "classic")
    assert listed.splitlines() == [
        "1 epoch 1, step 1 hidden_layer_input",
        "2 epoch 2, step 8 d_output, wh[0,1]",
        "3 epoch 3, the start, wout alone",
    ]


@pytest.mark.parametrize("word", ["0", "4", "x", "1 2", "٣", "9" * 50])
def test_a_stop_that_there_is_not(run: Run, lesson: str, word: str) -> None:
    (answer,) = said(run, lesson, f"lesson {word}\n")
    assert answer.startswith("there is no stop ")
    assert "stops go from 1 to 3" in answer


def test_a_scenario_without_a_lesson_says_so(run: Run, xor: str) -> None:
    (answer,) = said(run, xor, "lesson\n")
    assert answer.startswith("this scenario has no lesson\n")


def test_notes_go_to_the_file_and_not_to_the_page(run: Run, lesson: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("of yesterday\n")
    printed = "\n".join(said(run, lesson, "lesson\nlesson list\nnext\n", "--notes-file", str(path)))
    assert "Each column is a line" not in printed
    assert "Two lines." not in printed
    assert "Which ones?" in printed
    yesterday, *written = path.read_text(encoding="utf-8").split("== epoch ")
    assert yesterday == "of yesterday\n"
    assert [text.splitlines()[0] for text in written] == [
        "1 · step 0 of 21 ==",
        "1 · step 2 of 21 · z1 · stop 1 of 3 ==",
        "1 · step 3 of 21 · a1 ==",
    ]
    assert written[1].splitlines()[1:] == [
        "Each column is a line.",
        "say: Two lines.",
        "ask: Which ones?",
        "next: step 3: a1 = σ(z1)",
        "next stop: epoch 2, step 10 δ2, W1[0,1] - Why is W1[0,1] told?",
        "",
    ]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/nowhere/notes.txt", "No such file or directory"),
        (".", "Is a directory"),
        ("", "a word was expected"),
        ("x" * 300, "File name too long"),
        ("/dev/full", "No space left on device"),
        ("notes\0.txt", "null byte"),
    ],
)
def test_a_file_that_can_not_be_written_is_one_message(
    lesson: str, capsys: pytest.CaptureFixture[str], path: str, why: str
) -> None:
    assert main([lesson, "--plain", "--notes-file", path]) == 2
    message = capsys.readouterr().err
    assert why in message
    assert "--notes-file" in message
    assert "Traceback" not in message


def test_a_fifo_needs_no_reader_and_never_holds_a_lecture_up(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    notes = NotesFile(str(path))
    for number in range(100):
        notes.write(f"{number} " + "x" * NOTE)  # far more than a fifo holds
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    assert os.read(reader, 2) == b"0 "
    # A reader that leaves does not end it either.
    os.close(reader)
    notes.write("on")
    notes.close()


def test_a_file_is_closed_for_good(tmp_path: Path) -> None:
    notes = NotesFile(str(tmp_path / "notes.txt"))
    notes.close()
    notes.close()
    with pytest.raises(NnstepError, match="can't be written"):
        notes.write("late")


@pytest.mark.parametrize("name", ["tea.yaml", "tea.yml"])
def test_notes_are_never_written_into_a_scenario(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("title: Tea\n", encoding="utf-8")
    with pytest.raises(NnstepError, match=r"is a scenario or its data") as caught:
        NotesFile(str(path))
    assert "such as notes.txt" in caught.value.hint
    assert path.read_text(encoding="utf-8") == "title: Tea\n"


@pytest.mark.parametrize("linked", ["symbolic", "hard"])
def test_nor_by_another_name(run: Run, lesson: str, linked: str) -> None:
    before = Path(lesson).read_bytes()
    if linked == "hard":
        os.link(lesson, "notes.txt")
    else:
        Path("notes.txt").symlink_to(lesson)
    ran = run(lesson, "--plain", "--notes-file", "notes.txt", typed="next\n")
    assert (ran.code, "is a scenario or its data" in ran.err) == (2, True)
    assert Path(lesson).read_bytes() == before
