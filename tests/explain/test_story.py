"""The story of a cell: what, the numbers, why, shapes; for every cell of every kind of network, at every place."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.branches import Number
from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.explain.operation import latex_formula
from nnstep.explain.story import Story, tell
from nnstep.explain.words import ROLES, plain_text
from nnstep.session import Session
from tests.explain.walks import view_of
from tests.helpers.trainings import NAMES, batched, compiled, dense, exploding, net, session, spreadsheet

LINES = ("title", "what", "numbers", "why", "shapes", "note", "teacher", "warning")


@pytest.fixture
def walk() -> Session:
    """Return a session of the spreadsheet at the end of the second iteration."""
    made = session(spreadsheet())
    made.go(2, 18)
    return made


def told(walk: Session, name: str, *at: int, **settings: object) -> dict[str, str]:
    story = tell(walk.view(), Cell(name, at), **settings)  # type: ignore[arg-type]
    return {line: plain_text(getattr(story, line)) for line in LINES}


def test_an_error_that_goes_back(walk: Session) -> None:
    story = told(walk, "layer1.error", 1, 1)
    assert story["what"] == "Error_at_hidden_layer = d_output · woutᵀ"
    assert story["numbers"] == "Error_at_hidden_layer[1,1] = 0.0334·0.2450 = 0.0082   was 0.0081"
    assert story["why"].startswith("How much each unit below is to blame")
    assert story["shapes"].startswith("d_output 3×1 · wout 3×1ᵀ → Error_at_hidden_layer 3×3")
    spoken = {speak: told(walk, "layer1.error", 1, 1, speak=speak)["what"] for speak in ("formula", "numpy")}
    assert spoken["numpy"] == "Error_at_hidden_layer = d_output @ wout.T"
    assert spoken["formula"] == "Error_at_hidden_layer[b,i] = Σ[j] d_output[b,j]·wout[i,j]"
    step = walk.program.values["layer1.error"]
    assert isinstance(step, Step)
    assert r"\sum_{j}" in latex_formula(walk.program, step)
    assert story["title"] == "Error_at_hidden_layer[1,1]   step 9 of 18 · deltas · hidden layer · sample 1"


@pytest.mark.parametrize(
    ("name", "at", "what", "numbers"),
    [
        ("layer1.pre_activation", (0, 1), "hidden_layer_input = X · wh + bh", " = 1·0.8802 + 0·0.7295 + 1·0.1802"),
        ("layer2.error", (0, 0), "E = y - output", "E[0,0] = 1 - 0.7863 = 0.2137   was 0.2107"),
        ("layer2.slope", (0, 0), "slope_output_layer = output ∘ (1 - output)", " = 0.7863·(1 - 0.7863) ≈ 0.1681"),
        ("layer2.delta", (2, 0), "d_output = E ∘ slope_output_layer", "d_output[2,0] = -0.7862·0.1681 ≈ -0.1321"),
        (
            "layer2.bias.grad",
            (0,),
            "d_bout = column sums of d_output",
            "d_bout[0] = 0.0359 + 0.0334 + (-0.1321) = -0.0628",
        ),
        ("layer2.weights.next", (0, 0), "wout = wout + lr·d_wout", "wout[0,0] = 0.2951 + 0.1·(-0.0477) ≈ 0.2904"),
        (
            "loss",
            (),
            "loss = ½ Σ(output - y)²",
            "loss = 0.5·(0.7863 - 1)² + 0.5·(0.7949 - 1)² + 0.5·(0.7862 - 0)² ≈ 0.35",
        ),
    ],
)
def test_each_kind_of_step(walk: Session, name: str, at: tuple[int, ...], what: str, numbers: str) -> None:
    story = told(walk, name, *at)
    assert story["what"] == what
    assert numbers in story["numbers"]


def test_the_same_in_other_words(walk: Session) -> None:
    assert (
        told(walk, "layer2.weights.grad", 0, 0, speak="words")["what"] == "d_wout = hiddenlayer_activationsᵀ · d_output"
    )
    assert (
        told(walk, "layer2.weights.grad", 0, 0, speak="numpy")["what"]
        == "d_wout = hiddenlayer_activations.T @ d_output"
    )
    formula = told(walk, "layer2.weights.grad", 0, 0, speak="formula")["what"]
    assert formula == "d_wout[i,j] = Σ[b] hiddenlayer_activations[b,i]·d_output[b,j]"


def test_what_is_read_and_written_is_marked_so(walk: Session) -> None:
    story = tell(walk.view(), Cell("layer2.delta", (0, 0)))
    assert [word for word in story.what if word.role != "operator"] == [
        ("d_output", "written"),
        ("E", "read"),
        ("slope_output_layer", "read"),
    ]
    assert [word for word in story.numbers if word.role in ("read", "written")] == [
        ("d_output[0,0]", "written"),
        ("0.2137", "read"),
        ("0.1681", "read"),
        ("0.0359", "written"),
    ]


def test_more_decimals(walk: Session) -> None:
    assert "= 0.213734·0.168052 = 0.035918" in told(walk, "layer2.delta", 0, 0, decimals=6)["numbers"]


def test_a_cell_that_is_not_there_yet_keeps_its_secret(walk: Session) -> None:
    walk.go(2, 3)
    story = told(walk, "layer2.delta", 0, 0)
    assert story["numbers"] == "d_output[0,0] is worked out in step 8   was 0.0350"
    assert story["what"] == "d_output = E ∘ slope_output_layer"
    walk.go(1, 3)
    assert told(walk, "layer2.delta", 0, 0)["numbers"] == "d_output[0,0] is worked out in step 8"
    assert "forward pass" in told(walk, "loss")["numbers"]


def test_before_the_first_step_it_says_what_comes() -> None:
    walk = session(spreadsheet(summary="Two layers.", notes={"start": "Look at wh first."}))
    story = tell(walk.view())
    assert plain_text(story.what) == "spreadsheet   Two layers."
    assert plain_text(story.numbers) == "4-3-1 sigmoid · 3 samples · half_sse · 18 steps an iteration"
    assert plain_text(story.why) == "Press Space: next is hidden_layer_input = X · wh + bh"
    assert plain_text(story.teacher) == "Look at wh first."
    walk.go(2, 0)
    assert plain_text(tell(walk.view()).what).startswith("Iteration 2 begins")
    assert tell(walk.view()).teacher == ()


@pytest.mark.parametrize(
    ("name", "at", "what", "numbers"),
    [
        (
            "layer1.weights",
            (2, 1),
            "wh[2,1]: a weight, from feature 2 to hidden unit 1",
            "wh[2,1] = 0.1802   was 0.1800",
        ),
        ("layer2.weights", (2, 0), "wout[2,0]: a weight, from hidden unit 2 to output unit 0", "wout[2,0] = 0.2251"),
        ("layer2.bias", (0,), "bout[0]: the bias of output unit 0", "bout[0] = 0.6836   was 0.6900"),
        ("inputs", (2, 3), "X[2,3]: feature 3 of sample 2", "X[2,3] = 1"),
        ("targets", (1, 0), "y[1,0]: what output unit 0 should say to sample 1", "y[1,0] = 1"),
        ("learning_rate", (), "lr: how long each step downhill is", "lr = 0.1"),
    ],
)
def test_what_an_iteration_begins_with(walk: Session, name: str, at: tuple[int, ...], what: str, numbers: str) -> None:
    story = told(walk, name, *at)
    assert story["what"] == what
    assert story["numbers"].startswith(numbers)


def test_a_weight_says_who_reads_it(walk: Session) -> None:
    assert told(walk, "layer2.weights", 0, 0)["why"] == (
        "read by steps 3 output_layer_input, 9 Error_at_hidden_layer, 15 wout"
    )
    assert told(walk, "targets", 0, 0)["why"] == "read by step 5 E"


def test_an_input_of_a_sequence_is_that_of_one_time_and_so_are_its_readers() -> None:
    sequence = tell(view_of("rnn-counts", 1), Cell("inputs", (0, 2, 0)))
    assert plain_text(sequence.what) == "X[0,2,0]: feature 0 at time 2 of sample 0"
    assert plain_text(sequence.why) == "read by step 12 x1(2)"
    image = tell(view_of("max-pooling", 1), Cell("inputs", (1, 0, 2, 4)))
    assert plain_text(image.what) == "X[1,0,2,4]: pixel 2,4 of sample 1"


def test_in_a_formula_the_letters_are_those_of_a_whole_product() -> None:
    spoken = plain_text(tell(view_of("rnn-counts", 1), Cell("layer1.t2.pre_activation", (0, 0)), speak="formula").what)
    assert spoken == "z1(2)[b,j] = (x1(2)·Wx1)[b,j] + (h1(1)·Wh1)[b,j]"


def test_what_an_optimizer_remembers() -> None:
    walk = session(net(dense(2), optimizer="adam"), "classic")
    assert told(walk, "layer1.weights.first_moment", 0, 0)["what"].endswith(
        "the first moment of wout, which the optimizer remembers"
    )


def test_layers_are_counted_where_several_are_hidden() -> None:
    walk = session(net(dense(3, "tanh"), dense(2, "tanh", trainable={"weights": False, "bias": True}), dense(2)))
    walk.next()
    assert told(walk, "layer2.weights", 1, 0)["what"].endswith(
        "from hidden unit 1 of layer 1 to hidden unit 0 of layer 2, not trained"
    )


def test_the_sample_of_a_row_is_the_sample_not_the_row() -> None:
    walk = session(batched())
    walk.go(2, 1)
    sample = walk.view().samples[1]
    named = f"sample {sample}" + ("" if sample == 1 else " (row 1 of the batch)")
    assert named in told(walk, "layer1.weighted", 1, 0)["title"]
    assert told(walk, "inputs", 1, 2)["what"].endswith(f"feature 2 of sample {sample}")


def test_the_numpy_that_differs_from_the_rule_is_said() -> None:
    walk = session(net(dense(3, "softmax"), loss="cce"))
    walk.go(1, 3)
    assert told(walk, "layer1.output", 0, 0)["note"].startswith("computed with the largest of the row")


def test_a_long_sum_is_shortened() -> None:
    walk = session(net(dense(2), inputs=40))
    walk.next()
    story = told(walk, "layer1.weighted", 0, 0, most_terms=3)
    assert story["numbers"].partition(" = ")[2].count("·") == 3
    assert "… and 37 more (" in story["numbers"]


def test_a_branch_says_why_it_was_taken() -> None:
    walk = session(net(dense(2, "leaky_relu", weights=[[1.0, -1.0]], bias=False), inputs=1, samples=1))
    walk.go(1, 2)
    value = float(walk.view().values["layer1.pre_activation"][0, 1])
    story = told(walk, "layer1.output", 0, 1 if value < 0 else 0)
    assert re.search(r" = 0\.01·\(-[\d.]+\) = -[\d.e-]+   because -[\d.]+ ≤ 0$", story["numbers"])


def test_what_is_not_finite_is_named_with_its_beginning() -> None:
    walk = session(exploding())
    walk.go(12, 4)
    fault = walk.view().fault
    assert fault is not None
    warning = plain_text(tell(walk.view()).warning)
    assert f"in epoch {fault.iteration}" in warning
    assert warning.startswith("the first number that is not finite was ")


NETS = {
    "spreadsheet": compiled(spreadsheet()),
    "batches": compiled(batched()),
    "classes": compiled(net(dense(4, "relu"), dense(3, "softmax"), loss="cce")),
    "scores": compiled(net(dense(4, "gelu"), dense(3), loss="softmax_cross_entropy")),
    "sequences": compiled(
        net(
            dense(2, "elu"),
            dense(2, "sigmoid"),
            loss="bce",
            data={"inputs": np.ones((2, 3, 2)).tolist(), "targets": np.zeros((2, 3, 2)).tolist()},
        )
    ),
    "adam": compiled(net(dense(2, "relu"), dense(1), loss={"name": "half_sse", "l2": 0.1}, optimizer="adam")),
    "exploding": compiled(exploding()),
}


def all_text(story: Story) -> str:
    return " ".join(plain_text(getattr(story, line)) for line in LINES)


@pytest.mark.parametrize("name", NETS)
@given(st.data())
def test_every_cell_has_a_story_everywhere(name: str, data: st.DataObject) -> None:
    walk = Session(NETS[name])
    walk.rename(data.draw(st.sampled_from(NAMES)))
    walk.go(data.draw(st.integers(1, 12)), data.draw(st.integers(0, len(walk.program.steps))))
    identity = data.draw(st.sampled_from(sorted(walk.program.values)))
    shape = walk.program.values[identity].shape
    cell = Cell(identity, tuple(data.draw(st.integers(0, length - 1)) for length in shape))
    view = walk.view()
    for speak in ("words", "formula", "numpy"):
        story = tell(view, cell, speak=speak, most_terms=data.draw(st.integers(1, 9)))  # type: ignore[arg-type]
        words = [word for line in LINES for word in getattr(story, line)]
        assert {word.role for word in words} <= set(ROLES)
        assert all(word.text for word in words)
        text = all_text(story)
        assert story.title
        assert story.what
        assert view.program.values[identity].name in text
        assert not re.search(r"[{}\x00]", text)
        assert not re.search(r"[-+·/] +-\d|·-\d", plain_text(story.numbers))


@pytest.mark.parametrize("name", [name for name in NETS if name != "exploding"])
@given(st.data())
def test_the_result_in_the_line_is_the_cells_number(name: str, data: st.DataObject) -> None:
    walk = Session(NETS[name])
    step = data.draw(st.integers(1, len(walk.program.steps)))
    walk.go(data.draw(st.integers(1, 6)), step)
    made = walk.program.steps[step - 1]
    cell = Cell(made.id, tuple(data.draw(st.integers(0, length - 1)) for length in made.shape))
    view = walk.view()
    written = [word for word in tell(view, cell, decimals=6).numbers if word.role == "written"]
    assert len(written) == 2
    assert float(written[1].text) == pytest.approx(view.shown(cell), rel=1e-4, abs=1e-6)


def test_a_number_that_is_handed_on_says_whose_it_is() -> None:
    story = tell(view_of("lstm-remembers"), Cell("layer1.t0.forget_gate.pre_activation", (1, 0)))
    assert plain_text(story.what) == "z of f1(0) = z1(0) from column 1, 1 wide"
    assert plain_text(story.numbers).startswith("z of f1(0)[1,0] = z1(0)[1,1] = ")
    embedded = tell(view_of("embedding"), Cell("layer1.output", (2, 0, 1)))
    assert re.match(r"a1\[2,0,1\] = E1\[\d,1\] = -?[\d.]+", plain_text(embedded.numbers))


def test_an_input_that_was_scaled_says_what_it_was() -> None:
    # Twelve of sixteen shades, as scikit-learn's digits have it.
    was = "X[0,10] = 0.7500   12 before it was scaled"
    assert plain_text(tell(view_of("digits"), Cell("inputs", (0, 10))).numbers) == was
    inputs = [[5.25], [1], [3]]
    data = {"inputs": inputs, "targets": [[0], [1], [1]], "scale": "standard", "split": {"test": 1, "seed": 3}}
    walk = session(net(dense(1), data=data))
    view = walk.view()
    for row, sample in enumerate(view.samples):
        assert view.compiled.data.unscaled[sample] in np.array(inputs)
        number = float(view.compiled.data.unscaled[sample, 0])
        by_hand = (number - 9.25 / 3) / np.std([5.25, 1, 3])
        assert float(view.values["inputs"][row, 0]) == pytest.approx(by_hand)
    walk.edit(Number(Cell("inputs", (0, 0)), 2.0))
    assert plain_text(tell(walk.view(), Cell("inputs", (0, 0))).numbers) == "X[0,0] = 2.0000"
    assert "before it was scaled" not in plain_text(tell(view_of("moons"), Cell("inputs", (0, 0))).numbers)


@pytest.mark.parametrize(
    ("scenario", "cell", "line"),
    [
        # X[2,0] is 2: the one word of a batch that is looked up in row 2.
        ("embedding", Cell("layer1.table.grad", (2, 1)), "∂L/∂E1[2,1] = ∂L/∂a1[2,0,1] = NUMBER   was NUMBER"),
        # No word is 4.
        ("embedding", Cell("layer1.table.grad", (4, 1)), "∂L/∂E1[4,1] = 0   nothing of the loss reaches it   was 0"),
        # Columns in the order i, f, g, o, each one wide: no number decides whose this is.
        ("lstm-remembers", Cell("layer1.t2.delta", (1, 3)), "δ1(2)[1,3] = δ of o1(2)[1,0] = NUMBER   was NUMBER"),
    ],
)
def test_what_only_a_place_decides_needs_no_reason(scenario: str, cell: Cell, line: str) -> None:
    shown = plain_text(tell(view_of(scenario), cell).numbers)
    assert re.sub(r"-?\d+\.\d+(e-\d+)?", "NUMBER", shown) == line


def test_the_place_of_a_winner_is_a_whole_number() -> None:
    view = view_of("max-pooling")
    at = tuple(np.argwhere(view.values["layer2.winners"] == 3)[0].tolist())
    assert ") = 3   was " in plain_text(tell(view, Cell("layer2.winners", at)).numbers)
