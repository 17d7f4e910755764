"""Operations: one entry each; a module dropped in here is found."""

from typing import cast

from nnstep.catalog.registry import by_name, listed
from nnstep.engine.op import Op

OPS: dict[str, Op] = by_name(cast(list[tuple[str, Op]], listed(__name__, __path__, "ENTRIES")))
