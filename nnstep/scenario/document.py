"""A file's bytes as plain values that know their lines; nothing is built from them here."""

from contextlib import suppress

from nnstep.errors import NnstepError
from nnstep.records import dataclass
from nnstep.scenario.builder import Builder, Place, Tree
from nnstep.scenario.decode import Text, decode
from nnstep.scenario.json_events import NotJsonError, build_json
from nnstep.scenario.limits import SCENARIO_BYTES
from nnstep.scenario.text import SafeText, in_message
from nnstep.scenario.yaml_events import build_yaml

Step = str | int


@dataclass(frozen=True)
class Document:
    """What a file says: `tree` is made of dict, list, str, int, float, bool and None alone."""

    source: SafeText
    tree: Tree
    text: Text
    root: Place

    def where(self, *path: Step, key: bool = False) -> str:
        """Return `source:line:column` of the value at `path`, or of its key.

        Path items are keys and indexes from 0. What the file does not have is placed at the nearest thing it has.
        """
        place = self.root
        for step in path:
            found = _inside(place, step)
            if found is None:
                key = False  # the key is that of a value which is not there
                break
            place = found
        return self.text.where(place.key_offset if key and place.key_offset >= 0 else place.offset)


def read_document(raw: bytes, source: str) -> Document:
    """Return the values in `raw`, YAML 1.2 or JSON, with their places.

    source: what messages call the file. Raises NnstepError, with line and column, for files that are too large, too
    deep or not UTF-8, and for aliases, tags, duplicate keys, keys that are not text, and numbers that are not finite.
    """
    name = in_message(source, limit=200)
    if len(raw) > SCENARIO_BYTES:
        raise too_large(name, SCENARIO_BYTES)
    text = decode(raw, name)
    builder = _built(text)
    if builder.tree is None:
        raise NnstepError("this file is empty", where=f"{name}:1:1", hint="`nnstep list` names scenarios to begin with")
    return Document(name, builder.tree, text, builder.root)


def too_large(source: str, limit: int) -> NnstepError:
    """Return the error for a file of more than `limit` bytes."""
    return NnstepError(
        f"this file is larger than {limit // 1024} KiB",
        where=f"{source}:1:1",
        hint="put the data into a .csv file beside it: data: {file: data.csv, targets: [...]}",
    )


def _built(text: Text) -> Builder:
    builder = Builder(text)
    with suppress(NotJsonError):
        build_json(text.characters, builder)
        return builder
    builder = Builder(text)
    build_yaml(builder)
    return builder


def _inside(place: Place, step: Step) -> Place | None:
    if isinstance(place.items, dict):
        return place.items.get(step) if isinstance(step, str) else None
    if isinstance(place.items, list) and isinstance(step, int) and 0 <= step < len(place.items):
        return place.items[step]
    return None
