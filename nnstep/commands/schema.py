"""`nnstep schema`: what editors need to complete scenario files."""

import json
from argparse import Namespace

from nnstep.scenario.schema import json_schema


def run(_: Namespace) -> int:
    """Print the JSON Schema."""
    print(json.dumps(json_schema(), indent=2))
    return 0
