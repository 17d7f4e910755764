"""A cell worked out by hand: its arithmetic as a person writes it, its reads, and nothing raised."""

import math

import numpy as np
import pytest

from nnstep.engine.cell import Cell, Number, Part, Sum, work_out
from nnstep.engine.gather import reads_of
from nnstep.engine.rule import Rule, RuleError


def text(parts: tuple[Part, ...]) -> str:
    """Return arithmetic as text, numbers as Python writes them."""
    shown = ""
    for part in parts:
        match part:
            case Number():
                shown += f"{part.value:g}"
            case Sum():
                shown += " + ".join(text(term.parts) for term in part.terms)
                shown += f" + {part.more} more" if part.more else ""
            case _:
                shown += part
    return shown


@pytest.mark.parametrize(
    ("rule", "written", "value"),
    [
        ("out[...] = a[...] - (b[...] - c[...])", "2 - (3 - 5)", 4),
        ("out[...] = a[...] - b[...] - c[...]", "2 - 3 - 5", -6),
        ("out[...] = a[...] + (b[...] + c[...])", "2 + 3 + 5", 10),
        ("out[...] = a[...] / (b[...] * c[...])", "2 / (3·5)", 2 / 15),
        ("out[...] = a[...] / b[...] / c[...]", "2 / 3 / 5", 2 / 15),
        ("out[...] = a[...] * (b[...] + c[...])", "2·(3 + 5)", 16),
        ("out[...] = (a[...] + b[...])**2", "(2 + 3)^2", 25),
        ("out[...] = -a[...]**2", "-2^2", -4),
        ("out[...] = (-a[...])**2", "(-2)^2", 4),
        ("out[...] = -(a[...] + b[...])", "-(2 + 3)", -5),
        ("out[...] = max(a[...], b[...])", "max(2, 3)", 3),
        ("out[...] = 1 / (1 + exp(-a[...]))", "1 / (1 + exp(-2))", 1 / (1 + math.exp(-2))),
        ("out[...] = a[...] if a[...] > b[...] else c[...]", "2 ≤ 3 → 5", 5),
        ("out[...] = a[...] if 0 < a[...] and b[...] < 9 else c[...]", "0 < 2 and 3 < 9 → 2", 2),
    ],
)
def test_arithmetic_as_a_person_writes_it(rule: str, written: str, value: float) -> None:
    given = {"a": np.array([2.0]), "b": np.array([3.0]), "c": np.array([5.0])}
    worked = work_out(Rule(rule), (0,), {name: given[name] for name in Rule(rule).inputs})
    assert text(worked.parts) == written
    assert worked.value == pytest.approx(value)


MATMUL = Rule("out[b,j] = sum[i](x[b,i] * w[i,j])")
X, W = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0], [7.0, 8.0]])  # (b, i), (i, j)


def test_a_sum_has_a_term_for_each_place() -> None:
    worked = work_out(MATMUL, (1, 0), {"x": X, "w": W})
    assert text(worked.parts) == "3·5 + 4·7"
    assert worked.value == 43


def test_reads_come_in_reading_order_each_once() -> None:
    worked = work_out(MATMUL, (1, 0), {"x": X, "w": W})
    assert worked.reads == (Cell("x", (1, 0)), Cell("w", (0, 0)), Cell("x", (1, 1)), Cell("w", (1, 0)))
    squared = work_out(Rule("out[...] = a[...] * a[...]"), (0,), {"a": np.array([3.0])})
    assert squared.reads == (Cell("a", (0,)),)


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ("out[b] = sum[i](x[b,i]) + 1", "3 + 1"),
        ("out[b] = 2 * sum[i](x[b,i])", "2·3"),
        ("out[b] = sum[i](x[b,i])**2", "3^2"),
        ("out[b] = sum[i](x[b,i] * 2)**2", "(3·2)^2"),
        ("out[b] = 2 - sum[i](x[b,i] + 1)", "2 - (3 + 1)"),
    ],
)
def test_a_sum_of_one_term_has_the_brackets_of_that_term(rule: str, written: str) -> None:
    assert text(work_out(Rule(rule), (0,), {"x": np.array([[3.0]])}).parts) == written


def test_a_sum_inside_a_product_has_brackets() -> None:
    worked = work_out(Rule("out[b] = 2 * sum[i](x[b,i]) / n", ("n",)), (0,), {"x": X}, {"n": 4})
    assert text(worked.parts) == "2·(1 + 2) / 4"


def test_only_the_branch_that_is_taken_is_read() -> None:
    rule = Rule("out[t,s] = x[t,s] if s <= t else -inf")
    assert work_out(rule, (0, 1), {"x": X}).reads == ()
    assert work_out(rule, (0, 1), {"x": X}).value == -math.inf
    assert work_out(rule, (1, 0), {"x": X}).reads == (Cell("x", (1, 0)),)


def test_of_a_long_sum_the_largest_terms_are_shown_in_their_order() -> None:
    x = np.array([1.0, -9.0, 2.0, 0.5, 8.0, 3.0])
    worked = work_out(Rule("out = sum[i](x[i])"), (), {"x": x}, most=2)
    assert text(worked.parts) == "-9 + 8 + 4 more"
    (summed,) = worked.parts
    assert isinstance(summed, Sum)
    assert summed.rest == pytest.approx(6.5)
    assert worked.value == pytest.approx(x.sum())
    assert worked.reads == (Cell("x", (1,)), Cell("x", (4,)))


