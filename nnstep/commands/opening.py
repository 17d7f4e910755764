"""From what a person calls a scenario to one that is ready to run."""

from nnstep.catalog.names import NAME_SETS
from nnstep.errors import unknown
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import load
from nnstep.scenario.text import in_message


def open_scenario(reference: str, names: str = "") -> Compiled:
    """Return the compiled scenario of a path or a shipped name, told in a name set (its own where that is empty).

    Raises NnstepError for whatever is wrong with either.
    """
    if names and names not in NAME_SETS:
        raise unknown("name set", in_message(names), NAME_SETS, where="--names")
    return compile_scenario(load(reference), names=names)
