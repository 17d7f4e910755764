"""The stepper: opened on a screen, refused without one."""

import pytest

from nnstep.branches import Number, Setting
from nnstep.commands import step
from nnstep.commands.opening import open_scenario
from nnstep.engine.cell import Cell
from nnstep.session import Session
from nnstep.tui.app import NnstepApp

from .conftest import Run


def test_without_a_terminal_it_says_what_to_use(run: Run, xor: str) -> None:
    for words in ([xor], []):
        ran = run(*words)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("nnstep: The input is not a terminal")
        for command in ("nnstep show", "nnstep trace", "nnstep train", "nnstep check", "--plain"):
            assert command in ran.err
        assert "\x1b" not in ran.err


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_without_a_screen_is_told_too(
    run: Run, xor: str, term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "_is_terminal", lambda stream: True)
    monkeypatch.setenv("TERM", term)
    ran = run(xor)
    assert ran.code == 2
    assert "TERM" in ran.err


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Session | None]:
    """Return what is opened on a screen that is only pretended."""
    found: list[Session | None] = []

    def put_up(session: Session | None, *told: object, **more: object) -> int:
        found.append(session)
        return 0

    monkeypatch.setattr(step, "_is_terminal", lambda stream: True)
    monkeypatch.setattr(step, "_on_screen", put_up)
    monkeypatch.setenv("TERM", "xterm-256color")
    return found


def test_without_a_file_the_gallery_opens(run: Run, opened: list[Session | None]) -> None:
    assert run().code == 0
    assert opened == [None]


def test_a_file_opens_at_its_start(run: Run, xor: str, opened: list[Session | None]) -> None:
    assert run(xor).code == 0
    (session,) = opened
    assert session is not None
    assert session.compiled.scenario.model.title == "XOR"
    assert (session.position.iteration, session.position.step) == (1, 0)


def test_a_place_and_names_are_chosen_before(run: Run, xor: str, opened: list[Session | None]) -> None:
    assert run(xor, "--at", "12:output", "--names", "classic").code == 0
    (session,) = opened
    assert session is not None
    assert session.compiled.names.name == "classic"
    assert session.position.iteration == 12
    assert session.program.steps[session.position.step - 1].name == "output"


@pytest.mark.parametrize(("more", "asks"), [((), True), (("--fresh",), False), (("--at", "3:2"), False)])
def test_who_says_where_to_begin_is_not_asked(
    run: Run, xor: str, opened: list[Session | None], monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], asks: bool
) -> None:
    asked: list[object] = []

    def put_up(session: Session | None, *told: object, asks: bool, fresh: bool) -> int:
        asked.append((asks, fresh))
        return 0

    monkeypatch.setattr(step, "_on_screen", put_up)
    assert run(xor, *more).code == 0
    assert asked == [(asks, more == ("--fresh",))]


def test_a_bad_file_is_told_before_a_screen_is_put_up(run: Run, opened: list[Session | None]) -> None:
    assert run("nowhere.yaml").code == 2
    assert opened == []


def test_a_shipped_scenario_goes_by_its_name(
    run: Run, xor: str, opened: list[Session | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path

    from nnstep.scenario import references

    monkeypatch.setattr(references, "shipped", lambda: {"toy": Path(xor)})
    monkeypatch.setattr(step, "shipped", lambda: {"toy": Path(xor)})
    assert run("toy").code == 0
    assert run("tiy").err.startswith("nnstep: there is no command or scenario called 'tiy'\n  did you mean toy?")
    assert len(opened) == 1


def test_changes_that_stand_in_no_file_are_said_when_the_screen_is_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def change(app: NnstepApp) -> int:
        assert app.session is not None
        app.session.edit(Setting("optimizer.learning_rate", "10"))
        app.session.edit(Number(Cell("layer1.weights", (0, 0)), 3.0))
        return 0

    for ran, told in ((lambda app: 0, ""), (change, "nnstep: 2 changes were not kept (optimizer.learning_rate ")):
        monkeypatch.setattr(step, "run_app", ran)
        assert step._on_screen(Session(open_scenario("xor")), None, asks=False, fresh=True) == 0
        assert capsys.readouterr().err.startswith(told)
