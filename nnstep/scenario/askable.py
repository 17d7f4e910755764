"""What can be asked about a step, known from its program alone: the answers there are to choose from."""

import re
from typing import Final

from nnstep.catalog.laying import shape_text
from nnstep.engine.program import Program, Step
from nnstep.engine.rule import Shape

ASKS: Final = ("sign", "change", "shape", "operation", "value")
MOST_CHOICES: Final = 4
_ABOVE_ZERO: Final = frozenset({"sigmoid", "softmax", "softplus", "relu", "sigmoid_slope", "tanh_slope", "relu_slope"})
# Operations that are mistaken for each other: the right one, then the others.
_FAMILIES: Final = (
    ("σ({0})", "relu({0})", "tanh({0})", "softmax({0})"),
    ("softmax({0})", "σ({0})", "tanh({0})", "relu({0})"),
    ("tanh({0})", "σ({0})", "relu({0})", "softmax({0})"),
    ("relu({0})", "σ({0})", "tanh({0})", "-{0}"),
    ("{0} ∘ (1 - {0})", "1 - {0}²", "{0} ∘ {0}", "1 - {0}"),
    ("{0} · {1} + {2}", "{0} ∘ {1} + {2}", "{0} · {1}ᵀ + {2}", "{0} · {1} ∘ {2}"),
    ("{0} ∘ {1}", "{0} · {1}", "{0} · {1}ᵀ", "{0} + {1}"),
    ("{0} · {1}ᵀ", "{0} · {1}", "{0} ∘ {1}", "{0}ᵀ · {1}"),
    ("{0}ᵀ · {1}", "{0} · {1}", "{0} ∘ {1}", "{0} · {1}ᵀ"),
    ("{0} · {1}", "{0} ∘ {1}", "{0} + {1}", "{0}ᵀ · {1}"),
    ("{0} - {1}·{2}", "{0} + {1}·{2}", "{0} - {2}", "{1}·{2}"),
    ("{0} + {1}·{2}", "{0} - {1}·{2}", "{0} + {2}", "{1}·{2}"),
    ("{0} - {1}", "{1} - {0}", "({0} - {1})²", "{0} ∘ {1}"),
)


def refused(ask: str, program: Program, step: Step) -> str:
    """Return why a kind of question is never asked about a step; empty where it may be.

    What only the numbers tell (`change` needs one before, a form that comes to the same is no choice) is not looked at.
    """
    if ask == "sign" and step.op.name in _ABOVE_ZERO:
        return "it is never below zero, so there is nothing to work out"
    if ask == "shape" and not step.shape:
        return "it is a single number"
    if ask == "shape" and len(shapes_to_choose(program, step)) < 2:
        return "there is no other shape that it could be taken for"
    if ask == "operation" and not forms_to_choose(step):
        return "there is no other operation that it could be taken for"
    return ""


def shapes_to_choose(program: Program, step: Step) -> tuple[str, ...]:
    """Return the shapes that a step's result could be taken for, the right one first."""
    shapes: list[Shape] = [step.shape, _turned(step.shape)]
    read = [program.values[value].shape for value in step.reads]
    shapes += [shape for each in read for shape in (each, _turned(each))]
    if len(read) > 1 and len(read[0]) > 1 and len(read[1]) > 1:
        shapes += [(read[0][-1], read[1][-1]), (read[0][-2], read[1][-2])]
    alike = (shape_text(shape) for shape in shapes if len(shape) == len(step.shape))
    return tuple(dict.fromkeys(alike))[:MOST_CHOICES]


def forms_to_choose(step: Step) -> tuple[str, ...]:
    """Return what a step could be taken for, as in `{0} ∘ {1}`, the right one first; empty where for nothing.

    {0}, {1}, {2}: the values of `read_by`.
    """
    names = _named(step)
    written = step.op.matrices
    for number, name in enumerate(names):
        written = written.replace(f"{{{name}}}", f"{{{number}}}")
    family = next((each for each in _FAMILIES if written == each[0]), ())
    return family if all(name in step.inputs for name in names) else ()


def read_by(step: Step) -> tuple[str, ...]:
    """Return the ids of the values that stand in the notation of a step, in their order there."""
    return tuple(step.inputs[name] for name in _named(step))


def _named(step: Step) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"\{(\w+)\}", step.op.matrices)))


def _turned(shape: Shape) -> Shape:
    return (*shape[:-2], shape[-1], shape[-2]) if len(shape) > 1 else shape
