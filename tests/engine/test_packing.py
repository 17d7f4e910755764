"""What is packed comes back with its bits, its shape and its layout in memory."""

import numpy as np

from nnstep.engine.packing import Packing

ARRAYS = {
    "rows": np.arange(6.0).reshape(2, 3),
    "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3) + 10),
    "bias": np.array([0.5, -0.0]),
    "counted": np.asarray(7.0),
    "kernel": np.arange(24.0).reshape(2, 1, 3, 4),
}


def test_values_come_back_as_they_were() -> None:
    packing = Packing.of(ARRAYS)
    flat = np.empty(packing.width)  # (width)
    packing.pack(ARRAYS, flat)
    found = packing.views(flat)
    assert list(found) == list(ARRAYS)
    for identity, array in ARRAYS.items():
        assert (found[identity].tobytes(), found[identity].shape) == (array.tobytes(), array.shape)
        assert found[identity].strides == array.strides
        assert found[identity].base is not None


def test_what_lies_otherwise_is_packed_the_same() -> None:
    packing = Packing.of(ARRAYS)
    one, other = np.empty(packing.width), np.empty(packing.width)  # (width)
    packing.pack(ARRAYS, one)
    packing.pack({identity: np.array(array, order="C") for identity, array in ARRAYS.items()}, other)
    assert one.tobytes() == other.tobytes()


def test_a_view_that_is_written_to_writes_the_vector() -> None:
    packing = Packing.of(ARRAYS)
    flat = np.zeros(packing.width)  # (width)
    packing.views(flat)["columns"][1, 0] = 3.0
    assert flat.tolist() == [0.0] * 7 + [3.0] + [0.0] * (packing.width - 8)


def test_nothing_is_packed_in_nothing() -> None:
    assert Packing.of({}).width == 0
    assert Packing.of({}).views(np.empty(0)) == {}
