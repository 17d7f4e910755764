"""An operation: its rule, its NumPy, its gradients and its words; one frozen entry of the catalog."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cache, cached_property
from typing import Final

from nnstep.engine.cell import Array
from nnstep.engine.formula import in_matrices
from nnstep.engine.rule import Rule, RuleError, Shape
from nnstep.engine.vector import code_of, compile_code
from nnstep.records import dataclass

NEGATED: Final = "minus_"
"""What the name of an operation begins with that is another one's negative."""


@dataclass(frozen=True, eq=False)
class Op:
    """A kind of operation.

    rule: what one cell of the result is.
    sentence: what it is for, in words a student knows.
    code: the NumPy expression, over the names of the inputs and settings; empty where the rule says it all.
    notation: the operation on whole matrices, `{x} · {w}`; empty where the rule without its indices says it.
    gradients: for each input that a signal goes back to, what goes back, as operations:
        `mul(d, sigmoid_slope(out))`, where `d` is the signal that comes in and `out` the result; arguments come in
        the order in which the called operation's rule reads them. An input that is not named gets none.
        The settings of the step go along, and a call may fix another: `take_time(d, at=0)`.
    role: what the value is called when it stands inside a gradient (`slope`).
    note: where the NumPy differs from the rule, and why (numerically safe forms); shown with the step.
    example: shapes (and settings) to try the operation on, for tests and the catalog's pages.
    domain: what its inputs may be in an example: any | unit (0 to 1) | one_hot | place (the number of a
        cell in a window) for a named input.
    kinks: has it places with no derivative (such as relu at 0)?
    infinite: does it make infinities on purpose (a mask), so that they are no fault?
    joined: of an operation that takes a block of columns (settings `start` and `size`): what lays the signals of n such
        blocks side by side is called `joined_n`. Without it, or where blocks are missing, signals are added up.
    """

    name: str
    rule: Rule
    sentence: str
    code: str = ""
    notation: str = ""
    gradients: Mapping[str, str] = field(default_factory=dict)
    role: str = ""
    note: str = ""
    example: Mapping[str, Shape] = field(default_factory=dict)
    example_settings: Mapping[str, float] = field(default_factory=dict)
    domain: Mapping[str, str] = field(default_factory=dict)
    kinks: bool = False
    infinite: bool = False
    joined: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of what it reads, in the order its function takes them."""
        return self.rule.inputs

    @property
    def settings(self) -> tuple[str, ...]:
        """The names of the numbers that are fixed when a step is laid."""
        return self.rule.settings

    @cached_property
    def numpy(self) -> str:
        """The NumPy expression, given or derived from the rule."""
        return self.code or code_of(self.rule)

    @cached_property
    def forward(self) -> Callable[..., Array]:
        """The function on whole arrays: inputs by position, settings by name."""
        return compile_code(self.numpy, self.inputs, self.settings)

    @cached_property
    def matrices(self) -> str:
        """The operation on whole matrices, with `{name}` where an input's name or a setting's number goes."""
        return self.notation or in_matrices(self.rule, {name: f"{{{name}}}" for name in (*self.inputs, *self.settings)})

    def example_shapes(self) -> dict[str, Shape]:
        """Return shapes that fit: those given, or 3×4 for each input of an elementwise rule.

        Raises RuleError for other rules without any.
        """
        if self.example:
            return dict(self.example)
        if not self.rule.elementwise:
            raise RuleError(f"{self.name} needs example shapes")
        return {reference.name: (3, 4) if reference.indices else () for reference in self.rule.references}

    def negated(self) -> "Op":
        """Return the operation of minus this value: what a name set with E = y - output asks for."""
        code = f"-({self.code})" if self.code else ""
        notation = f"-({self.notation})" if self.notation else ""
        return Op(
            f"{NEGATED}{self.name}",
            self.rule.negated(),
            self.sentence,
            code,
            notation,
            role=self.role,
            note=self.note,
            example=self.example,
            example_settings=self.example_settings,
            domain=self.domain,
            kinks=self.kinks,
            infinite=self.infinite,
        )


@dataclass(frozen=True)
class Call:
    """A gradient as operations: an operation's name over names (`d`, `out`, inputs) or further calls.

    settings: numbers that are fixed by the call.
    """

    op: str
    arguments: "tuple[Call | str, ...]"
    settings: tuple[tuple[str, int], ...] = ()


@cache
def read_gradient(text: str) -> Call | str:
    """Read `mul(d, sigmoid_slope(out))`. Raises RuleError where it is not names and calls."""
    return _read(ast.parse(text, mode="eval").body)


def _read(node: ast.expr) -> Call | str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        settings = tuple(_read_setting(keyword) for keyword in node.keywords)
        return Call(node.func.id, tuple(_read(argument) for argument in node.args), settings)
    raise RuleError(f"a gradient is made of names and calls, not {ast.unparse(node)}")


def _read_setting(keyword: ast.keyword) -> tuple[str, int]:
    if keyword.arg and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, int):
        return keyword.arg, keyword.value.value
    raise RuleError(f"a gradient is made of names and calls, and numbers for settings, not {ast.unparse(keyword)}")
