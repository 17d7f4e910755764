"""Layers: one file each; a file dropped in here is found."""

from typing import cast

from nnstep.catalog.layers.base import Layer
from nnstep.catalog.registry import listed

LAYERS: dict[str, type[Layer]] = {
    str(layer.__struct_config__.tag): layer
    for layer in cast(list[type[Layer]], [entry for _, entry in listed(__name__, __path__, "ENTRIES")])
}
