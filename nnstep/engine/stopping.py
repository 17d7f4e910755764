"""When a training ends by itself: the one rule for fast-forward and for training at full speed."""

from collections.abc import Callable, Mapping
from math import inf, isfinite
from typing import Literal

import numpy as np

from nnstep.engine.cell import Array
from nnstep.engine.training import Samples, Training

Reason = Literal["loss_below", "patience", "not_finite"]


def are_finite(at: Mapping[str, Array]) -> bool:
    """Is every number of these parameters and states finite?"""
    return all(np.isfinite(array).all() for array in at.values())


class Stopping:
    """Is told of each iteration once, in their order.

    training: may be exchanged for the same training in other names. score: returns the loss of the answers to samples
    with the parameters of this moment; worked out step by step where it is not given.
    best_epoch: the one at whose end the watched part's loss was least so far; 0 where patience has not looked yet.
    """

    def __init__(self, training: Training, score: Callable[[Samples], float] | None = None) -> None:
        self.training, self._score = training, score
        self.best_epoch = 0
        self._least = inf  # of the losses of the watched part

    def after(self, iteration: int, loss: float, at: Mapping[str, Array], *, look: bool = True) -> Reason | None:
        """Return why there is no reason to go on after an iteration; None where there is one.

        loss: before its update. at: parameters and states after it. look: are these looked at for what is not finite?
        """
        training = self.training
        if not isfinite(loss) or (look and not are_finite(at)):
            return "not_finite"
        if training.loss_below is not None and loss < training.loss_below:
            return "loss_below"
        return "patience" if self._is_out_of_patience(iteration, at) else None

    def _is_out_of_patience(self, iteration: int, at: Mapping[str, Array]) -> bool:
        """Look at the watched loss at the end of an epoch: has it not fallen for as many epochs as it may?"""
        training = self.training
        if training.patience is None or not len(training.watched) or iteration % training.batches.per_epoch:
            return False
        epoch = training.batches.epoch(iteration)
        watched = training.watched
        loss = self._score(watched) if self._score else training.predict(at, watched)[1]
        # The first epoch is the best one so far whatever its loss, even where that is not finite.
        if loss < self._least or not self.best_epoch:
            self._least, self.best_epoch = loss if isfinite(loss) else inf, epoch
        return epoch - self.best_epoch >= training.patience
