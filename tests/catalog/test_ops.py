"""Every operation of the catalog keeps what its rule promises; a new entry is tested by being there."""

import ast
from collections.abc import Iterator, Mapping
from itertools import product
from typing import get_args

import numpy as np
import pytest
from rich.cells import cell_len

from nnstep.catalog.layers.activation import ALPHA, Function
from nnstep.catalog.losses import LOSSES
from nnstep.catalog.ops import OPS
from nnstep.engine.backward import lay_gradients
from nnstep.engine.build import Builder
from nnstep.engine.cell import Array, Cell, work_out
from nnstep.engine.formula import latex, leading_letters, plain
from nnstep.engine.gather import reads_of
from nnstep.engine.op import Op
from nnstep.engine.program import Program
from nnstep.engine.rule import LEADING, Shape
from nnstep.engine.run import run_iteration

ALL = {**OPS, **{f"minus_{name}": op.negated() for name, op in OPS.items()}}
DIFFERENTIABLE = {name: op for name, op in OPS.items() if op.gradients}
every_op = pytest.mark.parametrize("op", ALL.values(), ids=ALL.keys())
every_gradient = pytest.mark.parametrize("op", DIFFERENTIABLE.values(), ids=DIFFERENTIABLE.keys())


def shapes_of(op: Op, leading: Shape, lengths: Mapping[str, int]) -> dict[str, Shape]:
    """Return a shape for each input: `...` as given, each letter as long as `lengths` says."""
    shapes: dict[str, Shape] = {}
    for reference in op.rule.references:
        axes = (leading if index == LEADING else (lengths[index],) for index in reference.indices)
        shapes[reference.name] = tuple(length for axis in axes for length in axis)
    return shapes


def many_shapes(op: Op) -> Iterator[dict[str, Shape]]:
    """Yield the example, and shapes with from no to three leading axes, no two letters as long as each other."""
    yield op.example_shapes()
    if op.rule.lengths or any(not index.isidentifier() for index in all_indices(op) - {LEADING}):
        yield from roomier(op)
        return
    letters = sorted({index for reference in op.rule.references for index in reference.indices} - {LEADING})
    # In `x[...,j] ... x[...,k]` the two letters are the same axis.
    same_axis = {"k": "j"} if "k" in letters and "j" in letters else {}
    numbered = {letter: 2 + number for number, letter in enumerate(letters)}
    lengths = {letter: numbered[same_axis.get(letter, letter)] for letter in letters}
    for leading in ((), (1,), (3,), (2, 3), (2, 1, 3)) if LEADING in op.rule.letters else ((),):
        yield shapes_of(op, leading, lengths)


def all_indices(op: Op) -> set[str]:
    return {index for reference in op.rule.references for index in reference.indices}


def roomier(op: Op) -> Iterator[dict[str, Shape]]:
    """Yield the example with one place more for each letter that nothing else depends on: samples, channels."""
    tied = {letter.id for node in ast.walk(ast.parse(op.rule.text)) for letter in in_arithmetic(node)}
    free = {index for index in all_indices(op) if index.isidentifier()} - tied - set(op.rule.lengths)
    shapes = op.example_shapes()
    for reference in op.rule.references:
        longer = (
            length + (index in free) for index, length in zip(reference.indices, shapes[reference.name], strict=True)
        )
        shapes[reference.name] = (
            tuple(longer) if shapes[reference.name] == op.example[reference.name] else shapes[reference.name]
        )
    yield shapes


def in_arithmetic(node: ast.AST) -> Iterator[ast.Name]:
    """Yield the bare names that an index expression or a condition reckons with."""
    if isinstance(node, ast.Compare) or (isinstance(node, ast.BinOp) and not has_cells(node)):
        yield from (name for name in ast.walk(node) if isinstance(name, ast.Name))


def has_cells(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Subscript) for part in ast.walk(node))


def draw(op: Op, shapes: Mapping[str, Shape], seed: int, *, smooth: bool = False) -> dict[str, Array]:
    """Return values in the domain that the operation names. smooth: no class is certain."""
    rng = np.random.default_rng(seed)
    values: dict[str, Array] = {}
    for name, shape in shapes.items():
        kind = op.domain.get(name, "any")
        if kind == "unit" or not shape:
            values[name] = np.asarray(rng.uniform(0.05, 0.95, shape))
        elif kind == "one_hot" and smooth:
            values[name] = rng.dirichlet(np.ones(shape[-1]), shape[:-1])
        elif kind == "one_hot":
            values[name] = np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]
        elif kind == "place":
            values[name] = rng.integers(0, places(op), shape).astype(np.float64)
        else:
            values[name] = np.asarray(rng.choice([-1.0, 1.0], shape) * rng.uniform(0.1, 2.5, shape))
    return values


def places(op: Op) -> int:
    """Return how many cells a window has, or how many rows a table."""
    if "size" in op.example_settings:
        return int(op.example_settings["size"] ** 2)
    return int(op.example_settings.get("vocabulary") or op.example["table"][0])


def forward(op: Op, values: Mapping[str, Array]) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(op.forward(*(values[name] for name in op.inputs), **op.example_settings))


