"""What is said before the first step: what the scenario is, and what comes first."""

from nnstep.explain.operation import in_matrices
from nnstep.explain.summary import loss_text, network_text
from nnstep.explain.words import Line, Word, sentence
from nnstep.session import View


def told_start(view: View) -> tuple[Line, Line, Line]:
    """Return what the scenario is, its facts, and what Space does; later, what has just ended."""
    model, program = view.compiled.scenario.model, view.program
    coming: Line = ()
    if program.steps:
        coming = (Word("Press Space: next is ", "dim"), *in_matrices(program, program.steps[0]))
    if view.position.iteration > 1:
        what = f"Iteration {view.position.iteration} begins with the weights that the one before made"
        changed = ", and with what was changed by hand" * (view.changed_at == view.position.iteration)
        return sentence(f"{what}{changed}."), (), coming
    samples, batches = len(view.compiled.training.train), view.batches
    facts = [
        network_text(program),
        f"{samples} sample{'s' * (samples != 1)}" + (f" in {batches} batches" if batches > 1 else ""),
    ]
    facts += [loss_text(view.compiled), f"{len(program.steps)} steps an iteration"]
    title: Line = (Word(model.title, "heading"), *(sentence(f"   {model.summary}") if model.summary else ()))
    return title, sentence(" · ".join(facts), "dim"), coming
