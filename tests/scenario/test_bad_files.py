"""Files with one fault each: every one is refused with its line, in words a person can act on."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

import pytest

from nnstep.errors import NnstepError
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import load

HERE: Final = Path(__file__).parent
FOLDER: Final = HERE / "bad"
GOOD: Final = ("good.yaml", "good-source.yaml", "good-table.yaml", "good.json")


@dataclass(frozen=True)
class Bad:
    """A bad file, the line at fault, and what the message has to say."""

    file: str
    line: int
    words: str


FAULTS: Final = (
    # how YAML is written
    Bad("tab-indent.yaml", 6, "a tab can not indent"),
    Bad("list-not-closed.yaml", 8, "this list is not closed; what it belongs to began in line 7"),
    Bad("mapping-not-closed.yaml", 13, "this mapping is not closed; what it belongs to began in line 12"),
    Bad("comma-missing.yaml", 9, "a comma or } is missing"),
    Bad("quote-not-closed.yaml", 1, "a quote is not closed"),
    Bad("quote-not-closed-in-its-line.yaml", 1, "this text goes on to the next quote, in line 2"),
    Bad("quote-in-the-middle.yaml", 2, "this ' ends the text, and more stands behind it\n  write '' for an apostrophe"),
    Bad("bracket-too-many.yaml", 6, "one ] too many, or its [ is missing"),
    Bad("brace-too-many.yaml", 12, "one } too many, or its { is missing"),
    Bad("dash-without-space.yaml", 10, "a space is missing after the dash"),
    Bad("minus-with-space.yaml", 10, "a space stands between a minus and its number\n  write -0.25"),
    Bad("second-colon.yaml", 1, "a second ': ' in one value"),
    Bad("colon-missing.yaml", 3, "a key without its ': '"),
    Bad("colon-without-space.yaml", 3, "a key without its ': '"),
    Bad("indent-too-little.yaml", 10, "does not line up"),
    Bad("indent-too-much.yaml", 11, "does not line up"),
    Bad("unknown-escape.yaml", 1, "an unknown escape"),
    Bad("beyond-unicode.yaml", 1, "there is no character \\U00110000"),
    Bad("backquote.yaml", 1, "can not begin with this sign"),
    Bad("anchor.yaml", 6, "anchors are not read: &all"),
    Bad("alias.yaml", 7, "aliases are not read: *all"),
    Bad("merge-key.yaml", 9, "merge keys (<<) are not read"),
    Bad("tag-python.yaml", 1, "tags (!) are not read"),
    Bad("tag-binary.yaml", 1, "tags (!) are not read"),
    Bad("tag-on-a-list.yaml", 6, "tags (!) are not read"),
    Bad("second-document.yaml", 4, "a second document begins here"),
    Bad("directive.yaml", 1, "directives (lines that begin with %) are not read"),
    Bad("json-text-after-it.json", 14, "the scenario has ended before this"),
    Bad("json-comma-missing.json", 12, "a comma or } is missing"),
    # keys
    Bad("twice-top.yaml", 14, "the key 'seed' is given twice: here and in line 4"),
    Bad("twice-nested.yaml", 12, "the key 'name' is given twice"),
    Bad("twice-in-json.json", 12, "the key 'title' is given twice: here and in line 2"),
    Bad("key-is-a-number.yaml", 18, "a key must be text, but 1 is a whole number"),
    Bad("key-is-true.yaml", 18, "a key must be text, but true is true or false"),
    Bad("key-is-null.yaml", 18, "a key must be text, but ~ is nothing"),
    Bad("key-is-missing.yaml", 18, "a key must be text, but there is none here"),
    Bad("key-is-a-list.yaml", 18, "a key must be text, but this is a list"),
    Bad("key-is-nearly-a-number.yaml", 18, "a key must be text: 0x1F is not a decimal number"),
    Bad("key-on.yaml", 14, "there is no key of a scenario called 'on'"),
    Bad("key-unknown.yaml", 4, "there is no key of a scenario called 'version'"),
    Bad("key-misspelt.yaml", 12, "did you mean optimizer?"),
    Bad("key-of-layer-misspelt.yaml", 9, "did you mean units?"),
    Bad("key-of-loss-misspelt.yaml", 11, "did you mean reduction?"),
    Bad("key-of-optimizer-misspelt.yaml", 12, "did you mean learning_rate?"),
    Bad("key-of-optimizer-from-elsewhere.yaml", 12, "did you mean learning_rate?"),
    Bad("loss-from-elsewhere.yaml", 11, "did you mean mse?"),
    Bad("key-of-stop-misspelt.yaml", 16, "did you mean loss_below?"),
    Bad("key-of-data-misspelt.yaml", 6, "did you mean inputs?"),
    Bad("key-of-trainable-misspelt.yaml", 9, "did you mean weights?"),
    Bad("key-of-the-model.yaml", 8, "there is no key of data called 'form'"),
    Bad("key-format-string.yaml", 4, "there is no key of a scenario called '{0.__class__}'"),
    Bad("key-dunder.yaml", 4, "there is no key of a scenario called '__class__'"),
    Bad("key-with-escape.yaml", 4, "called '␛[2J'"),
    # numbers
    Bad("number-nan.yaml", 16, ".nan is not a finite number"),
    Bad("number-inf.yaml", 10, "-.inf is not a finite number"),
    Bad("number-infinity-json.json", 8, "-Infinity is not a finite number"),
    Bad("number-nan-json.json", 8, "NaN is not a finite number"),
    Bad("number-too-large.yaml", 16, "it would be infinite"),
    Bad("number-too-small.yaml", 16, "it would be zero"),
    Bad("number-16-digits.yaml", 4, "16 digits"),
    Bad("number-octal.yaml", 9, "write 17"),
    Bad("number-0o.yaml", 9, "write 15"),
    Bad("number-hexadecimal.yaml", 9, "write 31"),
    Bad("number-base-sixty.yaml", 15, "base sixty"),
    Bad("number-underscore.yaml", 15, "write 5000"),
    Bad("number-decimal-comma.yaml", 16, "write 0.001"),
    Bad("number-other-minus.yaml", 10, "not the one of the keyboard"),
    Bad("number-in-quotes.yaml", 9, "take the quotes away"),
    # what stands where
    Bad("title-missing.yaml", 1, "a scenario needs title"),
    Bad("title-empty.yaml", 1, "title must be text, but this is empty"),
    Bad("title-blank.yaml", 1, "the title is empty"),
    Bad("title-is-a-number.yaml", 1, "title must be text, but this is 2024"),
    Bad("title-is-a-list.yaml", 1, "title must be text, but this is a list"),
    Bad("title-too-long.yaml", 1, "at most 200"),
    Bad("data-missing.yaml", 1, "a scenario needs data"),
    Bad("data-is-text.yaml", 2, "data must be a mapping"),
    Bad("data-says-nothing.yaml", 2, "data does not say where the numbers are"),
    Bad("data-two-forms.yaml", 8, "data has both inputs and source"),
    Bad("inputs-missing.yaml", 6, "data needs inputs"),
    Bad("targets-missing.yaml", 6, "data needs targets"),
    Bad("inputs-ragged.yaml", 9, "this row is 3 long, but the first one beside it is 2"),
    Bad("inputs-without-a-comma.yaml", 6, "'0 1' is not a number\n  a comma is missing: 0, 1"),
    Bad("inputs-with-a-semicolon.yaml", 6, "a comma is missing: 0, 1"),
    Bad("inputs-hold-text.yaml", 6, "'zero' is not a number"),
    Bad("inputs-hold-true.yaml", 6, "true is not a number"),
    Bad("inputs-hold-nothing.yaml", 6, "a number is missing here"),
    Bad("inputs-hold-a-mapping.yaml", 6, "a mapping stands where a number is due"),
    Bad("inputs-of-two-depths.yaml", 6, "this is a list, but the first one beside it is a number"),
    Bad("targets-empty.yaml", 7, "this list is empty"),
    Bad("targets-without-rows.yaml", 7, "each of the targets must be a list"),
    Bad("targets-one-too-few.yaml", 7, "4 rows of inputs but 3 of targets"),
    Bad("image-of-three.yaml", 8, "image must have 2 entries"),
    Bad("labels-hold-a-number.yaml", 8, "put it in quotes"),
    Bad("network-empty.yaml", 5, "network is empty"),
    Bad("network-is-a-name.yaml", 5, "network must be a list"),
    Bad("layer-is-a-name.yaml", 6, "layer 1 must be a mapping such as {layer: dense, units: 2}"),
    Bad("layer-as-key.yaml", 6, "write {layer: dense, ...}"),
    Bad("layer-misspelt.yaml", 9, "did you mean dense?"),
    Bad("layer-key-misspelt.yaml", 9, "did you mean layer?"),
    Bad("layer-nameless.yaml", 9, "does not say which layer it is"),
    Bad("activation-misspelt.yaml", 9, "did you mean sigmoid?"),
    Bad("activation-layer-without-function.yaml", 10, "activation needs function"),
    Bad("units-missing.yaml", 9, "dense needs units"),
    Bad("units-of-two-and-a-half.yaml", 9, "but this is 2.5\n  write a whole number, such as 2"),
    Bad("units-a-fraction.yaml", 9, "write 2"),
    Bad("units-true.yaml", 9, "units must be a whole number, but this is true"),
    Bad("units-zero.yaml", 9, "units must be at least 1, but this is 0"),
    Bad("units-too-many.yaml", 9, "units must be at most 4096"),
    Bad("weights-ragged.yaml", 10, "this row is 2 long"),
    Bad("weights-hold-text.yaml", 10, "but this is the text 'x'"),
    Bad("weights-without-rows.yaml", 10, "weights must be a list, but this is 0.3"),
    Bad("bias-yes.yaml", 10, "write true"),
    Bad("init-misspelt.yaml", 9, "did you mean xavier?"),
    Bad("alpha-of-sigmoid.yaml", 9, "sigmoid has no alpha"),
    Bad("init-of-given-weights.yaml", 10, "given weights are not drawn"),
    Bad("softmax-of-one-unit.yaml", 10, "softmax over a single unit is always 1"),
    Bad("trainable-is-text.yaml", 9, "trainable must be a mapping"),
    Bad("loss-missing.yaml", 1, "a scenario needs loss"),
    Bad("loss-misspelt.yaml", 11, "did you mean half_sse?"),
    Bad("loss-nameless.yaml", 11, "loss needs a name"),
    Bad("loss-is-a-list.yaml", 11, "loss must be a name"),
    Bad("reduction-misspelt.yaml", 11, "did you mean sum?"),
    Bad("l2-negative.yaml", 11, "l2 must be at least 0"),
    Bad("optimizer-misspelt.yaml", 12, "did you mean sgd?"),
    Bad("optimizer-is-a-number.yaml", 12, "optimizer must be a name"),
    Bad("rate-is-text.yaml", 12, "learning_rate must be a number"),
    Bad("rate-negative.yaml", 12, "learning_rate must not be negative\n  going downhill is what the minus is for"),
    Bad("beta-negative.yaml", 12, "beta1 must not be negative\n  0.9 is usual"),
    Bad("names-misspelt.yaml", 3, "did you mean math?"),
    Bad("mistake-misspelt.yaml", 13, "did you mean rate_twice?"),
    Bad("mistake-is-a-list.yaml", 13, "mistake must be text"),
    Bad("seed-negative.yaml", 4, "seed must be at least 0"),
    Bad("batch-misspelt.yaml", 13, "did you mean full?"),
    Bad("batch-zero.yaml", 13, "batch must be at least 1"),
    Bad("batch-enormous.yaml", 13, "batch must be at most 1000000"),
    Bad("batch-and-batches.yaml", 13, "batch and batches are both given"),
    Bad("batches-empty.yaml", 13, "batches is empty"),
    Bad("batches-without-rows.yaml", 13, "batches must be a list"),
    Bad("batches-shuffled.yaml", 14, "given batches are not shuffled"),
    Bad("shuffle-yes.yaml", 14, "write true"),
    Bad("epochs-enormous.yaml", 15, "epochs must be at most 10000000"),
    Bad("epochs-a-fraction.yaml", 15, "epochs must be a whole number"),
    Bad("stop-is-a-number.yaml", 16, "stop must be a mapping"),
    Bad("patience-zero.yaml", 16, "patience must be at least 1"),
    Bad("notes-are-text.yaml", 17, "notes must be a mapping"),
    Bad("note-is-a-number.yaml", 18, "put it in quotes"),
    Bad("note-of-an-unseen-name.yaml", 18, "␛[2J must be text"),
    Bad("note-too-long.yaml", 18, "at most 4,000"),
    Bad("source-misspelt.yaml", 3, "did you mean moons?"),
    Bad("source-setting-unknown.yaml", 5, "did you mean noise?"),
    Bad("source-setting-out-of-range.yaml", 4, "samples must be from 2 to 100000"),
    Bad("source-setting-a-fraction.yaml", 4, "samples must be a whole number"),
    Bad("scale-misspelt.yaml", 6, "did you mean minmax?"),
    Bad("one-hot-is-a-number.yaml", 7, "write true"),
    Bad("split-is-a-number.yaml", 8, "sets some samples aside, such as split: {test: 0.2,"),
    Bad("split-of-all.yaml", 8, "test must be below 1"),
    Bad("split-validation-of-all.yaml", 8, "validation must be below 1"),
    Bad("split-key-misspelt.yaml", 8, "did you mean validation?"),
    Bad("split-of-nothing.yaml", 8, "split sets nothing aside"),
    Bad("take-nothing.yaml", 9, "take must be at least 1"),
    Bad("table-with-nul.yaml", 3, "does not name a file"),
    Bad("table-without-targets.yaml", 3, "data needs targets"),
    Bad("table-target-twice.yaml", 4, "the column 'score' is named twice"),
    Bad("loss-below-zero.yaml", 16, "loss_below must be at least 0"),
    Bad("table-target-is-a-name.yaml", 4, "targets must be a list of texts"),
)
# These load; what is wrong with them only the shapes and the samples tell.
NEEDS_COMPILE: Final = (
    Bad("compile/weights-of-another-shape.yaml", 10, "2×1 was expected\n  2 rows of 1 number, one for each"),
    Bad("compile/bias-of-another-shape.yaml", 10, "1×1 was expected\n  1 number, one for each unit; or leave bias out"),
    Bad("compile/masks-of-another-shape.yaml", 10, "masks is 1×4×1, 1×4×2 was expected"),
    Bad("compile/masks-of-other-numbers.yaml", 10, "a mask is made of 0 and 1\n  0 silences a number"),
    Bad("compile/kernel-larger-than-image.yaml", 10, "an image of 1×2\n  at most kernel_size: 1, or add more padding"),
    Bad("compile/pool-larger-than-image.yaml", 10, "an image of 1×2\n  at most size: 1"),
    Bad("compile/reshape-to-other-length.yaml", 9, "choose lengths that give 2 when they are multiplied"),
    Bad("compile/targets-of-another-width.yaml", 7, "each target is 2 numbers, the network ends with 1 number"),
    Bad("compile/bce-with-logits-after-sigmoid.yaml", 11, "bce_with_logits applies its own sigmoid"),
    Bad("compile/bce-with-logits-after-softmax.yaml", 13, "bce_with_logits applies its own sigmoid"),
    Bad("compile/softmax-after-one-unit.yaml", 11, "softmax over a single unit is always 1"),
    Bad("compile/softmax-loss-of-one-unit.yaml", 11, "softmax_cross_entropy over a single unit is always 0"),
    Bad("compile/cce-after-relu.yaml", 13, "the network ends with relu"),
    Bad("compile/cce-of-rows-that-are-not-chances.yaml", 7, "rows add up to 1"),
    Bad("compile/batch-of-more-than-there-are.yaml", 13, "more than the 4 there are"),
    Bad("compile/batches-name-no-sample.yaml", 13, "there is no sample 4"),
    Bad("compile/patience-without-a-test.yaml", 16, "no samples are set aside"),
    Bad("compile/gd-in-given-batches.yaml", 13, "gd uses all samples at once"),
    Bad("compile/inputs-of-six-axes.yaml", 6, "at most 5 can be shown"),
    Bad("compile/image-of-other-pixels.yaml", 8, "an image of 7×9 has 63 pixels, and a sample has 2"),
    Bad("compile/labels-too-few.yaml", 9, "2 classes need as many labels, and this is 1"),
    Bad("compile/mistake-without-a-hidden-layer.yaml", 12, "add a layer before the last one"),
    Bad("compile/mistake-of-another-loss.yaml", 13, "this mistake needs the loss sse or mse"),
    Bad("compile/gd-in-batches.yaml", 13, "gd uses all samples at once"),
    Bad("compile/split-leaves-nothing.yaml", 8, "sets 20 of 20 samples aside (10 for the test, 10 for the validation)"),
    Bad("compile/split-of-more-than-there-are.yaml", 8, "leaves nothing to train on"),
    Bad("compile/take-more-than-there-are.yaml", 9, "only 16 to train on"),
    Bad("compile/classes-for-a-softmax.yaml", 3, "put one_hot: true in data"),
    Bad("compile/one-hot-of-no-classes.yaml", 5, "one_hot needs classes"),
    Bad("compile/too-much-memory.yaml", 7, "the limit is 256 MiB"),
    Bad("compile/table-missing.yaml", 3, "there is no file"),
    Bad("compile/table-is-a-folder.yaml", 3, "is not a regular file"),
    Bad("compile/table-above.yaml", 3, "leads out of the folder"),
    Bad("compile/table-absolute.yaml", 3, "does not name a file beside this scenario"),
    Bad("compile/table-of-home.yaml", 3, "does not name a file beside this scenario"),
    Bad("compile/table-on-a-drive.yaml", 3, "does not name a file beside this scenario"),
    Bad("compile/table-column-misspelt.yaml", 4, "did you mean score?"),
)


def by_file(bad: Bad) -> str:
    return bad.file


@pytest.mark.parametrize("name", GOOD)
def test_the_files_the_bad_ones_are_made_from_are_good(name: str) -> None:
    compile_scenario(load(HERE / name))


@pytest.mark.parametrize("bad", FAULTS, ids=by_file)
def test_each_is_refused_with_its_line(bad: Bad) -> None:
    with pytest.raises(NnstepError) as caught:
        load(FOLDER / bad.file)
    check_message(caught.value, bad)


@pytest.mark.parametrize("bad", NEEDS_COMPILE, ids=by_file)
def test_each_is_refused_with_its_line_when_it_is_compiled(bad: Bad) -> None:
    loaded = load(FOLDER / bad.file)
    with pytest.raises(NnstepError) as caught:
        compile_scenario(loaded)
    check_message(caught.value, bad)


def check_message(error: NnstepError, bad: Bad) -> None:
    assert bad.words in str(error)
    assert re.fullmatch(rf"{re.escape(str(FOLDER / bad.file))}:{bad.line}:[1-9][0-9]*", error.where)
    assert error.what
    assert "\n" not in error.what + error.hint
    assert re.search(r"msgspec|ruamel|Traceback|\bdict\b|\bstr\b|NoneType", str(error)) is None


def test_there_are_many_and_all_are_tried() -> None:
    tried = [bad.file for bad in (*FAULTS, *NEEDS_COMPILE)]
    found = [path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.suffix in {".yaml", ".json"}]
    assert len(tried) >= 60
    assert sorted(tried) == sorted(found)


@pytest.mark.parametrize("bad", [*FAULTS, *NEEDS_COMPILE], ids=by_file)
def test_each_has_one_fault(bad: Bad) -> None:
    """A second fault would hide behind the first: so each differs from a good file in one place only."""
    lines = (FOLDER / bad.file).read_text(encoding="utf-8").splitlines()
    assert min(places_changed(lines, (HERE / name).read_text(encoding="utf-8").splitlines()) for name in GOOD) == 1


def places_changed(lines: list[str], others: list[str]) -> int:
    codes = SequenceMatcher(None, others, lines, autojunk=False).get_opcodes()
    return sum(1 for code in codes if code[0] != "equal")
