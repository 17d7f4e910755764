"""Start and end of the screen: a quick first frame, and a terminal that is given back however it ends.

Nothing is imported from Textual here, so `hold_garbage` can come before its import.
A kill that cannot be caught (SIGKILL) leaves the terminal as it is; the shell command `reset` mends it.
"""

import gc
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

# The collection takes some 30 ms: it comes while the person looks at the first frame, before the first key.
SETTLE_AFTER = 0.05  # seconds


def hold_garbage() -> None:
    """Switch the garbage collector off until the first frame: it finds nothing while modules are being imported."""
    gc.disable()


def settle_garbage() -> None:
    """Collect once, set aside for good what is alive, and collect less often: a collection is a late frame."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    gc.enable()


def run_app(app: "App[Any]") -> int:
    """Run `app` and return the exit code: its own, 1 after an exception, 128 + n after signal n.

    The terminal is as it was before, whatever ended the app; losing the terminal ends it like SIGHUP does.
    """
    _settle_after_first_frame(app)
    if os.name != "posix":
        app.run()
        return app.return_code or 0
    from nnstep.tui.ending import Ending

    ending = Ending(app)
    with ending.on_signals(), ending.on_lost_terminal():
        try:
            app.run()
        except BaseException:
            ending.restore()
            raise
    return ending.code or app.return_code or 0


def _settle_after_first_frame(app: "App[Any]") -> None:
    if not hasattr(app, "on_first_frame"):
        settle_garbage()
        return

    def settle_soon() -> None:
        if app._loop is not None:
            app._loop.call_later(SETTLE_AFTER, settle_garbage)

    app.on_first_frame = settle_soon
