"""Which pictures there is something to see in: what the samples, the network and the loss have to be for each."""

from collections.abc import Callable
from typing import Final

from nnstep.catalog.classes import is_classifier
from nnstep.catalog.datasets import Prepared
from nnstep.engine.training import Training

Suits = Callable[[Training, Prepared], bool]


def image_shape(training: Training, data: Prepared) -> tuple[int, int] | None:
    """Return the rows and columns of the image that a row of inputs is; None where it is none."""
    image, inputs = data.image, training.train.inputs  # (b, ..., i)
    return image if image and inputs.ndim == 2 and image[0] * image[1] == inputs.shape[-1] else None


def _always(_training: Training, _data: Prepared) -> bool:
    return True


def _has_plane(training: Training, _data: Prepared) -> bool:
    """Are there two inputs that can be any number, and is one number or one class answered?"""
    inputs, targets = training.train.inputs, training.train.targets
    if inputs.ndim != 2 or inputs.shape[1] != 2 or targets.ndim != 2:
        return False
    are_numbers = not any(step.op.name == "embed" for step in training.program(1).steps)
    return are_numbers and (targets.shape[1] == 1 or is_classifier(training))


def _has_images(training: Training, data: Prepared) -> bool:
    """Are the inputs images, as planes or as rows of pixels?"""
    return training.train.inputs.ndim == 4 or image_shape(training, data) is not None


def _attends(training: Training, _data: Prepared) -> bool:
    return any(step.op.name == "scores" for step in training.program(1).steps)


def _names_classes(training: Training, _data: Prepared) -> bool:
    """Does it choose one class for each sample?"""
    return is_classifier(training) and training.train.targets.ndim == 2


def _is_trained(training: Training, _data: Prepared) -> bool:
    return any(variable.trainable for variable in training.program(1).parameters)


PICTURES: Final[dict[str, Suits]] = {
    "network": _always,
    "curves": _always,
    "curves, log scale": _always,
    "decision surface": _has_plane,
    "images": _has_images,
    "attention": _attends,
    "answers": _names_classes,
    "gradient sizes": _is_trained,
    "distributions": _always,
}
"""The pictures of the screen by their names, in the order in which `v` comes to them, with what each needs."""


def suiting(training: Training, data: Prepared) -> tuple[str, ...]:
    """Return the names of the pictures that suit a scenario, in their order."""
    return tuple(name for name, suits in PICTURES.items() if suits(training, data))
