"""YAML to builder events: ruamel.yaml's scanner and parser, without the constructor that would make objects."""

import re
from typing import Any, Final, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import Reader
from ruamel.yaml.scanner import Scanner, ScannerError
from ruamel.yaml.tokens import ScalarToken

from nnstep.errors import NnstepError
from nnstep.scenario.builder import Builder
from nnstep.scenario.number_lists import Token, number_list
from nnstep.scenario.text import in_message
from nnstep.scenario.yaml_mistakes import TAGS, TAGS_HINT, Quoted, refuse_yaml

# A directive stands before the document; the parser meets some of them with an assertion.
_DIRECTIVE: Final = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*%")
_BEYOND_UNICODE: Final = re.compile(r"\\U(?!000|0010)[0-9a-fA-F]{8}")


class _Scanner(Scanner):
    """Takes lists of numbers in one piece, keeps where quoted texts are, and refuses a tag at its first character."""

    seen = 0  # how far the characters were looked at for a list of numbers that was none

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.quoted: list[Quoted] = []

    def fetch_flow_sequence_start(self) -> None:
        """Add one token for a list of numbers; its value is the list's own tokens, its style the bracket."""
        reader = self.reader
        if reader.pointer >= self.seen:
            tokens, end = number_list(reader.buffer, reader.pointer)
            if tokens:
                self.save_possible_simple_key()
                self.allow_simple_key = False
                mark = reader.get_mark()
                reader.forward(end - reader.pointer)
                self.tokens.append(ScalarToken(tokens, False, mark, reader.get_mark(), style="["))
                return
            self.seen = end
        super().fetch_flow_sequence_start()

    def fetch_flow_scalar(self, style: Any) -> None:
        """Add the token of a quoted text, and keep where it begins and ends."""
        begin = self.reader.pointer
        super().fetch_flow_scalar(style)
        self.quoted.append((begin, self.reader.pointer))

    def fetch_tag(self) -> None:
        """Refuse it here: ruamel.yaml takes a long one apart in the square of its length."""
        raise ScannerError(None, None, TAGS, self.reader.get_mark())


class _Reader(Reader):
    """Does not look for control characters a second time: no `Text` has any that ruamel.yaml would refuse."""

    def check_printable(self, data: object) -> None:
        """Take it; to compile ruamel.yaml's own search for them takes longer than to read most scenarios."""


def build_yaml(builder: Builder) -> None:
    """Give `builder` the events of its text; raises NnstepError, with line and column, for all that is refused."""
    characters = builder.text.characters
    if found := _DIRECTIVE.match(characters):
        _refuse_directive(found.end() - 1, builder)
    yaml = YAML(typ="safe", pure=True)
    yaml.Scanner, yaml.Reader = _Scanner, _Reader
    offset = 0
    documents = 0
    try:
        for event in yaml.parse(characters):
            offset = min(event.start_mark.index, len(characters))
            if isinstance(event, DocumentStartEvent):
                documents += 1
                _check_document(event, documents, offset, builder)
            else:
                _give(event, offset, builder)
    except NnstepError:
        raise
    except MarkedYAMLError as error:
        refuse_yaml(error, offset, yaml.scanner.quoted, builder)
    except Exception as error:  # the parser meets hostile files with ValueError, IndexError and others
        if found := _BEYOND_UNICODE.search(characters, offset):
            builder.refuse(found.start(), f"there is no character {found[0]}", "write \\\\ for a backslash")
        builder.refuse(offset, f"this can not be read as YAML ({type(error).__name__})", "look at the lines below, too")


def _give(event: Event, offset: int, builder: Builder) -> None:
    if isinstance(event, NodeEvent):
        _check_node(event, offset, builder)
    if isinstance(event, ScalarEvent) and event.style == "[":
        _give_numbers(event.value, builder)
    elif isinstance(event, ScalarEvent):
        builder.scalar(event.value, offset, plain=not event.style)
    elif isinstance(event, MappingStartEvent | SequenceStartEvent):
        builder.open(offset, mapping=isinstance(event, MappingStartEvent))
    elif isinstance(event, CollectionEndEvent):
        builder.close()


def _give_numbers(tokens: list[Token], builder: Builder) -> None:
    for text, offset in tokens:
        if text == "[":
            builder.open(offset, mapping=False)
        elif text == "]":
            builder.close()
        else:
            builder.scalar(text, offset, plain=True)


def _check_document(event: DocumentStartEvent, documents: int, offset: int, builder: Builder) -> None:
    if event.version is not None or event.tags:
        _refuse_directive(offset, builder)
    if documents > 1:
        builder.refuse(offset, "a second document begins here", "one scenario a file: take out the line ---")


def _check_node(event: NodeEvent, offset: int, builder: Builder) -> None:
    if isinstance(event, AliasEvent):
        name = in_message(str(event.anchor))
        builder.refuse(offset, f"aliases are not read: *{name}", "write the value out where it is needed")
    if event.anchor is not None:
        builder.refuse(offset, f"anchors are not read: &{in_message(str(event.anchor))}", "take it out")
    if getattr(event, "tag", None) is not None:
        builder.refuse(offset, TAGS, TAGS_HINT)


def _refuse_directive(offset: int, builder: Builder) -> NoReturn:
    builder.refuse(offset, "directives (lines that begin with %) are not read", "take it out")