def some_cells(shape: Shape, most: int = 12) -> list[Shape]:
    cells = list(product(*map(range, shape)))
    chosen = np.random.default_rng(len(cells)).permutation(len(cells))[:most]
    return [cells[number] for number in chosen]


@every_op
def test_numpy_makes_what_the_rule_says(op: Op) -> None:
    for seed, shapes in enumerate(many_shapes(op)):
        values = draw(op, shapes, seed)
        made = forward(op, values)
        for at in some_cells(made.shape):
            said = work_out(op.rule, at, values, op.example_settings).value
            assert made[at] == pytest.approx(said, rel=1e-11, abs=1e-13), (shapes, at)


@every_op
def test_the_shape_promised_is_the_shape_made(op: Op) -> None:
    for seed, shapes in enumerate(many_shapes(op)):
        made = forward(op, draw(op, shapes, seed))
        assert op.rule.shape(shapes, op.example_settings) == made.shape
        assert made.dtype == np.float64


def pokes(op: Op, name: str, value: float) -> Iterator[float]:
    """Yield other numbers that may stand in an input's place: near and far, of both signs."""
    if op.domain.get(name, "any") == "place":
        yield from (float(number) for number in range(places(op)) if number != value)
    elif op.domain.get(name, "any") in ("unit", "one_hot"):
        yield from (number for number in (0.02, 0.3, 0.6, 0.99) if number != value)
    else:
        yield from (value + 0.25, value - 0.25, -value, value + 7.0, value - 7.0)


def reads_by_poking(op: Op, values: dict[str, Array], at: Shape) -> set[Cell]:
    """Return every input cell that changes the output cell when another number is put into it."""
    before = forward(op, values)[at]
    found = set()
    for name, array in values.items():
        for place in product(*map(range, array.shape)):
            for number in pokes(op, name, float(array[place])):
                poked = array.copy()
                poked[place] = number
                if forward(op, {**values, name: poked})[at] != before:
                    found.add(Cell(name, place))
                    break
    return found


@every_op
def test_the_cells_read_are_those_that_matter(op: Op) -> None:
    for seed, shapes in enumerate(many_shapes(op)):
        values = draw(op, shapes, seed, smooth=True)
        for at in some_cells(op.rule.shape(shapes, op.example_settings), most=3):
            declared = set(work_out(op.rule, at, values, op.example_settings).reads)
            found = reads_by_poking(op, values, at)
            # A branch that is taken reads what its test reads; nothing else may be read without mattering.
            assert found == declared, (shapes, at)


@every_op
def test_reads_are_the_same_found_one_by_one_and_all_at_once(op: Op) -> None:
    for seed, shapes in enumerate(many_shapes(op)):
        values = draw(op, shapes, seed)
        for at in some_cells(op.rule.shape(shapes, op.example_settings), most=4):
            slow = set(work_out(op.rule, at, values, op.example_settings).reads)
            gathered = reads_of(op.rule, at, values, op.example_settings)
            fast = [Cell(name, tuple(place)) for name, places in gathered.items() for place in places.tolist()]
            assert len(fast) == len(set(fast))
            assert set(fast) == slow


@every_op
def test_a_shortened_line_comes_to_the_same(op: Op) -> None:
    for seed, shapes in enumerate(many_shapes(op)):
        values = draw(op, shapes, seed)
        for at in some_cells(op.rule.shape(shapes, op.example_settings), most=3):
            whole = work_out(op.rule, at, values, op.example_settings).value
            short = work_out(op.rule, at, values, op.example_settings, most=2).value
            assert short == pytest.approx(whole, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS.keys())
def test_the_negated_operation_is_exactly_minus(op: Op) -> None:
    minus = op.negated()
    assert set(minus.inputs) == set(op.inputs)
    for seed, shapes in enumerate(many_shapes(op)):
        values = draw(op, shapes, seed)
        assert np.array_equal(forward(minus, values), -forward(op, values))


@every_op
def test_its_sentence_is_read_whole_in_a_row_of_80_columns(op: Op) -> None:
    assert cell_len(op.sentence) <= 76


@every_op
def test_every_way_to_write_it_mentions_every_input(op: Op) -> None:
    names = {name: f"value_{number}_of_{name}" for number, name in enumerate(op.inputs)}
    letters = leading_letters(op.rule, len(op.rule.extents(op.example_shapes(), op.example_settings).get(LEADING, ())))
    formula, tex = plain(op.rule, names, letters), latex(op.rule, "out", names, letters)
    code = {node.id for node in ast.walk(ast.parse(op.numpy)) if isinstance(node, ast.Name)}
    assert op.sentence
    assert op.sentence[0].isupper() or op.sentence[0].isdigit()
    for name in op.inputs:
        assert f"{{{name}}}" in op.matrices
        assert names[name] in formula
        assert names[name].replace("_", r"\_") in tex
        assert name in code
    assert tex.count("{") == tex.count("}")
    assert tex.count(r"\left(") == tex.count(r"\right)")


