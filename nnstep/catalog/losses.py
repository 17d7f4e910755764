"""Losses as scenarios name them: which operation, summed or averaged over what, and what they take."""

from typing import Literal

from nnstep.catalog.registry import by_name
from nnstep.records import dataclass

Reduction = Literal["sum", "mean"]


@dataclass(frozen=True)
class Loss:
    """A loss.

    op: the operation that sums it; `<op>_mean` averages it.
    reduction: what holds where the scenario does not say.
    rows: is the mean over rows (one answer a row), not over elements?
    takes: what the network has to end with: `any` values, `probabilities` (0 to 1), a `distribution`
        (rows that add up to 1), or `logits` (no activation).
    targets: what targets have to be: `any`, `unit` (0 to 1) or `distribution` (rows that add up to 1).
    """

    name: str
    sentence: str
    op: str
    reduction: Reduction
    rows: bool = False
    takes: Literal["any", "probabilities", "distribution", "logits"] = "any"
    targets: Literal["any", "unit", "distribution"] = "any"

    def step_op(self, reduction: Reduction) -> str:
        """Return the name of the operation for a reduction."""
        return f"{self.op}_mean" if reduction == "mean" else self.op


LOSSES: dict[str, Loss] = by_name(
    (__name__, loss)
    for loss in (
        Loss("sse", "sum of squared errors: Σ(ŷ-y)²", "sse", "sum"),
        Loss("half_sse", "half the sum of squared errors: ½Σ(ŷ-y)²", "half_sse", "sum"),
        Loss("mse", "mean squared error over all elements", "sse", "mean"),
        Loss("bce", "binary cross-entropy of probabilities", "bce", "mean", takes="probabilities", targets="unit"),
        Loss(
            "cce",
            "cross-entropy of rows of probabilities",
            "cce",
            "mean",
            rows=True,
            takes="distribution",
            targets="distribution",
        ),
        Loss(
            "bce_with_logits",
            "binary cross-entropy, the sigmoid included",
            "bce_with_logits",
            "mean",
            takes="logits",
            targets="unit",
        ),
        Loss(
            "softmax_cross_entropy",
            "cross-entropy, the softmax included",
            "softmax_cross_entropy",
            "mean",
            rows=True,
            takes="logits",
            targets="distribution",
        ),
    )
)
