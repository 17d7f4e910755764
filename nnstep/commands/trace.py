"""`nnstep trace`: every step as JSON lines, which is what other programs read."""

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nnstep.catalog.losses import LOSSES
from nnstep.commands.opening import open_scenario
from nnstep.commands.plain_json import all_numbers, line, numbers
from nnstep.engine.cell import Array
from nnstep.engine.program import Program, Step, Variable
from nnstep.engine.run import carried
from nnstep.engine.training import Training
from nnstep.errors import NnstepError
from nnstep.explain.places import read_value
from nnstep.scenario.compile import Compiled

Record = dict[str, Any]


def run(given: Namespace) -> int:
    """Print the trace, a line as soon as it is known."""
    compiled = open_scenario(given.file, given.names)
    for record in trace(compiled, given.iterations, given.ids):
        print(line(record))
    return 0


def trace(compiled: Compiled, iterations: int, ids: Sequence[str] = ()) -> Iterator[Record]:
    """Yield the scenario, then each iteration's steps and its end, one iteration in memory at a time.

    ids: only the steps that make these; all steps, and no measures, where there are none.
    Raises NnstepError where an id is not one of a step.
    """
    training = compiled.training
    wanted = _wanted(training.program(1), ids)
    yield _scenario(compiled)
    at: Mapping[str, Array] = training.first
    for iteration in range(1, iterations + 1):
        program, epoch = training.program(iteration), training.batches.epoch(iteration)
        values = training.run(iteration, at)
        at = carried(program, values)
        begin = {"iteration": iteration, "epoch": epoch}
        for step in (*program.steps, *program.measures):
            if step.id in wanted:
                yield {"kind": "step", **begin, **_step(step, program, values[step.id])}
        yield {
            "kind": "iteration",
            **begin,
            "loss": numbers(values[program.loss]),
            "parameters": all_numbers({v.id: at[v.id] for v in program.parameters}),
        }


def _wanted(program: Program, ids: Sequence[str]) -> frozenset[str]:
    """Return the ids of the steps to write."""
    if not ids:
        return frozenset(program.order)
    found = {read_value(text, program, where="--ids") for text in ids}
    for identity in found:
        if isinstance(program.values[identity], Variable):
            raise NnstepError(
                f"{identity} is not made by a step",
                where="--ids",
                hint="parameters stand in the scenario's line and in each iteration's; data stand in the scenario",
            )
    return frozenset(found)


def _step(step: Step, program: Program, value: Array) -> Record:
    return {
        "step": program.order.get(step.id),
        "phase": step.phase,
        "layer": step.layer,
        "op": step.op.name,
        "id": step.id,
        "name": step.name,
        "inputs": list(step.reads),
        "sign": step.sign,
        "shape": list(step.shape),
        "value": numbers(value),
    }


def _scenario(compiled: Compiled) -> Record:
    model, training = compiled.scenario.model, compiled.training
    program = training.program(1)
    loss = LOSSES[model.loss.name]
    return {
        "kind": "scenario",
        "title": model.title,
        "summary": model.summary,
        "names": compiled.names.name,
        "seed": model.seed,
        "samples": len(training.train),
        "test_samples": len(training.test),
        "batches_per_epoch": training.batches.per_epoch,
        "epochs": training.epochs,
        "loss": {"name": loss.name, "reduction": model.loss.reduction or loss.reduction, "l2": model.loss.l2},
        "optimizer": {"name": model.optimizer.name, **_optimizer(compiled, training)},
        "prediction": program.prediction,
        "values": [_value(value) for value in program.values.values()],
        "parameters": all_numbers({v.id: training.first[v.id] for v in program.parameters}),
    }


def _optimizer(compiled: Compiled, training: Training) -> Record:
    return {**compiled.scenario.model.optimizer.settings, "learning_rate": training.rate}


def _value(value: Variable | Step) -> Record:
    kind = value.kind if isinstance(value, Variable) else value.phase
    return {"id": value.id, "name": value.name, "kind": kind, "shape": list(value.shape)}
