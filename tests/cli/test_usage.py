"""How a person calls nnstep, and what is said to mistakes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nnstep import __version__
from nnstep.commands.table import COMMANDS, STEPPER

from .conftest import Run

EVERY = [STEPPER, *COMMANDS.values()]


def test_the_commands_are_those_of_the_design() -> None:
    assert list(COMMANDS) == ["list", "train", "show", "trace", "check", "compare", "schema"]


@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.name or "stepper")
def test_every_command_has_help_with_an_example(run: Run, command: object) -> None:
    ran = run(*command.name.split(), "--help")
    assert ran.code == 0
    assert ran.err == ""
    before, _, examples = ran.out.partition("examples:\n")
    assert before.startswith(f"usage: {command.call}")
    assert all(line in examples for line, _ in command.examples)
    assert len(command.examples) > 0
    for option in command.options:
        assert option.name in before


def test_the_help_of_nnstep_names_every_command_with_its_summary(run: Run) -> None:
    out = run("--help").out
    for command in COMMANDS.values():
        assert f"\n  {command.name}" in out
        assert command.summary in out


@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.name or "stepper")
def test_help_fits_a_terminal_of_a_hundred_columns(run: Run, command: object) -> None:
    lines = run(*command.name.split(), "--help", columns=100).out.splitlines()
    assert [line for line in lines if len(line) > 100] == []


def test_version(run: Run) -> None:
    ran = run("--version")
    assert (ran.code, ran.out) == (0, f"nnstep {__version__}\n")


# What is typed, what the message says, and the nearest thing meant.
BAD = [
    (["lits"], "there is no command or scenario called 'lits'", "did you mean list?"),
    (["trian", "xor.yaml"], "there is no command called 'trian'", "did you mean train?"),
    (["xor.yml"], "xor.yml: there is no such file", "did you mean xor.yaml?"),
    (["show", "xor.yml"], "xor.yml: there is no such file", "did you mean xor.yaml?"),
    (["train"], "there is no FILE", "nnstep train --help"),
    (["train", "xor.yaml", "--epoch", "3"], "there is no option called '--epoch'", "did you mean --epochs?"),
    (["train", "xor.yaml", "--epochs"], "--epochs: expected one argument", "nnstep train --help"),
    (["train", "xor.yaml", "--epochs", "0"], "--epochs: a whole number from 1", "nnstep train --help"),
    (["train", "xor.yaml", "--epochs", "1e9"], "--epochs: a whole number from 1", "nnstep train --help"),
    *(
        (["train", "xor.yaml", "--epochs", odd], "--epochs: a whole number from 1", "nnstep train --help")
        for odd in ("٣", "１２", "1_000", " 5", "+5", "9" * 30)
    ),
    (["trace", "xor.yaml", "--iterations", "-1"], "--iterations: ", "nnstep trace --help"),
    (["trace", "xor.yaml", "batches.yaml"], "there is one word too many: 'batches.yaml'", "nnstep trace --help"),
    (
        ["trace", "xor.yaml", "--ids", "layer1.wieghts.grad"],
        "--ids: there is no value",
        "did you mean layer1.weights.grad?",
    ),
    (["trace", "xor.yaml", "--ids", "inputs"], "--ids: inputs is not made by a step", "data stand in the scenario"),
    (["show", "xor.yaml", "--names", "klassic"], "--names: there is no name set", "did you mean classic?"),
    (["show", "xor.yaml", "--at", "one"], "--at: 'one' is no place", "EPOCH:STEP"),
    (["show", "xor.yaml", "--at", "0:1"], "--at: there is no epoch 0", "epochs go from 1"),
    (["show", "xor.yaml", "--at", "1:99"], "--at: there is no step 99", "to 21"),
    (["show", "xor.yaml", "--at", "1:layer1.ouput"], "--at: there is no step called", "did you mean layer1.output?"),
    (["show", "xor.yaml", "--at", "1:nothing-like-it"], "--at: there is no step called", "z1, a1, "),
    (["show", "xor.yaml", "--at", "1.2:1"], "--at: there is no batch 2", "there is 1 batch"),
    (["--plain"], "--plain needs a FILE", "nnstep list"),
    (["--names", "math"], "--names needs a FILE", "nnstep list"),
    (["--at", "1:2"], "--at needs a FILE", "nnstep list"),
    (["trace", "xor.yaml", "--ids", ""], "--ids: words with commas between them were expected", "--help"),
    (["trace", "xor.yaml", "--ids", ","], "--ids: words with commas between them were expected", "--help"),
    (["trace", "xor.yaml", "--ids", "loss,,loss"], "--ids: words with commas between them", "--help"),
    (["xor.yaml", "--plane"], "there is no option called '--plane'", "did you mean --plain?"),
    (["list", "xor.yaml"], "there is one word too many: 'xor.yaml'", "nnstep list --help"),
    (["xor.yaml", "--fresh=yes"], "--fresh: nothing was expected after it", "nnstep --help"),
    # An empty word is often an empty variable of a script.
    *(
        ([*words, ""], f"{what}: a word was expected, not ''", "--help shows what it takes")
        for words, what in (
            ([], "FILE"),
            (["show"], "FILE"),
            (["show", "xor.yaml", "--at"], "--at"),
            (["show", "xor.yaml", "--names"], "--names"),
            (["xor.yaml", "--plain", "--notes-file"], "--notes-file"),
            (["compare"], "A"),
            (["compare", "xor.yaml", "--set"], "--set"),
        )
    ),
]


@pytest.mark.parametrize(
    ("words", "what", "hint"), BAD, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_bad_usage_is_one_message_and_exit_code_2(
    run: Run, xor: str, batches: str, words: list[str], what: str, hint: str
) -> None:
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"nnstep: {what}")
    assert hint in ran.err
    assert len(ran.err.splitlines()) <= 2
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ["{}"],
        ["xor.yaml", "{}"],
        ["xor.yaml", "--{}"],
        ["xor.yaml", "--fresh={}"],
        ["xor.yaml", "--names", "{}"],
        ["show", "{}"],
        ["show", "xor.yaml", "--at", "{}"],
        ["show", "xor.yaml", "--names", "{}"],
        ["compare", "xor.yaml", "xor.yaml", "--names", "{}"],
        ["train", "xor.yaml", "--epochs", "{}"],
        ["trace", "xor.yaml", "--ids", "{}"],
        ["compare", "xor.yaml", "--set", "{}"],
        ["compare", "xor.yaml", "--set", "{}=1"],
    ],
    ids=" ".join,
)
def test_a_word_is_cut_and_made_visible_wherever_it_is_told(run: Run, xor: str, words: list[str]) -> None:
    ran = run(*(word.format("a\x1bb\u202e" + "x" * 5000) for word in words))
    assert ran.code == 2
    assert len(ran.err) < 1000
    assert "\x1b" not in ran.err
    assert "\\" not in ran.err
    assert "a␛b<U+202E>x" in ran.err or "nothing was expected" in ran.err


@pytest.mark.parametrize("command", ["train", "show", "trace", "check", ""])
def test_a_bad_file_is_told_with_its_line(run: Run, write: Callable[..., str], command: str) -> None:
    text = "title: X\ndata: {inputs: [[1]], targets: [[1]]}\nnetwork:\n  - {layer: dens, units: 1}\n"
    name = write(f"{text}loss: sse\noptimizer: gd\n")
    ran = run(*command.split(), name)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"nnstep: {name}:4:")
    assert "dense" in ran.err


def test_a_file_named_like_a_command_is_reached_by_its_path(run: Run, xor: str) -> None:
    Path("list").write_text(Path(xor).read_text(encoding="utf-8"), encoding="utf-8")
    assert run("show", "./list").out.startswith("XOR\n")
    assert run("./list", "--plain").out.startswith("XOR\n")


def test_nothing_that_is_typed_can_drive_the_terminal(run: Run, xor: str) -> None:
    evil = "\x1b]52;c;eA==\x07\x9b2J\u202e"
    for words in ([evil], ["show", evil], ["show", xor, "--at", evil], ["show", xor, "--at", f"1:{evil}"], [xor, evil]):
        ran = run(*words)
        assert ran.code == 2
        assert not any(character in ran.err for character in "\x1b\x07\x9b\u202e")


LOADED = """
import sys
from nnstep.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("|", *{name.partition(".")[0] for name in sys.modules})
"""
THREADS = """
import os, sys
from nnstep.__main__ import main
main()
print(os.environ["OPENBLAS_NUM_THREADS"], os.environ["OMP_NUM_THREADS"])
"""


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["train", "--help"], ["lits"]])
def test_what_needs_no_numbers_does_not_load_them(words: list[str]) -> None:
    ran = subprocess.run([sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.rpartition("|")[2].split())
    assert "nnstep" in loaded
    assert loaded & {"numpy", "textual", "rich", "msgspec", "sklearn"} == set()


def test_one_thread_whatever_the_person_has_set_for_other_programs() -> None:
    environment = {"OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "4", "PATH": ""}
    ran = subprocess.run(
        [sys.executable, "-c", THREADS, "--version"], capture_output=True, text=True, check=True, env=environment
    )
    assert ran.stdout.splitlines()[-1] == "1 1"
