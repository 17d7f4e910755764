"""What the documentation says is there, is there."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
# `nnstep show xor` and `nnstep xor`: the word that is a command or the name of a scenario.
COMMAND = re.compile(r"\bnnstep ([a-z][a-z_-]*)(?=\s|$)", re.MULTILINE)
SCENARIO_FILE = re.compile(r"\bnnstep (?:[a-z]+ )?([\w./-]+\.yaml)")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def code_in(text: str) -> str:
    """Return what a Markdown text shows as code, one piece a line."""
    outside = FENCED.sub("", text)
    return "\n".join([*FENCED.findall(text), *INLINE.findall(outside)])


def words_and_files(project_dir: Path) -> tuple[set[str], set[str]]:
    """Return the words and the files that the README gives to nnstep."""
    code = code_in((project_dir / "README.md").read_text(encoding="utf-8"))
    return set(COMMAND.findall(code)), set(SCENARIO_FILE.findall(code))


def test_commands_are_read_from_code_only() -> None:
    text = (
        "nnstep is small.\n```sh\n.venv/bin/nnstep list\nnnstep a/b.yaml\n```\nTry `nnstep show xor`, `nnstep --help`."
    )
    assert COMMAND.findall(code_in(text)) == ["list", "show"]
    assert SCENARIO_FILE.findall(code_in(text)) == ["a/b.yaml"]


def test_every_command_of_the_readme_exists(project_dir: Path, package_dir: Path, scenarios_dir: Path) -> None:
    words, _ = words_and_files(project_dir)
    shipped = {path.stem for path in scenarios_dir.glob("*.yaml")}
    for word in sorted(words - shipped):
        command = [sys.executable, "-m", "nnstep", word, "--help"]
        result = subprocess.run(command, cwd=project_dir, capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"nnstep {word}: {result.stderr}"
        assert f"nnstep {word}" in result.stdout


def test_every_scenario_file_of_the_readme_exists(project_dir: Path) -> None:
    _, files = words_and_files(project_dir)
    assert [file for file in sorted(files) if not (project_dir / file).exists()] == []


@pytest.mark.parametrize("name", ["run", "test"])
def test_the_check_runs_the_command_that_the_readme_gives(project_dir: Path, name: str) -> None:
    result = subprocess.run([project_dir / ".ci" / "run", "--print", name], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    readme = (project_dir / "README.md").read_text(encoding="utf-8")
    assert f"<!-- command: {name} -->\n```sh\n{result.stdout}```\n" in readme


@pytest.mark.parametrize(
    "readme",
    [
        "",
        "```sh\npytest\n```\n",
        "<!-- command: test -->\n\n```sh\npytest\n```\n",
        "<!-- command: test -->\n```sh\n```\n",
        "<!-- command: test -->\n```sh\npytest\n",
        "<!-- command: run -->\n```sh\npytest\n```\n",
    ],
)
def test_the_check_fails_without_its_command(project_dir: Path, tmp_path: Path, readme: str) -> None:
    (tmp_path / ".ci").mkdir()
    script = shutil.copy(project_dir / ".ci" / "run", tmp_path / ".ci")
    (tmp_path / "README.md").write_text(readme, encoding="utf-8")
    result = subprocess.run([script, "--print", "test"], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "README.md has no sh block directly after '<!-- command: test -->'" in result.stderr


def test_every_dependency_has_a_reason(project_dir: Path) -> None:
    project = tomllib.loads((project_dir / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    names = {re.split(r"[\[<>=~! ]", one)[0] for one in required} - {"nnstep"}
    decision = (project_dir / "docs" / "decisions" / "0001-dependencies.md").read_text(encoding="utf-8")
    assert {name for name in names if f"\n| {name} | " not in decision} == set()


def test_every_link_leads_to_a_file(project_dir: Path) -> None:
    pages = [*project_dir.glob("*.md"), *(project_dir / "docs").rglob("*.md")]
    assert len(pages) > 3
    texts = {page: INLINE.sub("", FENCED.sub("", page.read_text(encoding="utf-8"))) for page in pages}
    links = [(page, link) for page, text in texts.items() for link in LINK.findall(text)]
    assert [(str(page), link) for page, link in links if not (page.parent / link).exists()] == []
