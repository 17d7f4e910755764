"""Every file in scenarios/ loads, opens on a screen worth showing, runs, and learns as far as it is claimed to."""

import re
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
from nnstep.scenario.references import CONTENTS, groups
from nnstep.session import Session

from .shipped import FOLDER, NAMES, first_and_last, named_iterations, opened, run

SCREEN = 120  # columns
# What the formula bar of that screen has for a note.
NOTE_ROOM = 116
ITERATIONS = (1, 2, 3, 10, 100, 1000, 10**6)  # a note may be for some of them only


@dataclass(frozen=True)
class Claim:
    """Where the loss is when the epochs of a file are over, and whether that is below where it began."""

    below: float
    above: float = 0.0
    falls: bool = True


CLAIMS = {
    "attention-copies": Claim(below=0.001),
    "batch-norm": Claim(below=0.001),
    "blobs": Claim(below=0.04),
    "convnet-digits": Claim(below=0.1),
    "convolution-edge": Claim(below=1e-6),
    "digits": Claim(below=0.25),
    "digits-relu-adam": Claim(below=0.03),
    "dropout": Claim(below=1e-6),
    "dying-relu": Claim(below=0.1667, above=0.1666),
    "embedding": Claim(below=0.001),
    "layer-norm": Claim(below=0.001),
    "lstm-remembers": Claim(below=0.002),
    "max-pooling": Claim(below=0.05),
    "moons": Claim(below=0.004),
    "overfitting": Claim(below=0.0035),
    "rate-right": Claim(below=1e-12),
    "rate-too-large": Claim(below=5000, above=4900, falls=False),
    "rate-too-small": Claim(below=5.1, above=5.0),
    "relu-bce": Claim(below=0.01),
    "rnn-counts": Claim(below=0.02),
    "spiral": Claim(below=0.002),
    # Each has a mistake on purpose, and learns: a tenth as fast, faster than without it, and as fast.
    "spot-the-mistake-1": Claim(below=0.305, above=0.3),
    "spot-the-mistake-2": Claim(below=1e-5),
    "spot-the-mistake-3": Claim(below=0.0015),
    "spreadsheet": Claim(below=0.002),
    "two-layer": Claim(below=0.0015),
    "valley-adam": Claim(below=1e-20),
    "valley-momentum": Claim(below=0.0025),
    "vanishing-gradient": Claim(below=0.375, above=0.3749),
    "weight-decay": Claim(below=0.001, above=0.0009),
    "xor": Claim(below=0.0015),
    # One line through the square of inputs can do no better than 1/3.
    "xor-stuck": Claim(below=0.34, above=1 / 3),
}


def test_every_file_says_what_becomes_of_its_loss() -> None:
    assert set(CLAIMS) == set(NAMES)


def test_the_shipped_scenarios_go_by_name() -> None:
    assert sorted(shipped()) == NAMES
    assert [load(name).path for name in NAMES] == [FOLDER / f"{name}.yaml" for name in NAMES]


def test_every_shipped_scenario_stands_in_a_group() -> None:
    found = groups()
    assert "More" not in [group.title for group in found]
    written = (FOLDER / CONTENTS).read_text(encoding="utf-8")
    assert [line.strip() for line in written.splitlines() if line.startswith(" ")] == list(shipped())


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_the_scenarios_tells_of_it(name: str, project_dir: Path) -> None:
    page = (project_dir / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert f"\n| `{name}` | " in page
    assert f"\n## {name}\n" in page
    assert f"| `{opened(name).names.name}` |" in page.partition(f"\n| `{name}` | ")[2].partition("\n")[0]


def test_the_readme_names_every_scenario_in_its_group(project_dir: Path) -> None:
    readme = (project_dir / "README.md").read_text(encoding="utf-8")
    rows = {cells[1].strip(): cells[2] for line in readme.splitlines() if len(cells := line.split("|")) == 4}
    for group in groups():
        assert set(re.findall(r"`([\w-]+)`", rows[group.title])) == set(group.paths)


@pytest.mark.parametrize("name", NAMES)
def test_the_loss_ends_where_it_is_claimed_to(name: str) -> None:
    first, last = first_and_last(name)
    claim = CLAIMS[name]
    assert (last["loss"] < first["loss"]) == claim.falls
    assert claim.above <= last["loss"] < claim.below


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_title_a_summary_and_a_note_to_begin_with(name: str) -> None:
    model = opened(name).scenario.model
    assert model.title
    assert model.summary.endswith(".")
    assert START in model.notes
    longest = max(map(len, NAMES))
    assert cell_len(f"  {name:<{longest}}  {model.summary}") <= SCREEN


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
    iterations = (*ITERATIONS, *named_iterations(name))
    found = {
        note_of(compiled.scenario, value, getattr(values[value], "phase", ""), iteration, names)
        for value in values
        for iteration in iterations
        for names in NAME_SETS
    }
    found |= {opening_note(compiled.scenario, iteration) for iteration in iterations}
    assert {key for key, note in notes.items() if note not in found} == set()
    assert {key: cell_len(note) for key, note in notes.items() if cell_len(note.replace("`", "")) > NOTE_ROOM} == {}


@pytest.mark.parametrize("names", NAME_SETS)
@pytest.mark.parametrize("name", NAMES)
def test_it_runs_with_the_same_weights_under_every_name_set(name: str, names: str) -> None:
    own = opened(name)
    other = compile_scenario(own.scenario, names=names, data=own.data)
    (mine,), (theirs,) = run(own, 3), run(other, 3)
    # What an optimizer remembers of gradients has their sign, which is another under some name sets.
    program = own.training.program(3)
    made = [program.carry[parameter.id] for parameter in program.parameters]
    assert {value: mine[value].tobytes() for value in made} == {value: theirs[value].tobytes() for value in made}
