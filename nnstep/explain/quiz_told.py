"""A question, an answer and a score as lines of words: the same ones on the screen and in the plain stepper."""

from nnstep.engine.program import Step
from nnstep.explain.figures import figure
from nnstep.explain.operation import in_matrices, shapes
from nnstep.explain.quiz import LEVELS, Judged, Predicting, Question, Score
from nnstep.explain.story import Story
from nnstep.explain.words import TOGETHER, Line, Word, sentence
from nnstep.scenario.notes import told_note
from nnstep.session import View

HELD_BACK = "p shows everything again, P hides more"


def told_choices(view: View, question: Question, *, skip: str = "Esc shows it") -> tuple[Line, Line]:
    """Return the question and its answers. skip: how to see it without one."""
    return (Word("? ", "heading"), *(_teacher(view, question) or question.asked.words)), _answers(question, skip)


def told_question(view: View, question: Question, story: Story, *, skip: str = "Esc shows it") -> tuple[Line, ...]:
    """Return the question, its answers, and what there is to work it out from; story: of what is asked about."""
    step = view.program.values[question.step]
    assert isinstance(step, Step)
    rows = [*told_choices(view, question, skip=skip)]
    if question.kind.hides != "operation":
        rows.append(in_matrices(view.program, step))
        rows.append(story.why)
    if question.kind.hides == "numbers":
        rows.append(shapes(view.program, step))
    return tuple(row for row in rows if row)


def told_answer(view: View, judged: Judged, story: Story) -> tuple[Line, ...]:
    """Return whether it was right, by how much it was missed, and the arithmetic; story: of what was asked about."""
    question = judged.question
    step = view.program.values[question.step]
    assert isinstance(step, Step)
    choices = question.asked.choices
    right = question.kind.right(view, step, question.cell, choices[question.asked.right] if choices else "")
    verdict = Word("✓ Right: ", "heading") if judged.is_right else Word("✗ No: ", "warning")
    if not judged.given:
        verdict = Word("Not answered: ", "dim")
    said = () if judged.is_right and judged.miss is None else _said(judged)
    worked = story.shapes if question.kind.hides == "shape" else story.numbers
    return ((verdict, *right, *said), worked)


def told_score(view: View, predicting: Predicting, *, more: str = "") -> Line:
    """Return how many were right in this iteration and in all; an empty line where nothing was answered in it.

    more: how to hide more, said where there is a level above.
    """
    iteration = view.position.iteration
    score, whole = predicting.score(iteration), predicting.score()
    if not score.asked:
        return ()
    so_far = f"; in all {score_text(whole)}" if whole != score else ""
    words = (Word(f"Iteration {iteration}: "), Word(score_text(score), "value"), Word(f" predicted right{so_far}.   "))
    hint = f"level {predicting.level} of {LEVELS - 1}" + (more if predicting.level + 1 < LEVELS else "")
    return (*words, Word(hint, "dim"))


def told_level(predicting: Predicting) -> tuple[Line, ...]:
    """Return what predicting means at the level that was chosen."""
    what = "Predict, then see: what matters stays ? until you have said what it will be."
    level = predicting.level
    if level:
        stretch = "stretch of each iteration stays" if level == 1 else f"{level} stretches of each iteration stay"
        what = f"The last {stretch} ? until you have worked out the number at the end."
        what += " A stretch: the steps up to one that is asked about."
    where = f"level {level} of {LEVELS - 1}   {HELD_BACK}"
    return (sentence(what), sentence(where, "dim"))


def score_text(score: Score) -> str:
    """Return a score: `3 of 4`."""
    return f"{score.right} of {score.asked}"


def _answers(question: Question, skip: str) -> Line:
    if not question.asked.choices:
        within = f"{100 * question.within:.4g}"
        of_what = " of the change" if question.is_of_change else ""
        how = f"Type a number, right to within {within}%{of_what}." if question.within else "Type the number."
        return (Word(how), Word(f"   {skip}", "dim"))
    words: list[Word] = []
    for number, choice in enumerate(question.asked.choices, 1):
        words += [Word(f"{number}{TOGETHER}", "heading"), Word(f"{choice.replace(' ', TOGETHER)}   ")]
    return (*words, Word(skip, "dim"))


def _said(judged: Judged) -> Line:
    """Return what was said instead, and how far off a number was: `you said 0.03, too large by 0.0091 (44 %)`."""
    if not judged.given:
        return ()
    said = (Word("   you said ", "dim"), Word(judged.given, "value"))
    if judged.miss is None:
        return said
    if judged.miss == 0:
        return (*said, Word(", exactly", "dim"))
    way = "large" if judged.miss > 0 else "small"
    actual = float(judged.given.replace(",", ".")) - judged.miss
    part = f" ({abs(judged.miss / actual):.1%})" if actual and abs(judged.miss / actual) < 10 else ""
    return (*said, Word(f", too {way} by {figure(abs(judged.miss))}{part}", "dim"))


def _teacher(view: View, question: Question) -> Line:
    pieces = told_note(question.say, view.compiled.scenario, view.compiled.names, view.program)
    return tuple(Word(piece.text, "name" if piece.is_name else "plain") for piece in pieces if piece.text)
