"""Nothing a file says can drive the terminal, hide, or turn the line around; and nothing else is changed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.scenario.text import MARKS, SafeText, in_message, safe_text

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates, too


def is_seen(character: str) -> bool:
    """Return whether a terminal shows the character, by its Unicode category alone."""
    return character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x1b[2J", "␛[2J"),
        ("\x9b31m", "<U+009B>31m"),
        ("\0", "␀"),
        ("a\rb", "a␍b"),
        ("\x7f", "␡"),
        ("abc\u202etxt", "abc<U+202E>txt"),
        ("\u2066a\u2069", "<U+2066>a<U+2069>"),
        ("a\u200bb", "a<U+200B>b"),
        ("a\u00adb", "a<U+00AD>b"),
        ("a\u2028b", "a<U+2028>b"),
        ("\ud800", "<U+D800>"),
        ("\ue000", "<U+E000>"),
        ("\ufeff", "<U+FEFF>"),
        ("\u3164", "<U+3164>"),
        ("\U000e0041", "<U+E0041>"),
    ],
)
def test_what_can_not_be_seen_is_shown(raw: str, shown: str) -> None:
    assert safe_text(raw, limit=100) == shown


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "two\nlines\tand a tab",
        "W[i] = w[j] [bold] [/] [@click=app.quit]x[/] \\[ $x {0}",
        "δ = ∂L/∂z ⊙ σ'(z) · Wᵀ",
        "Größe, naïve, Ελληνικά, 日本語, العربية",
        "e\u0301 a\u0323\u0302",
        "🙂 ❤\ufe0f",
        "wide\u3000and\u00a0unbreakable",
    ],
)
def test_ordinary_text_stays_as_it_is(raw: str) -> None:
    assert safe_text(raw, limit=100) == raw


def test_every_character_of_unicode_is_seen() -> None:
    # Beyond the third plane there are tags, and long ranges of which each character is like the next.
    codes = (*range(0x30000), *range(0x30000, 0xE0000, 251), *range(0xE0000, 0xE1000), *range(0xE1000, 0x110000, 251))
    unseen = [code for code in codes if not all(map(is_seen, safe_text(chr(code), limit=20)))]
    assert unseen == []


def test_a_tower_of_marks_is_cut() -> None:
    shown = safe_text("a" + "\u0301" * 100_000 + "b", limit=1_000)
    assert shown == "a" + "\u0301" * MARKS + "b"


def test_a_mark_without_a_letter_does_not_change_what_stands_before_the_text() -> None:
    assert safe_text("\u0338x\n\u0338", limit=20) == "◌\u0338x\n◌\u0338"


@given(raw=ANY_TEXT, limit=st.integers(1, 50))
def test_the_result_is_seen_short_and_final(raw: str, limit: int) -> None:
    shown = safe_text(raw, limit=limit)
    assert isinstance(shown, SafeText)
    assert all(map(is_seen, shown))
    assert len(shown) <= limit
    assert safe_text(shown, limit=limit) == shown


@given(raw=ANY_TEXT)
def test_a_message_has_one_line(raw: str) -> None:
    shown = in_message(raw)
    assert len(shown.splitlines()) <= 1
    assert "\t" not in shown


def test_what_is_cut_says_so() -> None:
    assert safe_text("a" * 10, limit=5) == "aaaa…"
    assert safe_text("δ" * 10, limit=5) == "δδδδ…"
