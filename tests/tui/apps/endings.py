"""An app with many ways to end: `q` quits, `x` raises, `b` keeps the loop busy for ever, `k` keeps a handler waiting.

`g` says how garbage is collected, once it is again.
"""

import asyncio
import gc

from textual.app import ComposeResult
from textual.widgets import Static
from twin import Twin, main


class EndingsApp(Twin):
    """One line, to know that it runs."""

    def compose(self) -> ComposeResult:
        yield Static("ready.", markup=False)

    def say(self, text: str) -> None:
        self.query_one(Static).update(text)

    async def on_key(self, event: object) -> None:
        match getattr(event, "key", ""):
            case "q":
                self.exit(return_code=7)
            case "x":
                raise RuntimeError("a fault of ours")
            case "b":
                self.say("busy.")
                self.call_after_refresh(self.be_busy)
            case "k":
                self.say("waiting.")
                await asyncio.Event().wait()
            case "g":
                while not gc.isenabled():
                    await asyncio.sleep(0)
                self.say(f"collects at {gc.get_threshold()}, {gc.get_freeze_count() > 1000}.")

    def be_busy(self) -> None:
        while True:
            pass


if __name__ == "__main__":
    main(EndingsApp())
