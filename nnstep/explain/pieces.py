"""What a cell is the sum of: its products, its bias, each with what it adds; the largest first."""

import ast
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Array, Worked, work_out_part
from nnstep.engine.gather import terms_of
from nnstep.engine.rule import (
    Extents,
    Rule,
    Settings,
    Shape,
    cells_at,
    index_text,
    indices_of,
    is_reduction,
    reduction_name,
    summand,
)
from nnstep.records import dataclass

_INNER_TERMS = 4  # of a sum that stands inside a piece only so many are written out
_Wrap = Callable[[ast.expr], ast.expr]


@dataclass(frozen=True)
class Pieces:
    """A cell as a sum.

    pieces: those that are worked out, the largest first. more: how many others there are. rest: what these come to.
    """

    pieces: tuple[Worked, ...]
    more: int = 0
    rest: float = 0.0

    @property
    def total(self) -> float:
        """What all of them come to: the cell, but for rounding."""
        return sum(piece.value for piece in self.pieces) + self.rest


@dataclass(frozen=True)
class _Group:
    """Terms that are alike: those of one `sum[i](...)`, or a single one.

    node: one term with what stands around the sum. letters: those that differ from term to term. values: (n,).
    places: the numbers of the places that count, (n,).
    """

    node: ast.expr
    letters: tuple[str, ...]
    values: Array
    places: NDArray[np.intp]


def pieces_of(
    rule: Rule, at: Shape, values: Mapping[str, Array], settings: Settings | None = None, *, most: int = 8
) -> Pieces:
    """Return what the cell `at` is the sum of; a cell that is no sum is one piece.

    What a whole sum is multiplied with or divided by goes to each of its terms. most: how many are worked out.
    """
    settings, bound = settings or {}, rule.bind(at)
    extents = rule.extents({name: np.shape(values[name]) for name in rule.inputs}, settings)
    splitter = _Splitter(rule, bound, values, settings, extents)
    groups = list(splitter.groups(rule.body, lambda node: node))
    flat = np.concatenate([group.values for group in groups]) if groups else np.empty(0)  # (n,)
    size = np.where(np.isfinite(flat), np.abs(flat), np.inf)  # (n,)
    count = len(flat) if len(flat) <= most + 1 else most  # one piece more takes no more room than saying so
    chosen = np.argsort(-size, kind="stable")[:count]  # (most,)
    owners = np.repeat(np.arange(len(groups)), [len(group.values) for group in groups])  # (n,)
    starts = np.cumsum([0, *(len(group.values) for group in groups)])
    worked = []
    for number in chosen.tolist():
        group, place = groups[owners[number]], number - starts[owners[number]]
        worked.append(splitter.work_out(group, int(group.places[place])))
    with np.errstate(all="ignore"):
        rest = float(np.delete(flat, chosen).sum())
    return Pieces(tuple(worked), len(flat) - count, rest)


@dataclass(frozen=True)
class _Splitter:
    rule: Rule
    bound: dict[str, Shape]
    values: Mapping[str, Array]
    settings: Settings
    extents: Extents

    def groups(self, node: ast.expr, wrap: _Wrap) -> Iterator[_Group]:
        """Yield the groups of terms that a node is made of. wrap: puts a term where the node stands."""
        match node:
            case ast.IfExp(test=test, body=body, orelse=orelse):
                taken = self._number(ast.IfExp(test, ast.Constant(1.0), ast.Constant(0.0)))
                if _has_reads(self.rule, body if taken else orelse):
                    yield from self.groups(body if taken else orelse, wrap)
                else:  # the test is all that was read
                    yield self._single(wrap(node))
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                yield from self.groups(inner, lambda term: wrap(_minus(term)))
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=right) if self._is_sum(node):
                yield from self.groups(left, wrap)
                minus = isinstance(sign, ast.Sub)
                yield from self.groups(right, lambda term: wrap(_minus(term) if minus else term))
            case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as sign, right=right) if self._splits(left, right):
                yield from self.groups(left, lambda term: wrap(ast.BinOp(term, sign, right)))
            case ast.BinOp(left=left, op=ast.Mult() as sign, right=right) if self._splits(right, left):
                yield from self.groups(right, lambda term: wrap(ast.BinOp(left, sign, term)))
            case ast.Call() if is_reduction(node) and reduction_name(node) == "sum":
                yield self._sum(node, wrap)
            case _:
                yield self._single(wrap(node))

    def work_out(self, group: _Group, place: int) -> Worked:
        """Return one term of a group, worked out."""
        inner = next(cells_at(group.letters, self.extents, [place])) if group.letters else {}
        bound = {**self.bound, **inner}
        return work_out_part(group.node, bound, self.values, self.settings, self.extents, most=_INNER_TERMS)

    def _splits(self, node: ast.expr, factor: ast.expr) -> bool:
        """Is this a sum to be taken apart, with a factor that goes to each of its terms?

        Any factor goes to the terms of a `sum[i](...)`; to those of a + b only one that reads nothing, such as 1 / n:
        people think of d·(a + b) as one product.
        """
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return self._splits(inner, factor)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self._splits(left, right) and self._splits(left, factor)
            case ast.BinOp(op=ast.Add() | ast.Sub()) if self._is_sum(node):
                return not _has_reads(self.rule, factor)
        return is_reduction(node) and reduction_name(node) == "sum"  # type: ignore[arg-type]

    def _is_sum(self, node: ast.BinOp) -> bool:
        """Are both sides read from somewhere? The 1 of 1 - a² came from nowhere, so that is one piece."""
        return _has_reads(self.rule, node.left) and _has_reads(self.rule, node.right)

    def _sum(self, node: ast.Call, wrap: _Wrap) -> _Group:
        values, places = terms_of(node, self.bound, self.values, self.settings, self.extents)
        letters = tuple(index_text(part) for part in indices_of(node.func))
        with np.errstate(all="ignore"):
            return _Group(wrap(summand(node)[1]), letters, values * self._number(wrap(ast.Constant(1.0))), places)

    def _single(self, node: ast.expr) -> _Group:
        return _Group(node, (), np.array([self._number(node)]), np.zeros(1, dtype=np.intp))

    def _number(self, node: ast.expr) -> float:
        bound = self.bound
        return work_out_part(node, bound, self.values, self.settings, self.extents, most=_INNER_TERMS).value


def _minus(node: ast.expr) -> ast.expr:
    """Return minus a term as a person writes it: -(a·b) as -a·b."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as sign, right=right):
            return ast.BinOp(_minus(left), sign, right)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return inner
    return ast.UnaryOp(ast.USub(), node)


def _has_reads(rule: Rule, node: ast.expr) -> bool:
    return any(isinstance(part, ast.Name) and part.id in rule.inputs for part in ast.walk(node))