def test_one_term_too_many_is_shown_and_not_counted() -> None:
    worked = work_out(Rule("out = sum[i](x[i])"), (), {"x": np.array([1.0, 2.0, 3.0])}, most=2)
    assert text(worked.parts) == "1 + 2 + 3"


def test_of_a_long_maximum_the_largest_is_shown() -> None:
    worked = work_out(Rule("out = max[i](x[i])"), (), {"x": np.arange(6.0)}, most=2)
    assert text(worked.parts) == "max(4, 5, … and 4 more)"
    assert worked.value == 5


def test_a_term_that_is_not_finite_is_always_shown() -> None:
    x = np.array([5.0, 4.0, np.nan, 3.0, 9.0])
    worked = work_out(Rule("out = sum[i](x[i])"), (), {"x": x}, most=1)
    assert "nan" in text(worked.parts)
    assert math.isnan(worked.value)


@pytest.mark.parametrize(
    ("rule", "number", "value"),
    [
        ("out[...] = exp(a[...])", 1e4, math.inf),
        ("out[...] = 1 / a[...]", 0.0, math.inf),
        ("out[...] = log(a[...])", -1.0, math.nan),
        ("out[...] = a[...] - a[...]", math.inf, math.nan),
        ("out[...] = 1 / (1 + exp(-a[...]))", -1e4, 0.0),
    ],
)
def test_what_overflows_is_inf_or_nan_as_in_numpy(rule: str, number: float, value: float) -> None:
    assert work_out(Rule(rule), (0,), {"a": np.array([number])}).value == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize(
    ("number", "written"), [(-1.0, "-1 ≤ 0 → 0"), (1.0, "1 > 0 → 1"), (math.nan, "nan not > 0 → 0")]
)
def test_a_test_that_fails_is_written_as_what_holds(number: float, written: str) -> None:
    worked = work_out(Rule("out[...] = 1.0 if z[...] > 0 else 0.0"), (0,), {"z": np.array([number])})
    assert text(worked.parts) == written


def test_what_has_no_place_in_a_rule_is_refused() -> None:
    with pytest.raises(RuleError, match="has no place in a rule"):
        work_out(Rule("out[...] = [a[...]]"), (0,), {"a": np.array([1.0])})


SPREAD = Rule("out[y:rows] = sum[x](d[x] * w[y-x] if 0 <= y - x < size else 0)", ("rows", "size"))
WINNER = Rule("out[y] = argmax[p:size,q:size](img[y+p,q])", ("size",))


@pytest.mark.parametrize("most", [0, 1])
def test_a_sum_counts_only_where_its_condition_holds(most: int) -> None:
    values = {"d": np.array([1.0, 2.0, 3.0, 4.0]), "w": np.array([10.0, 100.0, 1000.0])}
    settings = {"rows": 6, "size": 3}
    first = work_out(SPREAD, (0,), values, settings, most=most)
    assert (first.value, text(first.parts)) == (10.0, "1·10")
    assert {(cell.name, cell.at) for cell in first.reads} == {("d", (0,)), ("w", (0,))}
    made = [work_out(SPREAD, (y,), values, settings, most=most).value for y in range(6)]
    assert made == np.convolve(values["d"], values["w"]).tolist()


@pytest.mark.parametrize("most", [0, 1])
def test_where_no_place_counts_a_sum_is_0(most: int) -> None:
    values = {"d": np.ones(4), "w": np.ones(3)}
    worked = work_out(SPREAD, (6,), values, {"rows": 9, "size": 3}, most=most)
    assert (worked.value, worked.parts, worked.reads) == (0.0, ("0",), ())


@pytest.mark.parametrize("most", [0, 2])
def test_of_equal_numbers_the_first_is_the_largest(most: int) -> None:
    values = {"img": np.array([[1.0, 3.0], [3.0, 0.0], [0.0, 2.0]])}
    assert [work_out(WINNER, (y,), values, {"size": 2}, most=most).value for y in range(2)] == [1.0, 0.0]


def test_a_condition_after_and_is_looked_at_only_where_those_before_it_hold() -> None:
    values = {"d": np.array([5.0, 7.0]), "w": np.array([1.0, 1.0])}
    rule = Rule("out[y:rows] = sum[x](d[x] if 0 <= y - x < size and w[y-x] == x else 0)", ("rows", "size"))
    for at, value in ((0, 0.0), (1, 7.0), (2, 7.0), (3, 0.0)):
        worked = work_out(rule, (at,), values, {"rows": 4, "size": 2})
        assert worked.value == value
        read = reads_of(rule, (at,), values, {"rows": 4, "size": 2})
        places = {(name, tuple(place)) for name, found in read.items() for place in found.tolist()}
        assert {(cell.name, cell.at) for cell in worked.reads} == places


def test_a_choice_that_places_alone_decide_is_no_part_of_the_arithmetic() -> None:
    rule = Rule("out[t:3,j] = a[j] if t == at else 0 if t < at else b[j]", ("at",))
    values = {"a": np.array([2.0]), "b": np.array([5.0])}  # (j,)
    shown = [text(work_out(rule, (time, 0), values, {"at": 1}).parts) for time in range(3)]
    assert shown == ["0", "2", "5"]
