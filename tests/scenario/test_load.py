"""A scenario is opened by path or by name; whatever is no ordinary file is refused without being read."""

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from nnstep.errors import NnstepError
from nnstep.scenario import limits, references
from nnstep.scenario.checks import check_word
from nnstep.scenario.load import load, parse, shipped
from nnstep.scenario.model import FileData, InlineData, SourceData
from nnstep.scenario.reading import read_regular, resolve_inside
from nnstep.scenario.text import SafeText

HERE = Path(__file__).parent
GOOD = (HERE / "good.yaml").read_text(encoding="utf-8")


def refused(reference: str | Path) -> NnstepError:
    with pytest.raises(NnstepError) as caught:
        load(reference)
    return caught.value


def test_a_file_is_loaded_and_knows_its_lines() -> None:
    loaded = load(HERE / "good.yaml")
    assert loaded.path == HERE / "good.yaml"
    assert loaded.folder == HERE
    assert loaded.model.title == "XOR"
    assert isinstance(loaded.model.data, InlineData)
    assert [layer.__struct_config__.tag for layer in loaded.model.network] == ["dense", "dense"]
    assert loaded.model.optimizer.settings == {"learning_rate": 0.5}
    assert loaded.where("network", 1, "bias") == f"{HERE / 'good.yaml'}:10:83"
    assert loaded.where("optimizer", "settings", "learning_rate") == f"{HERE / 'good.yaml'}:12:39"
    assert loaded.where("optimizer", "settings", "learning_rate", key=True) == f"{HERE / 'good.yaml'}:12:24"


def test_short_forms_are_written_out() -> None:
    loaded = load(HERE / "good-source.yaml")
    data = loaded.model.data
    assert loaded.model.loss.name == "cce"
    assert loaded.model.loss.reduction is None
    assert loaded.where("loss", "name") == f"{HERE / 'good-source.yaml'}:13:7"
    assert isinstance(data, SourceData)
    assert data.settings == {"samples": 20, "noise": 0.1}
    assert loaded.where("data", "settings", "noise") == f"{HERE / 'good-source.yaml'}:5:10"


def test_a_table_is_only_named() -> None:
    loaded = load(HERE / "good-table.yaml")
    assert isinstance(loaded.model.data, FileData)
    assert loaded.data_file(loaded.model.data.file) == HERE / "good-table.csv"


def test_json_that_a_program_wrote_is_a_scenario() -> None:
    layer = load(HERE / "good.json").model.network[0]
    assert getattr(layer, "bias", None) == [0.12345678901234568, -0.1]


def test_every_text_is_safe() -> None:
    raw = (
        GOOD.replace("title: XOR", 'title: "X\\e]0;O\\aR\\nagain"')
        .replace("d_output: How", '"d\\u202e": "\\x9bHow')
        .replace("listening.", 'listening."')
        .replace("network:", '  labels: ["one\\nline", "\\e[31m"]\nnetwork:')
    )
    model = parse(raw.encode(), "f.yaml").model
    assert model.title == "X␛]0;O␇R again"
    assert list(model.notes) == ["d<U+202E>"]
    assert model.notes[SafeText("d<U+202E>")].startswith("<U+009B>How")
    assert model.data.labels == ("one␊line", "␛[31m")
    texts = [*model.data.labels, model.title, model.summary, *model.notes, *model.notes.values()]
    assert all(type(text) is SafeText for text in texts)


@pytest.mark.parametrize("word", ["\x1b[2J", "a\nb", "\u202eb", "x" * 1_000])
def test_a_setting_of_a_layer_is_a_word_that_can_be_shown(word: str) -> None:
    check_word("name", "plain", "f.yaml:1:1")
    with pytest.raises(NnstepError) as caught:
        check_word("name", word, "f.yaml:1:1")
    assert caught.value.where == "f.yaml:1:1"


def test_two_notes_do_not_become_one_unseen() -> None:
    raw = GOOD + '  "a\\x1b": one\n  "a␛": two\n'
    with pytest.raises(NnstepError) as caught:
        parse(raw.encode(), "f.yaml")
    assert caught.value.where == "f.yaml:20:3"


def test_a_folded_text_ends_without_a_line_break() -> None:
    raw = GOOD.replace("summary: Two", "summary: >\n  Two")
    assert parse(raw.encode(), "f.yaml").model.summary.endswith("needs it.")


def test_markup_and_format_strings_are_only_text() -> None:
    words = "W[i] = w[j] [@click=app.quit]x[/] [link=https://x.example]y[/] {0.__class__} %n ${x} \\["
    assert parse(GOOD.replace("title: XOR", f"title: '{words}'").encode(), "f.yaml").model.title == words


# What is no ordinary file


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Path.mkdir, "a folder"),
        (make_fifo, "a pipe"),
        (make_socket, "a socket"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
        (lambda path: path.symlink_to(path), "no such scenario"),
        (lambda path: path.symlink_to("nowhere"), "no such scenario"),
    ],
)
def test_what_is_not_a_regular_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None], words: str
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's name must be short
    make(Path("thing"))
    opened = []
    monkeypatch.setattr(os, "open", lambda *given: opened.append(given))
    assert words in str(refused("./thing"))
    assert opened == []


@pytest.mark.parametrize(
    "name", ["", ".", "/", "a\0b", "x" * 5_000, "\ud800", "\x1b]0;x\x07.yaml", "~", "none/such.yaml"]
)
def test_no_name_is_too_strange(name: str) -> None:
    message = str(refused(name))
    assert "\x1b" not in message
    assert "\0" not in message
    assert len(message) < 500


def test_a_file_that_may_not_be_read_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbid)
    assert "no permission" in refused(HERE / "good.yaml").what


