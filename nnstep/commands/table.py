"""The commands: what each is called and told, its help and its examples. Their work is in the module of their name."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from functools import cached_property

from nnstep.records import dataclass
from nnstep.scenario.limits import EPOCHS
from nnstep.scenario.text import in_message


def read_word(text: str) -> str:
    """Return a word that says something."""
    if not text.strip():
        raise ArgumentTypeError(f"a word was expected, not {in_message(text)!r}")
    return text


def read_count(text: str) -> int:
    """Return a whole number from 1 to the most epochs a scenario may have."""
    # Python would read ٣, 1_000 and " 5 " as well, and no number of thousands of digits.
    is_plain = text.isascii() and text.isdecimal() and len(text) <= len(str(EPOCHS))
    count = int(text) if is_plain else 0
    if not 1 <= count <= EPOCHS:
        raise ArgumentTypeError(f"a whole number from 1 to {EPOCHS} was expected, not {in_message(text)!r}")
    return count


def read_list(text: str) -> tuple[str, ...]:
    """Return the words between the commas."""
    words = tuple(word.strip() for word in text.split(","))
    if not all(words):
        raise ArgumentTypeError(f"words with commas between them were expected, not {in_message(text)!r}")
    return words


@dataclass(frozen=True)
class Option:
    """One thing that a command is told.

    name: `--epochs`, or `FILE` for a word of its own. metavar: what follows it; empty for a switch.
    read: makes the value of the text. required: must the word be there?
    repeated: may it be told several times?
    """

    name: str
    help: str
    metavar: str = ""
    read: Callable[[str], object] = read_word
    default: object = None
    required: bool = True
    repeated: bool = False

    @property
    def is_flag(self) -> bool:
        """Does it begin with dashes?"""
        return self.name.startswith("-")

    @property
    def key(self) -> str:
        """What its value is called in what was given."""
        return self.name.lstrip("-").replace("-", "_").lower()

    @property
    def usage(self) -> str:
        """How it is written."""
        text = f"{self.name} {self.metavar}{' ...' * self.repeated}".strip()
        return text if self.required and not self.is_flag else f"[{text}]"


@dataclass(frozen=True)
class Command:
    """One command.

    name: the first word, empty for the stepper. summary: one line for the list of all commands.
    detail: what else a person needs to know. examples: a line to type, and what it does.
    """

    name: str
    summary: str
    options: tuple[Option, ...]
    examples: tuple[tuple[str, str], ...]
    detail: str = ""

    @property
    def module(self) -> str:
        """The module of this package that does the work."""
        return {"": "step", "list": "listing"}.get(self.name, self.name)

    @property
    def call(self) -> str:
        """How it is called, without options."""
        return f"nnstep {self.name}".strip()

    @property
    def usage(self) -> str:
        """How it is called, with all it takes."""
        return " ".join([self.call, *(option.usage for option in self.options)])

    @cached_property
    def description(self) -> str:
        """What it does, in full."""
        return f"{self.summary}.\n\n{self.detail}".strip()


FILE = Option("FILE", "a scenario file, or the name of a shipped scenario")
NAMES = Option("--names", "tell it in another name set: classic, math, layerwise or framework", "SET", default="")
AT = Option(
    "--at", "where: 3:last, 3:7, 3.2:7 (epoch 3, batch 2), 3:output (a step's name or id)", "EPOCH:STEP", default=""
)

STEPPER = Command(
    "",
    "nnstep, a debugger for backpropagation: step through a network's numbers, forward and back",
    (
        Option("FILE", "a scenario file, or the name of a shipped one; without it, the gallery opens", required=False),
        NAMES,
        AT,
        Option("--fresh", "begin at the start: no offer to continue, no breakpoints of the last time; bookmarks stay"),
        Option(
            "--notes-file", "write the teacher's notes to a file (or fifo) in place of the screen: tail -f it", "PATH"
        ),
        Option("--plain", "the whole stepper as lines of text: for screen readers, plain terminals, logs and pipes"),
    ),
    (
        ("nnstep", "the gallery: pick a scenario"),
        ("nnstep xor", "step through a shipped scenario"),
        ("nnstep scenarios/xor.yaml --at 12:output", "... through a file, from epoch 12 on"),
        ("nnstep xor --notes-file notes.txt", "... notes for you alone: tail -f notes.txt elsewhere"),
        ("nnstep xor --plain", "... as lines of text; help says what to type"),
        ("printf 'n\\nn\\nq\\n' | nnstep xor --plain", "... from a script"),
        ("nnstep ./list", "a file that is called like a command"),
    ),
)

_TABLE = (
    Command("list", "what is shipped, one line each", (), (("nnstep list", "names and titles"),)),
    Command(
        "train",
        "train at full speed; the loss curve and the result at the end",
        (
            FILE,
            Option("--epochs", "train so many epochs; otherwise as many as the scenario says", "N", read_count),
            Option("--float32", "calculate in single precision: faster, and not the numbers of stepping"),
            Option("--json", "the result as one JSON object: losses, accuracy, confusion, parameters, time"),
            NAMES,
        ),
        (
            ("nnstep train digits", "as long as the scenario says"),
            ("nnstep train xor --epochs 200", "200 epochs"),
            ("nnstep train xor.yaml --json > xor.json", "for another program"),
        ),
        "The train loss of an epoch is taken before each update, the test loss after the last one.\n"
        "It stops before the last epoch where the scenario's `stop` says so, and with Ctrl-C.\n"
        "Exit code 1: a number stopped being finite.",
    ),
    Command(
        "show",
        "every matrix at one point, as plain text",
        (FILE, AT, NAMES),
        (
            ("nnstep show xor", "the end of the first iteration"),
            ("nnstep show xor --at 100:3", "epoch 100, when 3 steps are done"),
            ("nnstep show xor --at 1:layer1.output", "when that value has just been made"),
            ("nnstep show digits --at 3.2:last", "epoch 3, its second batch"),
        ),
        "For pipes, screen readers and plain terminals. Without --at, the last step of epoch 1;\n"
        "--at 12 is the last step of epoch 12.\n"
        "Large matrices are shown in part, with their shape.",
    ),
    Command(
        "trace",
        "every step as JSON lines, in full precision, for other programs",
        (
            FILE,
            Option("--iterations", "so many, from the first; 1 unless told", "N", read_count, default=1),
            Option("--ids", "only the steps that make these values", "ID,ID", read_list, default=()),
            NAMES,
        ),
        (
            ("nnstep trace xor | head -3", "the scenario and the first two steps"),
            ("nnstep trace xor --iterations 10", "ten iterations"),
            ("nnstep trace xor --ids layer1.weights.grad,loss", "two values only"),
        ),
        "One line for the scenario; then for each iteration a line a step, and one with its loss\n"
        "(before the update) and its parameters (after it). Numbers that are not finite are the texts\n"
        "inf, -inf and nan. Ids are the same under every name set. A value that is no step under a name\n"
        "set (the loss of classic) is written when --ids asks for it, with step null.",
    ),
    Command(
        "check",
        "is the file right, and does every gradient agree with finite differences",
        (
            FILE,
            Option("--all", "every cell; without it 50 of each, drawn by lot, where all take long"),
            NAMES,
        ),
        (
            ("nnstep check xor", "a shipped scenario"),
            ("nnstep check my.yaml && nnstep my.yaml", "check, then step"),
            ("nnstep check digits --all", "every cell of every parameter, which takes its time"),
        ),
        "Exit code 1: a gradient disagrees. Exit code 2: the file is wrong, and a message says where.",
    ),
    Command(
        "compare",
        "two runs side by side: two scenarios, or one with other settings",
        (
            Option("A", "a scenario file, or the name of a shipped scenario"),
            Option("B", "another one; without it A itself, with what --set says", required=False),
            Option(
                "--set",
                "another setting in B, as in a file: optimizer.learning_rate=0.5, layer1.activation=tanh",
                "KEY=VALUE",
                repeated=True,
            ),
            AT,
            NAMES,
            Option("--plain", "where they differ as lines of text, even in a terminal"),
        ),
        (
            ("nnstep compare xor --set optimizer.learning_rate=5", "what if it learned ten times as fast?"),
            ("nnstep compare xor xor-stuck", "two starts of the same network"),
            ("nnstep compare xor --set optimizer=adam --at 50", "from epoch 50 on"),
            ("nnstep compare xor xor-stuck --at 10:last --plain", "what differs there, as text"),
        ),
        "Both stand at the same step, and every key that moves moves both. D shows the differences, B less A.\n"
        "Without a terminal, or with --plain: each value with its largest difference, and the losses so far.\n"
        "Exit code 0, whether they differ or not.",
    ),
    Command(
        "schema",
        "the JSON Schema of scenario files, from which editors complete",
        (),
        (("nnstep schema > nnstep.schema.json", "then name it in your editor"),),
    ),
)


def _with_words(command: Command) -> str:
    return " ".join([command.name, *(option.name for option in command.options if not option.is_flag)])


COMMANDS: dict[str, Command] = {command.name: command for command in _TABLE}

EPILOG = "\n".join(
    [
        "commands:",
        *(f"  {_with_words(command):<14} {command.summary}" for command in _TABLE),
        "",
        "nnstep COMMAND --help says more, with examples.",
        "exit codes: 0 done; 1 the check found something; 2 bad usage or bad input, with one message",
    ]
)
