"""Formulas as text and as LaTeX, derived from rules."""

import ast
from collections.abc import Mapping
from typing import TypeAlias

from nnstep.engine.arithmetic import ADD, ATOM, CHOICE, COMPARISONS, MUL, POWER, SIGN
from nnstep.engine.rule import (
    LEADING,
    Rule,
    index_text,
    indices_of,
    is_reduction,
    reduction_name,
    summand,
)

Names: TypeAlias = Mapping[str, str]

_WHOLE = " ∘ "  # between whole arrays, which have no indices
# The fixed letters of `...`: where other letters follow it, and where it stands for all axes.
_BEFORE_OTHERS = ("", "b", "b,t", "b,t,s", "b,c,y,x")
_ALONE = ("", "j", "b,j", "b,t,j", "b,c,y,x")


def leading_letters(rule: Rule, count: int) -> str:
    """Return what `...` is called in a rule where it stands for `count` axes."""
    alone = all(reference.indices in ((), (LEADING,)) for reference in rule.references)
    return (_ALONE if alone else _BEFORE_OTHERS)[count]


def plain(rule: Rule, names: Names, leading: str = "b") -> str:
    """Return what one cell is, as text: `Σ[i] X[b,i]·wh[i,j]`.

    names: what each input is called. leading: the letters that `...` stands for.
    """
    return _Plain(names, leading).write(rule.body)[0]


def target_text(rule: Rule, name: str, leading: str = "b") -> str:
    """Return the left side of a formula: `hidden_layer_input[b,j]`."""
    inside = _inside(rule.target, leading)
    return f"{name}[{inside}]" if inside else name


def latex(rule: Rule, output: str, names: Names, leading: str = "b") -> str:
    """Return the whole rule as a LaTeX formula, without dollar signs."""
    writer = _Latex(names, leading)
    left = writer.indexed(latex_name(output), _inside(rule.target, writer.leading))
    return f"{left} = {writer.write(rule.body)[0]}"


# What the name sets write with letters that LaTeX has commands for.
_SIGNS = {
    "δ": r"\delta ",
    "η": r"\eta ",
    "α": r"\alpha ",
    "β": r"\beta ",
    "γ": r"\gamma ",
    "μ": r"\mu ",
    "σ": r"\sigma ",
    "²": "^2",
    "∂": r"\partial ",
    "ŷ": r"\hat{y}",
    "′": "'",
    "·": r"\cdot ",
}


def latex_name(name: str) -> str:
    """Return what a value is called in LaTeX: a letter as it is, a word upright, Greek and ∂ as commands."""
    if any(sign in name for sign in _SIGNS):
        inside = "".join(_SIGNS.get(letter, letter) for letter in name).strip()
        return f"{{{inside}}}"
    if len(name) == 1:
        return name
    escaped = name.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}"


def in_matrices(rule: Rule, names: Names) -> str:
    """Return an elementwise rule without its indices, products written ∘."""
    return _Plain(names, "", product=_WHOLE).write(rule.body)[0]


def _inside(indices: tuple[str, ...], leading: str) -> str:
    return ",".join(text for text in (leading if index == LEADING else index for index in indices) if text)


def _has_cells(node: ast.expr) -> bool:
    return any(isinstance(part, ast.Subscript) for part in ast.walk(node))


