"""Numbers and pictures depend on what is passed in alone: no clock, no hidden randomness, no screen in a renderable."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

# The floors whose results a replay must give again, bit for bit.
REPLAYED = ("nnstep.engine", "nnstep.catalog", "nnstep.scenario", "nnstep.session", "nnstep.explain")
CLOCKS_AND_CHANCE = {"time", "datetime", "random", "secrets", "uuid"}
# Drawn from a seed that is given; all else of numpy.random shares one hidden state.
SEEDED = {"default_rng", "Generator", "SeedSequence", "PCG64", "RandomState"}
# What a picture is made of. A widget, an app or a message has no place in a renderable.
PICTURE = {"textual.strip", "textual.geometry", "textual.color"}


def imported(source: str) -> Iterator[str]:
    """Yield the full name of all that a module imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def drawn(source: str) -> Iterator[str]:
    """Yield what a module uses of numpy.random."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="random"), attr=name):
                yield name


def under(modules: Mapping[str, Path], *floors: str) -> dict[str, str]:
    """Return the sources of the modules on these floors, by their names."""
    return {
        name: path.read_text(encoding="utf-8")
        for name, path in modules.items()
        if any(f"{name}.".startswith(f"{floor}.") for floor in floors)
    }


def test_what_is_replayed_reads_no_clock_and_no_chance(modules: Mapping[str, Path]) -> None:
    found = {
        name: {one for one in imported(source) if one.partition(".")[0] in CLOCKS_AND_CHANCE}
        for name, source in under(modules, *REPLAYED).items()
    }
    assert {name: ones for name, ones in found.items() if ones} == {}


def test_random_numbers_come_from_a_seed(modules: Mapping[str, Path]) -> None:
    found = {name: set(drawn(source)) - SEEDED for name, source in under(modules, "nnstep").items()}
    assert {name: ones for name, ones in found.items() if ones} == {}


def test_a_renderable_knows_pictures_only(modules: Mapping[str, Path]) -> None:
    found = {
        name: {
            one
            for one in imported(source)
            if one.partition(".")[0] in CLOCKS_AND_CHANCE | {"asyncio", "threading", "os", "shutil"}
            or (one.startswith("textual.") and one.rpartition(".")[0] not in PICTURE)
        }
        for name, source in under(modules, "nnstep.tui.renderables").items()
    }
    assert {name: ones for name, ones in found.items() if ones} == {}


def test_a_widget_gets_views_and_never_the_session(modules: Mapping[str, Path]) -> None:
    sources = under(modules, "nnstep.tui.widgets", "nnstep.tui.renderables")
    assert [name for name, source in sources.items() if "nnstep.session.Session" in imported(source)] == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import time", ["time"]),
        ("def now():\n    from time import monotonic", ["time.monotonic"]),
        ("from textual.widget import Widget", ["textual.widget.Widget"]),
    ],
)
def test_imports_are_found(source: str, names: list[str]) -> None:
    assert list(imported(source)) == names


def test_draws_are_found() -> None:
    assert list(drawn("np.random.normal(0, 1); np.random.default_rng(1).normal()")) == ["normal", "default_rng"]
