"""`nnstep train`: a whole training at full speed, and what it came to."""

from argparse import Namespace
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

from nnstep.catalog.schedules import CONSTANT
from nnstep.commands.confusion import draw_confusion
from nnstep.commands.curve import draw_curve
from nnstep.commands.endings import DONE, FOUND, INTERRUPTED, tell
from nnstep.commands.figures import count, duration, percent
from nnstep.commands.loop import Point, Trained, train
from nnstep.commands.opening import open_scenario
from nnstep.commands.plain_json import all_numbers, line, numbers
from nnstep.commands.progress import progress
from nnstep.commands.width import line_width
from nnstep.explain.ending import ending_text
from nnstep.explain.figures import exact, short
from nnstep.explain.health import begins_too_large
from nnstep.explain.metrics import Metrics, class_names, is_averaged, measure
from nnstep.explain.summary import loss_text, network_text
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled

PARTS = ("train", "validation", "test")
SINGLE, DOUBLE = "float32", "float64"

_CURVE_WIDTH = 72
_COLUMN = 15  # cells that the names of the facts take at least
_MOST_CLASSES = 100  # of a confusion matrix in JSON


@dataclass(frozen=True)
class Outcome:
    """A training that is over.

    seconds: how long it took, the progress bar included. metrics: how well each part is answered with the parameters
    that it ended with, by the name of the part; a part that has no samples is not there. kind: of the numbers it
    calculated with.
    """

    compiled: Compiled
    trained: Trained
    seconds: float
    metrics: Mapping[str, Metrics]
    kind: str = DOUBLE

    @property
    def is_back(self) -> bool:
        """Are the parameters those of the best epoch, and not of the last?"""
        return self.trained.ending == "patience"

    @property
    def losses(self) -> Mapping[str, float]:
        """The loss of each part; in training that of the last epoch, each batch before its update, unless back."""
        measured = {part: metrics.loss for part, metrics in self.metrics.items()}
        return measured if self.is_back else {**measured, "train": self.trained.train}


def run(given: Namespace) -> int:
    """Train, print the result, and say where numbers broke if they did."""
    compiled = open_scenario(given.file, given.names)
    outcome = _train(compiled, given.epochs or compiled.training.epochs, SINGLE if given.float32 else DOUBLE)
    if given.json:
        print(line(_record(outcome)))
    else:
        print("\n".join(report(outcome, line_width())), flush=True)
    return _verdict(outcome)


def _train(compiled: Compiled, epochs: int, kind: str) -> Outcome:
    training = compiled.training
    with progress(compiled.scenario.model.title, epochs) as advance:
        start = perf_counter()
        trained = train(training, epochs=epochs, mean=is_averaged(compiled), watch=advance, kind=kind)
        seconds = perf_counter() - start
    measured = {
        name: metrics
        for name, samples in zip(PARTS, training.parts, strict=True)
        if (metrics := measure(compiled, trained.carried, samples)) is not None
    }
    return Outcome(compiled, trained, seconds, measured, kind)


def report(outcome: Outcome, width: int) -> list[str]:
    """Return the result as lines of text: what was trained, the curve, losses, accuracy, time, and the confusion."""
    trained, compiled = outcome.trained, outcome.compiled
    facts = {
        **{f"{part} loss": f"{short(loss)}   {_when(outcome, part)}" for part, loss in outcome.losses.items()},
        **{f"{part} accuracy": _said(metrics) for part, metrics in outcome.metrics.items()},
        "epochs": f"{trained.epoch}   {_why(outcome)}".rstrip(),
        "time": f"{duration(outcome.seconds)}   {short(1000 * outcome.seconds / max(1, trained.epoch))} ms an epoch",
        "precision": "" if outcome.kind == DOUBLE else "single: near the numbers of stepping, not the same",
    }
    column = max(_COLUMN, *(len(name) + 1 for name, fact in facts.items() if fact))
    last = list(outcome.metrics)[-1]
    confusion = draw_confusion(outcome.metrics[last], f"{last} samples", class_names(compiled), width)
    curve = _curve(trained.points, min(width, _CURVE_WIDTH))
    return [
        compiled.scenario.model.title,
        _about(compiled),
        *["", *curve] * bool(curve),
        "",
        *(f"{name:<{column}}{fact}" for name, fact in facts.items() if fact),
        *["", *confusion] * bool(confusion),
    ]


def _when(outcome: Outcome, part: str) -> str:
    """Return what the parameters are that a part's loss is of."""
    if outcome.is_back:
        return f"after epoch {outcome.trained.best_epoch}"
    return "before the last update" if part == "train" else "after it"


