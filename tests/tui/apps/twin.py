"""An app that also keeps what Textual itself would have sent for each frame: the same states, painted the plain way.

Two processes would not do: Textual's own frames depend on what happens to fall into the same sixtieth of a second.
"""

import os
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.screen import Screen

from nnstep.tui import ending
from nnstep.tui.encoder import ShadowScreen
from nnstep.tui.lifecycle import hold_garbage, run_app
from nnstep.tui.terminal import colour_mode, prepare_app


class Twin(ShadowScreen[None]):
    """Appends Textual's bytes of each frame to the file that PLAIN_FRAMES names, before the encoder gets the frame."""

    ENABLE_COMMAND_PALETTE = False
    keys = 0

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        is_shown = self._running and not self._closed and not self._batch_count
        if isinstance(renderable, CompositorUpdate) and is_shown and "PLAIN_FRAMES" in os.environ:
            with Path(os.environ["PLAIN_FRAMES"]).open("ab") as frames:
                frames.write(renderable.render_segments(self.console).encode())
        super()._display(screen, renderable)


def main(app: Twin) -> None:
    """Run `app` as the stepper is run; with SHORT_GRACE it has a tenth of a second to end in."""
    if "SHORT_GRACE" in os.environ:
        ending.GRACE = 0.1
    prepare_app(app, colour_mode(os.environ))
    raise SystemExit(run_app(app))


hold_garbage()
