"""What docs/words.md fixes is what the code uses."""

import re
from pathlib import Path
from typing import get_args

import pytest

from nnstep.catalog.names import NAME_SETS
from nnstep.catalog.ops import OPS
from nnstep.engine.program import Phase

LETTERS = re.compile(r"^\| (`\w`(?:, `\w`)*) \|", re.MULTILINE)


@pytest.fixture(scope="module")
def words(project_dir: Path) -> str:
    """Return the page of the vocabulary."""
    return (project_dir / "docs" / "words.md").read_text(encoding="utf-8")


def test_rules_use_the_fixed_index_letters(words: str) -> None:
    fixed = {letter for row in LETTERS.findall(words) for letter in re.findall(r"\w", row)}
    assert len(fixed) > 10
    used = {name: set(op.rule.letters) - fixed - {"..."} for name, op in OPS.items()}
    assert {name: letters for name, letters in used.items() if letters} == {}


def test_every_phase_is_named(words: str) -> None:
    (row,) = re.findall(r"^\| \*\*phase\*\* \| (.*) \|$", words, re.MULTILINE)
    assert [phase for phase in get_args(Phase) if phase not in row] == []


def test_every_name_set_is_named(words: str) -> None:
    (row,) = re.findall(r"^\| \*\*name set\*\* \| (.*) \|$", words, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", row)) == set(NAME_SETS)
