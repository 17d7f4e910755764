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
    """Return why the last fast-forward ended before the epoch it was to go to; empty where it got there."""
    if session.stopped is None:
        return ""
    training = session.compiled.training
    return ending_text(training, session.stopped, training.batches.epoch(session.history.rest))
