"""Normalising: mean and variance of a row, a feature or a channel, and what goes back through both.

The same few operations for three ways to say which numbers belong together: `row` (a sample's own numbers: layer
norm), `feature` and `channel` (the same unit or channel of all samples: batch norm).
"""

from collections.abc import Iterator, Mapping

from nnstep.engine.op import Op
from nnstep.engine.rule import Rule, Shape
from nnstep.records import dataclass


@dataclass(frozen=True)
class _Kind:
    """Which numbers belong together.

    cell: the indices of a number. stat: those of what is worked out of many. over, ends: the letters that it is worked
    out over, without and with how far they run. axes: the same for NumPy. wide: makes a statistic fit the cells again.
    """

    name: str
    cell: str
    stat: str
    over: str
    ends: str
    settings: tuple[str, ...]
    axes: str
    wide: str
    shape: Shape
    small: Shape
    example: Mapping[str, float]

    @property
    def count(self) -> str:
        """How many numbers belong together."""
        return " * ".join(self.settings)

    @property
    def full(self) -> str:
        """The indices of a number, with how far they run."""
        ends = {end.partition(":")[0]: end for end in self.ends.split(",")}
        return ",".join(ends.get(letter, letter) for letter in self.cell.split(","))

    @property
    def like(self) -> str:
        """NumPy for ones that take the shape of all cells once a statistic is multiplied with them."""
        return {
            "row": "np.ones(columns)",
            "feature": "np.ones((samples, 1))",
            "channel": "np.ones((samples, 1, rows, columns))",
        }[self.name]


_KINDS = (
    _Kind("row", "...,j", "...", "j", "j:columns", ("columns",), "-1", "[..., None]", (3, 4), (3,), {"columns": 4}),
    _Kind("feature", "b,j", "j", "b", "b:samples", ("samples",), "0", "", (3, 4), (4,), {"samples": 3}),
    _Kind(
        "channel",
        "b,c,y,x",
        "c",
        "b,y,x",
        "b:samples,y:rows,x:columns",
        ("samples", "rows", "columns"),
        "(0, 2, 3)",
        "[:, None, None]",
        (2, 3, 2, 4),
        (3,),
        {"samples": 2, "rows": 2, "columns": 4},
    ),
)


def _entries(kind: _Kind) -> Iterator[Op]:
    name, cell, stat, over, count = kind.name, kind.cell, kind.stat, kind.over, kind.count
    yield Op(
        f"{name}_mean",
        Rule(f"out[{stat}] = sum[{kind.ends}](a[{cell}]) / ({count})", kind.settings),
        f"The mean of each {name}: where its numbers are.",
        code=f"a.sum(axis={kind.axes}) / ({count})",
        notation=f"{name} means of {{a}}",
        gradients={"a": f"{name}_mean_back(d)"},
        example={"a": kind.shape},
        example_settings=kind.example,
    )
    yield Op(
        f"{name}_mean_back",
        Rule(f"out[{kind.full}] = d[{stat}] / ({count})", kind.settings),
        "Each number had the same say in the mean: each takes an equal part of blame.",
        code=f"{kind.like} * d{kind.wide} / ({count})",
        notation="{d} in equal parts",
        example={"d": kind.small},
        example_settings=kind.example,
    )
    yield Op(
        f"{name}_center",
        Rule(f"out[{cell}] = a[{cell}] - mean[{stat}]"),
        f"How far each number is from the mean of its {name}.",
        code=f"a - mean{kind.wide}",
        notation="{a} - {mean}",
        gradients={"a": "d", "mean": f"{name}_center_back(d)"},
        example={"a": kind.shape, "mean": kind.small},
    )
    yield Op(
        f"{name}_center_back",
        Rule(f"out[{stat}] = -sum[{over}](d[{cell}])"),
        "The mean was taken from each number: it takes all their blame, with a minus.",
        code=f"-d.sum(axis={kind.axes})",
        notation=f"-{name} sums of {{d}}",
        example={"d": kind.shape},
    )
    yield Op(
        f"{name}_variance",
        Rule(f"out[{stat}] = sum[{over}](c[{cell}]**2) / ({count})", kind.settings),
        f"How widely each {name} is spread: the mean of its squared distances.",
        code=f"(c**2).sum(axis={kind.axes}) / ({count})",
        notation=f"{name} means of {{c}}²",
        gradients={"c": f"{name}_variance_back(c, d)"},
        example={"c": kind.shape},
        example_settings=kind.example,
    )
    yield Op(
        f"{name}_variance_back",
        Rule(f"out[{cell}] = 2 * c[{cell}] * d[{stat}] / ({count})", kind.settings),
        "What is far from the mean spreads the numbers, and takes the blame for it.",
        code=f"2 * c * d{kind.wide} / ({count})",
        notation="2·{c} ∘ {d} in parts",
        example={"c": kind.shape, "d": kind.small},
        example_settings=kind.example,
    )
    yield Op(
        f"{name}_normalize",
        Rule(f"out[{cell}] = c[{cell}] / sqrt(variance[{stat}] + epsilon)", ("epsilon",)),
        f"Every {name} gets the same spread; epsilon keeps this from dividing by 0.",
        code=f"c / np.sqrt(variance + epsilon){kind.wide}",
        notation="{c} / √({variance} + {epsilon})",
        gradients={
            "c": f"{name}_normalize(d, variance)",
            "variance": f"{name}_normalize_variance(d, c, variance)",
        },
        example={"c": kind.shape, "variance": kind.small},
        example_settings={"epsilon": 0.01},
        domain={"variance": "unit"},
    )
    yield Op(
        f"{name}_normalize_variance",
        Rule(
            f"out[{stat}] = -sum[{over}](d[{cell}] * c[{cell}]) / (2 * sqrt(variance[{stat}] + epsilon)**3)",
            ("epsilon",),
        ),
        "A wider spread makes every number smaller: how much that changes the loss.",
        code=f"-(d * c).sum(axis={kind.axes}) / (2 * np.sqrt(variance + epsilon)**3)",
        notation=f"-{name} sums of {{d}} ∘ {{c}} / (2·√({{variance}} + {{epsilon}})³)",
        example={"d": kind.shape, "c": kind.shape, "variance": kind.small},
        example_settings={"epsilon": 0.01},
        domain={"variance": "unit"},
    )


