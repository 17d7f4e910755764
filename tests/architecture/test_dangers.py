"""Nothing in the package turns the text of a file into code, markup or a command."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

# Where a danger may stand, and why it does none.
ALLOWED = {
    ("catalog/names/base.py", "format"): "fills in the layer's number in a template of our own name sets",
    ("engine/vector.py", "eval"): "compiles the NumPy line of a rule of our own catalog; a scenario has no rules",
    ("engine/fast.py", "exec"): "runs a loop that is written from calls of NumPy, with names it makes up itself",
    ("engine/fast.py", "compile"): "as above",
}

# A name is a danger wherever it is read, so that another name for it is found too.
BUILTINS = {"eval", "exec", "compile", "__import__"}
ATTRIBUTES = {
    "from_markup",  # Content, Text: brackets in a formula vanish, and a click can run an action of the app
    "format_map",
    "unsafe_load",
    "full_load",
}
MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "textual.markup", "rich.markup"}
# Keywords that may only be given as a plain False.
KEYWORDS = {"allow_pickle", "shell", "markup"}
# These read markup unless told not to, and what they show is mostly the text of a file.
READS_MARKUP = {"Static", "Label", "OptionList", "ListItem", "RichLog", "notify", "Console"}
TITLES = {"border_title", "border_subtitle"}


def dangers(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each danger in a module's source, and what it is."""
    tree = ast.parse(source)
    own = {target.id for target, value in _assigned(tree) if isinstance(target, ast.Name) and _is_constant(value)}
    for node in ast.walk(tree):
        for found in _of(node, own):
            yield getattr(node, "lineno", 0), found


def _assigned(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what the module itself, outside functions, assigns to what."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from ((target, node.value) for target in node.targets)
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            yield node.target, node.value


def _of(node: ast.AST, own: set[str]) -> Iterator[str]:
    match node:
        case ast.Name(id=name) if name in BUILTINS:
            yield name
        case ast.Attribute(attr=name) if name in ATTRIBUTES:
            yield name
        case ast.Attribute(value=ast.Name(id="builtins"), attr=name) if name in BUILTINS:
            yield name
        case ast.Attribute(value=ast.Name(id="os"), attr="system" | "popen" as name):
            yield f"os.{name}"
        case ast.Import() | ast.ImportFrom():
            yield from _imported(node)
        case ast.Call():
            yield from _called(node, own)
        case ast.Assign(targets=[ast.Attribute(attr=name)], value=value) if name in TITLES and _is_text(value):
            yield name


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    names = [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        names = [f"{node.module}", *(f"{node.module}.{name}" for name in names)]
    for name in names:
        if name in MODULES or name.partition(".")[0] in MODULES:
            yield name
        if name in {"rich.print", "os.system", "os.popen"}:
            yield name


def _called(node: ast.Call, own: set[str]) -> Iterator[str]:
    """Yield the dangers of one call; `own` are the names of texts that the module itself spells out."""
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    for name in KEYWORDS & keywords.keys():
        if not _is(keywords[name], False):
            yield name
    match node.func:
        case ast.Attribute(value=ast.Name(id=name), attr="format") if name in own:
            pass
        case ast.Attribute(value=value, attr="format") if not _is_constant(value):
            yield "format"
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in READS_MARKUP and "markup" not in keywords:
            yield f"{name} without markup=False"
        case ast.Name(id="YAML") | ast.Attribute(attr="YAML") if _is(keywords.get("typ"), "unsafe"):
            yield "unsafe YAML"


def _is(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value == value


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _is_text(node: ast.expr) -> bool:
    """Return whether a title may be a str made of data: all but a constant and a Content."""
    made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Content", "Text"}
    return not (made or _is_constant(node))


def found_in(package_dir: Path) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for path in sorted(package_dir.rglob("*.py")):
        for line, what in dangers(path.read_text(encoding="utf-8")):
            found.setdefault((path.relative_to(package_dir).as_posix(), what), []).append(line)
    return found


def test_no_danger_stands_where_it_is_not_allowed(package_dir: Path) -> None:
    found = found_in(package_dir)
    assert {place: lines for place, lines in found.items() if place not in ALLOWED} == {}


def test_every_permission_is_still_needed(package_dir: Path) -> None:
    assert set(ALLOWED) - set(found_in(package_dir)) == set()


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("eval(text)", "eval"),
        ("run = exec", "exec"),
        ("import builtins; builtins.eval(text)", "eval"),
        ("compile(text, '', 'exec')", "compile"),
        ("__import__(text)", "__import__"),
        ("import pickle", "pickle"),
        ("from pickle import loads", "pickle"),
        ("import yaml", "yaml"),
        ("from rich.markup import render", "rich.markup"),
        ("from rich import print", "rich.print"),
        ("YAML(typ='unsafe')", "unsafe YAML"),
        ("np.load(path, allow_pickle=True)", "allow_pickle"),
        ("np.load(path, allow_pickle=flag)", "allow_pickle"),
        ("subprocess.run(text, shell=True)", "shell"),
        ("os.system(text)", "os.system"),
        ("Content.from_markup(text)", "from_markup"),
        ("Static(text, markup=True)", "markup"),
        ("Static(text)", "Static without markup=False"),
        ("self.notify(text)", "notify without markup=False"),
        ("self.border_title = f'{text}'", "border_title"),
        ("note.format(step=step)", "format"),
        ("note.format_map(values)", "format_map"),
    ],
)
def test_a_danger_is_found(source: str, what: str) -> None:
    assert what in [found for _, found in dangers(source)]


@pytest.mark.parametrize(
    "source",
    [
        "re.compile(pattern)",
        "ast.literal_eval(text)",
        "np.load(path, allow_pickle=False)",
        "YAML(typ='safe', pure=True)",
        "Static(text, markup=False)",
        "Content(text)",
        "self.border_title = Content(text)",
        "self.border_title = 'steps'",
        "'{} of {}'.format(step, count)",
        "format(value, '.2f')",
        "colours.system",
        "ADVICE = 'no {what}'\ndef say(what):\n    return ADVICE.format(what=what)",
    ],
)
def test_what_is_safe_is_let_through(source: str) -> None:
    assert list(dangers(source)) == []
