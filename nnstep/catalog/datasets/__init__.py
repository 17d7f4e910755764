"""The data sets that go by a name, and how data are prepared for training.

To add one, write its Source into the ENTRIES of a module here.
"""

from nnstep.catalog.datasets.dataset import Array, Dataset, Prepared, Samples, count_classes, read_only
from nnstep.catalog.datasets.files import ENTRIES as FILES
from nnstep.catalog.datasets.points import ENTRIES as POINTS
from nnstep.catalog.datasets.preparation import one_hot, prepare, split, take
from nnstep.catalog.datasets.scaling import SCALES, minmax, standard
from nnstep.catalog.datasets.settings import Setting, settle
from nnstep.catalog.datasets.source import Source
from nnstep.catalog.registry import by_name

SOURCES: dict[str, Source] = by_name(
    [*(("datasets/files.py", entry) for entry in FILES), *(("datasets/points.py", entry) for entry in POINTS)]
)

__all__ = [
    "SCALES",
    "SOURCES",
    "Array",
    "Dataset",
    "Prepared",
    "Samples",
    "Setting",
    "Source",
    "count_classes",
    "minmax",
    "one_hot",
    "prepare",
    "read_only",
    "settle",
    "split",
    "standard",
    "take",
]
