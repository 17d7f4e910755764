"""What the YAML parser refuses, in people's words: what was most likely written, at the line where it is."""

import re
from collections.abc import Sequence
from typing import Final, NoReturn

from ruamel.yaml.error import MarkedYAMLError

from nnstep.scenario.builder import Builder
from nnstep.scenario.text import in_message

Quoted = tuple[int, int]
"""The offsets of a quoted text's first quote and of what is behind its last."""

TAGS: Final = "tags (!) are not read"
TAGS_HINT: Final = "take it out, or put it in quotes if it is meant as text"
# What the parser says, what it means, and what to try; the first whose words are in the message holds.
_ADVICE: Final = (
    ("'\\t' that cannot start any token", "a tab can not indent here", "use spaces"),
    ("found a tab character", "a tab can not indent here", "use spaces"),
    ("that cannot start any token", "a value can not begin with this sign", "put the text in quotes"),
    ("mapping values are not allowed here", "a second ': ' in one value", "put the text in quotes, or mend the indent"),
    ("could not find expected ':'", "a key without its ': '", "write key: value, and close every quote and bracket"),
    ("expected <block end>", "this does not line up with what is above it", "mend the indent, or close the bracket"),
    ("expected ',' or ']'", "this list is not closed", "a comma or ] is missing before this place"),
    ("expected ',' or '}'", "this mapping is not closed", "a comma or } is missing before this place"),
    ("unexpected end of stream", "a quote is not closed before the end of the file", "close it"),
    ("unexpected document separator", "a quote is not closed before this line", "close it"),
    ("unknown escape character", "an unknown escape in double quotes", "write \\\\ for a backslash, or use 'quotes'"),
    ("expected escape sequence of", "an unknown escape in double quotes", "write \\\\ for a backslash"),
    ("expected alphabetic or numeric character", "* and & name parts of a file: not read here", "put it in quotes"),
    ("expected '<document start>'", "the scenario has ended before this", "it is one mapping: key: value, a line each"),
    ("but found '-'", "a list with dashes can not stand in brackets", "write [a, b]"),
    (
        "sequence entries are not allowed here",
        "a list with dashes can not begin here",
        "write [a, b], or a line for each",
    ),
    (TAGS, TAGS, TAGS_HINT),
)
# A dash and, without a space, a key or a bracket.
_DASH: Final = re.compile(r"[ ]*(-)(?:[^\W\d]\w*:|[{\[\"'])")
_AFTER_ALL: Final = re.compile(r"expected <block end>, but found '[],}]'")
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'|\"(?:\\.|[^\"\\])*\"|(?<=\s)#.*")
_CLOSES: Final = {"]": "[", "}": "{"}
_MINUS: Final = re.compile(r"-[ ]+([0-9.][0-9.eE]{0,20})", re.ASCII)


def refuse_yaml(error: MarkedYAMLError, offset: int, quoted: Sequence[Quoted], builder: Builder) -> NoReturn:
    """Raise what a parser's error means.

    offset: where it is, if the error itself does not say. quoted: the quoted texts so far.
    """
    mark = error.problem_mark or error.context_mark
    if mark is not None:
        offset = min(mark.index, len(builder.text.characters))
    problem = str(error.problem or error.context or "")
    _refuse_quote(error, offset, quoted, builder)
    _refuse_dash(offset, builder)
    if _AFTER_ALL.search(problem):
        _refuse_surplus(offset, builder)
    if minus := _MINUS.match(builder.text.characters, offset):
        builder.refuse(offset, "a space stands between a minus and its number", f"write -{minus[1]}")
    for words, what, hint in _ADVICE:
        if words in problem:
            offset = _blamed(error, offset, builder)
            builder.refuse(offset, f"{what}{_began(error, offset, builder)}", hint)
    builder.refuse(offset, f"this is not YAML: {in_message(problem, limit=160)}")


def _refuse_quote(error: MarkedYAMLError, offset: int, quoted: Sequence[Quoted], builder: Builder) -> None:
    """Refuse a quoted text that has ended right before the error, in the middle of what was meant as its line."""
    characters = builder.text.characters
    before = len(characters[:offset].rstrip(" "))
    begin, end = next((each for each in quoted if each[1] == before), (0, 0))
    # In a list, two texts with a space between them lack a comma.
    is_apart = end < offset and "flow" in str(error.context)
    if not end or "<scalar>" not in str(error.problem):
        return
    first, last = builder.text.position(begin)[0], builder.text.position(end)[0]
    if first < last:
        what = f"a quote is not closed in its line: this text goes on to the next quote, in line {last}"
        builder.refuse(begin, what, "close it at the end of the text")
    if not is_apart:
        quote = characters[begin]
        hint = "write '' for an apostrophe, or \"…\" around the text" if quote == "'" else "write '…' around the text"
        builder.refuse(end - 1, f"this {quote} ends the text, and more stands behind it", hint)


def _refuse_surplus(offset: int, builder: Builder) -> None:
    """Refuse the first bracket in the line of an error that closes what none in it has opened."""
    characters = builder.text.characters
    begin = _line_of(characters, offset)
    line = re.split(r"[\n\r]", characters[begin:], maxsplit=1)[0]
    opened: list[str] = []
    for place, sign in enumerate(_QUOTED.sub(lambda match: " " * len(match[0]), line)):
        if sign in _CLOSES.values():
            opened.append(sign)
        elif sign in _CLOSES and (not opened or opened.pop() != _CLOSES[sign]):
            what = f"one {sign} too many, or its {_CLOSES[sign]} is missing"
            builder.refuse(begin + place, what, "each bracket that closes belongs to one that opens")


def _refuse_dash(offset: int, builder: Builder) -> None:
    """Refuse a dash without its space, in the line of the error, or in the one above it that should have begun it."""
    characters = builder.text.characters
    here = _line_of(characters, offset)
    above = _line_of(characters, max(here - 2, 0))
    for start in (here, above):
        found = _DASH.match(characters, start)
        # What belongs to a dash stands further in than it.
        if found and (start == here or characters[here : here + found.end(1) - start].isspace()):
            builder.refuse(found.start(1), "a space is missing after the dash", "write - key: value")


def _line_of(characters: str, offset: int) -> int:
    """Return where the line of a place begins."""
    return max(characters.rfind(sign, 0, offset) for sign in "\n\r") + 1


def _blamed(error: MarkedYAMLError, offset: int, builder: Builder) -> int:
    """Return where to point: at the beginning of what is not closed, if nothing but the end of the file shows it."""
    characters = builder.text.characters
    is_late = "could not find expected" in str(error.problem) or not characters[offset:].strip()
    if error.context_mark is not None and is_late:
        return min(int(error.context_mark.index), len(characters))
    return offset


def _began(error: MarkedYAMLError, offset: int, builder: Builder) -> str:
    """Return where the thing that is not closed or does not line up began, if that is another line."""
    if error.context_mark is None:
        return ""
    line = builder.text.position(min(error.context_mark.index, len(builder.text.characters)))[0]
    return "" if line == builder.text.position(offset)[0] else f"; what it belongs to began in line {line}"
