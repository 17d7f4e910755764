"""The samples of a scenario, in whichever form it gives them, and how they are dealt out to iterations."""

from dataclasses import replace

import numpy as np

from nnstep.catalog.datasets import SOURCES, Dataset, Prepared, count_classes, prepare
from nnstep.catalog.optimizers import OPTIMIZERS
from nnstep.engine.batches import Batches
from nnstep.errors import NnstepError
from nnstep.scenario.limits import CLASSES
from nnstep.scenario.load import LoadedScenario
from nnstep.scenario.model import InlineData, SourceData
from nnstep.scenario.scalars import plain_number
from nnstep.scenario.table import read_csv


def prepare_data(loaded: LoadedScenario) -> Prepared:
    """Return the scenario's samples, ready to train on.

    Raises NnstepError, with the line of the file, where there are none or they can't be prepared as asked.
    """
    data, where = loaded.model.data, loaded.where("data")
    parts = (data.split.test, data.split.seed, data.split.validation) if data.split else None
    places = {key: loaded.where("data", key) for key in ("scale", "one_hot", "split", "take")}
    dataset = _dataset(loaded, where)
    if data.one_hot and dataset.classes > CLASSES:
        what = f"{dataset.classes:,} classes; at most {CLASSES:,} are told apart"
        raise NnstepError(what, where=places["one_hot"], hint="is this a column of classes? leave one_hot out if not")
    found = prepare(
        dataset, scale=data.scale, one_hot=data.one_hot, split=parts, take=data.take, where=where, places=places
    )
    return _shown_as(found, loaded)


def deal_out(loaded: LoadedScenario, samples: int) -> Batches:
    """Return how so many samples are dealt out to iterations.

    Raises NnstepError, with the line, for rows and sizes that there are not, and where an optimizer takes all at once.
    """
    model = loaded.model
    if model.batches:
        for number, rows in enumerate(model.batches):
            for place, row in enumerate(rows):
                if not 0 <= row < samples:
                    what = f"there is no sample {row}: they are numbered 0 to {samples - 1}"
                    raise NnstepError(what, where=loaded.where("batches", number, place), hint="rows count from 0")
        _check_whole(loaded, all(sorted(rows) == list(range(samples)) for rows in model.batches), "batches")
        return Batches(samples, samples, given=model.batches)
    size = samples if model.batch == "full" else int(model.batch)
    if size > samples:
        what = f"a batch of {size} samples is more than the {samples} there are"
        raise NnstepError(what, where=loaded.where("batch"), hint="write batch: full")
    _check_whole(loaded, size == samples, "batch")
    return Batches(samples, size, model.shuffle, model.seed)


def _check_whole(loaded: LoadedScenario, whole: bool, key: str) -> None:
    name = loaded.model.optimizer.name
    if OPTIMIZERS[name].full_batch and not whole:
        raise NnstepError(f"{name} uses all samples at once", where=loaded.where(key), hint="use sgd for batches")


def _dataset(loaded: LoadedScenario, where: str) -> Dataset:
    data = loaded.model.data
    if isinstance(data, SourceData):
        return SOURCES[data.source].load(where=where, **data.settings)
    if isinstance(data, InlineData):
        inputs, targets = np.array(data.inputs, dtype=np.float64), np.array(data.targets, dtype=np.float64)  # (b, ...)
        return Dataset(inputs, targets, count_classes(targets))
    table = read_csv(loaded, data)
    if data.labels and not all(map(plain_number, table.classes)):
        what = "the table calls its classes itself: " + ", ".join(table.classes[:3]) + " ..."
        raise NnstepError(what, where=loaded.where("data", "labels"), hint="leave labels out")
    classes = len(table.classes) or count_classes(table.targets)
    return Dataset(table.inputs, table.targets, classes, labels=table.classes, features=table.features)


def _shown_as(found: Prepared, loaded: LoadedScenario) -> Prepared:
    """Add what the scenario itself says about pictures and labels."""
    data = loaded.model.data
    image = data.image or found.image
    sample, features = found.train.inputs.shape[1:], found.train.inputs.shape[-1]
    if data.image and tuple(data.image) != sample[-2:] and data.image[0] * data.image[1] != features:
        rows, columns = data.image
        raise NnstepError(
            f"an image of {rows}×{columns} has {rows * columns} pixels, and a sample has {features}",
            where=loaded.where("data", "image"),
            hint="rows and columns of one sample, such as [8, 8]",
        )
    classes = found.train.targets.shape[-1]
    if data.labels and len(data.labels) < classes:
        raise NnstepError(
            f"{classes} classes need as many labels, and this is {len(data.labels)}",
            where=loaded.where("data", "labels"),
            hint="give each class a label",
        )
    labels = tuple(str(label) for label in data.labels) or found.labels
    return replace(found, labels=labels, image=image)