def laid(op: Op, shapes: Mapping[str, Shape]) -> tuple[Program, dict[str, str]]:
    """Lay an operation, a loss behind it unless it is one, and the way back; return the ids of the gradients."""
    builder = Builder(OPS, lambda identity: identity)
    inputs = {}
    for name, shape in shapes.items():
        trained = name in op.gradients
        inputs[name] = builder.variable(
            f"layer1.{name}", shape, "parameter" if trained else "data", layer="layer1", trainable=trained
        )
    if op.rule.target:
        made = builder.lay(op, inputs, "layer1.output", "forward", layer="layer1", settings=op.example_settings)
        if op.infinite:  # only what takes infinities can make a loss of them
            made = builder.lay("softmax", [made], "layer2.output", "forward", layer="layer2")
        target = builder.variable("targets", builder.shapes[made], "data")
        loss = builder.lay("half_sse", {"y": made, "t": target}, "loss", "error", layer="loss")
    else:
        loss = builder.lay(op, inputs, "loss", "error", layer="loss", settings=op.example_settings)
    gradients = lay_gradients(builder, loss)
    return builder.finish(loss, (("forward",), ("error",), ("deltas",), ("gradients",), ("update",))), gradients


@every_gradient
def test_gradients_are_what_the_loss_does(op: Op) -> None:
    for seed, shapes in enumerate(many_shapes(op)):
        program, gradients = laid(op, shapes)
        start = {f"layer1.{name}": array for name, array in draw(op, shapes, seed, smooth=True).items()}
        if "targets" in program.values:
            start["targets"] = np.random.default_rng(seed).normal(size=program.values["targets"].shape)
        assert set(gradients) == {f"layer1.{name}" for name in op.gradients}
        values = run_iteration(program, start)
        for parameter, gradient in gradients.items():
            measured = central_differences(program, start, parameter)
            assert values[gradient] == pytest.approx(measured, rel=1e-7, abs=1e-9), (shapes, parameter)


def central_differences(program: Program, start: Mapping[str, Array], parameter: str) -> Array:
    slopes = np.empty_like(start[parameter])
    for place in np.ndindex(slopes.shape):
        losses = []
        for move in (3e-4, -3e-4, 6e-4, -6e-4):
            moved = start[parameter].copy()
            moved[place] += move
            losses.append(float(run_iteration(program, {**start, parameter: moved})["loss"]))
        slopes[place] = (8 * (losses[0] - losses[1]) - (losses[2] - losses[3])) / 36e-4
    return slopes


EXTREMES = (-1e4, -800.0, -40.0, -1e-9, 0.0, 1e-9, 40.0, 800.0, 1e4)


@pytest.mark.parametrize("function", [name for name in get_args(Function) if name != "softmax"])
def test_where_numpy_differs_from_the_rule_the_entry_says_so(function: str) -> None:
    op = OPS[function]
    settings = dict.fromkeys(op.settings, ALPHA.get(function))
    z = np.array(EXTREMES)
    with np.errstate(all="ignore"):
        made = op.forward(z, **settings)
    said = np.array([work_out(op.rule, (n,), {"z": z}, settings).value for n in range(len(z))])
    assert np.isfinite(made).all()
    if not np.allclose(made, said, rtol=1e-9, atol=0):
        assert op.note


def test_a_large_score_does_not_overflow_softmax() -> None:
    z = np.array([[1e4, 0.0, -1e4], [1e4, 1e4, -1e4]])  # (b, j)
    assert forward(OPS["softmax"], {"z": z}).tolist() == [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]
    t = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])  # (b, j)
    assert float(forward(OPS["softmax_cross_entropy"], {"t": t, "z": z})) == pytest.approx(np.log(2))


@pytest.mark.parametrize("name", ["bce", "cce", "bce_slope", "cce_slope"])
def test_a_chance_of_exactly_0_or_1_gives_no_nan(name: str) -> None:
    y, t = np.array([[0.0, 1.0, 0.0, 1.0]]), np.array([[0.0, 1.0, 1.0, 0.0]])  # (b, j)
    assert not np.isnan(forward(OPS[name], {"y": y, "t": t})).any()
    assert OPS[name].note


def test_every_activation_has_an_operation_with_a_gradient() -> None:
    assert [name for name in get_args(Function) if not OPS[name].gradients] == []
    assert set(ALPHA) <= set(get_args(Function))


def test_every_loss_has_both_its_operations_with_a_gradient_to_the_output_alone() -> None:
    for loss in LOSSES.values():
        for reduction in ("sum", "mean"):
            op = OPS[loss.step_op(reduction)]
            (output,) = op.gradients
            assert set(op.inputs) == {output, "t"}
            assert op.rule.target == ()
            assert op.settings == (("n",) if reduction == "mean" else ())


@pytest.mark.parametrize("z", [10.0, 11.0, 1e103, 1e155, 1e300])
def test_far_out_the_slope_of_gelu_is_one_and_zero(z: float) -> None:
    for name in ("gelu_slope", "gelu_tanh_slope"):
        with np.errstate(all="ignore"):
            far = OPS[name].forward(np.array([[z, -z]]))
        np.testing.assert_allclose(far, [[1.0, 0.0]], rtol=0, atol=1e-15)