def _about(compiled: Compiled) -> str:
    training, optimizer = compiled.training, compiled.scenario.model.optimizer.name
    aside = zip(training.parts[1:], ("to validate on", "to test on"), strict=True)
    samples = [count(len(training.train), "sample"), *(f"{len(part)} {use}" for part, use in aside if len(part))]
    how = f"{optimizer} at {exact(training.rate)}"
    schedule = compiled.scenario.model.optimizer.schedule.name
    how += f", {schedule.replace('_', ' ')}" if schedule != CONSTANT else ""
    batches = [count(training.batches.per_epoch, "batch") + " an epoch"] * (training.batches.per_epoch > 1)
    parts = [network_text(training.program(1)), ", ".join(samples), loss_text(compiled), how, *batches]
    return " · ".join(parts)


def _curve(points: Sequence[Point], width: int) -> list[str]:
    """Return the curve of the train loss, and that of the validation or, where there is none, the test."""
    if len(points) < 2:
        return []
    part = "test" if points[-1].validation is None else "validation"
    losses = ((point.epoch, getattr(point, part)) for point in points)
    held_out = [(epoch, loss) for epoch, loss in losses if loss is not None]
    return draw_curve([(point.epoch, point.train) for point in points], held_out, width, name=part)


def _said(metrics: Metrics) -> str:
    if metrics.accuracy is None:
        return ""
    return f"{percent(metrics.accuracy)}   {metrics.right} of {metrics.all} are right"


def _why(outcome: Outcome) -> str:
    trained, training = outcome.trained, outcome.compiled.training
    match trained.ending:
        case "interrupted":
            return "interrupted"
        case "epochs":
            least = f"the {training.watched_name} loss was least in epoch {trained.best_epoch}"
            return least if trained.best_epoch else ""
        case reason:
            return ending_text(training, reason, trained.best_epoch)


def _verdict(outcome: Outcome) -> int:
    """Return the exit code, and tell the person where numbers broke."""
    trained = outcome.trained
    if trained.ending == "interrupted":
        tell(f"interrupted in epoch {max(1, trained.epoch)}: this is what it came to so far")
        return INTERRUPTED
    if trained.ending == "not_finite":
        tell(_broken(outcome))
        return FOUND
    return DONE


def _broken(outcome: Outcome) -> str:
    training, broke = outcome.compiled.training, outcome.trained.broke
    smaller = f"\n  try a learning rate smaller than {exact(training.rate)}, or smaller weights to begin with"
    if broke is None:
        what = f"the numbers are too large for single precision in epoch {outcome.trained.epoch}"
        return f"{what}\n  leave --float32 out, or try a learning rate smaller than {exact(training.rate)}"
    value = training.program(broke.iteration).values[broke.cell.name]
    # What breaks before the first update has nothing to do with how far an update goes.
    at_once = begins_too_large(training.program(broke.iteration), broke.iteration, broke.cell.name)
    hint = "\n  the numbers in the data or the first weights are too large" if at_once else smaller
    place = f"[{','.join(map(str, broke.cell.at))}]" if broke.cell.at else ""
    epoch = training.batches.epoch(broke.iteration)
    when = f"iteration {broke.iteration}" if epoch == broke.iteration else f"iteration {broke.iteration}, epoch {epoch}"
    return f"{value.name}{place} ({value.id}) is the first number that is not finite, in {when}{hint}"


def _record(outcome: Outcome) -> dict[str, Any]:
    trained, compiled, metrics = outcome.trained, outcome.compiled, outcome.metrics
    return {
        "title": compiled.scenario.model.title,
        "names": compiled.names.name,
        "ending": trained.ending,
        "epochs": trained.epoch,
        "best_epoch": trained.best_epoch or None,
        "iterations": trained.iterations,
        "seconds": outcome.seconds,
        "precision": outcome.kind,
        **{f"{part}_loss": _number(outcome.losses.get(part)) for part in PARTS},
        **{f"{part}_accuracy": metrics[part].accuracy if part in metrics else None for part in PARTS},
        "classes": list(class_names(compiled)),
        "confusion": {part: _confusion(metrics.get(part)) for part in PARTS},
        "losses": [
            {
                "epoch": point.epoch,
                "train": numbers(point.train),
                "validation": _number(point.validation),
                "test": _number(point.test),
            }
            for point in trained.points
        ],
        "parameters": all_numbers({v.id: trained.carried[v.id] for v in compiled.training.program(1).parameters}),
    }


def _confusion(metrics: Metrics | None) -> list[list[int]] | None:
    """Return a row for each class wanted, a column for each chosen; None without answers, and for very many classes."""
    if metrics is None or not metrics.all or metrics.classes > _MOST_CLASSES:
        return None
    counts: list[list[int]] = metrics.confusion.tolist()
    return counts


def _number(value: float | None) -> Any:
    return None if value is None else numbers(value)
