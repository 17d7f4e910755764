"""The schema that editors complete from says what loading says."""

import json
from pathlib import Path
from typing import Any

import pytest

from nnstep.catalog.datasets import SCALES, SOURCES
from nnstep.catalog.initializers import INITIALIZERS
from nnstep.catalog.layers import LAYERS
from nnstep.catalog.losses import LOSSES
from nnstep.catalog.mistakes import MISTAKES
from nnstep.catalog.names import NAME_SETS
from nnstep.catalog.optimizers import OPTIMIZERS
from nnstep.scenario.document import read_document
from nnstep.scenario.load import shipped
from nnstep.scenario.schema import json_schema

HERE = Path(__file__).parent
SCHEMA = json_schema()
WORDS = {"$schema", "$defs", "title", "description", "default"}  # these say nothing about a value
KINDS: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Return whether a value is valid; knows the keywords that our schema uses, and fails on any other."""
    return all(fits_one(value, schema, word, said) for word, said in schema.items() if word not in WORDS)


def fits_one(value: Any, schema: dict[str, Any], word: str, said: Any) -> bool:  # noqa: PLR0912
    match word:
        case "$ref":
            return fits(value, SCHEMA["$defs"][said.removeprefix("#/$defs/")])
        case "type":
            return isinstance(value, KINDS[said]) and (said == "boolean" or not isinstance(value, bool))
        case "const":
            return bool(value == said)
        case "enum":
            return value in said
        case "anyOf":
            return any(fits(value, each) for each in said)
        case "oneOf":
            return sum(fits(value, each) for each in said) == 1
        case "properties":
            return all(fits(value[key], each) for key, each in said.items() if key in value)
        case "required":
            return all(key in value for key in said)
        case "additionalProperties":
            others = [each for key, each in value.items() if key not in schema.get("properties", {})]
            return all(said is not False and fits(each, said) for each in others)
        case "items":
            others = value[len(schema.get("prefixItems", [])) :]
            return all(said is not False and fits(each, said) for each in others)
        case "prefixItems":
            return all(fits(each, own) for each, own in zip(value, said, strict=False))
        case "minItems" | "maxItems" | "maxProperties" | "maxLength":
            return len(value) >= said if word == "minItems" else len(value) <= said
        case "minimum" | "exclusiveMinimum":
            return bool(value > said) or (word == "minimum" and bool(value == said))
        case "maximum" | "exclusiveMaximum":
            return bool(value < said) or (word == "maximum" and bool(value == said))
    raise AssertionError(f"the schema uses a keyword that this test does not know: {word}")


def tree(path: Path) -> Any:
    return read_document(path.read_bytes(), path.name).tree


@pytest.mark.parametrize("name", ["good.yaml", "good-source.yaml", "good-table.yaml", "good.json"])
def test_good_files_fit(name: str) -> None:
    assert fits(tree(HERE / name), SCHEMA)


def test_every_shipped_scenario_fits() -> None:
    assert [name for name, path in shipped().items() if not fits(tree(path), SCHEMA)] == []


@pytest.mark.parametrize(
    "name",
    [
        *("key-misspelt", "key-of-layer-misspelt", "key-of-loss-misspelt", "key-of-optimizer-misspelt"),
        *("key-of-stop-misspelt", "key-of-data-misspelt", "key-of-trainable-misspelt", "key-of-the-model", "key-on"),
        *("title-missing", "title-is-a-number", "title-too-long", "data-missing", "data-is-text", "data-says-nothing"),
        *("inputs-missing", "targets-missing", "inputs-hold-text", "inputs-hold-true", "image-of-three"),
        *("network-empty", "network-is-a-name", "layer-as-key", "layer-misspelt", "activation-misspelt"),
        *("units-missing", "units-zero", "units-too-many", "units-true", "weights-hold-text", "init-misspelt"),
        *("loss-misspelt", "loss-nameless", "reduction-misspelt", "l2-negative", "optimizer-misspelt"),
        *("rate-negative", "names-misspelt", "seed-negative", "batch-misspelt", "batch-enormous", "batches-empty"),
        *("shuffle-yes", "epochs-a-fraction", "patience-zero", "notes-are-text", "source-misspelt"),
        *("source-setting-unknown", "source-setting-out-of-range", "scale-misspelt", "split-of-all", "take-nothing"),
        *("split-validation-of-all", "split-key-misspelt", "mistake-misspelt", "mistake-is-a-list"),
        *("table-without-targets", "data-two-forms"),
    ],
)
def test_what_loading_refuses_for_its_form_does_not_fit(name: str) -> None:
    assert not fits(tree(HERE / "bad" / f"{name}.yaml"), SCHEMA)


def test_every_name_of_the_catalog_is_offered() -> None:
    offered = set(constants(SCHEMA))
    for catalog in (NAME_SETS, LAYERS, LOSSES, OPTIMIZERS, INITIALIZERS, SOURCES, SCALES, MISTAKES):
        assert set(catalog) <= offered


def constants(schema: Any) -> list[str]:
    """Return every word that the schema allows somewhere."""
    if isinstance(schema, list):
        return [word for each in schema for word in constants(each)]
    if not isinstance(schema, dict):
        return []
    own = [schema["const"]] if "const" in schema else list(schema.get("enum", []))
    return [*own, *(word for each in schema.values() for word in constants(each))]


def test_it_is_json_and_refers_to_what_is_there() -> None:
    text = json.dumps(SCHEMA)
    assert json.loads(text) == SCHEMA
    for part in text.split('"#/$defs/')[1:]:
        assert part.partition('"')[0] in SCHEMA["$defs"]
    for word in ("InlineData", '"form"', '"settings"', "SafeText", "discriminator"):
        assert word not in text
