"""Convolutions in the picture of the network: its maps, its kernels, the window that is read and what it makes."""

import numpy as np
import pytest

from nnstep.engine.cell import Cell
from nnstep.explain.pictures.looks import READ
from nnstep.explain.pictures.network import network_facts
from nnstep.explain.pictures.network_parts import Network
from nnstep.explain.pictures.seen import Seen
from nnstep.session import Session
from nnstep.tui.renderables.pictures.network_maps import arranged
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.pictures.registry import PICTURES
from nnstep.tui.theme import Mode, palette
from tests.tui.driving import shipped


def network(session: Session) -> Network:
    return network_facts(Seen(session.view(), 78, 18, session.history.at_hand), None)


def text(session: Session, size: tuple[int, int], mode: Mode = "256", *, is_large: bool = False) -> str:
    strips = PICTURES["network"].paint(network(session), Page(*size, palette(mode), is_large=is_large))
    assert len(strips) == size[1]
    assert {strip.cell_length for strip in strips} <= {size[0]}
    return "\n".join(strip.text.rstrip() for strip in strips)


def test_each_map_has_its_kernel_beside_it() -> None:
    session = Session(shipped("convnet-digits"))
    session.go(2, 3)
    shown = network(session)
    assert [column.title for column in shown.columns] == ["input", "conv2d", "max_pool2d", "output"]
    assert shown.columns[1].shown.values == pytest.approx(session.view().values["layer2.pre_activation"][0])
    assert shown.wires[0].kernels == pytest.approx(session.view().values["layer2.kernel"])
    lines = text(session, (86, 31)).split("\n")
    # As many arrows from kernels as there are kernels, and one each to the layers that have none.
    assert sum(line.count("─▶") for line in lines) == 4 + 2
    # Flattened maps are shown as they were, and not once more as units in a row.
    assert "36 units" not in "\n".join(lines)


def test_the_window_that_is_read_is_framed() -> None:
    session = Session(shipped("convolution-edge"))
    session.go(1, 1)
    session.place_cursor(Cell("layer1.output", (0, 0, 2, 1)))
    image, made = network(session).columns
    wanted = np.zeros((1, 6, 6), dtype=int)
    wanted[0, 2:5, 1:4] = READ
    assert image.shown.marks is not None
    assert image.shown.marks.tolist() == wanted.tolist()
    assert made.shown.marks is not None
    assert np.argwhere(made.shown.marks).tolist() == [[0, 2, 1]]
    assert "frames: what is read" in text(session, (78, 18))


def test_a_kernel_that_is_told_is_named() -> None:
    session = Session(shipped("convnet-digits"))
    session.go(1, 2)
    session.place_cursor(Cell("layer2.convolved", (0, 3, 0, 0)))
    assert network(session).wires[0].kernel == 3
    session.go(1, session.program.order["layer2.kernel.grad"])
    session.place_cursor(Cell("layer2.kernel.grad", (2, 0, 1, 1)))
    wires = network(session).wires[0]
    assert (wires.kernel, wires.light) == (2, "written")
    assert wires.kernels == pytest.approx(session.view().values["layer2.kernel.grad"])


@pytest.mark.parametrize("mode", ["256", "16", "none"])
@pytest.mark.parametrize("size", [(78, 18), (98, 24), (164, 52), (30, 8), (9, 3), (1, 1)], ids=str)
def test_maps_fit_any_page(size: tuple[int, int], mode: Mode) -> None:
    for name in ("convnet-digits", "max-pooling", "convolution-edge", "xor", "lstm-remembers"):
        session = Session(shipped(name))
        for step in (0, 3, len(session.program.steps) - 2):
            session.go(2, step)
            for is_large in (False, True):
                text(session, size, mode, is_large=is_large)


@pytest.mark.parametrize(
    ("shape", "room", "by", "across", "count"),
    [((1, 6, 6), (24, 10), 3, 1, 1), ((4, 6, 6), (20, 28), 2, 1, 4), ((64, 4, 4), (30, 9), 1, 3, 12)],
)
def test_maps_are_as_large_as_there_is_room_for(
    shape: tuple[int, ...], room: tuple[int, int], by: int, across: int, count: int
) -> None:
    tiles = arranged(shape, room, 2, 4)
    assert (tiles.by, tiles.across, tiles.count) == (by, across, count)
    assert tiles.size[0] <= room[0]
    assert tiles.size[1] <= room[1]


def test_a_room_reads_large_figures() -> None:
    session = Session(shipped("xor"))
    session.go(1, 3)
    shown = text(session, (98, 24), is_large=True)
    assert "█" in shown or "▀" in shown
    assert "0.5" not in shown.split("\n")[4]
