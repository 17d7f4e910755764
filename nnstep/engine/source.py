"""Writing a program as a plain NumPy script: one line a step, in the names and the order in which it is shown.

The lines are those that stepping runs, so the numbers are the same in every bit. No line comes from a scenario file;
its names do, so only what makes a Python name is taken from them.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from keyword import iskeyword
from typing import Any

from nnstep.engine import layout, spatial, vector
from nnstep.engine.rule import Shape
from nnstep.records import dataclass

_SPELT = {"f′": "slope_", "∂": "d", "′": "_slope", "ŷ": "y_hat", "√": "root_", "Δ": "delta_", "²": "_squared"}
_HELPERS: Mapping[str, Any] = {
    **{made.__name__: made for made in (layout.dot, vector.rows, vector.softmax, vector.logsumexp)},
    **{name: getattr(spatial, name) for name in dir(spatial) if inspect.isfunction(getattr(spatial, name))},
}
_NUMBERS = {
    "tiny": "tiny = np.finfo(np.float64).tiny  # under what is divided by or given to log: 1 / 0 would be infinite",
    "inf": "inf = np.inf",
    "pi": "pi = np.pi",
    "erf": "erf = np.vectorize(math.erf, otypes=[np.float64])",
}
_IMPORTS = {
    "erf": "import math",
    "np": "import numpy as np",
    "sliding_window_view": "from numpy.lib.stride_tricks import sliding_window_view",
}
_WIDTH = 100  # characters of a line of text, and of the last line
_COLUMN = 64  # where the shapes stand, if the line leaves room


@dataclass(frozen=True)
class Line:
    """A step to write.

    id, name: of what it makes. code: the NumPy expression, over the names of inputs and settings.
    inputs: the id of the value for each input. part: the heading it stands under.
    """

    id: str
    name: str
    code: str
    inputs: Mapping[str, str]
    settings: Mapping[str, float]
    shape: Shape
    part: str


@dataclass(frozen=True)
class Given:
    """A value that an iteration starts with."""

    id: str
    name: str
    shape: Shape


def write_source(
    given: Sequence[Given], lines: Sequence[Line], carry: Mapping[str, str], loss: str, prediction: str
) -> str:
    """Return a module with a function `iteration`: it takes what is given, in this order, and returns two things.

    The first is the loss, the second what is carried on: parameters and states after the update, by their names here.
    carry: for each of these the id of the value it becomes. loss, prediction: the ids of these values.
    """
    values: list[Given | Line] = [*given, *lines]
    names = _identifiers(values)
    flat = {value.id for value in values if len(value.shape) <= 2}
    body: list[str] = []
    part = ""
    for line in lines:
        if line.part != part:
            part = line.part
            body += [*[""] * bool(body), f"# {part}"]
        body.append(_with_shape(f"{names[line.id]} = {_expression(line, names, flat)}", line.shape))
    kept = [f'"{names[before]}": {names[after]}' for before, after in carry.items()]
    arguments = ", ".join(names[value.id] for value in given)
    written = "\n".join(["", *body, "", *_returned(names[loss], kept)])
    described = _wrapped(
        f"Run one iteration; returns the loss and what the next one starts with. "
        f"The network's answer is {names[prediction]}."
    )
    shapes = [f"{names[value.id]}: {_text(value.shape)}" for value in given]
    documented = f'"""{described}\n\n{_wrapped("Shapes: " + "; ".join(shapes) + ".")}\n"""'
    function = _defined(arguments) + textwrap.indent(f"{documented}{written}", "    ")
    helpers, needed = _helpers(ast.parse(function))
    imports = [statement for name, statement in _IMPORTS.items() if name in needed or name == "np"]
    numbers = [statement for name, statement in _NUMBERS.items() if name in needed]
    parts = ["\n".join(imports), "\n".join(numbers), *helpers, function]
    return "\n\n\n".join(part for part in parts if part) + "\n"


def _identifiers(values: Iterable[Given | Line]) -> dict[str, str]:
    """Return a Python name for each value, by id: its name on the screen as far as that is one, else its id."""
    taken = {*_HELPERS, *_NUMBERS, *_IMPORTS, "iteration"}
    found: dict[str, str] = {}
    for value in values:
        name = _identifier(value.name)
        choices = [name, f"{name}_next"] if value.id.endswith(".next") else [name]
        choices.append(re.sub(r"\W", "_", value.id))
        found[value.id] = next(
            choice
            for choice in chain(choices, (f"value_{n}" for n in count(1)))
            if choice.isidentifier() and not iskeyword(choice) and choice not in taken
        )
        taken.add(found[value.id])
    return found


def _identifier(name: str) -> str:
    name = re.sub(r"\W*-1\b", "_before", name)  # h(-1), before the first time, is not h(1)
    for sign, word in _SPELT.items():
        name = name.replace(sign, word)
    return re.sub(r"\W+", "_", name).strip("_")


def _expression(line: Line, names: Mapping[str, str], flat: set[str]) -> str:
    tree = ast.parse(vector.with_dot(line.code), mode="eval")
    inputs = {name: names[value] for name, value in line.inputs.items()}
    matrices = {name for name, value in line.inputs.items() if value in flat}
    return ast.unparse(ast.fix_missing_locations(_Filled(inputs, line.settings, matrices).visit(tree)))


class _Filled(ast.NodeTransformer):
    """Puts names in the place of inputs and numbers in the place of settings."""

    def __init__(self, inputs: Mapping[str, str], settings: Mapping[str, float], matrices: set[str]) -> None:
        self.inputs, self.settings, self.matrices = inputs, settings, matrices

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.inputs:
            return ast.Name(self.inputs[node.id], node.ctx)
        return ast.Constant(self.settings[node.id]) if node.id in self.settings else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node:
            case ast.Call(func=ast.Name(id="rows"), args=[ast.Name(id=name)]) if name in self.matrices:
                return self.visit(node.args[0])  # type: ignore[no-any-return]
        return self.generic_visit(node)


def _helpers(tree: ast.AST) -> tuple[list[str], set[str]]:
    """Return the functions that code calls, each after those that it calls itself, and all names that are read."""
    found: dict[str, str] = {}
    read: set[str] = set()

    def look(part: ast.AST) -> None:
        for node in ast.walk(part):
            if isinstance(node, ast.Name):
                read.add(node.id)
                if node.id in _HELPERS and node.id not in found:
                    found[node.id] = ""
                    definition = _plain(_HELPERS[node.id])
                    look(definition)
                    del found[node.id]  # so that it comes after what it calls
                    found[node.id] = ast.unparse(definition)

    look(tree)
    return list(found.values()), read


def _plain(function: Any) -> ast.FunctionDef:
    """Return a function of the engine without the types of its arguments."""
    definition = ast.parse(inspect.getsource(function)).body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.returns = None
    for argument in definition.args.args:
        argument.annotation = None
    for number, statement in enumerate(definition.body):
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            definition.body[number] = ast.Assign([statement.target], statement.value)
    return ast.fix_missing_locations(definition)


def _with_shape(line: str, shape: Shape) -> str:
    return f"{line:<{_COLUMN}}  # {_text(shape)}" if shape else line


def _defined(arguments: str) -> str:
    line = f"def iteration({arguments}):\n"
    return line if len(line) <= _WIDTH else f"def iteration(\n{textwrap.indent(_wrapped(arguments), '    ')},\n):\n"


def _returned(loss: str, kept: Sequence[str]) -> list[str]:
    line = f"return {loss}, {{{', '.join(kept)}}}"
    return [line] if len(line) <= _WIDTH else [f"return {loss}, {{", *(f"    {entry}," for entry in kept), "}"]


def _text(shape: Shape) -> str:
    return "×".join(map(str, shape)) if shape else "a number"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False)
