"""Our dataclasses are as the standard library's, as far as anybody looks."""

import dataclasses
from dataclasses import FrozenInstanceError, field, replace
from functools import cached_property

import pytest

from nnstep.records import dataclass

KINDS = pytest.mark.parametrize("make", [dataclass, dataclasses.dataclass], ids=["ours", "theirs"])


@KINDS
def test_what_a_frozen_one_does(make: type) -> None:
    @make(frozen=True)
    class Place:
        row: int
        name: str = "x"
        more: list[int] = field(default_factory=list)

        @cached_property
        def twice(self) -> int:
            return 2 * self.row

    one = Place(3)
    assert (one.row, one.name, one.more) == (3, "x", [])
    assert one.more is not Place(3).more
    assert one == Place(row=3) != Place(4)
    assert one.twice == 6
    assert one == Place(3)  # what is kept beside the fields is none of them
    assert replace(one, name="y") == Place(3, "y")
    assert repr(Place(3)).endswith("Place(row=3, name='x', more=[])")
    assert one != (3, "x", [])
    with pytest.raises(FrozenInstanceError):
        one.row = 4
    with pytest.raises(FrozenInstanceError):
        del one.row
    for wrong in ((), (1, "a", [], 2)):
        with pytest.raises(TypeError):
            Place(*wrong)
    with pytest.raises(TypeError):
        Place(1, row=2)
    with pytest.raises(TypeError):
        Place(1, column=2)


@KINDS
def test_which_ones_can_be_kept_in_sets(make: type) -> None:
    @make(frozen=True)
    class Frozen:
        row: int

    @make
    class Open:
        row: int

    @make(frozen=True, eq=False)
    class Single:
        row: int

    assert len({Frozen(1), Frozen(1), Frozen(2)}) == 2
    assert len({Single(1), Single(1)}) == 2
    with pytest.raises(TypeError):
        hash(Open(1))
    changed = Open(1)
    changed.row = 5
    assert changed == Open(5)


@KINDS
def test_more_of_one_and_what_it_does_when_made(make: type) -> None:
    @make(frozen=True)
    class Below:
        row: int

        def __post_init__(self) -> None:
            object.__setattr__(self, "row", self.row + 1)

    @make(frozen=True)
    class Above(Below):
        column: int = 2

    assert Above(1) == Above(1, 2)
    assert (Above(1).row, Above(1).column) == (2, 2)
    assert Above(1) != Below(1)

    match Above(1):
        case Above(row, column):
            assert (row, column) == (2, 2)
