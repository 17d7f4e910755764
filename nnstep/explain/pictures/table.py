"""What all pictures are about, in their order: the one in which `v` comes to them."""

from functools import partial

from nnstep.explain.pictures.answers import answers_facts, answers_work
from nnstep.explain.pictures.attention import attention_facts
from nnstep.explain.pictures.curves import curves_facts, curves_work
from nnstep.explain.pictures.distributions import distributions_facts
from nnstep.explain.pictures.gradients import gradients_facts
from nnstep.explain.pictures.images import images_facts
from nnstep.explain.pictures.network import network_facts
from nnstep.explain.pictures.subject import Subject
from nnstep.explain.pictures.surface import surface_facts, surface_work
from nnstep.scenario.compile import Compiled
from nnstep.scenario.suits import suiting

_ENTRIES = (
    Subject("network", "Units and the weights between them, step by step.", network_facts),
    Subject(
        "curves",
        "Loss and right answers over the epochs.",
        partial(curves_facts, is_log=False),
        curves_work,
    ),
    Subject(
        "curves, log scale",
        "The same; each line up is ten times as much.",
        partial(curves_facts, is_log=True),
        curves_work,
    ),
    Subject(
        "decision surface",
        "What is answered at every point, and the samples.",
        surface_facts,
        surface_work,
    ),
    Subject("images", "The sample, and what each unit looks for in it.", images_facts),
    Subject("attention", "Who looks at whom in a sequence, and how much.", attention_facts),
    Subject(
        "answers",
        "Which class is taken for which, and wrong samples.",
        answers_facts,
        answers_work,
    ),
    Subject("gradient sizes", "How large gradients are, and how far weights move.", gradients_facts),
    Subject("distributions", "Histograms of what layers hand on, and of weights.", distributions_facts),
)

SUBJECTS: dict[str, Subject] = {subject.name: subject for subject in _ENTRIES}


def pictures_for(compiled: Compiled) -> tuple[str, ...]:
    """Return the names of the pictures that suit a scenario, in their order."""
    return suiting(compiled.training, compiled.data)
