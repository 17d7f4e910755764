"""A file is small enough to hold one idea."""

from pathlib import Path

WALL = 400
# Entries stand one after the other, each alone: a long table of them is still one idea.
TABLES = "catalog"


def test_no_file_is_longer_than_the_wall(package_dir: Path) -> None:
    paths = [path for path in package_dir.rglob("*") if path.suffix in {".py", ".tcss"}]
    assert len(paths) > 10
    lengths = {
        path.relative_to(package_dir): len(path.read_text(encoding="utf-8").splitlines())
        for path in paths
        if TABLES not in path.relative_to(package_dir).parts
    }
    assert {path: length for path, length in lengths.items() if length > WALL} == {}
