"""The package as files: read from the folders, so that nothing hides from these tests by not being imported."""

from collections.abc import Mapping
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def package_dir(project_dir: Path) -> Path:
    """Return the folder of the package."""
    return project_dir / "nnstep"


@pytest.fixture(scope="session")
def modules(package_dir: Path) -> Mapping[str, Path]:
    """Return every module of the package by its dotted name."""
    found = {}
    for path in sorted(package_dir.rglob("*.py")):
        parts = path.relative_to(package_dir.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found
