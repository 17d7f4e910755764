"""`nnstep list`: the shipped scenarios, one line each."""

import sys
from argparse import Namespace
from pathlib import Path

from rich.cells import set_cell_size

from nnstep.commands.width import line_width
from nnstep.errors import NnstepError
from nnstep.scenario.document import read_document
from nnstep.scenario.limits import SCENARIO_BYTES, SUMMARY
from nnstep.scenario.reading import read_regular
from nnstep.scenario.references import shipped
from nnstep.scenario.text import in_message

_WIDE = 10_000


def run(_: Namespace) -> int:
    """Print the name of each scenario with its title and its summary."""
    found = shipped()
    if not found:
        raise NnstepError("this installation has no scenarios", hint="install nnstep again, or give the path of a file")
    # A line is cut on a screen only: a pipe gets all of it.
    width = line_width() if sys.stdout.isatty() else _WIDE
    longest = max(map(len, found))
    for name, path in found.items():
        print(_cut(f"{name:<{longest}}  {_about(path)}", width))
    return 0


def _about(path: Path) -> str:
    """Return the title and the summary; the file is not checked further, so that a list takes no time."""
    tree = read_document(read_regular(path, SCENARIO_BYTES), str(path)).tree
    said = tree if isinstance(tree, dict) else {}
    parts = (" ".join(str(said.get(key, "")).split()) for key in ("title", "summary"))
    return " · ".join(in_message(part, limit=SUMMARY) for part in parts if part)


def _cut(line: str, width: int) -> str:
    fits = set_cell_size(line, width).rstrip()
    return line if line.rstrip() == fits else set_cell_size(line, width - 1).rstrip() + "…"
