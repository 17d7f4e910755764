"""The breakpoints: which there are, on or off, and what else it can stop at."""

from functools import partial

from nnstep.breaks import Breaks
from nnstep.catalog.conditions import CONDITIONS, Condition
from nnstep.engine.program import PHASES
from nnstep.errors import NnstepError
from nnstep.explain.breaks import point_text
from nnstep.scenario.breaks import LAYER, PHASE, Breakpoint, read_amount
from nnstep.scenario.limits import BREAKS
from nnstep.tui.screens.ask import Ask
from nnstep.tui.screens.listing import ListDialog, Row
from nnstep.tui.theme import Palette

ON, OFF = "●", "○"
Offer = Breakpoint | Condition
_LAYERS = 12  # more are not offered: b on one of their steps does as well


class Breakpoints(ListDialog[None]):
    """Sets, clears and switches breakpoints."""

    keys = "↑ ↓ choose   Enter set, or on and off   x clear   Esc back"
    heading = "breakpoints: where run (r) and fast-forward (f) stop"

    def __init__(self, breaks: Breaks, palette: Palette) -> None:
        super().__init__(palette)
        self.breaks = breaks
        session = breaks.session
        self.program, self.training = session.program, session.compiled.training
        layers = tuple(dict.fromkeys(step.layer for step in self.program.steps if step.layer.startswith("layer")))
        self.places = (
            *(Breakpoint(PHASE, phase) for phase in PHASES if Breakpoint(PHASE, phase).stops(self.program)),
            *(Breakpoint(LAYER, layer) for layer in layers[:_LAYERS]),
        )
        self.offers: tuple[Offer, ...] = (*CONDITIONS.values(), *self.places)

    def rows(self) -> tuple[Row, ...]:
        """Return those that are set, then all that can be."""
        points = self.breaks.points
        found = [Row("SET NOW", is_heading=True)] if points else []
        for point in points:
            text = f"{ON if point.is_on else OFF} {point_text(point, self.program)}"
            found.append(Row(text, "" if point.is_on else "off", is_dim=not point.is_on))
        found.append(Row("STOP WHEN", is_heading=True))
        for condition in CONDITIONS.values():
            why = condition.refusal(self.training)
            note = why or ("looks at every value: slower" if condition.needs == "values" else "")
            found.append(Row(f"+ {condition.sentence.replace('{}', '…')}", note, is_dim=bool(why)))
        found.append(Row("STOP AT EACH", is_heading=True))
        found += [Row(f"+ {point_text(point, self.program)}") for point in self.places]
        return tuple(found)

    def _point(self) -> int:
        """Return the number of the chosen breakpoint, or -1 where the chosen line is none."""
        number = self.chosen - 1
        return number if 0 <= number < len(self.breaks.points) else -1

    def _offer(self) -> Offer:
        """Return what the chosen line offers."""
        number = self.chosen - (len(self.breaks.points) + 1 if self.breaks.points else 0) - 1
        return self.offers[number if number < len(CONDITIONS) else number - 1]

    def action_take(self) -> None:
        """Switch the chosen breakpoint, or set what is offered."""
        self.message = ""
        number = self._point()
        if number >= 0:
            self.breaks.switch(number)
            self.update_rows()
            return
        offer = self._offer()
        if isinstance(offer, Breakpoint):
            self._set(offer)
        elif why := offer.refusal(self.training):
            self._say(why)
        elif offer.setting is None:
            self._set(Breakpoint(offer.name))
        else:
            setting = offer.setting
            title = f"Stop when {offer.sentence.replace('{}', '…')}"
            ask = Ask(title, setting.sentence, f"{setting.default}", self.palette, "set")
            self.app.push_screen(ask, partial(self._answered, offer))

    def _answered(self, condition: Condition, answer: str | None) -> None:
        if not answer:
            return
        try:
            self._set(Breakpoint(condition.name, amount=read_amount(answer, condition)))
        except NnstepError as error:
            self._say(f"{error.what}: {error.hint}")

    def _set(self, point: Breakpoint) -> None:
        if any(known.key == point.key for known in self.breaks.points):
            self._say("that is set already")
            return
        if len(self.breaks.points) >= BREAKS:
            self._say(f"there are {BREAKS} breakpoints already: clear some with x")
            return
        # The same line stays chosen: those that are set stand before it, the first one with a heading.
        self.chosen += 1 if self.breaks.points else 2
        self.breaks.toggle(point)
        self.update_rows()

    def action_remove(self) -> None:
        """Clear the chosen breakpoint."""
        number = self._point()
        if number < 0:
            self._say("x clears a breakpoint that is set; Enter sets this one")
            return
        self.message = ""
        self.breaks.toggle(self.breaks.points[number])
        self.update_rows()

    def _say(self, message: str) -> None:
        self.message = message
        self.update_rows()