def test_a_file_that_has_nothing_to_read_yet_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As /proc/kmsg does, which calls itself a regular file."""
    path = tmp_path / "later.yaml"
    make_fifo(path)
    regular = (HERE / "good.yaml").stat()
    with path.open("r+b", buffering=0):  # somebody may write yet
        monkeypatch.setattr(Path, "stat", lambda *_, **__: regular)
        monkeypatch.setattr(os, "fstat", lambda *_: regular)
        with pytest.raises(NnstepError) as caught:
            read_regular(path, 100)
    assert "nothing to read" in caught.value.what
    assert caught.value.hint


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO])
def test_a_file_that_can_not_be_read_says_what_to_try(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", fail)
    error = refused(HERE / "good.yaml")
    assert "can not be read" in error.what
    assert error.hint


def test_of_an_enormous_file_no_more_is_read_than_shows_it(tmp_path: Path) -> None:
    path = tmp_path / "enormous.yaml"
    path.touch()
    os.truncate(path, 10**12)  # a hole: it takes no room
    assert len(read_regular(path, limits.SCENARIO_BYTES)) == limits.SCENARIO_BYTES + 1
    assert "larger than 256 KiB" in refused(path).what


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "changed.yaml"
    make_fifo(path)
    regular = (HERE / "good.yaml").stat()
    monkeypatch.setattr(Path, "stat", lambda *_, **__: regular)
    with pytest.raises(NnstepError) as caught:
        read_regular(path, 100)
    assert "a pipe" in caught.value.what


# Names of shipped scenarios


@pytest.fixture
def two_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which a checkout would stand: scenarios/xor.yaml and scenarios/digits.yaml."""
    package = tmp_path / "checkout" / "nnstep"
    folder = package.parent / "scenarios"
    folder.mkdir(parents=True)
    for name in ("xor", "digits"):
        (folder / f"{name}.yaml").write_text(GOOD, encoding="utf-8")
    (folder / "notes.txt").touch()
    monkeypatch.setattr(references, "_PACKAGE", package)
    monkeypatch.chdir(tmp_path)
    return folder


def test_shipped_scenarios_are_found_beside_the_package(two_shipped: Path) -> None:
    assert shipped() == {"digits": two_shipped / "digits.yaml", "xor": two_shipped / "xor.yaml"}


def test_shipped_scenarios_are_found_in_the_package(two_shipped: Path) -> None:
    inside = two_shipped.parent / "nnstep" / "scenarios"
    inside.mkdir(parents=True)
    (inside / "xor.yaml").write_text(GOOD, encoding="utf-8")
    assert shipped() == {"xor": inside / "xor.yaml"}


def test_a_shipped_scenario_goes_by_its_name_even_beside_a_folder_of_that_name(two_shipped: Path) -> None:
    Path("xor").mkdir()
    assert load("xor").path == two_shipped / "xor.yaml"


def test_they_come_in_the_groups_that_the_contents_name_and_the_others_last(two_shipped: Path) -> None:
    for name in ("gone", "alone"):
        (two_shipped / f"{name}.yaml").write_text(GOOD, encoding="utf-8")
    contents = "# what is shipped\n\nFirst\n  xor\n\nThen\n  missing\n  digits\nNothing in it\n"
    (two_shipped / references.CONTENTS).write_text(contents, encoding="utf-8")
    told = [(group.title, list(group.paths)) for group in references.groups()]
    assert told == [("First", ["xor"]), ("Then", ["digits"]), ("More", ["alone", "gone"])]
    assert list(shipped()) == ["xor", "digits", "alone", "gone"]


@pytest.mark.parametrize("reference", ["xro", "xor.yml", "./xor", "somewhere/xor.yaml", "Xor"])
def test_a_misspelt_name_suggests_the_nearest(two_shipped: Path, reference: str) -> None:
    error = refused(reference)
    assert error.hint == "did you mean xor?"
    assert error.where == reference


def test_a_misspelt_path_suggests_the_file_beside_it(two_shipped: Path) -> None:
    Path("mine.yaml").write_text(GOOD, encoding="utf-8")
    assert refused("mien.yaml").hint == "did you mean mine.yaml?"


def test_a_name_like_none_is_told_where_the_names_are(two_shipped: Path) -> None:
    assert refused("quicksort").hint == "nnstep list names those that are shipped"


# Data files


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "~/x.csv",
        "~root",
        "C:\\x.csv",
        "c:x.csv",
        "\\\\host\\x.csv",
        "a\\b.csv",
        "x\0.csv",
        "x\n.csv",
        "\u202ex.csv",
    ],
)
def test_a_name_that_is_not_a_plain_one_is_no_data_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(NnstepError) as caught:
        resolve_inside(tmp_path, name, "f.yaml:1:1")
    assert "does not name a file beside this scenario" in caught.value.what
    assert caught.value.where == "f.yaml:1:1"


@pytest.mark.parametrize("name", ["../secret.csv", "in/../../secret.csv", "link.csv", "folder/secret.csv", ".."])
def test_no_data_file_is_outside_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.csv").touch()
    folder = tmp_path / "scenario"
    (folder / "in").mkdir(parents=True)
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "folder").symlink_to(tmp_path)
    with pytest.raises(NnstepError, match="leads out of the folder"):
        resolve_inside(folder, name, "f.yaml:1:1")


def test_a_data_file_may_be_below_the_folder_or_linked_within_it(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    real = tmp_path / "tables" / "données.csv"
    real.touch()
    (tmp_path / "link.csv").symlink_to(real)
    for name in ("tables/données.csv", "link.csv", "./tables/../link.csv"):
        assert resolve_inside(tmp_path, name, "") == real
