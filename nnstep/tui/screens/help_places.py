"""What the marks mean on the screen that help was asked for: the lecture view, one matrix alone, each picture."""

Places = tuple[tuple[str, str], ...]

LECTURE = "lecture view"
ALONE = "one matrix"
TWO_RUNS = "two runs"

SEEN: dict[str, Places] = {
    LECTURE: (
        (
            "middle",
            "the equation of the step that was done last, alone: what it reads, what it makes, the signs between",
        ),
        ("below", "what the step does; the told cell with its numbers; the teacher's words; the question for the room"),
        ("stop 3 of 7", "how far the lesson is: PgDn is the next stop, PgUp the one before, and Space steps as always"),
        ("L", "shows everything again; the keys are the same in either view"),
    ),
    ALONE: (
        ("0 1 2 …", "the numbers of the columns over the matrix, and those of the rows beside it"),
        ("z", "the same as a heat map, then the sheet again; Tab goes to the next matrix, Esc back to the sheet"),
    ),
    TWO_RUNS: (
        ("A  B", "the two runs, at the same step; over each its learning rate and its loss. What moves, moves both"),
        ("0.42≠", "a number that is another in the other run; the bar below has both numbers of the told cell"),
        ("── ╌╌", "the loss of A and of B, on one scale"),
        ("D", "the differences alone, B less A; again, both runs"),
        ("w  q", "back to one run, where there was one before; else q leaves"),
    ),
    "network": (
        ("── ╌╌", "weights: a solid line is above zero, a dashed one below, a thick one large"),
        ("0.81", "a unit and what it hands on; ← below it is what comes back to it, b its bias"),
        ("◀ 1", "the target, beside the last column"),
        ("=-·+#", "many numbers as a map: from far below zero to far above it; with colours from purple to teal"),
        ("▀▀ ─▶ ▀▀", "a kernel and the image it makes; frames: what the told number is made of, and where it stands"),
        ("▶ hidden", "the column that the step is about: orange is read, yellow is made; Enter goes unit by unit"),
    ),
    "curves": (
        (
            "── ╌╌ ┈┈",
            "train, validation and test, each with its latest figure; those of the last two come while you look",
        ),
        (
            "right",
            "how many answers of all samples are right with the weights after each update, where the network chooses "
            "between classes; the loss of train is that of a batch before its update",
        ),
    ),
    "curves, log scale": (
        ("1e-3", "each line up is ten times as much: a straight line falls by the same part in each epoch"),
        ("── ╌╌ ┈┈", "train, validation and test, as in the curves before"),
    ),
    "decision surface": (
        ("colours", "what the network answers at every point: across is the first input, up is the second"),
        ("○ =-·+# ●", "which colour (or sign) is which class: between the marks of two, before the names of more"),
        (
            "○ ●",
            "the samples, by what is right for them; of two classes, one on the wrong side is the letter or digit of "
            "its class",
        ),
        ("[ ]", "the chosen sample; . and , choose another"),
        ("hidden unit", "the same plane as that one unit sees it, where there is room"),
    ),
    "images": (
        ("sample 0", "the chosen sample as a picture; . and , choose another"),
        ("░▒▓█", "where there are no greys: the fuller, the larger; beside it the least and the largest number of all"),
        ("▶ 9 ◀", "the chance of each class: ▶ is the largest, ◀ is what is right"),
        ("7 0.89", "unit 7 says 0.89 to this sample; under it the weights with which it looks, one for each pixel"),
        ("=-·+#", "weights from far below zero to far above it; with colours from purple to teal"),
        ("↓ more", "there are more: ↓ or the wheel scrolls"),
    ),
    "attention": (
        ("asks ↓", "a row for each time of the sequence that asks, a column for each that is looked at"),
        ("0.97", "how much it looks there: each row adds up to 1, and white (or full) is most"),
        ("╱╱", "what comes later than the one who asks, where it may not look ahead"),
        ("right", "the scores that the softmax makes it of, or what the step makes; under it the other samples"),
    ),
    "answers": (
        ("is ↓", "a row is a class that is right, a column one that the network chose; the diagonal is right"),
        ("!29", "the most frequent mistakes"),
        ("6→9 55%", "a sample that is answered wrong: it is a 6, taken for a 9 with a chance of 55 %"),
    ),
    "gradient sizes": (
        ("████ •", "the root of the mean square of a parameter's gradient, by powers of ten; • is its largest"),
        (
            "moves by",
            "how far the update moves the parameter, in percent of its own size: known at the update; "
            "from 0 is no part of any size",
        ),
        ("grey", "the gradients of the iteration before, as long as there are no new ones"),
    ),
    "distributions": (
        ("left", "how often each number occurs in what a layer hands on; the numbers below are the ends of the axis"),
        ("0.5 ± 0.4", "the mean is 0.5 and the deviation from it 0.4, where there is no room for these words"),
        ("right", "the same for its weights"),
        ("grey", "those of the iteration before, as long as there are no new ones"),
    ),
}
