"""What holds of every network, whatever its layers are."""

import numpy as np

from nnstep.catalog.names import NAME_SETS
from nnstep.engine.program import Program, Step
from nnstep.explain.checks import check_gradients
from nnstep.session import Session
from tests.helpers.trainings import Tree, parameters, same, session


def assert_sound(tree: Tree) -> None:
    """Assert that gradients agree with the loss, name sets in all but signs and names, and jumps with steps."""
    first = session(tree, "math")
    for iteration in (1, 2):
        for check in check_gradients(first.compiled.training, iteration):
            assert check.exact, (iteration, check.parameter)
    for names in NAME_SETS:
        other = session(tree, names)
        assert_same_numbers(first, other)
        assert_names_tell_apart(other.program)
    assert_jumps_lead_where_steps_do(tree)


def assert_same_numbers(first: Session, other: Session) -> None:
    """Assert that two name sets have the same numbers to the last bit, but for the signs that they show."""
    shown, values, names = first.history.values(3), other.history.values(3), other.compiled.names.name
    states = {variable.id for variable in other.program.carried if variable.kind == "state"}
    for identity, value in other.program.values.items():
        if identity in shown and identity not in states:  # what a state is now says its `.next`
            sign = value.sign if isinstance(value, Step) else 1
            assert np.array_equal(sign * values[identity], shown[identity]), (names, identity)
    there, here = (parameters(walk, 20) for walk in (first, other))
    assert all(np.isfinite(array).all() for array in here.values())
    signs = {identity: other.program.values[after].sign for identity, after in made_anew(other.program)}
    signed = {identity for identity, sign in signs.items() if sign < 0}
    assert same(*({name: walk[name] for name in there.keys() - signed} for walk in (there, here))), names
    assert all(np.array_equal(-here[name], there[name]) for name in signed), names


def made_anew(program: Program) -> list[tuple[str, str]]:
    """Return what is carried and becomes something else, with what that is."""
    return [(before, after) for before, after in program.carry.items() if before != after]


def assert_names_tell_apart(program: Program) -> None:
    """Assert that no two steps have one name, and that none is called as what an iteration starts with."""
    steps = [*program.steps, *program.measures]
    assert len({step.name for step in steps}) == len(steps)
    variables = {variable.name: f"{variable.id}.next" for variable in program.variables}
    assert [step.id for step in steps if variables.get(step.name, step.id) != step.id] == []


def assert_jumps_lead_where_steps_do(tree: Tree) -> None:
    """Assert that going back to an iteration, with little memory, gives what stepping there gave."""
    stepped, gone = session(tree), session(tree, budget=4096)
    for iteration in range(1, 13):
        expected = stepped.history.values(iteration)
    gone.history.values(60)
    assert same(dict(expected), dict(gone.history.values(12)))
