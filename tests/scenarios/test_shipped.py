"""Every file in scenarios/ loads, opens on a screen worth showing, runs, and learns as far as it is claimed to."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.cells import cell_len

from nnstep.catalog.names import NAME_SETS
from nnstep.explain.story import tell
from nnstep.explain.words import plain_text
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import load, shipped
from nnstep.scenario.notes import START, note_of, opening_note
from nnstep.session import Session

from .shipped import FOLDER, NAMES, first_and_last, opened, run

SCREEN = 120  # columns
# What the formula bar of that screen has for a note.
NOTE_ROOM = 116
ITERATIONS = (1, 2, 3, 10, 100, 1000)  # a note may be for some of them only


@dataclass(frozen=True)
class Claim:
    """Where the loss is when the epochs of a file are over."""

    below: float
    above: float = 0.0


CLAIMS = {
    "digits": Claim(below=0.25),
    "relu-bce": Claim(below=0.01),
    "spreadsheet": Claim(below=0.002),
    "two-layer": Claim(below=0.0015),
    "xor": Claim(below=0.0015),
    # One line through the square of inputs can do no better than 1/3.
    "xor-stuck": Claim(below=0.34, above=1 / 3),
}


def test_every_file_says_what_becomes_of_its_loss() -> None:
    assert set(CLAIMS) == set(NAMES)


def test_the_shipped_scenarios_go_by_name() -> None:
    assert sorted(shipped()) == NAMES
    assert [load(name).path for name in NAMES] == [FOLDER / f"{name}.yaml" for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_the_scenarios_tells_of_it(name: str, project_dir: Path) -> None:
    page = (project_dir / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert f"\n| `{name}` | " in page
    assert f"\n## {name}\n" in page
    assert f"| `{opened(name).names.name}` |" in page.partition(f"\n| `{name}` | ")[2].partition("\n")[0]


@pytest.mark.parametrize("name", NAMES)
def test_the_loss_ends_where_it_is_claimed_to(name: str) -> None:
    first, last = first_and_last(name)
    claim = CLAIMS[name]
    assert last["loss"] < first["loss"]
    assert claim.above < last["loss"] < claim.below


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_title_a_summary_and_a_note_to_begin_with(name: str) -> None:
    model = opened(name).scenario.model
    assert model.title
    assert model.summary.endswith(".")
    assert START in model.notes
    longest = max(map(len, NAMES))
    assert cell_len(f"{name:<{longest}}  {model.title} · {model.summary}") <= SCREEN


@pytest.mark.parametrize("name", NAMES)
def test_it_opens_on_its_title_its_numbers_and_its_first_note(name: str) -> None:
    compiled = opened(name)
    session = Session(compiled)
    view, model = session.view(), compiled.scenario.model
    story = tell(view)
    assert model.title in plain_text(story.what)
    assert model.summary in plain_text(story.what)
    assert plain_text(story.teacher) == opening_note(compiled.scenario, 1).replace("`", "")
    shown = [view.array(variable.id) for variable in view.program.variables]
    assert all(array is not None and array.size for array in shown)
    assert all(view.array(step.id) is None for step in view.program.steps)


@pytest.mark.parametrize("name", NAMES)
def test_every_note_is_shown_with_a_step_and_fits_in_its_row(name: str) -> None:
    compiled = opened(name)
    notes = compiled.scenario.model.notes
    values = compiled.training.program(1).values
    found = {
        note_of(compiled.scenario, value, getattr(values[value], "phase", ""), iteration)
        for value in values
        for iteration in ITERATIONS
    }
    found |= {opening_note(compiled.scenario, iteration) for iteration in ITERATIONS}
    assert {key for key, note in notes.items() if note not in found} == set()
    assert {key: cell_len(note) for key, note in notes.items() if cell_len(note.replace("`", "")) > NOTE_ROOM} == {}


@pytest.mark.parametrize("names", NAME_SETS)
@pytest.mark.parametrize("name", NAMES)
def test_it_runs_with_the_same_weights_under_every_name_set(name: str, names: str) -> None:
    own = opened(name)
    other = compile_scenario(own.scenario, names=names, data=own.data)
    (mine,), (theirs,) = run(own, 3), run(other, 3)
    carry = own.training.program(3).carry.values()
    assert {value: mine[value].tobytes() for value in carry} == {value: theirs[value].tobytes() for value in carry}
