"""Words know what they are; names survive being put into text."""

from hypothesis import given
from hypothesis import strategies as st

from nnstep.explain.words import ROLES, Word, marked, plain_text, sentence, unmarked

names = st.text(st.characters(blacklist_characters="\x00", blacklist_categories=("Cs",)), min_size=1)


def test_a_line_without_its_roles() -> None:
    assert plain_text((Word("a", "name"), Word(" = "), Word("1", "value"))) == "a = 1"


def test_nothing_to_say_is_an_empty_line() -> None:
    assert sentence("") == ()
    assert sentence("yes", "dim") == (Word("yes", "dim"),)


@given(names, names)
def test_marked_names_are_found_again(left: str, right: str) -> None:
    line = unmarked(f"{marked(left)} + {marked(right)}", "read")
    assert line == (Word(left, "read"), Word(" + ", "operator"), Word(right, "read"))


def test_the_roles_are_those_that_the_screen_knows() -> None:
    assert {"plain", "name", "read", "written", "dim", "heading", "operator", "warning"} <= set(ROLES)
