"""What was tried, as a new scenario file: the text that was there with its comments, and only what was changed anew."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from nnstep.engine.cell import Array
from nnstep.engine.training import RATE
from nnstep.errors import NnstepError
from nnstep.scenario import limits
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.data import prepare_data
from nnstep.scenario.edit import samples_differ, with_value
from nnstep.scenario.load import LoadedScenario, parse
from nnstep.scenario.splice import remove
from nnstep.scenario.text import in_message

SUFFIXES = (".yaml", ".yml")
_COMPARED = 20  # iterations: what is given comes round again, or another way


def file_text(compiled: Compiled, since: int, begun: Mapping[str, Array], told: Sequence[str]) -> str:
    """Return the text of a scenario that begins as a branch does.

    since: the iterations that were done before it. begun: parameters and states after these. told: what was changed,
    for the comment that the file begins with. Raises NnstepError where a file can not hold it.
    """
    loaded, training = compiled.scenario, compiled.training
    if samples_differ(prepare_data(loaded).train, compiled.data.train):
        what = "a sample of a data set or a table was changed, and the scenario has no place to write it"
        raise NnstepError(what, hint="take the change back; samples that are written out in the file can be saved")
    program = training.program(1)
    given = {
        one.id: begun[one.id] for one in program.parameters if not np.array_equal(begun[one.id], training.first[one.id])
    }
    loaded = _with_parameters(loaded, given, begun)
    known = {one.id for one in program.parameters}
    forgotten = [
        one.name
        for one in program.carried
        if one.id not in known and not np.array_equal(begun[one.id], training.first[one.id])
    ]
    comment = _comment(since, told, forgotten, _given_otherwise(compiled, since))
    return "".join(f"# {line}\n" for line in comment) + loaded.document.text.characters


def save(text: str, path: Path, *, overwrite: bool = False) -> None:
    """Write a scenario's text to a file, whole or not at all; it is read again first.

    Raises FileExistsError where there is a file already, unless it may be overwritten; NnstepError where the text
    would be no scenario there (its data file stands elsewhere), or the file can not be written.
    """
    shown = in_message(str(path), limit=200)
    if path.suffix not in SUFFIXES:
        raise NnstepError(f"{shown} does not end in .yaml", hint=f"such as {path.stem or 'what-if'}.yaml")
    if not overwrite and os.path.lexists(path):
        raise FileExistsError(shown)
    raw = text.encode()
    if len(raw) > limits.SCENARIO_BYTES:
        what = f"the file would be larger than the {limits.SCENARIO_BYTES // 1024} KiB that a scenario may have"
        raise NnstepError(what, hint="a change at the very start needs no weights in the file but the changed ones")
    compile_scenario(parse(raw, str(path), path=path))
    try:
        _write(raw, path, overwrite=overwrite)
    except FileExistsError:
        raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "this is not the name of a file"
        raise NnstepError(f"it can not be written: {reason}", where=shown, hint="give another folder or name") from None


def _write(raw: bytes, path: Path, *, overwrite: bool) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=".tmp", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        # What mkstemp makes is for its owner alone; a file is for whom new files are.
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        if overwrite:
            Path(name).replace(path)
        else:
            os.link(name, path)  # fails where somebody has made the file meanwhile
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()


def _with_parameters(loaded: LoadedScenario, given: Mapping[str, Array], begun: Mapping[str, Array]) -> LoadedScenario:
    """Return the scenario with these parameters; a layer whose others would be drawn is given these, too."""
    wanted = dict(given)
    for layer in dict.fromkeys(identity.partition(".")[0] for identity in given):
        number = int(layer.removeprefix("layer")) - 1
        text = remove(loaded.document, ("network", number, "init"))
        if text != loaded.document.text.characters:
            wanted |= {one: array for one, array in begun.items() if one.partition(".")[0] == layer and one in begun}
            loaded = _parsed(text, loaded)
    keys = {f"layer{number}": layer.__struct_fields__ for number, layer in enumerate(loaded.model.network, 1)}
    for identity, array in wanted.items():
        layer, _, key = identity.partition(".")
        if key in keys[layer]:
            loaded = with_value(loaded, ("network", int(layer.removeprefix("layer")) - 1, key), array.tolist())
    return loaded


def _parsed(text: str, loaded: LoadedScenario) -> LoadedScenario:
    return parse(text.encode(), loaded.document.source, path=loaded.path)


def _given_otherwise(compiled: Compiled, since: int) -> list[str]:
    """Return the names of what iterations are given that is not the same from the first one on as after `since`.

    Such as the samples of a batch, a mask that is drawn, a rate that a schedule makes.
    """
    training = compiled.training
    found = {RATE} if since and training.schedule else set()
    for number in range(1, _COMPARED + 1 if since else 1):
        first, here = (training.start(iteration, {}) for iteration in (number, since + number))
        found |= {name for name in first if not np.array_equal(first[name], here[name])}
    return [variable.name for variable in training.program(1).variables if variable.id in found]


def _comment(since: int, told: Sequence[str], forgotten: Sequence[str], otherwise: Sequence[str]) -> list[str]:
    lines = ["What if, saved by nnstep."]
    lines += [f"Changed: {line}" for line in told]
    if since:
        done = f"{since} iteration{'s' * (since != 1)}"
        same = "" if otherwise else f": iteration 1 here was iteration {since + 1}"
        lines.append(f"The weights are those after {done}{same}.")
    if otherwise:
        names = ", ".join(otherwise)
        lines.append(f"Iteration 1 here is not iteration {since + 1}: each iteration is given its own {names}.")
    if forgotten:
        lines.append(f"A file can not hold what the optimizer remembers, so this begins anew: {', '.join(forgotten)}.")
    return [in_message(line, limit=200) for line in lines]
