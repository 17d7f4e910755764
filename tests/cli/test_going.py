"""A long way to the place that a command line names."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from nnstep.cli import main
from nnstep.commands import going
from nnstep.commands.opening import open_scenario
from nnstep.explain.places import Place
from nnstep.session import Position, Session


def ticking(seconds: float) -> Callable[[], float]:
    """Return a clock on which so much time passes between two looks."""
    times = count(0.0, seconds)
    return lambda: next(times)


def test_a_long_way_is_told_once_with_how_long_it_takes(xor: str, capsys: pytest.CaptureFixture[str]) -> None:
    session = Session(open_scenario(xor))
    going.go_there(session, Place(600, 3), clock=ticking(2))
    assert session.position == Position(600, 3)
    told = capsys.readouterr().err
    assert told.startswith("nnstep: going to epoch 600, which takes about ")
    assert "Ctrl-C ends it" in told
    assert told.count("\n") == 1


def test_a_short_way_is_not_told(xor: str, capsys: pytest.CaptureFixture[str]) -> None:
    going.go_there(Session(open_scenario(xor)), Place(600, 3), clock=ticking(0))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "words", [["show", "xor.yaml"], ["xor.yaml", "--plain"], ["compare", "xor.yaml", "--set", "seed=2"]]
)
def test_ctrl_c_on_the_way_ends_it(
    xor: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    def interrupted(session: Session, iteration: int, step: int) -> Iterator[int]:
        yield 1
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "travel", interrupted)
    assert main([*words, "--at", "10000000"]) == 130
    assert capsys.readouterr().out == ""
