"""`nnstep train`: a whole training at full speed, and what it came to."""

from argparse import Namespace
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from nnstep.catalog.losses import LOSSES
from nnstep.catalog.schedules import CONSTANT
from nnstep.commands.accuracy import Accuracy, measure_accuracy
from nnstep.commands.curve import draw_curve
from nnstep.commands.endings import DONE, FOUND, INTERRUPTED, tell
from nnstep.commands.figures import count, duration, percent, short
from nnstep.commands.loop import Point, Trained, train
from nnstep.commands.opening import open_scenario
from nnstep.commands.plain_json import all_numbers, line, numbers
from nnstep.commands.progress import progress
from nnstep.commands.width import line_width
from nnstep.explain.figures import exact
from nnstep.explain.health import begins_too_large
from nnstep.explain.summary import loss_text, network_text
from nnstep.scenario.compile import Compiled

_CURVE_WIDTH = 72


@dataclass(frozen=True)
class Outcome:
    """A training that is over. seconds: how long it took, the progress bar included."""

    compiled: Compiled
    trained: Trained
    seconds: float
    train_accuracy: Accuracy | None
    test_accuracy: Accuracy | None

    @property
    def test_loss(self) -> float | None:
        """The loss on what was set aside for the test, after the last update; None where nothing was."""
        return self.trained.points[-1].test if self.trained.points else None


def run(given: Namespace) -> int:
    """Train, print the result, and say where numbers broke if they did."""
    compiled = open_scenario(given.file, given.names)
    outcome = _train(compiled, given.epochs or compiled.training.epochs)
    if given.json:
        print(line(_record(outcome)))
    else:
        print("\n".join(report(outcome, line_width())), flush=True)
    return _verdict(outcome)


def _train(compiled: Compiled, epochs: int) -> Outcome:
    model = compiled.scenario.model
    reduction = model.loss.reduction or LOSSES[model.loss.name].reduction
    training = compiled.training
    with progress(model.title, epochs) as advance:
        start = perf_counter()
        trained = train(training, epochs=epochs, mean=reduction == "mean", watch=advance)
        seconds = perf_counter() - start
    if trained.ending == "not_finite":
        return Outcome(compiled, trained, seconds, None, None)
    on_train, on_test = (measure_accuracy(compiled, trained.carried, s) for s in (training.train, training.test))
    return Outcome(compiled, trained, seconds, on_train, on_test)


def report(outcome: Outcome, width: int) -> list[str]:
    """Return the result as lines of text: what was trained, the curve, the losses, the accuracy, the time."""
    trained = outcome.trained
    train_points, test_points = _curves(trained.points)
    facts = {
        "train loss": f"{short(trained.train)}   before the last update",
        "test loss": "" if outcome.test_loss is None else f"{short(outcome.test_loss)}   after it",
        "train accuracy": _said(outcome.train_accuracy),
        "test accuracy": _said(outcome.test_accuracy),
        "epochs": f"{trained.epoch}   {_why(outcome)}".rstrip(),
        "time": f"{duration(outcome.seconds)}   {short(1000 * outcome.seconds / max(1, trained.epoch))} ms an epoch",
    }
    curve = draw_curve(train_points, test_points, min(width, _CURVE_WIDTH)) if len(train_points) > 1 else []
    return [
        outcome.compiled.scenario.model.title,
        _about(outcome.compiled),
        *["", *curve] * bool(curve),
        "",
        *(f"{name:<15}{fact}" for name, fact in facts.items() if fact),
    ]


def _about(compiled: Compiled) -> str:
    training, optimizer = compiled.training, compiled.scenario.model.optimizer.name
    samples = count(len(training.train), "sample") + (f", {len(training.test)} to test on" * bool(len(training.test)))
    how = f"{optimizer} at {exact(training.rate)}"
    schedule = compiled.scenario.model.optimizer.schedule.name
    how += f", {schedule.replace('_', ' ')}" if schedule != CONSTANT else ""
    batches = [count(training.batches.per_epoch, "batch") + " an epoch"] * (training.batches.per_epoch > 1)
    return " · ".join([network_text(training.program(1)), samples, loss_text(compiled), how, *batches])


def _curves(points: tuple[Point, ...]) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
    train_points = [(point.epoch, point.train) for point in points]
    return train_points, [(point.epoch, point.test) for point in points if point.test is not None]


def _said(accuracy: Accuracy | None) -> str:
    return "" if accuracy is None else f"{percent(accuracy.share)}   {accuracy.right} of {accuracy.all} are right"


def _why(outcome: Outcome) -> str:
    model = outcome.compiled.scenario.model
    match outcome.trained.ending:
        case "loss_below":
            return f"the loss is below {short(model.stop.loss_below or 0.0)}"
        case "patience":
            return f"the test loss has not fallen for {count(model.stop.patience or 0, 'epoch')}"
        case "interrupted":
            return "interrupted"
        case "not_finite":
            return "a number is not finite any more"
    return ""


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
        return f"the loss is {short(outcome.trained.train)}{smaller}"
    value = training.program(broke.iteration).values[broke.cell.name]
    # What breaks before the first update has nothing to do with how far an update goes.
    at_once = begins_too_large(training.program(broke.iteration), broke.iteration, broke.cell.name)
    hint = "\n  the numbers in the data or the first weights are too large" if at_once else smaller
    place = f"[{','.join(map(str, broke.cell.at))}]" if broke.cell.at else ""
    epoch = training.batches.epoch(broke.iteration)
    when = f"iteration {broke.iteration}" if epoch == broke.iteration else f"iteration {broke.iteration}, epoch {epoch}"
    return f"{value.name}{place} ({value.id}) is the first number that is not finite, in {when}{hint}"


def _record(outcome: Outcome) -> dict[str, Any]:
    trained, compiled = outcome.trained, outcome.compiled
    return {
        "title": compiled.scenario.model.title,
        "names": compiled.names.name,
        "ending": trained.ending,
        "epochs": trained.epoch,
        "iterations": trained.iterations,
        "seconds": outcome.seconds,
        "train_loss": numbers(trained.train),
        "test_loss": _number(outcome.test_loss),
        "train_accuracy": None if outcome.train_accuracy is None else outcome.train_accuracy.share,
        "test_accuracy": None if outcome.test_accuracy is None else outcome.test_accuracy.share,
        "losses": [
            {"epoch": point.epoch, "train": numbers(point.train), "test": _number(point.test)}
            for point in trained.points
        ],
        "parameters": all_numbers({v.id: trained.carried[v.id] for v in compiled.training.program(1).parameters}),
    }


def _number(value: float | None) -> Any:
    return None if value is None else numbers(value)