class _Plain:
    """Writes a rule as a line of text; the LaTeX writer differs only in its signs."""

    times = "·"  # between numbers of which one at most is read from a value
    opened, closed = "(", ")"
    rest = " mod "
    where = " where "

    def __init__(self, names: Names, leading: str, product: str = "·") -> None:
        self.names, self.leading, self.product = names, leading, product

    def write(self, node: ast.expr) -> tuple[str, int]:
        """Return the text of a node and how tightly it holds together."""
        if is_reduction(node):
            return self.reduction(node)  # type: ignore[arg-type]
        match node:
            case ast.Constant(value=int() | float() as value):
                return f"{value:g}", ATOM
            case ast.Name(id=name):
                return self.name(name), ATOM
            case ast.Subscript(value=ast.Name(id=name)):
                inside = _inside(tuple(self.index(part) for part in indices_of(node)), self.leading)
                return self.indexed(self.name(name), "" if self.product == _WHOLE else inside), ATOM
            case ast.UnaryOp(operand=inner):
                return "-" + self.tight(inner, SIGN), SIGN
            case ast.BinOp():
                return self.binary(node)
            case ast.Call(func=ast.Name(id=function), args=arguments):
                return self.call(function, [self.write(a)[0] for a in arguments]), ATOM
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.choice(self.write(body)[0], self.write(test)[0], self.write(orelse)[0]), CHOICE
            case ast.Compare(left=left, ops=operators, comparators=rights):
                pairs = zip(operators, rights, strict=True)
                return self.write(left)[0] + "".join(
                    f" {self.comparison(o)} {self.write(r)[0]}" for o, r in pairs
                ), CHOICE
            case ast.BoolOp(values=values):
                return " and ".join(self.write(value)[0] for value in values), CHOICE
        return ast.unparse(node), ATOM

    def tight(self, node: ast.expr, needed: int) -> str:
        """Return the text of a node, in brackets where it would fall apart."""
        text, level = self.write(node)
        return text if level >= needed else f"{self.opened}{text}{self.closed}"

    def binary(self, node: ast.BinOp) -> tuple[str, int]:
        left, right = node.left, node.right
        match node.op:
            case ast.Add():
                return f"{self.tight(left, ADD)} + {self.tight(right, ADD)}", ADD
            case ast.Sub():
                return f"{self.tight(left, ADD)} - {self.tight(right, MUL)}", ADD
            case ast.Mult():
                cells = _has_cells(left) and _has_cells(right)
                return self.tight(left, MUL) + (self.product if cells else self.times) + self.tight(right, MUL), MUL
            case ast.Div():
                return self.divide(left, right)
            case ast.Pow():
                return self.power(left, right), POWER
            case ast.FloorDiv():
                return self.whole(left, right)
            case ast.Mod():
                return f"{self.tight(left, MUL)}{self.rest}{self.tight(right, SIGN)}", MUL
        return ast.unparse(node), ADD

    def index(self, node: ast.expr) -> str:
        """Return an index; letters are letters there, even where an input is called the same."""
        if isinstance(node, ast.Subscript):  # a place that is itself read
            return self.write(node)[0]
        return self.place(node) if isinstance(node, ast.BinOp) else index_text(node)

    def place(self, node: ast.BinOp) -> str:
        return type(self)({}, "").write(node)[0].replace(" + ", "+").replace(" - ", "-")

    def name(self, name: str) -> str:
        return {"pi": "π", "inf": "∞"}.get(name) or self.names.get(name, name)

    def indexed(self, name: str, inside: str) -> str:
        return f"{name}[{inside}]" if inside else name

    def divide(self, left: ast.expr, right: ast.expr) -> tuple[str, int]:
        return f"{self.tight(left, MUL)} / {self.tight(right, SIGN)}", MUL

    def whole(self, left: ast.expr, right: ast.expr) -> tuple[str, int]:
        return f"⌊{self.write(left)[0]} / {self.tight(right, SIGN)}⌋", ATOM

    def power(self, left: ast.expr, right: ast.expr) -> str:
        exponent = self.write(right)[0]
        return self.tight(left, ATOM) + {"2": "²", "3": "³"}.get(exponent, f"^{exponent}")

    def call(self, function: str, arguments: list[str]) -> str:
        return f"{function}({', '.join(arguments)})"

    def choice(self, body: str, test: str, orelse: str) -> str:
        return f"{body} if {test}, else {orelse}"

    def comparison(self, operator: ast.cmpop) -> str:
        return COMPARISONS[type(operator)].sign

    def reduction(self, node: ast.Call) -> tuple[str, int]:
        letters = _inside(tuple(index_text(part) for part in indices_of(node.func)), self.leading)
        name, (test, body) = reduction_name(node), summand(node)
        # A condition that stood behind the sum would be read as a part of what follows: `Σ … where x = 2 = 0.31`.
        counts = f"{self.where}{self.write(test)[0]}" if test else ""
        over = f"[{f'{letters}{counts}'.strip()}]" if letters or counts else ""
        return f"{'Σ' if name == 'sum' else name}{over} {self.tight(body, MUL)}", MUL


class _Latex(_Plain):
    """The same in LaTeX."""

    times = r" \cdot "
    opened, closed = r"\left(", r"\right)"
    rest = r" \bmod "

    def __init__(self, names: Names, leading: str) -> None:
        super().__init__(names, leading, product=r" \, ")

    def name(self, name: str) -> str:
        return {"pi": r"\pi", "inf": r"\infty"}.get(name) or latex_name(self.names.get(name, name))

    def indexed(self, name: str, inside: str) -> str:
        return f"{name}_{{{inside}}}" if inside else name

    def divide(self, left: ast.expr, right: ast.expr) -> tuple[str, int]:
        return rf"\frac{{{self.write(left)[0]}}}{{{self.write(right)[0]}}}", ATOM

    def whole(self, left: ast.expr, right: ast.expr) -> tuple[str, int]:
        return rf"\lfloor {self.write(left)[0]} / {self.tight(right, SIGN)} \rfloor", ATOM

    def power(self, left: ast.expr, right: ast.expr) -> str:
        return f"{self.tight(left, ATOM)}^{{{self.write(right)[0]}}}"

    def call(self, function: str, arguments: list[str]) -> str:
        inside = ", ".join(arguments)
        if function == "sqrt":
            return rf"\sqrt{{{inside}}}"
        known = function in {"exp", "log", "tanh", "max", "min"}
        name = f"\\{function}" if known else rf"\operatorname{{{function}}}"
        return rf"{name}\left({inside}\right)"

    def choice(self, body: str, test: str, orelse: str) -> str:
        return rf"\begin{{cases}} {body} & {test} \\ {orelse} & \text{{else}} \end{{cases}}"

    def comparison(self, operator: ast.cmpop) -> str:
        return {"≤": r"\le", "≥": r"\ge"}.get(COMPARISONS[type(operator)].sign, COMPARISONS[type(operator)].sign)

    def reduction(self, node: ast.Call) -> tuple[str, int]:
        letters = _inside(tuple(index_text(part) for part in indices_of(node.func)), self.leading)
        sign = {"sum": r"\sum", "max": r"\max"}.get(reduction_name(node), r"\operatorname{argmax}")
        test, body = summand(node)
        condition = rf" \\ {self.write(test)[0]}" if test else ""
        under = rf"\substack{{{letters}{condition}}}" if test else letters
        return f"{sign}_{{{under}}} {self.tight(body, MUL)}", MUL
