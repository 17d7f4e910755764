"""A mistake on purpose, on the command line: found, and told only after the verdict."""

from collections.abc import Callable

import pytest

from nnstep.catalog.mistakes import MISTAKES

from .conftest import XOR, Run

MISTAKEN = f"{XOR}mistake: rate_twice\n"
TOLD = "There is a mistake in this scenario, made on purpose. Which step is wrong?"


def test_the_check_finds_it_and_says_then_that_it_is_on_purpose(run: Run, write: Callable[..., str]) -> None:
    name = write(MISTAKEN)
    ran = run("check", name)
    assert (ran.code, ran.err) == (1, "")
    before, verdict, after = ran.out.partition("The gradient of ")
    assert verdict
    assert "mistake" not in before
    line = MISTAKEN.splitlines().index("mistake: rate_twice") + 1
    assert after.endswith(f"\n\n{TOLD}\nIts name is in {name}:{line}:10.\n")
    assert not any(mistake in ran.out for mistake in MISTAKES)


def test_nothing_else_tells_of_it(run: Run, write: Callable[..., str]) -> None:
    name = write(MISTAKEN)
    for words in (("show", name, "--at", "1:21"), ("train", name, "--epochs", "5"), (name, "--plain")):
        ran = run(*words, typed="n\n" * 21)
        assert ran.code == 0
        assert "mistake" not in ran.out.lower()
        assert "rate_twice" not in ran.out


@pytest.mark.parametrize("typed", ["check all", "check W2", "check W2[1,0]"])
def test_the_stepper_as_text_says_so_with_its_verdict(run: Run, write: Callable[..., str], typed: str) -> None:
    out = run(write(MISTAKEN), "--plain", typed=f"{typed}\n").out
    assert "on purpose" in out
    assert "on purpose" not in run(write(XOR), "--plain", typed=f"{typed}\n").out


def test_the_list_keeps_quiet(run: Run) -> None:
    listed = run("list").out
    assert "spot-the-mistake-1" in listed
    assert not any(mistake in listed for mistake in MISTAKES)


def test_the_trace_says_what_is_done(run: Run, write: Callable[..., str]) -> None:
    records = run("trace", write(MISTAKEN)).records
    (delta,) = [record for record in records if record.get("id") == "layer2.delta" and record["iteration"] == 1]
    assert (delta["op"], delta["inputs"]) == ("mul_times_rate", ["layer2.error", "layer2.slope", "learning_rate"])
