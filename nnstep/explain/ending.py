"""Why a training ended before its last epoch, in words."""

from nnstep.engine.stopping import Reason
from nnstep.engine.training import Training
from nnstep.explain.figures import exact
from nnstep.session import Session


def ending_text(training: Training, reason: Reason, best_epoch: int) -> str:
    """Return why a training ended by itself, and to which epoch (from 1) it went back where patience was over."""
    match reason:
        case "loss_below":
            return f"the loss is below {exact(training.loss_below or 0.0)}"
        case "patience":
            epochs = f"{training.patience} epoch{'s' * (training.patience != 1)}"
            return f"the {training.watched_name} loss has not fallen for {epochs}; back to epoch {best_epoch}, the best"
        case "not_finite":
            return "a number is not finite any more"


def stopped_text(session: Session) -> str:
    """Return why the fast-forward that led here ended before its epoch; empty where it did not.

    What is not finite says so itself, in the warning of the view.
    """
    training, reason = session.compiled.training, session.stopped
    if reason is None or reason == "not_finite":
        return ""
    return ending_text(training, reason, training.batches.epoch(session.history.rest))
