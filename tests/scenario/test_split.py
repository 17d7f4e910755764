"""Setting samples aside: in every form of data, and what patience then watches."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import load
from tests.helpers.trainings import compiled, dense

ROWS = [[float(row), row / 2] for row in range(20)]


def inline(split: dict[str, Any] | None, **changes: Any) -> Compiled:
    data = {"inputs": ROWS, "targets": [[row[0]] for row in ROWS], **({"split": split} if split else {})}
    network, optimizer = [dense(1)], {"name": "sgd", "learning_rate": 0.001}
    return compiled({"title": "T", "data": data, "network": network, "loss": "mse", "optimizer": optimizer, **changes})


def table(folder: Path, split: str) -> Compiled:
    rows = "\n".join(f"{a:g},{b:g},{a:g}" for a, b in ROWS)
    (folder / "rows.csv").write_text(f"a,b,y\n{rows}\n", encoding="utf-8")
    (folder / "table.yaml").write_text(
        f"title: T\ndata: {{file: rows.csv, targets: [y], split: {split}}}\n"
        "network: [{layer: dense, units: 1}]\nloss: mse\noptimizer: {name: sgd, learning_rate: 0.001}\n",
        encoding="utf-8",
    )
    return compile_scenario(load(folder / "table.yaml"))


def test_written_out_samples_and_tables_are_split_alike(tmp_path: Path) -> None:
    training = inline({"test": 0.2, "validation": 3, "seed": 5}).training
    read = table(tmp_path, "{test: 0.2, validation: 3, seed: 5}").training
    rest, test = train_test_split(np.array(ROWS), test_size=0.2, random_state=5)
    expected = (rest[3:], rest[:3], test)
    for made in (training, read):
        parts = (made.train, made.validation, made.test)
        assert [part.inputs.tolist() for part in parts] == [rows.tolist() for rows in expected]
        assert all(part.inputs[:, :1].tolist() == part.targets.tolist() for part in parts)


def test_without_a_split_all_are_trained_on_as_they_stand() -> None:
    training = inline(None).training
    assert training.train.inputs.tolist() == ROWS
    assert (len(training.validation), len(training.test)) == (0, 0)


@pytest.mark.parametrize(
    ("split", "name"),
    [
        ({"test": 4}, "test"),
        ({"validation": 4}, "validation"),
        ({"test": 4, "validation": 2}, "validation"),
    ],
)
def test_patience_watches_the_validation_part_before_the_test(split: dict[str, Any], name: str) -> None:
    training = inline(split, stop={"patience": 3}).training
    assert training.watched_name == name
    assert training.watched is getattr(training, name)
    assert len(training.watched) == split[name]
