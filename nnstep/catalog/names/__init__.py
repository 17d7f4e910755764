"""Name sets: one file each; a file dropped in here is found."""

from typing import cast

from nnstep.catalog.names.base import NameSet
from nnstep.catalog.registry import by_name, listed

NAME_SETS: dict[str, NameSet] = by_name(cast(list[tuple[str, NameSet]], listed(__name__, __path__, "ENTRIES")))