def _scaling(name: str, cell: str, stat: str, over: str, wide: str, axes: str, shape: Shape) -> Iterator[Op]:
    small = (shape[1],)
    flat = axes == "0"
    sums = f"sum_{'samples' if flat else 'channels'}(d)"
    yield Op(
        f"{name}_scale_shift",
        Rule(f"out[{cell}] = scale[{stat}] * a[{cell}] + shift[{stat}]"),
        f"Each {name} learns how widely it wants to be spread, and around what.",
        code=f"scale{wide} * a + shift{wide}",
        notation="{scale} ∘ {a} + {shift}",
        gradients={"scale": f"{name}_scale_grad(d, a)", "a": f"{name}_scale_back(d, scale)", "shift": sums},
        example={"scale": small, "a": shape, "shift": small},
    )
    yield Op(
        f"{name}_scale_back",
        Rule(f"out[{cell}] = d[{cell}] * scale[{stat}]"),
        "The error that arrives, times what the number was scaled with.",
        code=f"d * scale{wide}",
        notation="{d} ∘ {scale}",
        example={"d": shape, "scale": small},
    )
    yield Op(
        f"{name}_scale_grad",
        Rule(f"out[{stat}] = sum[{over}](d[{cell}] * a[{cell}])"),
        "How much each scale is to blame: what it scaled times its blame, added up.",
        code=f"(rows(d) * rows(a)).sum(axis={axes})" if flat else f"(d * a).sum(axis={axes})",
        notation=f"{name} sums of {{d}} ∘ {{a}}",
        example={"d": shape, "a": shape},
    )


ENTRIES = (
    *(op for kind in _KINDS for op in _entries(kind)),
    *_scaling("feature", "...,j", "j", "...", "", "0", (3, 4)),
    *_scaling("channel", "b,c,y,x", "c", "b,y,x", "[:, None, None]", "(0, 2, 3)", (2, 3, 2, 4)),
    Op(
        "running_average",
        Rule("out[...] = (1 - momentum) * running[...] + momentum * batch[...]", ("momentum",)),
        "A mean over the last batches, for when answers are wanted without a batch.",
        example_settings={"momentum": 0.1},
    ),
    Op(
        "running_spread",
        Rule("out[...] = (1 - momentum) * running[...] + momentum * batch[...] * n / (n - 1)", ("momentum", "n")),
        "The same for the variance; n / (n - 1), as a batch looks narrower than all.",
        example_settings={"momentum": 0.1, "n": 5},
    ),
)
