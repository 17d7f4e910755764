"""What kind of terminal this is, and an app made ready for it; nothing is imported from Textual until it is needed."""

from collections.abc import Mapping
from os import environ as process_environ
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from textual.app import App

ColourMode = Literal["truecolor", "256", "16", "none"]

# Terminals of 256 colours or more whose name does not say so.
KNOWN_256 = frozenset({"alacritty", "contour", "foot", "ghostty", "rio", "wezterm", "xterm-ghostty", "xterm-kitty"})

ADVICE = """\
{reason}, so the stepper cannot open. These work without one:
  nnstep show FILE     the matrices as plain text (--at EPOCH:STEP says where)
  nnstep trace FILE    every step as JSON lines
  nnstep train FILE    training at full speed, with its result
  nnstep check FILE    is the file right, and does every gradient agree with finite differences"""


def advice_without_terminal(environ: Mapping[str, str], stdin_isatty: bool, stdout_isatty: bool) -> str | None:
    """Return what to use in place of the stepper where there is no screen to step on, or None where there is one."""
    reason = _why_no_screen(environ, stdin_isatty, stdout_isatty)
    return ADVICE.format(reason=reason) if reason else None


def _why_no_screen(environ: Mapping[str, str], stdin_isatty: bool, stdout_isatty: bool) -> str:
    if not stdin_isatty:
        return "The input is not a terminal"
    if not stdout_isatty:
        return "The output is not a terminal"
    term = environ.get("TERM", "").strip().lower()
    if not term:
        return "TERM is not set"
    return "" if term not in {"dumb", "unknown"} else f"This is a terminal without a screen (TERM={term})"


def colour_mode(environ: Mapping[str, str]) -> ColourMode:
    """Return how many colours the terminal shows; "none" where NO_COLOR asks for attributes only.

    NO_COLOR counts when it is not empty (no-color.org). Over SSH COLORTERM is not sent along, so TERM decides there.
    """
    if environ.get("NO_COLOR"):
        return "none"
    # GNU screen hands COLORTERM on from the terminal around it, and garbles what follows from it.
    if environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"} and not environ.get("STY"):
        return "truecolor"
    term = environ.get("TERM", "").strip().lower()
    if term.endswith("-direct"):
        return "truecolor"
    return "256" if term.endswith("-256color") or term in KNOWN_256 else "16"


def over_ssh(environ: Mapping[str, str]) -> bool:
    """Return whether this terminal is at the far end of an SSH connection."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))


def prepare_app(app: "App[Any]", mode: ColourMode, environ: Mapping[str, str] | None = None) -> None:
    """Make a new `app` ready for a terminal of this colour mode, before it runs.

    No animations; clicks and wheel only; no keyboard protocol over SSH. With "16" and "none" the app's own ANSI
    colours and attributes pass unchanged, under Textual's theme `ansi-dark`: an app that sets another theme later
    undoes this. With "none" no colour code is sent at all.
    """
    from rich.color import ColorSystem
    from textual.filter import ANSIToTruecolor, NoColor

    systems = {"truecolor": ColorSystem.TRUECOLOR, "256": ColorSystem.EIGHT_BIT}
    is_ansi = mode in {"16", "none"}
    app.animation_level = "none"
    app.console._color_system = systems.get(mode, ColorSystem.STANDARD)
    app.no_color = mode == "none"
    if is_ansi:
        app.ansi_color = True
        app.theme = "ansi-dark"
    # Textual answers NO_COLOR with greys, which are colours, and makes of `dim` a colour of its own.
    to_truecolor = ANSIToTruecolor(app.ansi_theme, enabled=not is_ansi)
    app._filters = [to_truecolor, NoColor()] if mode == "none" else [to_truecolor]
    _use_quiet_driver(app, over_ssh(process_environ if environ is None else environ))


def _use_quiet_driver(app: "App[Any]", is_remote: bool) -> None:
    # An app that brings a driver of its own, for a test or for a platform, keeps it.
    if app.driver_class.__name__ == "LinuxDriver":
        from nnstep.tui.driver import QuietDriver, RemoteDriver

        app.driver_class = RemoteDriver if is_remote else QuietDriver
