"""The schema that editors complete from."""

import json

from .conftest import Run


def test_it_is_a_json_schema_that_knows_the_keys_of_a_scenario(run: Run) -> None:
    ran = run("schema")
    assert (ran.code, ran.err) == (0, "")
    schema = json.loads(ran.out)
    assert "json-schema.org" in schema["$schema"]
    assert {"title", "data", "network", "loss", "optimizer", "epochs"} <= set(schema["properties"])
