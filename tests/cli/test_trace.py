"""The trace is a contract with other programs: its keys, its ids, its precision."""

import json
import math
from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest

from nnstep.commands.opening import open_scenario
from nnstep.commands.plain_json import numbers
from nnstep.commands.trace import trace
from nnstep.session import Session

from .conftest import Run

STEP = ["kind", "iteration", "epoch", "step", "phase", "layer", "op", "id", "name", "inputs", "sign", "shape", "value"]


def test_the_lines_come_in_order_and_have_their_keys(run: Run, xor: str) -> None:
    records = run("trace", xor, "--iterations", "2").records
    kinds = [record["kind"] for record in records]
    steps = kinds.count("step") // 2
    assert steps > 10
    assert kinds == ["scenario", *(["step"] * steps + ["iteration"]) * 2]
    assert all(list(record) == STEP for record in records if record["kind"] == "step")
    assert [r["step"] for r in records if r["kind"] == "step"] == [*range(1, steps + 1)] * 2
    ends = [record for record in records if record["kind"] == "iteration"]
    assert all(list(end) == ["kind", "iteration", "epoch", "loss", "parameters"] for end in ends)
    assert [(end["iteration"], end["epoch"]) for end in ends] == [(1, 1), (2, 2)]


def test_one_iteration_unless_told(run: Run, xor: str) -> None:
    assert [r["iteration"] for r in run("trace", xor).records if r["kind"] == "iteration"] == [1]


def test_the_scenario_line_says_what_is_run(run: Run, xor: str) -> None:
    first = run("trace", xor).records[0]
    assert (first["title"], first["names"], first["samples"], first["epochs"]) == ("XOR", "math", 4, 30)
    assert first["loss"] == {"name": "half_sse", "reduction": "sum", "l2": 0.0}
    assert first["optimizer"] == {"name": "gd", "learning_rate": 0.5}
    assert first["parameters"] == {
        "layer1.weights": [[0.5, -0.4], [0.9, 1.0]],
        "layer1.bias": [0.1, -0.2],
        "layer2.weights": [[-1.2], [1.1]],
        "layer2.bias": [0.3],
    }
    known = {value["id"]: value["shape"] for value in first["values"]}
    assert known["inputs"] == [4, 2]
    assert known["layer1.bias"] == [2]
    assert known["loss"] == []


def test_a_step_by_hand(run: Run, xor: str) -> None:
    steps = {r["id"]: r for r in run("trace", xor).records if r["kind"] == "step"}
    z = steps["layer1.pre_activation"]
    assert (z["phase"], z["layer"], z["op"], z["sign"], z["shape"]) == ("forward", "layer1", "add_bias", 1, [4, 2])
    assert z["inputs"] == ["layer1.weighted", "layer1.bias"]
    assert np.allclose(z["value"], [[0.1, -0.2], [1.0, 0.8], [0.6, -0.6], [1.5, 0.4]], rtol=0, atol=1e-15)
    a = np.array(steps["layer1.output"]["value"])
    assert np.allclose(a, 1 / (1 + np.exp(-np.array(z["value"]))), rtol=0, atol=1e-15)
    y = np.array(steps["layer2.output"]["value"])
    assert steps["loss"]["value"] == pytest.approx(0.5 * ((y - [[0], [1], [1], [0]]) ** 2).sum(), abs=1e-15)


def test_every_number_is_the_engines_to_the_last_bit(run: Run, batches: str) -> None:
    session = Session(open_scenario(batches))
    for record in run("trace", batches, "--iterations", "4").records[1:]:
        if record["kind"] == "step":
            ours = session.history.values(record["iteration"])[record["id"]]
            assert np.array(record["value"]).tobytes() == np.asarray(ours).tobytes()
            assert record["shape"] == list(ours.shape)
        else:
            for identity, value in record["parameters"].items():
                assert np.array(value).tobytes() == session.history.parameters(record["iteration"])[identity].tobytes()


