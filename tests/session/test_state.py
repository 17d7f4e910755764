"""What is kept between two sittings: whole at any moment, trusted as little as any file; where it fails, no error."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep import state
from nnstep.scenario.breaks import Breakpoint
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import load
from nnstep.state import Kept, Mark, Opened, Store, content_of, folder, mark

SCENARIO = """\
title: XOR
names: math
data: {inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]]}
network:
  - {layer: dense, units: 2, activation: sigmoid}
  - {layer: dense, units: 1, activation: sigmoid}
loss: half_sse
optimizer: {name: gd, learning_rate: 0.5}
"""


def scenario(folder: Path, text: str = SCENARIO) -> Compiled:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return compile_scenario(load(path))


def some(compiled: Compiled, text: str = "Why?") -> Kept:
    return Kept(
        content_of(compiled),
        mark(compiled.training, 120, 8),
        "classic",
        3,
        "layer1.weights",
        (Breakpoint("loss_below", amount=0.1), Breakpoint("step", "loss", is_on=False)),
        (mark(compiled.training, 3, 2, text), mark(compiled.training, 9, 0)),
    )


def test_what_is_saved_is_opened(tmp_path: Path) -> None:
    mine, store = scenario(tmp_path), Store(tmp_path / "a" / "b")
    assert store.open(mine) == Opened()
    assert store.save(mine, some(mine))
    assert store.open(mine) == Opened(some(mine))
    assert [path.suffix for path in store.place.iterdir()] == [".json"]


def test_what_another_window_writes_is_left_alone_and_what_nobody_does_goes(tmp_path: Path) -> None:
    mine, store = scenario(tmp_path), Store(tmp_path / "kept")
    path = store.path(mine)
    assert path is not None
    assert store.save(mine, some(mine))
    written, left = (path.with_name(f".{path.name}.{number}") for number in (1, 2))
    for one in (written, left):
        one.write_text("half", encoding="utf-8")
    os.utime(left, (0, 0))
    assert store.open(mine) == Opened(some(mine))
    assert written.exists()
    assert not left.exists()


def test_each_scenario_has_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one, other, store = scenario(tmp_path), scenario(tmp_path / "other"), Store(tmp_path / "kept")
    store.save(one, some(one))
    assert store.open(other) == Opened()
    # However it is reached.
    (tmp_path / "link.yaml").symlink_to(tmp_path / "mine.yaml")
    assert store.open(compile_scenario(load(tmp_path / "link.yaml"))).kept == some(one)


def test_a_place_is_the_same_under_every_name_set(tmp_path: Path) -> None:
    mine = scenario(tmp_path)
    for step in range(len(mine.training.program(1).steps) + 1):
        place = mark(mine.training, 5, step)
        for names in ("classic", "math", "layerwise", "framework"):
            training = mine.renamed(names).training
            found = place.find(training)
            assert found is not None
            assert found[0] == 5
            identity = place.step.replace("weighted", "pre_activation") if names == "classic" else place.step
            assert found[1] == (training.program(1).ready[identity] if step else 0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"version": 1}',
        b'{"version": 1, "scenario": "x", "kept": 5}',
        b'{"version": 1, "scenario": "x", "kept": {"here": "there"}}',
        b'{"version": 1, "scenario": "x", "kept": {"bookmarks": [1]}}',
        b'{"version": 99, "scenario": "x", "kept": {}}',
        b"\x00\xff\xfe" * 100,
        b"[" * 100_000,
        b" " * (2**20 + 1),
    ],
)
def test_a_file_that_is_broken_is_set_aside_once(tmp_path: Path, content: bytes) -> None:
    mine, store = scenario(tmp_path), Store(tmp_path)
    path = store.path(mine)
    assert path is not None
    path.write_bytes(content)
    opened = store.open(mine)
    assert opened.kept == Kept()
    assert "set aside as" in opened.message
    assert path.with_suffix(".aside").read_bytes() == content
    assert store.open(mine) == Opened()
    assert store.save(mine, some(mine))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_content_is_an_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    home = tmp_path_factory.mktemp("state")
    mine, store = scenario(home), Store(home)
    path = store.path(mine)
    assert path is not None
    path.write_bytes(content)
    assert store.open(mine).kept == Kept()


WRONG = {
    "here": {"epoch": 0, "batch": 1, "step": ""},
    "names": "klingon",
    "zoom": "layer9.weights",
    "breaks": [{"kind": "step", "of": "\x1b[2J"}, {"kind": "os.system", "of": "x"}, {"kind": "layer", "of": "layer9"}],
    "bookmarks": [
        {"epoch": 10**18, "batch": 1, "step": "", "text": "far"},
        {"epoch": 1, "batch": 7, "step": "", "text": "no such batch"},
        {"epoch": 1, "batch": 1, "step": "layer1.output", "text": "\x1b]52;c;aGk=\x07[bold]x[/]\u202e"},
    ],
}


def test_what_has_no_place_here_is_left_out_and_no_text_is_obeyed(tmp_path: Path) -> None:
    mine, store = scenario(tmp_path), Store(tmp_path)
    path = store.path(mine)
    assert path is not None
    kept = {"content": content_of(mine), **WRONG}
    path.write_text(json.dumps({"version": 1, "scenario": "", "kept": kept, "later": 1}), encoding="utf-8")
    found = store.open(mine).kept
    assert (found.here, found.names, found.zoom, found.breaks) == (None, "", "", ())
    (only,) = found.bookmarks
    assert only.step == "layer1.output"
    assert "\x1b" not in only.text
    assert "\u202e" not in only.text


def test_a_scenario_that_changed_keeps_what_fits_and_says_what_does_not(tmp_path: Path) -> None:
    mine, store = scenario(tmp_path), Store(tmp_path)
    gone = Mark(2, 1, "layer2.delta", "gone")
    store.save(mine, replace(some(mine), here=gone, bookmarks=(gone, Mark(2, 1, "layer1.output", "stays"))))
    smaller = scenario(tmp_path, SCENARIO.replace("  - {layer: dense, units: 2, activation: sigmoid}\n", ""))
    opened = store.open(smaller)
    assert [one.text for one in opened.kept.bookmarks] == ["stays"]
    assert opened.kept.here is None
    assert opened.message.endswith("what is gone from it: the place where you were, a bookmark")


def test_other_data_are_another_content(tmp_path: Path) -> None:
    text = SCENARIO.replace(
        "data: {inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]]}",
        "data: {file: d.csv, targets: [y]}",
    )
    (tmp_path / "d.csv").write_text("a,b,y\n0,1,1\n1,0,0\n", encoding="utf-8")
    before = content_of(scenario(tmp_path, text))
    assert content_of(scenario(tmp_path, text)) == before
    (tmp_path / "d.csv").write_text("a,b,y\n0,1,1\n1,0,1\n", encoding="utf-8")
    assert content_of(scenario(tmp_path, text)) != before


@pytest.mark.parametrize("place", ["/dev/null/no", "/proc/no/such"])
def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path, place: str) -> None:
    mine, store = scenario(tmp_path), Store(Path(place))
    assert not store.save(mine, some(mine))
    assert store.open(mine) == Opened()


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    mine, store = scenario(tmp_path), Store(tmp_path)
    path = store.path(mine)
    assert path is not None
    os.mkfifo(path)
    assert "can't be read" in store.open(mine).message


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, store = scenario(tmp_path), Store(tmp_path / "kept")
    store.save(mine, some(mine))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(state.os, "fsync", full)
    assert not store.save(mine, some(mine, "another"))
    assert store.open(mine) == Opened(some(mine))
    assert len(list(store.place.iterdir())) == 1


@pytest.mark.parametrize(
    ("environ", "place"),
    [
        ({"XDG_STATE_HOME": "/s", "HOME": "/h"}, Path("/s/nnstep")),
        ({"XDG_STATE_HOME": "", "HOME": "/h"}, Path("/h/.local/state/nnstep")),
        ({"XDG_STATE_HOME": "not/absolute", "HOME": "/h"}, Path("/h/.local/state/nnstep")),
        ({"HOME": "relative"}, None),
        ({}, None),
    ],
)
def test_where_states_are_kept(environ: dict[str, str], place: Path | None) -> None:
    assert folder(environ) == place


# Saves two states of different length in turn, as fast as it can, until it is killed.
SAVES = """
import sys
from pathlib import Path
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import load
from nnstep.state import Kept, Store, content_of, mark
mine, store = compile_scenario(load(Path(sys.argv[1]))), Store(Path(sys.argv[2]))
content = content_of(mine)
marks = tuple(mark(mine.training, n, 1, "x" * 400) for n in range(1, 400))
one, other = Kept(content), Kept(content, bookmarks=marks)
assert store.save(mine, one)
print("ready", flush=True)
while True:
    store.save(mine, other)
    store.save(mine, one)
"""


def test_killed_at_any_moment_the_file_is_whole(tmp_path: Path) -> None:
    mine, store = scenario(tmp_path), Store(tmp_path / "kept")
    path = store.path(mine)
    assert path is not None
    command = [sys.executable, "-c", SAVES, str(tmp_path / "mine.yaml"), str(store.place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        seen = set()
        # What a reader finds beside a writer is what a kill would leave.
        for _ in range(2000):
            seen.add(len(path.read_bytes()))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(seen) <= 2
    opened = store.open(mine)
    assert opened.message == ""
    assert len(opened.kept.bookmarks) in (0, 399)
    # What was being written goes too, when it can't be another window's any more.
    for left in store.place.iterdir():
        os.utime(left, (0, 0))
    assert store.open(mine) == opened
    assert [one.name for one in store.place.iterdir()] == [path.name]
