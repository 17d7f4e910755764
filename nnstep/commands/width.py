"""How wide a line may be."""

from shutil import get_terminal_size

_LEAST, _USUAL = 40, 80


def line_width() -> int:
    """Return the width of the terminal in cells: that of COLUMNS if it is set, 80 where there is no terminal."""
    return max(_LEAST, get_terminal_size((_USUAL, 24)).columns)
