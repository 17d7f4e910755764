"""Every message of what is wrong with a file says what to try."""

from typing import Any

import msgspec
import pytest

from nnstep.errors import MistakesError, NnstepError
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import parse
from nnstep.scenario.model import Scenario
from nnstep.scenario.table import parse_csv

GOOD: dict[str, Any] = {
    "title": "t",
    "data": {"inputs": [[0, 1], [1, 0]], "targets": [[0], [1]]},
    "network": [{"layer": "dense", "units": 1}],
    "loss": "mse",
    "optimizer": "sgd",
}
DENSE = {"layer": "dense", "units": 1}


def layers(*before: dict[str, Any]) -> dict[str, Any]:
    return {"network": [*before, {"layer": "flatten"}, DENSE]}


def inputs(*rows: Any) -> dict[str, Any]:
    return {"data": {"inputs": list(rows), "targets": [[0]] * len(rows)}}


LONG = inputs([[1]] * 2000)
IMAGE = inputs([[[0, 1], [1, 0]]])
TIMES = inputs([[1], [2]], [[3], [4]])

WRONG = {
    "a word": {"data": {"inputs": [["yes", True]], "targets": [[0]]}},
    "a truth": {"data": {"inputs": [[True]], "targets": [[0]]}},
    "a mapping": {"data": {"inputs": [[{"a": 1}]], "targets": [[0]]}},
    "data": {"data": 1},
    "batch_norm alone": {"batch": 1, **layers({"layer": "batch_norm"})},
    "batch_norm in time": {**TIMES, **layers({"layer": "batch_norm"})},
    "momentum": layers({"layer": "batch_norm", "momentum": 2}),
    "rate 1": layers({"layer": "dropout", "rate": 1}),
    "rate -1": layers({"layer": "dropout", "rate": -1}),
    "long lstm": {**LONG, **layers({"layer": "lstm", "units": 1})},
    "long attention": {**LONG, **layers({"layer": "attention", "size": 1})},
    "rnn on rows": layers({"layer": "rnn", "units": 1}),
    "attention on rows": layers({"layer": "attention", "size": 1}),
    "conv2d on rows": layers({"layer": "conv2d", "filters": 1, "kernel_size": 2}),
    "padding": {**IMAGE, **layers({"layer": "conv2d", "filters": 1, "kernel_size": 2, "padding": 1000})},
    "stride": {**IMAGE, **layers({"layer": "conv2d", "filters": 1, "kernel_size": 2, "stride": 0})},
    "a layer of no kind": {"network": [{"layer": None, "units": 1}]},
    "a layer called 3": {"network": [{"layer": 3, "units": 1}]},
    "bias in words": {"network": [{**DENSE, "bias": "x"}]},
    "no note": {"notes": {"start": None}},
    "endless epochs": {"epochs": 2.5e20},
    "no units": {"network": [{"layer": "dense", "units": 0}]},
    "units in words": {"network": [{"layer": "dense", "units": "two"}]},
    "units in a list": {"network": [{"layer": "dense", "units": [2]}]},
    "many units": {"network": [{"layer": "dense", "units": 10**9}]},
    "embedding later": layers(DENSE, {"layer": "embedding", "vocabulary": 2, "size": 2}),
    "no row of the table": {**inputs([5]), **layers({"layer": "embedding", "vocabulary": 2, "size": 2})},
    "no sample": {"batches": [[0, 7]]},
    "states that learn": {
        **TIMES,
        **layers({"layer": "rnn", "units": 1, "initial_state": [[1], [2]], "trainable": {"initial_state": True}}),
    },
}
# Whatever stands under a key in place of what is due there.
for _key in (field.encode_name for field in msgspec.structs.fields(Scenario)):
    for _name, _value in (("number", -7.5), ("word", "§"), ("list", [{"§": 1}]), ("mapping", {"§": 1}), ("none", None)):
        WRONG[f"{_key}: {_name}"] = {_key: _value}
# A title may be any text; no mistake is none.
TAKEN = {"title: word", "summary: word", "mistake: none"}


@pytest.mark.parametrize("table", ["x,y\nred,1\n", f"{','.join(f'x{n}' for n in range(5000))},y\n"])
def test_what_is_wrong_with_a_table_comes_with_what_to_try(table: str) -> None:
    with pytest.raises(NnstepError) as caught:
        parse_csv(table.encode(), "t.csv", ["y"], ["f.yaml:1:1"])
    assert caught.value.hint


@pytest.mark.parametrize("wrong", [name for name in WRONG if name not in TAKEN])
def test_what_is_wrong_comes_with_what_to_try(wrong: str) -> None:
    with pytest.raises(NnstepError) as caught:
        compile_scenario(parse(msgspec.json.encode({**GOOD, **WRONG[wrong]}), "f.yaml"))
    error = caught.value
    for one in error.found if isinstance(error, MistakesError) else (error,):
        assert one.hint, one


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        ({"epochs": 2.5e20}, "a whole number has 15 digits at the most"),
        ({"epochs": 2.0}, "write 2"),
        ({"network": [{"layer": 3, "units": 1}]}, "write one of these words"),
    ],
)
def test_a_hint_that_is_followed_is_not_refused_again(changed: dict[str, Any], hint: str) -> None:
    with pytest.raises(NnstepError) as raised:
        compile_scenario(parse(msgspec.json.encode({**GOOD, **changed}), "test.json"))
    assert raised.value.hint == hint
