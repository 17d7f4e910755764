"""Worked arithmetic as words: brackets where a minus would meet a sign, roles that say what was read."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.engine.cell import Number, work_out
from nnstep.engine.rule import Rule
from nnstep.explain.arithmetic import arithmetic, is_plain
from nnstep.explain.figures import figure
from nnstep.explain.words import Word, plain_text


def show(number: Number) -> str:
    return f"{number.value:g}"


def written(rule: str, most: int = 0, **values: list[float]) -> str:
    made = Rule(rule, ("n",))
    arrays = {name: np.array(values[name]) for name in made.inputs}
    line, _ = arithmetic(work_out(made, (0,), arrays, {"n": 3}, most=most), show)
    return plain_text(line)


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("out[...] = a[...] * b[...]", "-2·(-3)"),
        ("out[...] = a[...] + b[...]", "-2 + (-3)"),
        ("out[...] = a[...] - b[...]", "-2 - (-3)"),
        ("out[...] = a[...] / b[...]", "-2 / (-3)"),
        ("out[...] = exp(-a[...])", "exp(-(-2))"),
        ("out[...] = exp(a[...])", "exp(-2)"),
        ("out[...] = max(b[...], a[...])", "max(-3, -2)"),
        ("out[...] = a[...]**2", "(-2)²"),
        ("out[...] = c[...]**2 + c[...]**3", "5² + 5³"),
        ("out[...] = c[...]**7", "5^7"),
        ("out[...] = (a[...] - c[...]) / n", "(-2 - 5) / 3"),
        ("out[...] = 1 - c[...]", "1 - 5"),
    ],
)
def test_negative_numbers_stand_in_brackets_after_a_sign(rule: str, shown: str) -> None:
    assert written(rule, a=[-2.0], b=[-3.0], c=[5.0]) == shown


def test_a_product_of_rows_and_columns() -> None:
    rule = "out[b] = sum[i](x[b,i] * w[i]) + c[b]"
    assert written(rule, x=[[1.0, 0.0]], w=[0.93, -1.32], c=[-0.48]) == "1·0.93 + 0·(-1.32) + (-0.48)"  # type: ignore[list-item]


def test_a_term_that_begins_with_a_minus_is_taken_away() -> None:
    assert written("out[b] = sum[i](-x[b,i])", x=[[1.0, 2.0]]) == "-1 - 2"  # type: ignore[list-item]


def test_a_long_sum_says_what_the_rest_comes_to() -> None:
    line = written("out[b] = sum[i](x[b,i])", 2, x=[[1.0, 9.0, 2.0, 8.0, 3.0]])  # type: ignore[list-item]
    assert line == "9 + 8 + … and 3 more (6)"


def test_numbers_that_were_read_are_marked_so() -> None:
    worked = work_out(Rule("out[...] = (a[...] - 1) / n", ("n",)), (0,), {"a": np.array([2.0])}, {"n": 12})
    line, _ = arithmetic(worked, show)
    assert line == (
        Word("(", "operator"),
        Word("2", "read"),
        Word(" - 1) / ", "operator"),
        Word("12", "value"),
    )


def test_a_choice_says_its_reason_apart() -> None:
    worked = work_out(Rule("out[...] = z[...] if z[...] > 0 else 0.0"), (0,), {"z": np.array([-1.5])})
    line, reason = arithmetic(worked, show)
    assert (plain_text(line), plain_text(reason)) == ("0", "-1.5 ≤ 0")
    assert is_plain(line)


SIMPLE = re.compile(r"[-+*/()0-9.e ]+")


@given(
    st.lists(st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-3), min_size=3, max_size=3),
    st.sampled_from(
        [
            "out[...] = a[...] * b[...] + c[...]",
            "out[...] = a[...] - (b[...] - c[...])",
            "out[...] = a[...] / (b[...] * c[...])",
            "out[...] = a[...] * (b[...] - c[...] * a[...])",
            "out[...] = -a[...] * b[...] - c[...]",
            "out[...] = (a[...] + b[...])**2 - c[...]**2",
            "out[...] = -(a[...] - b[...]) / c[...]",
        ]
    ),
)
def test_what_is_written_comes_to_what_it_should(numbers: list[float], rule: str) -> None:
    values = {name: np.array([number]) for name, number in zip("abc", numbers, strict=True)}
    worked = work_out(Rule(rule), (0,), {name: values[name] for name in Rule(rule).inputs})
    line, _ = arithmetic(worked, lambda number: repr(number.value))
    text = plain_text(line).replace("·", "*").replace("²", "**2")
    assert SIMPLE.fullmatch(text)
    assert calculate(text) == pytest.approx(worked.value, rel=1e-12)


def calculate(text: str) -> float:
    """Work a line of arithmetic out the way a pocket calculator does, by Python's own precedence."""
    import ast
    import operator

    signs = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
    signs[ast.Pow] = operator.pow

    def visit(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=value):
                return float(value)  # type: ignore[arg-type]
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -visit(inner)
            case ast.BinOp(left=left, op=sign, right=right):
                return float(signs[type(sign)](visit(left), visit(right)))
        raise AssertionError(ast.dump(node))

    return visit(ast.parse(text, mode="eval").body)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=40), st.integers(1, 10))
def test_no_bare_minus_ever_follows_a_sign(numbers: list[float], most: int) -> None:
    made = Rule("out[b] = sum[i](x[b,i] * x[b,i]) + y[b]")
    values = {"x": np.array([numbers]), "y": np.array([numbers[0]])}
    line, _ = arithmetic(work_out(made, (0,), values, most=most), lambda number: figure(number.value))
    assert not re.search(r"[-+·/] *-", plain_text(line))
