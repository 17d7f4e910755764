"""The floors again, at run time: what a fresh interpreter has loaded after importing every module without a screen."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

LOADED = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""

SCREEN = {"textual"}
HEAVY = {"sklearn", "scipy"}
# Only these may load the screen: itself, and the lectures that show it to others.
WITH_A_SCREEN = ("nnstep.tui", "nnstep.lecture")
# What has to be there before it is known what to load.
ENTRANCE = ("nnstep.cli", "nnstep.__main__")
COMMANDS = ("nnstep.commands",)
STEPPERS = {"nnstep.commands.step"}


def loaded_by(names: Iterable[str]) -> set[str]:
    """Return the top-level packages in a fresh interpreter that imported these modules."""
    command = [sys.executable, "-W", "error", "-c", LOADED, *names]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return set(json.loads(result.stdout))


def under(name: str, floors: tuple[str, ...]) -> bool:
    return any(name == floor or name.startswith(f"{floor}.") for floor in floors)


def test_below_the_screen_neither_textual_nor_rich_nor_scikit_learn_is_loaded(modules: Mapping[str, Path]) -> None:
    headless = [name for name in modules if not under(name, WITH_A_SCREEN + ENTRANCE + COMMANDS)]
    assert {"nnstep.engine", "nnstep.catalog", "nnstep.scenario", "nnstep.session", "nnstep.explain"} <= set(headless)
    assert loaded_by(headless) & (SCREEN | HEAVY | {"rich"}) == set()


def test_the_command_line_loads_only_what_is_asked_for(modules: Mapping[str, Path]) -> None:
    names = [name for name in modules if under(name, ENTRANCE)]
    assert loaded_by(names) & (SCREEN | HEAVY | {"rich", "numpy", "msgspec", "ruamel"}) == set()


def test_only_the_stepper_loads_the_screen(modules: Mapping[str, Path]) -> None:
    names = [name for name in modules if under(name, COMMANDS) and name not in STEPPERS]
    assert loaded_by(names) & (SCREEN | HEAVY) == set()


def test_the_screen_does_not_load_scikit_learn(modules: Mapping[str, Path]) -> None:
    assert loaded_by(name for name in modules if under(name, WITH_A_SCREEN)) & HEAVY == set()


def test_this_test_sees_what_is_loaded() -> None:
    assert {"textual", "rich"} <= loaded_by(["textual.strip"])
