"""Networks that PyTorch ran, as scenarios; `oracles/README.md` says where they come from."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.helpers.trainings import ORACLES, Tree

CASES = sorted((ORACLES / "cases").glob("*.json"))

# For each kind of layer, what PyTorch's parameters are called here.
KEYS: dict[str, dict[str, str]] = {
    "dense": {"W": "weights", "b": "bias"},
    "conv2d": {"W": "kernel", "b": "bias"},
    "layernorm": {"gamma": "scale", "beta": "shift"},
    "batchnorm": {"gamma": "scale", "beta": "shift"},
    "rnn_tanh": {"Wx": "input_weights", "Wh": "recurrent_weights", "b": "bias"},
    "lstm": {"Wx": "input_weights", "Wh": "recurrent_weights", "b": "bias"},
    "attention": {"Wq": "query_weights", "Wk": "key_weights", "Wv": "value_weights", "Wo": "output_weights"},
}


def _pool(layer: Tree, case: Tree) -> Tree:
    return {"layer": f"{layer['type'][:3]}_pool2d", "size": layer["size"], "stride": layer["stride"]}


def _recurrent(layer: Tree, case: Tree) -> Tree:
    given = case["inputs"]
    first = {} if layer["zero_state"] else {"initial_state": given["h0"]}
    cell = {"initial_cell": given["c0"]} if first and layer["type"] == "lstm" else {}
    kind = layer["type"].removesuffix("_tanh")
    return {"layer": kind, "units": layer["hidden"], "return": layer["return"], **first, **cell}


# For each kind of layer, its entry of `network` without its parameters.
_ENTRIES: Mapping[str, Callable[[Tree, Tree], Tree]] = {
    "dense": lambda layer, _: {"layer": "dense", "units": layer["out"], "bias": False},
    "conv2d": lambda layer, _: {
        "layer": "conv2d",
        "filters": layer["out_channels"],
        "kernel_size": layer["kernel"],
        "stride": layer["stride"],
        "padding": layer["padding"],
        "bias": False,
    },
    "maxpool2d": _pool,
    "avgpool2d": _pool,
    "flatten": lambda *_: {"layer": "flatten"},
    "dropout": lambda layer, case: {"layer": "dropout", "rate": layer["p"], "masks": case["masks"][layer["name"]]},
    "layernorm": lambda layer, _: {"layer": "layer_norm", "epsilon": layer["eps"]},
    "batchnorm": lambda layer, _: {"layer": "batch_norm", "epsilon": layer["eps"], "momentum": layer["momentum"]},
    "rnn_tanh": _recurrent,
    "lstm": _recurrent,
    "attention": lambda layer, _: {
        "layer": "attention",
        "size": layer["d"],
        "causal": layer["causal"],
        "output_weights": False,
    },
}


def scenario(case: dict[str, Any]) -> Tree:
    """Return a case as a scenario file would say it."""
    network = []
    for layer in case["layers"]:
        entry = _ENTRIES.get(layer["type"], lambda layer, _: {"layer": "activation", "function": layer["type"]})
        own = {key.rpartition(".")[2]: case["params_before"][theirs] for theirs, key in ids(case, layer).items()}
        network.append({**entry(layer, case), **own})
    return {
        "title": case["name"],
        "data": {"inputs": case["inputs"]["x"], "targets": case["targets"]},
        "network": network,
        "loss": {"name": case["loss"]["type"], **_decay(case, "in_loss_weights_only", "l2")},
        "optimizer": {
            "name": case["optimizer"]["type"],
            "learning_rate": case["lr"],
            **_decay(case, "coupled", "weight_decay"),
        },
        **({"batches": case["batches"]} if "batches" in case else {}),
    }


def _decay(case: dict[str, Any], kind: str, setting: str) -> dict[str, float]:
    """Return what a case takes off large weights under our name for it, where the case does it in that way."""
    decay = case.get("weight_decay", {})
    return {setting: decay["value"]} if decay.get("kind") == kind else {}


def ids(case: dict[str, Any], layer: Tree) -> dict[str, str]:
    """Return the id here of each of a layer's parameters there."""
    place = f"layer{1 + case['layers'].index(layer)}"
    keys = {f"{layer['name']}.{theirs}": f"{place}.{ours}" for theirs, ours in KEYS.get(layer["type"], {}).items()}
    return {theirs: ours for theirs, ours in keys.items() if theirs in case["params_before"]}
