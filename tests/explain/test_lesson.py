"""What a teacher reads beside the screen, and what is left on the screen then."""

from nnstep.engine.cell import Cell
from nnstep.explain.lesson import prompt, stop_here, stop_text
from nnstep.explain.notes import note_for
from nnstep.explain.words import plain_text
from nnstep.scenario.notes import START
from nnstep.session import Session
from tests.scenarios.shipped import opened


def test_a_prompt_says_where_we_are_what_to_say_and_what_comes_next() -> None:
    full = opened("xor")
    session = Session(full.hushed())
    stop = full.lesson[3]
    session.go(stop.iteration, stop.step(session.program))
    session.place_cursor(stop.cell)
    assert prompt(session.view(), full, 4, session.branches) == [
        "== epoch 1 · step 11 of 21 · ∂L/∂a1 · stop 4 of 7 ==",
        "the cursor is on ∂L/∂a1[1,1]",
        "Back through W2. The second column has its signs turned round, as that unit speaks against.",
        "say: Blame goes back through W2. The second unit speaks against yes, so its signs are turned round.",
        "ask: The answer was too low here. Should this unit say more or less?",
        "next: step 12: f′(z1) = a1 ∘ (1 - a1)",
        "next stop: epoch 300, step 21 b1, curves - Is it stuck, or only slow? How could you tell?",
    ]


def test_away_from_the_stop_its_words_are_not_said() -> None:
    full = opened("xor")
    session = Session(full)
    session.go(1, 21)
    assert stop_here(session.view(), 4) is None
    assert prompt(session.view(), full, 7, session.branches)[-1] == "next: the next iteration begins"
    assert not [line for line in prompt(session.view(), full, 4, session.branches) if line.startswith(("say", "ask"))]


def test_what_is_hushed_has_no_notes_under_any_names_and_the_same_bits() -> None:
    full = opened("spreadsheet")
    quiet = full.hushed()
    for compiled in (quiet, quiet.renamed("framework")):
        view = Session(compiled).view()
        assert plain_text(note_for(view, "")) == ""
        assert {plain_text(note_for(view, value)) for value in view.program.values} == {""}
        assert [stop.say for stop in compiled.lesson] == [""] * len(full.lesson)
        assert [stop.ask for stop in compiled.lesson] == [stop.ask for stop in full.lesson]
    assert START in full.scenario.model.notes
    assert quiet.training is full.training


def test_a_stop_names_its_batch_and_what_is_shown() -> None:
    session = Session(opened("moons"))
    view, programs = session.view(), session.branches
    assert stop_text(view, opened("moons").lesson[0], programs) == "epoch 1, the start, decision surface"
    assert stop_text(view, opened("moons").lesson[-1], programs) == "epoch 500, step 19 W2, W2 alone"
    assert opened("spreadsheet").lesson[1].cell == Cell("layer1.pre_activation", (0, 0))