def test_the_loss_is_before_the_update_and_the_parameters_are_after_it(run: Run, xor: str) -> None:
    records = run("trace", xor, "--iterations", "2").records
    first = [r for r in records if r.get("iteration") == 1]
    new = {r["id"].removesuffix(".next"): r["value"] for r in first if r["kind"] == "step" and r["phase"] == "update"}
    assert first[-1]["parameters"] == {identity: new[identity] for identity in first[-1]["parameters"]}
    assert first[-1]["loss"] == next(r["value"] for r in first if r.get("id") == "loss")


def test_iterations_and_epochs_are_counted_apart(run: Run, batches: str) -> None:
    ends = [r for r in run("trace", batches, "--iterations", "4").records if r["kind"] == "iteration"]
    assert [(r["iteration"], r["epoch"]) for r in ends] == [(1, 1), (2, 1), (3, 1), (4, 2)]


def test_ids_filter_the_steps_and_nothing_else(run: Run, xor: str) -> None:
    records = run("trace", xor, "--ids", "layer1.weights.grad,loss", "--iterations", "2").records
    assert [(r["kind"], r.get("id")) for r in records] == [
        ("scenario", None),
        *[("step", "loss"), ("step", "layer1.weights.grad"), ("iteration", None)] * 2,
    ]


def test_a_measure_is_written_only_when_it_is_asked_for(run: Run, xor: str) -> None:
    every = run("trace", xor, "--names", "classic").records
    assert "loss" not in [r.get("id") for r in every]
    asked = run("trace", xor, "--names", "classic", "--ids", "loss").records
    assert [(r["id"], r["step"]) for r in asked if r["kind"] == "step"] == [("loss", None)]
    assert asked[1]["value"] == every[-1]["loss"]


def test_sign_times_value_is_the_gradient_under_every_name_set(run: Run, xor: str) -> None:
    found = []
    for names in ("math", "classic", "layerwise", "framework"):
        records = run("trace", xor, "--names", names).records
        found.append({r["id"]: np.array(r["value"]) * r["sign"] for r in records if r.get("phase") == "gradients"})
        assert records[0]["names"] == names
    assert len(found[0]) == 4
    for other in found[1:]:
        assert {identity: value.tolist() for identity, value in other.items()} == {
            identity: value.tolist() for identity, value in found[0].items()
        }
    signs = {r["sign"] for r in run("trace", xor, "--names", "classic").records if r.get("phase") == "gradients"}
    assert signs == {-1}


def test_what_is_not_finite_is_a_text(run: Run, diverges: str) -> None:
    ran = run("trace", diverges, "--iterations", "60")
    assert ran.code == 0

    def refuse(constant: str) -> float:
        raise AssertionError(f"{constant} is not JSON")

    records = [json.loads(line, parse_constant=refuse) for line in ran.out.splitlines()]
    losses = [r["loss"] for r in records if r["kind"] == "iteration"]
    assert "inf" in losses
    assert losses[-1] == "nan"
    assert math.isnan(float(losses[-1]))


def test_numbers_spells_out_what_json_has_no_number_for() -> None:
    assert numbers(np.array([[1.5, math.inf], [-math.inf, math.nan]])) == [[1.5, "inf"], ["-inf", "nan"]]
    assert numbers(math.nan) == "nan"
    assert repr(numbers(np.array(0.1 + 0.2))) == "0.30000000000000004"


def test_lines_come_as_they_are_known(write: Callable[..., str], xor: str) -> None:
    # Ten million iterations, of which two are looked at: none of the others may be run first.
    lines = trace(open_scenario(xor), 10_000_000)
    assert sum(record["kind"] == "iteration" for record in islice(lines, 60)) == 2


def test_names_keep_their_letters_only_where_the_output_has_them(run: Run, xor: str) -> None:
    assert '"δ2"' in run("trace", xor).out
