"""Two runs side by side: what is the same, where there is no finite number too."""

from math import inf, nan

import numpy as np

from nnstep.engine.cell import Cell
from nnstep.explain.comparing import are_same, compare, difference
from nnstep.explain.words import plain_text
from nnstep.tui.renderables.compare import differing_rows
from tests.helpers.sequences import sequences
from tests.helpers.trainings import dense, session


def test_what_is_masked_in_both_runs_is_no_difference() -> None:
    causal = {"layer": "attention", "size": 2, "causal": True}
    tree = sequences(causal, {"layer": "flatten"}, dense(2, "sigmoid"))
    sessions = [session(tree) for _ in range(2)]
    sessions[0].go(1, 12)
    sessions[1].go(2, 12)
    first, second = (each.view() for each in sessions)
    apart = difference(first, second)
    seen = 0
    for identity in second.program.values:
        one, other, less = first.values[identity], second.values[identity], apart.values[identity]
        masked = np.isneginf(one) & np.isneginf(other)
        seen += int(masked.sum())
        assert not less[masked].any()
        assert np.array_equal(less[~masked], other[~masked] - one[~masked])
        assert not np.isnan(less).any()
    assert seen > 0
    rows = {row.id: row for row in compare(first, second)}
    (scores,) = (row for row in rows.values() if np.isneginf(second.values[row.id]).any())
    assert scores.verdict == "differs"
    assert np.isfinite(scores.largest)
    cell = Cell(scores.id, tuple(map(int, np.argwhere(np.isneginf(second.values[scores.id]))[0])))
    (row,) = differing_rows(first, second, cell, 4)
    assert plain_text(row).endswith("A -inf   B -inf   the same")


def test_two_that_are_no_numbers_are_the_same() -> None:
    same = [(nan, nan), (inf, inf), (-inf, -inf), (1.5, 1.5)]
    others = [(nan, 1.0), (inf, -inf), (inf, 1.0), (1.0, nan)]
    assert all(are_same(one, other) for one, other in same)
    assert not any(are_same(one, other) for one, other in others)
