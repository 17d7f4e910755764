"""`nnstep list`: the shipped scenarios in their groups, one line each."""

import sys
from argparse import Namespace
from pathlib import Path

from rich.cells import set_cell_size

from nnstep.commands.width import line_width
from nnstep.errors import NnstepError
from nnstep.scenario.document import read_document
from nnstep.scenario.limits import SCENARIO_BYTES, SUMMARY
from nnstep.scenario.reading import read_regular
from nnstep.scenario.references import groups
from nnstep.scenario.text import in_message

_WIDE = 10_000


def run(_: Namespace) -> int:
    """Print the title of each group, and the name of each scenario with what there is to see in it."""
    found = groups()
    if not found:
        raise NnstepError("this installation has no scenarios", hint="install nnstep again, or give the path of a file")
    # A line is cut on a screen only: a pipe gets all of it.
    width = line_width() if sys.stdout.isatty() else _WIDE
    longest = max(len(name) for group in found for name in group.paths)
    for number, group in enumerate(found):
        if group.title:
            print("\n" * bool(number) + _cut(group.title, width))
        indent = "  " if group.title else ""
        for name, path in group.paths.items():
            print(_cut(f"{indent}{name:<{longest}}  {about(path)}", width))
    return 0


def about(path: Path) -> str:
    """Return the summary, or else the title; the file is not checked further, so that a list takes no time."""
    tree = read_document(read_regular(path, SCENARIO_BYTES), str(path)).tree
    said = tree if isinstance(tree, dict) else {}
    return in_message(" ".join(str(said.get("summary") or said.get("title", "")).split()), limit=SUMMARY)


def _cut(line: str, width: int) -> str:
    fits = set_cell_size(line, width).rstrip()
    return line if line.rstrip() == fits else set_cell_size(line, width - 1).rstrip() + "…"
