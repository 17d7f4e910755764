"""Every step of the layers on images, of dropout and of the norms has a story, and its arithmetic is right."""

import re
from itertools import product

import numpy as np
import pytest

from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.explain.reads import read_cells
from nnstep.explain.story import tell
from nnstep.explain.words import plain_text
from nnstep.session import Session
from tests.helpers.trainings import NAMES, compiled, dense, net

pytestmark = pytest.mark.deep

_RANDOM = np.random.default_rng(5)
_IMAGES = {
    "inputs": _RANDOM.normal(size=(3, 2, 5, 5)).round(2).tolist(),
    "targets": _RANDOM.uniform(0.1, 0.9, (3, 2)).round(2).tolist(),
}
NETS = {
    "images": compiled(
        net(
            {"layer": "conv2d", "filters": 2, "kernel_size": 2, "padding": 1, "activation": "tanh"},
            {"layer": "batch_norm"},
            {"layer": "max_pool2d", "size": 3, "stride": 1},
            {"layer": "conv2d", "filters": 3, "kernel_size": 1},
            {"layer": "avg_pool2d", "size": 2},
            {"layer": "flatten"},
            {"layer": "dropout", "rate": 0.25},
            dense(2, "sigmoid"),
            data=_IMAGES,
        )
    ),
    "rows": compiled(
        net(
            dense(6),
            {"layer": "batch_norm"},
            {"layer": "reshape", "shape": [1, 2, 3]},
            {"layer": "flatten"},
            {"layer": "reshape", "shape": [3, 2]},
            {"layer": "layer_norm"},
            {"layer": "flatten"},
            dense(2),
        )
    ),
}


def some_cells(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the corners of a value."""
    return list(product(*({0, length - 1} for length in shape)))


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("name", NETS)
def test_every_step_is_told(name: str, names: str) -> None:
    walk = Session(NETS[name])
    walk.rename(names)
    walk.go(2, len(walk.program.steps))
    view = walk.view()
    for value in walk.program.values.values():
        for at in some_cells(value.shape):
            cell = Cell(value.id, at)
            for speak in ("words", "formula", "numpy"):
                story = tell(view, cell, decimals=6, speak=speak)  # type: ignore[arg-type]
                lines = [plain_text(line) for line in (story.title, story.what, story.numbers, story.why, story.shapes)]
                assert lines[1]
                assert not re.search(r"[{}\x00]", " ".join(lines)), lines
                assert not re.search(r"[-+·/] +-\d|·-\d", lines[2]), lines[2]
            written = [word.text for word in story.numbers if word.role == "written"]
            if isinstance(value, Step):
                assert float(written[1]) == pytest.approx(view.shown(cell), rel=1e-4, abs=1e-6)
                reads = read_cells(view, cell)
                assert reads.keys() <= set(value.reads)


def told(name: str, identity: str, *at: int, speak: str = "formula") -> str:
    walk = Session(NETS[name])
    walk.go(1, len(walk.program.steps))
    return plain_text(tell(walk.view(), Cell(identity, at), speak=speak).what)  # type: ignore[arg-type]


def test_formulas_say_which_window_is_read() -> None:
    assert told("images", "layer1.convolved", 0, 0, 0, 0) == (
        "(X*K1)[b,k,y,x] = Σ[c,p,q] padded X[b,c,y+p,x+q]·K1[k,c,p,q]"
    )
    assert told("images", "layer3.output", 0, 0, 0, 0) == "a3[b,c,y,x] = max[p,q] a2[b,c,y+p,x+q]"
    assert told("images", "layer3.error", 0, 0, 0, 0) == (
        "∂L/∂a3[b,c,y,x] = Σ[k,v,u where 0 ≤ y - v < 1 and 0 ≤ x - u < 1] ∂L/∂a4[b,k,v,u]·K4[k,c,y-v,x-u]"
    )
    assert told("images", "layer6.output", 0, 0) == "a6[b,j] = a5[b,⌊j / (2·2)⌋,⌊j / 2⌋ mod 2,j mod 2]"


def test_what_is_given_and_what_is_remembered_is_said() -> None:
    walk = Session(NETS["images"])
    walk.go(1, len(walk.program.steps))
    mask = tell(walk.view(), Cell("layer7.mask", (0, 0)))
    assert "a number of the mask that layer 7 gets in this iteration" in plain_text(mask.what)
    running = tell(walk.view(), Cell("layer2.running_mean", (0,)))
    assert "the running mean, which layer 2 remembers" in plain_text(running.what)
