"""Whole scenarios at random: any layers in any order, any loss, any optimizer; most of them fit together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, get_args

import numpy as np
from hypothesis import strategies as st

from nnstep.catalog.layers import LAYERS
from nnstep.catalog.layers.activation import Function
from nnstep.catalog.losses import LOSSES
from nnstep.catalog.optimizers import OPTIMIZERS
from tests.helpers.trainings import Tree

Draw = st.DrawFn
Shape = tuple[int, ...]  # of one sample
FUNCTIONS = get_args(Function)
MOST_LAYERS = 6


@dataclass(frozen=True)
class Kind:
    """A kind of layer.

    suits: can it take samples of this shape? make: draws its settings; for a shape that does not suit, too.
    becomes: the shape of a sample that it hands on, called with its entry and a shape that suits.
    """

    suits: Callable[[Shape], bool]
    make: Callable[[Draw, Shape], Tree]
    becomes: Callable[[Tree, Shape], Shape]


def _any(shape: Shape) -> bool:
    return True


def _sequence(shape: Shape) -> bool:
    return len(shape) == 2


def _image(shape: Shape) -> bool:
    return len(shape) == 3


def _same(entry: Tree, shape: Shape) -> Shape:
    return shape


def _dense(draw: Draw, shape: Shape) -> Tree:
    own = {"units": draw(st.integers(1, 4)), "bias": draw(st.booleans())}
    if draw(st.booleans()):
        own["activation"] = draw(st.sampled_from(_functions(own["units"])))
    if draw(st.integers(0, 9)) == 0:
        own["trainable"] = {"weights": False}
    return own


def _activation(draw: Draw, shape: Shape) -> Tree:
    return {"function": draw(st.sampled_from(_functions(shape[-1])))}


def _functions(units: int) -> list[str]:
    return [name for name in FUNCTIONS if units > 1 or name != "softmax"]  # of a single unit it is refused


def _window(entry: Tree, shape: Shape) -> Shape:
    size = entry.get("kernel_size", entry.get("size"))
    stride, border = entry.get("stride", size), 2 * entry.get("padding", 0)
    return tuple((length + border - size) // stride + 1 for length in shape[-2:])


def _conv(draw: Draw, shape: Shape) -> Tree:
    smallest = min(shape[-2:]) if _image(shape) else 3
    own: Tree = {"filters": draw(st.integers(1, 2)), "kernel_size": draw(st.integers(1, min(3, smallest)))}
    own |= {"stride": draw(st.integers(1, 2)), "padding": draw(st.integers(0, 1)), "bias": draw(st.booleans())}
    return own | ({"activation": draw(st.sampled_from(("tanh", "relu", "gelu")))} if draw(st.booleans()) else {})


def _pool(draw: Draw, shape: Shape) -> Tree:
    smallest = min(shape[-2:]) if _image(shape) else 3
    own = {"size": draw(st.integers(1, min(3, smallest)))}
    return own | ({"stride": draw(st.integers(1, 2))} if draw(st.booleans()) else {})


def _reshape(draw: Draw, shape: Shape) -> Tree:
    cells = prod(shape)
    cuts = [n for n in range(1, cells + 1) if cells % n == 0]
    first = draw(st.sampled_from(cuts))
    second = draw(st.sampled_from([n for n in cuts if cells // first % n == 0]))
    whole = (first, second, cells // first // second)
    return {"shape": list(draw(st.sampled_from(((cells,), (first, cells // first), whole))))}


def _epsilon(draw: Draw, shape: Shape) -> Tree:
    return {"epsilon": draw(st.sampled_from((1e-5, 1e-3, 0.1)))}


def _embedding(draw: Draw, shape: Shape) -> Tree:
    return {"vocabulary": VOCABULARY, "size": draw(st.integers(1, 3))}


def _recurrent(draw: Draw, shape: Shape) -> Tree:
    own = {"units": draw(st.integers(1, 3)), "return": draw(st.sampled_from(("last", "all")))}
    if draw(st.booleans()):
        own |= {"bias": False}
    if draw(st.integers(0, 3)) == 0:
        own |= {"trainable": {"initial_state": True}}
    return own


def _after_recurrent(entry: Tree, shape: Shape) -> Shape:
    return (entry["units"],) if entry["return"] == "last" else (shape[0], entry["units"])


def _attention(draw: Draw, shape: Shape) -> Tree:
    return {"size": draw(st.integers(1, 3)), "causal": draw(st.booleans()), "output_weights": draw(st.booleans())}


def _after_attention(entry: Tree, shape: Shape) -> Shape:
    return shape if entry["output_weights"] else (shape[0], entry["size"])


VOCABULARY = 4
_POOL = Kind(_image, _pool, lambda entry, shape: (shape[0], *_window(entry, shape)))
_RECURRENT = Kind(_sequence, _recurrent, _after_recurrent)
KINDS: Mapping[str, Kind] = {
    "dense": Kind(_any, _dense, lambda entry, shape: (*shape[:-1], entry["units"])),
    "activation": Kind(_any, _activation, _same),
    "conv2d": Kind(_image, _conv, lambda entry, shape: (entry["filters"], *_window(entry, shape))),
    "max_pool2d": _POOL,
    "avg_pool2d": _POOL,
    "flatten": Kind(_any, lambda draw, shape: {}, lambda entry, shape: (prod(shape),)),
    "reshape": Kind(_any, _reshape, lambda entry, shape: tuple(entry["shape"])),
    "dropout": Kind(_any, lambda draw, shape: {"rate": draw(st.sampled_from((0.0, 0.3, 0.5)))}, _same),
    "layer_norm": Kind(_any, _epsilon, _same),
    "batch_norm": Kind(lambda shape: len(shape) in (1, 3), _epsilon, _same),
    "embedding": Kind(lambda shape: False, _embedding, _same),  # only as the first layer, on whole numbers
    "rnn": _RECURRENT,
    "lstm": _RECURRENT,
    "attention": Kind(_sequence, _attention, _after_attention),
}
assert KINDS.keys() == LAYERS.keys(), "a new layer needs a row here"
# Layers that learn come more often: theirs are the gradients.
_LEARNING = ("dense", "dense", "conv2d", "conv2d", "batch_norm", "rnn", "lstm", "attention")
OFTEN = (*KINDS, *_LEARNING)


@st.composite
def scenarios(draw: Draw) -> Tree:
    """Draw a scenario as a file would say it. In a few of them a layer does not suit what comes in."""
    shape = draw(
        st.one_of(
            st.tuples(st.integers(1, 4)),
            st.tuples(st.integers(1, 3), st.integers(1, 3)),
            st.tuples(st.integers(1, 2), st.integers(1, 5), st.integers(1, 5)),
        )
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    optimizer = draw(st.sampled_from(sorted(OPTIMIZERS)))
    samples = draw(st.sampled_from((3, 2, 4, 5, 1)))
    batch = samples if OPTIMIZERS[optimizer].full_batch else draw(st.sampled_from((samples, -(-samples // 2))))
    network: list[Tree] = []
    inputs = rng.normal(size=(samples, *shape)).round(3)  # (b, ...)
    if len(shape) < 3 and draw(st.integers(0, 3)) == 0:
        entry = {"layer": "embedding", **_embedding(draw, shape)}
        inputs = rng.integers(0, VOCABULARY, size=(samples, *shape))  # (b, ...)
        network.append(entry)
        shape = (*shape, entry["size"])
    wild = draw(st.integers(1, 60))  # the layer of this number, where there are so many, need not suit
    for number in range(draw(st.integers(0 if network else 1, MOST_LAYERS - 1))):
        apt = [
            name
            for name in OFTEN
            if KINDS[name].suits(shape) and (name != "batch_norm" or samples % batch != 1 < batch)
        ]
        name = draw(st.sampled_from(OFTEN if number == wild else apt))
        entry = {"layer": name, **KINDS[name].make(draw, shape)}
        network.append(entry)
        if KINDS[name].suits(shape):
            shape = KINDS[name].becomes(entry, shape)
    loss = LOSSES[draw(st.sampled_from([name for name in sorted(LOSSES) if shape[-1] > 1 or not LOSSES[name].rows]))]
    if loss.takes in ("probabilities", "distribution"):
        network.append({"layer": "activation", "function": "sigmoid" if loss.takes == "probabilities" else "softmax"})
    if loss.takes == "logits":
        network.append({"layer": "dense", "units": shape[-1]})
    return {
        "title": "drawn",
        "seed": draw(st.integers(0, 9)),
        "data": {"inputs": inputs.tolist(), "targets": _targets(loss.targets, (samples, *shape), rng).tolist()},
        "network": network,
        "loss": {"name": loss.name, **_maybe(draw, "reduction", ("sum", "mean")), **_maybe(draw, "l2", (0.1, 0.01))},
        "optimizer": {"name": optimizer, "learning_rate": 0.01, **_maybe(draw, "weight_decay", (0.0, 0.02))},
        "batch": "full" if batch == samples else batch,
        "shuffle": draw(st.booleans()),
        "epochs": 5,
    }


def _maybe(draw: Draw, key: str, values: tuple[object, ...]) -> dict[str, Any]:
    return {key: draw(st.sampled_from(values))} if draw(st.booleans()) else {}


def _targets(kind: str, shape: Shape, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Return targets (b, ...) that suit a loss."""
    if kind == "any":
        return rng.normal(size=shape).round(3)  # (b, ...)
    if kind == "unit":
        return rng.uniform(size=shape).round(3)  # (b, ...)
    return np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]  # (b, ...)
