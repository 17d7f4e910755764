"""A rule is read from one line, and says what does not fit it in words."""

import numpy as np
import pytest

from nnstep.engine.cell import Cell, work_out
from nnstep.engine.formula import plain
from nnstep.engine.gather import reads_of
from nnstep.engine.rule import Rule, RuleError, cells_at, cells_over

MATMUL = Rule("out[b,j] = sum[i](x[b,i] * w[i,j])")
CONVOLUTION = Rule("out[n,k,y,x] = sum[c,p,q](img[n,c,s*y+p,s*x+q] * ker[k,c,p,q])", ("s",))


def test_inputs_come_in_the_order_of_the_line() -> None:
    assert MATMUL.inputs == ("x", "w")
    assert Rule("out[...] = rate * a[...] - b[...] * a[...] / pi").inputs == ("rate", "a", "b")


def test_a_setting_is_no_input() -> None:
    assert Rule("out[...] = alpha * z[...]", ("alpha",)).inputs == ("z",)
    assert Rule("out[...] = alpha * z[...]").inputs == ("alpha", "z")


def test_letters_are_those_of_the_cell_and_of_the_sums() -> None:
    assert MATMUL.letters == {"b", "i", "j"}
    assert MATMUL.target == ("b", "j")
    assert Rule("out = sum[...](x[...])").target == ()


def test_an_index_may_be_used_as_a_number() -> None:
    rule = Rule("out[t,s] = x[t,s] if s <= t else -inf")
    assert rule.inputs == ("x",)
    assert not rule.elementwise


@pytest.mark.parametrize(
    ("text", "elementwise"),
    [
        ("out[...] = 1 / (1 + exp(-z[...]))", True),
        ("out[...] = w[...] - rate * g[...]", True),
        ("out[...,j] = x[...,j] + b[j]", False),
        ("out = sum[...](x[...])", False),
    ],
)
def test_elementwise_is_each_cell_from_its_own_place(text: str, elementwise: bool) -> None:
    assert Rule(text).elementwise is elementwise


def test_how_far_an_index_runs_comes_from_the_shapes() -> None:
    assert MATMUL.extents({"x": (3, 4), "w": (4, 2)}) == {"b": (3,), "i": (4,), "j": (2,)}
    assert MATMUL.shape({"x": (3, 4), "w": (4, 2)}) == (3, 2)


def test_leading_axes_are_as_many_as_there_are() -> None:
    rule = Rule("out[...,j] = sum[i](x[...,i] * w[i,j])")
    assert rule.shape({"x": (5, 3, 4), "w": (4, 2)}) == (5, 3, 2)
    assert rule.shape({"x": (4,), "w": (4, 2)}) == (2,)


