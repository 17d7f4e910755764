"""The JSON Schema of scenario files, from which editors complete: made from the structs and the catalog."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from nnstep.catalog.datasets import SCALES, SOURCES, Setting
from nnstep.catalog.initializers import INITIALIZERS
from nnstep.catalog.layers import LAYERS
from nnstep.catalog.losses import LOSSES
from nnstep.catalog.mistakes import MISTAKES
from nnstep.catalog.names import NAME_SETS
from nnstep.catalog.optimizers import OPTIMIZERS
from nnstep.catalog.schedules import SCHEDULES
from nnstep.scenario import limits
from nnstep.scenario.model import (
    ChosenLoss,
    ChosenOptimizer,
    ChosenSchedule,
    FileData,
    InlineData,
    Scenario,
    SourceData,
)

Schema = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE: Final = "#/$defs/{name}"
_NUMBERS: Final[Schema] = {
    "description": "numbers, or rows of them, all of one length",
    "type": "array",
    "items": {"anyOf": [{"type": "number"}, {"$ref": "#/$defs/Numbers"}]},
    "minItems": 1,
}


def json_schema() -> Schema:
    """Return the schema as plain values, ready for `json.dumps`; every name of the catalog is in it."""
    _, parts = msgspec.json.schema_components([Scenario], schema_hook=_text, ref_template=_REFERENCE)
    for part in parts.values():
        del part["title"], part["description"]  # the names of classes, and words for those who read the code
    scenario = parts.pop(Scenario.__name__)
    properties = scenario["properties"]
    properties["title"]["maxLength"] = limits.TITLE
    properties["summary"]["maxLength"] = limits.SUMMARY
    properties["names"].update(_one_of((name, entry.sentence) for name, entry in NAME_SETS.items()))
    properties["mistake"] = {
        "description": properties["mistake"]["description"],
        **_one_of((name, entry.sentence) for name, entry in MISTAKES.items()),
    }
    properties["data"] = {"description": "what the network learns from", "anyOf": _forms_of_data(parts)}
    properties["network"]["items"] = {"anyOf": _layers(parts)}
    properties["loss"] = _loss(parts.pop(ChosenLoss.__name__))
    properties["optimizer"] = _optimizer()
    parts.pop(ChosenOptimizer.__name__)
    parts.pop(ChosenSchedule.__name__)
    properties["batches"].pop("default")
    schema = {
        "$schema": _DIALECT,
        "title": "nnstep scenario",
        "description": "A network, what it learns from, and how.",
        **{key: scenario[key] for key in ("type", "properties", "required", "additionalProperties")},
        "$defs": {**parts, "Numbers": _NUMBERS},
    }
    plain: Schema = msgspec.json.decode(msgspec.json.encode(schema))  # defaults are tuples before this
    return plain


def _text(kind: type) -> Schema:
    """Return the schema of SafeText; called by msgspec for types that it does not know."""
    return {"type": "string"}


def _one_of(entries: Iterable[tuple[str, str]]) -> Schema:
    """Return the schema of a name out of the catalog; editors show the sentence beside it."""
    return {"oneOf": [{"const": name, "description": sentence} for name, sentence in entries]}


def _layers(parts: dict[str, Schema]) -> list[Schema]:
    for layer in LAYERS.values():
        part = parts[layer.__name__]
        part["description"] = layer.sentence
        if "init" in part["properties"]:
            names = _one_of((name, entry.sentence) for name, entry in INITIALIZERS.items())
            told = [_mapping(name, entry.sentence, entry.settings) for name, entry in INITIALIZERS.items()]
            part["properties"]["init"] = {"description": "how weights are drawn", "anyOf": [names, *told]}
    return [{"$ref": _REFERENCE.replace("{name}", layer.__name__)} for layer in LAYERS.values()]


def _loss(part: Schema) -> Schema:
    names = _one_of((name, entry.sentence) for name, entry in LOSSES.items())
    part["properties"]["name"] = names
    part["description"] = "a loss and its settings"
    return {"description": "how wrong the network is", "anyOf": [names, part]}


def _optimizer() -> Schema:
    names = _one_of((name, entry.sentence) for name, entry in OPTIMIZERS.items())
    told = []
    for name, entry in OPTIMIZERS.items():
        part = _mapping(name, entry.sentence, {})
        for key, default in entry.settings.items():
            part["properties"][key] = {"type": "number", "minimum": 0, "default": default}
        part["properties"]["schedule"] = _schedule()
        told.append(part)
    return {"description": "how the weights learn", "anyOf": [names, *told]}


def _schedule() -> Schema:
    names = _one_of((name, entry.sentence) for name, entry in SCHEDULES.items())
    told = [_mapping(name, entry.sentence, entry.settings) for name, entry in SCHEDULES.items()]
    return {"description": "how the learning rate changes from epoch to epoch", "anyOf": [names, *told]}


def _mapping(name: str, sentence: str, settings: Mapping[str, Setting], key: str = "name") -> Schema:
    """Return the schema of a catalog entry with its settings beside its name."""
    own = {each: _setting(setting) for each, setting in settings.items()}
    return {
        "description": sentence,
        "type": "object",
        "properties": {key: {"const": name}, **own},
        "required": [key],
        "additionalProperties": False,
    }


def _setting(setting: Setting) -> Schema:
    return {
        "description": setting.sentence,
        "type": "integer" if setting.is_whole else "number",
        "minimum": setting.low,
        "maximum": setting.high,
        "default": setting.default,
    }


def _forms_of_data(parts: dict[str, Schema]) -> list[Schema]:
    inline, source, file = (parts.pop(form.__name__) for form in (InlineData, SourceData, FileData))
    for form in (inline, source, file):
        del form["properties"]["form"]
        form["required"].remove("form")
        form["properties"]["scale"]["anyOf"] = [{"enum": sorted(SCALES)}, {"type": "null"}]
    inline["description"] = "samples written out"
    file["description"] = "a table beside the scenario"
    for key in ("inputs", "targets"):
        words = inline["properties"][key]["description"]
        inline["properties"][key] = {"description": words, "$ref": "#/$defs/Numbers"}
    common = source["properties"]
    del common["settings"], common["source"]
    sources = []
    for name, entry in SOURCES.items():
        form = _mapping(name, entry.sentence, entry.settings, key="source")
        form["properties"].update(common)
        sources.append(form)
    return [inline, *sources, file]
