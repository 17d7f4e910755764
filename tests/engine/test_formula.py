"""Formulas as text and as LaTeX, with the letters of what they index."""

import pytest

from nnstep.engine.formula import in_matrices, latex, latex_name, leading_letters, plain, target_text
from nnstep.engine.rule import Rule

MATMUL = Rule("out[...,j] = sum[i](x[...,i] * w[i,j])")
SIGMOID = Rule("out[...] = 1 / (1 + exp(-z[...]))")


@pytest.mark.parametrize(
    ("rule", "count", "letters"),
    [
        (MATMUL, 1, "b"),
        (MATMUL, 2, "b,t"),
        (MATMUL, 0, ""),
        (SIGMOID, 1, "j"),
        (SIGMOID, 2, "b,j"),
        (SIGMOID, 3, "b,t,j"),
    ],
)
def test_the_letters_of_leading_axes(rule: Rule, count: int, letters: str) -> None:
    assert leading_letters(rule, count) == letters


def test_a_product_as_text() -> None:
    assert plain(MATMUL, {"x": "X", "w": "wh"}, "b") == "Σ[i] X[b,i]·wh[i,j]"
    assert target_text(MATMUL, "xW", "b") == "xW[b,j]"


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("out[...] = (y[...] - t[...])**2", "(y[b] - t[b])²"),
        ("out[...] = z[...]**3 / 2", "z[b]³ / 2"),
        ("out[...] = y[...] / (t[...] / 2)", "y[b] / (t[b] / 2)"),
        ("out[...] = max(z[...], 0)", "max(z[b], 0)"),
        ("out[...] = 1.0 if z[...] > 0 else pi", "1 if z[b] > 0, else π"),
        ("out[...] = -(a[...] + b[...])", "-(a[b] + b[b])"),
        ("out = sum[...](sum[j](a[...,j])) / n", "Σ[b] Σ[j] a[b,j] / n"),
        ("out = sum[i](a[i] + 1) - 1", "Σ[i] (a[i] + 1) - 1"),
    ],
)
def test_formulas_as_text(rule: str, shown: str) -> None:
    assert plain(Rule(rule, ("n",)), {}, "b") == shown


def test_an_operation_on_whole_matrices_has_no_indices() -> None:
    assert in_matrices(Rule("out[...] = a[...] * (1 - a[...])"), {"a": "output"}) == "output ∘ (1 - output)"
    assert in_matrices(Rule("out[...] = w[...] + rate * g[...]"), {"rate": "lr"}) == "w + lr·g"


def test_latex() -> None:
    assert latex(MATMUL, "xW", {"x": "X", "w": "wh"}, "b") == (
        r"\mathrm{xW}_{b,j} = \sum_{i} X_{b,i} \, \mathrm{wh}_{i,j}"
    )
    assert latex(SIGMOID, "a", {}, "b,j") == r"a_{b,j} = \frac{1}{1 + \exp\left(-z_{b,j}\right)}"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("X", "X"),
        ("d_output", r"\mathrm{d\_output}"),
        ("δ2", r"{\delta 2}"),
        ("∂L/∂W1", r"{\partial L/\partial W1}"),
        ("ŷ", r"{\hat{y}}"),
        ("η", r"{\eta}"),
        ("f′(z1)", "{f'(z1)}"),
    ],
)
def test_names_in_latex(name: str, shown: str) -> None:
    assert latex_name(name) == shown


def test_an_index_that_is_worked_out_and_a_sum_with_a_condition() -> None:
    spread = Rule("out[y:rows] = sum[v](d[v] * w[y-v*step] if 0 <= y - v*step < size else 0)", ("rows", "step", "size"))
    assert plain(spread, {"d": "δ", "w": "K"}, "b") == "Σ[v where 0 ≤ y - v·step < size] δ[v]·K[y-v·step]"
    assert target_text(spread, "out") == "out[y]"
    assert latex(spread, "z", {}, "b") == (
        r"z_{y} = \sum_{\substack{v \\ 0 \le y - v \cdot \mathrm{step} < \mathrm{size}}} "
        r"d_{v} \, w_{y-v \cdot \mathrm{step}}"
    )
    folded = Rule("out[j:n] = x[j // n,j % n]", ("n",))
    assert plain(folded, {}, "b") == "x[⌊j / n⌋,j mod n]"
    first = Rule("out[y] = argmax[p:n](z[y+p])", ("n",))
    assert plain(first, {}, "b") == "argmax[p] z[y+p]"
    assert latex(first, "out", {}, "b") == r"\mathrm{out}_{y} = \operatorname{argmax}_{p} z_{y+p}"


def test_latex_keeps_the_indices_of_a_rule_without_leading_axes() -> None:
    rule = Rule("out[k] = sum[b,y,x](d[b,k,y,x])")
    assert latex(rule, "b", {"d": "z"}) == r"b_{k} = \sum_{b,y,x} z_{b,k,y,x}"
