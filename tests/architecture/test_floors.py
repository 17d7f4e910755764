"""Every module stands on a floor and imports only what is below it; and the contracts that say so can fail."""

import configparser
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of the package in `folder`, which goes before an installed one."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()"]
    options = ["--no-logo", "--no-cache"]
    return subprocess.run(command + options, cwd=folder, capture_output=True, text=True, check=False)


def declared(contracts: Path, name: str) -> set[str]:
    """Return the names on all floors of one contract."""
    reader = configparser.ConfigParser()
    reader.read(contracts)
    words = reader[f"importlinter:contract:{name}"]["layers"].replace("|", " ").replace(":", " ").split()
    return {word.strip("()") for word in words}


def test_the_contracts_hold(project_dir: Path) -> None:
    result = lint_imports(project_dir)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("contract", "package"), [("floors", "nnstep"), ("engine", "nnstep.engine"), ("screen", "nnstep.tui")]
)
def test_every_module_is_on_a_floor(
    project_dir: Path, modules: Mapping[str, Path], contract: str, package: str
) -> None:
    # Read from the folders: the linter sees only what can be imported.
    depth = package.count(".") + 1
    children = {name.split(".")[depth] for name in modules if name.startswith(f"{package}.")}
    assert children - declared(project_dir / ".importlinter", contract) == set()


def test_every_folder_of_modules_is_a_package(package_dir: Path) -> None:
    # The linter does not look into a folder without __init__.py, so the contracts would not hold there.
    folders = {path.parent for path in package_dir.rglob("*.py")}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


FLOORS = "Each floor imports only what is below it"
ENGINE = "Inside the engine"
SCREEN = "Inside the screen"
TEXTUAL = "Only the screen knows Textual"
RICH = "Only the screen and the command line know Rich"
SKLEARN = "Nothing imports scikit-learn"
SIBLINGS = "lecture and export do not see each other"

# Each plants one fault: what is written at the end of which files, and the contract that this breaks.
FAULTS = {
    "upward": (FLOORS, {"engine/rule.py": "import nnstep.catalog"}),
    "upward inside a function": (FLOORS, {"explain/__init__.py": "def later():\n    import nnstep.tui"}),
    "on no floor": (FLOORS, {"loose.py": ""}),
    "on no floor of the engine": (ENGINE, {"engine/loose.py": ""}),
    "upward in the engine": (ENGINE, {"engine/op.py": "import nnstep.engine.program", "engine/program.py": ""}),
    "upward in the screen": (SCREEN, {"tui/renderables/planted.py": "import nnstep.tui.widgets"}),
    "Textual below the screen": (TEXTUAL, {"catalog/layers/planted.py": "from textual.strip import Strip"}),
    "Rich below the screen": (RICH, {"session.py": "import rich.text"}),
    "scikit-learn": (SKLEARN, {"catalog/planted.py": "def digits():\n    import sklearn.datasets"}),
    "siblings": (SIBLINGS, {"lecture/__init__.py": "import nnstep.export", "export/__init__.py": ""}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_breaks_its_contract(project_dir: Path, package_dir: Path, tmp_path: Path, fault: str) -> None:
    contract, planted = FAULTS[fault]
    shutil.copytree(package_dir, tmp_path / "nnstep", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(project_dir / ".importlinter", tmp_path)
    for file, text in planted.items():
        path = tmp_path / "nnstep" / file
        path.parent.mkdir(exist_ok=True)
        with path.open("a", encoding="utf-8") as opened:
            opened.write(f"\n{text}\n")

    result = lint_imports(tmp_path)

    assert result.returncode == 1, result.stdout + result.stderr
    broken = [line for line in result.stdout.splitlines() if " BROKEN" in line]
    assert [line for line in broken if line.startswith(contract)] != []
