"""The page on scenario files: all of the catalog stands on it, and what it shows can be opened."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from nnstep.catalog.datasets import SCALES, SOURCES
from nnstep.catalog.initializers import INITIALIZERS
from nnstep.catalog.layers import LAYERS
from nnstep.catalog.layers.activation import Function
from nnstep.catalog.losses import LOSSES
from nnstep.catalog.names import NAME_SETS
from nnstep.catalog.optimizers import OPTIMIZERS
from nnstep.catalog.schedules import SCHEDULES
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import load
from nnstep.scenario.model import Scenario

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8").partition("\n## Your own\n")[2]
EXAMPLES: Final = [
    block
    for text in (PAGE, (ROOT / "README.md").read_text(encoding="utf-8"))
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    if block.startswith("title:")
]
SETTLED: Final[tuple[Mapping[str, Any], ...]] = (SOURCES, INITIALIZERS, OPTIMIZERS, SCHEDULES)
NAMED: Final[tuple[Iterable[str], ...]] = (LAYERS, LOSSES, SCALES, NAME_SETS, *SETTLED)


def words() -> set[str]:
    """Return every name that a file may hold, as the catalog and the structs have it."""
    names = {name for table in NAMED for name in table}
    settings = {key for table in SETTLED for entry in table.values() for key in entry.settings}
    keys = {key for layer in LAYERS.values() for key in layer.__struct_encode_fields__}
    return names | settings | keys | set(get_args(Function)) | set(Scenario.__struct_encode_fields__)


@pytest.mark.parametrize("word", sorted(words()))
def test_what_a_file_may_say_stands_on_the_page(word: str) -> None:
    assert re.search(rf"`(?:[^`]*\W)?{word}\b[^`]*`", PAGE)


@pytest.mark.parametrize("setting", sorted({(k, s, d) for k, o in OPTIMIZERS.items() for s, d in o.settings.items()}))
def test_an_optimizers_settings_are_what_the_page_says(setting: tuple[str, str, float]) -> None:
    name, key, number = setting
    row = next(line for line in PAGE.splitlines() if line.startswith("|") and f"`{name}`" in line.split("|")[1])
    written = re.search(rf"`{key}: ([^`]+)`", row)
    assert float(written[1]) == number if written else key == "weight_decay"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.partition("\n")[0])
def test_what_is_shown_can_be_opened(example: str, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(example, encoding="utf-8")
    assert compile_scenario(load(tmp_path / "my.yaml")).training.program(1).steps


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5