@pytest.mark.parametrize(
    ("stride", "size", "made"), [(1, 4, (2, 5, 3, 3)), (2, 5, (2, 5, 2, 2)), (3, 8, (2, 5, 3, 3)), (2, 2, (2, 5, 1, 1))]
)
def test_an_index_that_is_worked_out_stays_inside_the_axis(stride: int, size: int, made: tuple[int, ...]) -> None:
    shapes = {"img": (2, 3, size, size), "ker": (5, 3, 2, 2)}
    assert CONVOLUTION.shape(shapes, {"s": stride}) == made


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ({"x": (3, 4), "w": (5, 2)}, r"i is 5 in w and 4 before it \(x 3×4, w 5×2\)"),
        ({"x": (3,), "w": (4, 2)}, r"x has 1 axes, x\[b,i\] was expected"),
        ({"x": (2, 3, 4), "w": (4, 2)}, r"x has 3 axes, x\[b,i\] was expected"),
    ],
)
def test_shapes_that_do_not_fit(shapes: dict[str, tuple[int, ...]], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        MATMUL.shape(shapes)


def test_leading_axes_have_to_agree() -> None:
    with pytest.raises(RuleError, match=r"\.\.\. is 3×5 in b and 3×4 before it"):
        Rule("out[...] = a[...] + b[...]").shape({"a": (3, 4), "b": (3, 5)})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("out[b] == x[b]", "a rule reads out"),
        ("not a rule", "not a rule"),
        ("", "not a rule"),
        ("out[...] = system(z[...])", "no such function in a rule: system"),
        ("out[...] = z.real[...]", "only a name can be indexed"),
        ("out[...] = (lambda: z)()[...]", "only a name can be indexed"),
        ("out[...] = __import__('os')", "no such function in a rule: __import__"),
    ],
)
def test_what_is_no_rule_is_refused_when_it_is_read(text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        _ = Rule(text).inputs


def test_a_letter_that_nothing_gives_a_length() -> None:
    with pytest.raises(RuleError, match="nothing says how far k runs"):
        Rule("out[b,k] = x[b]").shape({"x": (3,)})


def test_negated_is_written_as_a_person_would() -> None:
    texts = {
        "out[...] = y[...] - t[...]": "out[...] = t[...] - y[...]",
        "out[...] = 2 * (y[...] - t[...])": "out[...] = 2 * (t[...] - y[...])",
        "out[...] = (p[...] - t[...]) / n": "out[...] = (t[...] - p[...]) / n",
        "out[...] = -t[...] / y[...]": "out[...] = t[...] / y[...]",
        "out[...] = tanh(z[...])": "out[...] = -tanh(z[...])",
        "out[...] = 1.0 if z[...] > 0 else 0.5": "out[...] = -1.0 if z[...] > 0 else -0.5",
    }
    for text, negated in texts.items():
        assert Rule(text, ("n",)).negated().text == negated


def test_every_place_where_an_input_is_read_is_a_reference() -> None:
    found = Rule("out[...,j] = a[...,j] * (d[...,j] - sum[k](d[...,k] * a[...,k]))").references
    assert [(one.name, one.indices) for one in found] == [
        ("a", ("...", "j")),
        ("d", ("...", "j")),
        ("d", ("...", "k")),
        ("a", ("...", "k")),
    ]


def test_cells_by_their_numbers_are_the_cells_in_their_order() -> None:
    extents = {"...": (2, 3), "i": (4,)}
    every = list(cells_over(("...", "i"), extents))
    assert len(every) == 24
    assert list(cells_at(("...", "i"), extents, range(24))) == every
    assert list(cells_at(("...", "i"), extents, [23, 5])) == [every[23], every[5]]


def test_a_sum_over_nothing_is_one_cell() -> None:
    assert list(cells_over(("...",), {"...": ()})) == [{"...": ()}]


POOLING = Rule("out[y,x] = max[p:size,q:size](img[y*stride+p,x*stride+q])", ("size", "stride"))
SPREAD = Rule("out[y:rows] = sum[x](d[x] * w[y-x] if 0 <= y - x < size else 0)", ("rows", "size"))


def test_a_line_may_say_how_far_a_letter_runs() -> None:
    settings = {"size": 2, "stride": 3}
    assert POOLING.letters == {"y", "x", "p", "q"}
    assert POOLING.extents({"img": (6, 8)}, settings) == {"p": (2,), "q": (2,), "y": (2,), "x": (3,)}
    assert SPREAD.shape({"d": (4,), "w": (3,)}, {"rows": 6, "size": 3}) == (6,)


def test_a_rule_says_which_settings_make_a_value_of_a_size() -> None:
    assert SPREAD.sized((6,)) == {"rows": 6}
    assert POOLING.sized((2, 3)) == {}


def test_a_window_that_is_larger_than_the_axis_is_refused() -> None:
    with pytest.raises(RuleError, match=r"y \* stride \+ p needs 5, there are 4"):
        POOLING.shape({"img": (4, 8)}, {"size": 5, "stride": 1})


def test_a_place_may_itself_be_read() -> None:
    rule = Rule("out[...,j] = table[x[...],j]")
    assert rule.inputs == ("table", "x")
    assert rule.shape({"table": (9, 4), "x": (3, 2)}) == (3, 2, 4)
    assert rule.shape({"table": (9, 4), "x": ()}) == (4,)
    values = {"table": np.arange(36.0).reshape(9, 4), "x": np.array([[7.0, 0.0], [2.0, 8.0], [1.0, 1.0]])}
    worked = work_out(rule, (1, 1, 3), values)
    assert worked.value == 35.0
    assert set(worked.reads) == {Cell("table", (8, 3)), Cell("x", (1, 1))}
    found = {name: places.tolist() for name, places in reads_of(rule, (1, 1, 3), values).items()}
    assert found == {"table": [[8, 3]], "x": [[1, 1]]}
    assert plain(rule, {"table": "E", "x": "X"}, "b,t") == "E[X[b,t],j]"
