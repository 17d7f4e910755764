"""Following numbers in the plain stepper: what is listed can be gone to by its number, and come back from."""

from .conftest import Run
from .test_plain import answers


def test_from_lists_what_a_number_is_made_of_and_follow_goes_there_and_back(run: Run) -> None:
    first, there, deeper, back, again = answers(
        run, "spreadsheet", "go 1:9", "from", "follow 1", "follow back", "f d_output[0,0]"
    )
    assert "Error_at_hidden_layer[0,0]" in first
    lines = there.splitlines()
    assert lines[0] == "where from Error_at_hidden_layer[0,0]"
    assert lines[2] == " 1  d_output[0,0]  0.0350   gives 0.0105 = 0.0350·0.3000"
    assert lines[3] == " 2  wout[0,0]      0.3000"
    assert deeper.splitlines()[0] == "where from Error_at_hidden_layer[0,0] > d_output[0,0]"
    assert back == there
    assert again.splitlines()[0] == "where from d_output[0,0]"


def test_it_is_followed_into_the_epoch_before_and_back_to_the_very_step(run: Run) -> None:
    _, _, before, back, here = answers(
        run, "spreadsheet", "go 3:4", "from wh[0,0]", "follow 1", "follow back", "show wh"
    )
    assert before.splitlines()[0] == "where from wh[0,0] > epoch 2: wh[0,0]"
    assert "lr" in before
    assert back.splitlines()[0] == "where from wh[0,0]"
    assert here.startswith("wh")


def test_to_chain_and_stuck(run: Run) -> None:
    _, to, chain, stuck = answers(run, "spreadsheet", "go 1:18", "to layer1.weights[2,1]", "chain d_wh[2,1]", "stuck")
    assert to.splitlines()[0] == "effect wh[2,1]"
    assert "if wh[2,1] were 0.01 larger, loss would be about" in to
    assert chain.splitlines()[0] == "chain rule d_wh[2,1]"
    assert "∂hidden_layer_input[0,1]/∂wh[2,1]" in chain
    assert stuck.splitlines()[0] == "is it stuck?"


def test_what_can_not_be_followed_says_what_can(run: Run) -> None:
    replies = answers(
        run,
        "spreadsheet",
        "from",
        "follow 1",
        "follow back",
        "from nope",
        "stuck x",
        "go :1",
        "from",
        "follow 99",
        "follow x",
    )
    heads = [reply.partition("\n")[0] for reply in replies]
    assert heads[0] == "no number is told yet"
    assert heads[1] == "there is nothing to follow yet"
    assert heads[2] == "there is no way back: nothing was followed"
    assert heads[3] == "there is no value called 'nope'"
    assert heads[4] == "nothing was expected here: 'x'"
    assert heads[7] == "'99' is no row of the last answer"
    assert ", or follow back" in replies[7]
    assert heads[8] == "'x' is no row of the last answer"


def test_every_line_fits(run: Run) -> None:
    for reply in answers(run, "spreadsheet", "go 1:18", "from wh[2,1]", "to wh[2,1]", "chain wh[2,1]", "stuck"):
        assert max(map(len, reply.splitlines())) <= 80


def test_what_is_to_be_predicted_is_not_given_away(run: Run) -> None:
    *_, answer = answers(run, "spreadsheet", "predict", "go 1:4", "from")
    assert answer.startswith("first say what it will be")
