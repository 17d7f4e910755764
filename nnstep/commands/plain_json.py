"""Values as JSON: full precision, and a text for what JSON has no number for."""

import json
import math
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from nnstep.engine.cell import Array


def numbers(value: Array | float) -> Any:
    """Return the numbers of an array as nested lists (a float where it has no axes); inf, -inf and nan as texts."""
    array = np.asarray(value, dtype=np.float64)
    plain = array.tolist()
    return plain if np.isfinite(array).all() else _spelled(plain)


def all_numbers(values: Mapping[str, Array]) -> dict[str, Any]:
    """Return the numbers of each value by its id."""
    return {identity: numbers(value) for identity, value in values.items()}


def line(record: Mapping[str, Any]) -> str:
    """Return one object on one line; names keep their letters where the output has them."""
    encoding = (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "")
    return json.dumps(record, ensure_ascii=encoding != "utf8", allow_nan=False)


def _spelled(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_spelled(part) for part in plain]
    if math.isfinite(plain):
        return plain
    return "nan" if math.isnan(plain) else "inf" if plain > 0 else "-inf"
