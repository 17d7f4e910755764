"""A name set: what values are called, in which order the steps come, and which sign the errors have. All of it data."""

import re
from collections.abc import Mapping
from dataclasses import field

from nnstep.records import dataclass

# What most name sets do: everything of one phase together.
PHASE_ORDER = (("forward",), ("error",), ("deltas",), ("gradients",), ("update",))


# One of several signals that are added up to a gradient, or a sum on the way: from a step, from a time, from a time on.
_VIA = re.compile(r"(.+?)\.via\.(.+)")
_PART = re.compile(r"(.+)\.(t|from_t|lacking_)(\d+)")
_PARTS = {"t": " at t={}", "from_t": " from t={} on", "lacking_": ", {} to come"}
# A place in time: `t2.pre_activation`.
_TIME = re.compile(r"t(\d+)\.(.+)")


@dataclass(frozen=True)
class NameSet:
    """One way to write backpropagation down.

    Templates know {n} (the layer's number, and the time behind it where there is one; empty where there is only one
    hidden layer, `one_hidden` is set, and the output has a name of its own for the role), {layer} (the number alone),
    {before} (the number with the time before), {next} (the number after it) and {below} (what the layer below hands
    on).

    fixed: names of values that belong to no layer, by their ids.
    hidden, output: templates for each role, for the last layer and for those before it; `t.output` is what `output` is
        called where it is made again at each time.
    time: how a time is written behind a number.
    updates: templates for what belongs to a value, by its role: its gradient, and what the update of a parameter works
        with; {of} is the value's name.
    inside: templates for what belongs to a value inside a layer (the slope of a gate), by its role, as in `updates`.
    inner: the template of every other role; {role} is the role, {words} the same without underscores.
    sign: -1 where E = y - output and updates add, else 1.
    order: groups of phases and of roles (`.slope`); steps of one group come together.
    affine: are the products and the bias one step?
    shows_loss: is the loss a step of its own, or a measure beside the steps?
    """

    name: str
    sentence: str
    fixed: Mapping[str, str]
    hidden: Mapping[str, str]
    output: Mapping[str, str] = field(default_factory=dict)
    updates: Mapping[str, str] = field(default_factory=dict)
    inside: Mapping[str, str] = field(default_factory=dict)
    inner: str = "{words} {n}"
    time: str = "({t})"
    sign: int = 1
    order: tuple[tuple[str, ...], ...] = PHASE_ORDER
    affine: bool = False
    shows_loss: bool = True
    one_hidden: bool = False

    def of(self, identity: str, layers: int) -> str:
        """Return what the value with this id is called in a network of so many layers."""
        # What a value becomes is called what it is called itself.
        identity = identity.removesuffix(".next")
        if identity in self.fixed:
            return self.fixed[identity]
        if match := _VIA.fullmatch(identity):
            return f"{self.of(match[1], layers)} via {self.of(match[2], layers)}"
        if match := _PART.fullmatch(identity):
            return f"{self.of(match[1], layers)}{_PARTS[match[2]].format(match[3])}"
        layer, _, role = identity.partition(".")
        if not layer.startswith("layer") or not role:
            return identity
        number = int(layer.removeprefix("layer"))
        last = number == layers
        templates = {**self.hidden, **self.output} if last else self.hidden
        parameter, _, part = role.rpartition(".")
        if parameter and part in self.updates:
            return self.updates[part].format(of=self.of(f"{layer}.{parameter}", layers))
        time = _TIME.fullmatch(role)
        at, before = (self.time.format(t=int(time[1]) - earlier) if time else "" for earlier in (0, 1))
        role = time[2] if time else role
        parameter, _, part = role.rpartition(".")
        if parameter and part in self.inside:
            own = f"t{time[1]}.{parameter}" if time else parameter
            return self.inside[part].format(of=self.of(f"{layer}.{own}", layers))
        template = (self.hidden.get(f"t.{role}") if time else "") or templates.get(role) or self.inner
        alone = self.one_hidden and role in self.output and (last or layers <= 2)
        shown = "" if alone else str(number)
        known: dict[str, object] = {"next": number + 1, "layer": shown, "role": role, "words": role.replace("_", " ")}
        known["below"] = self.fixed["inputs"] if number == 1 else self.of(f"layer{number - 1}.output", layers)
        name = template.format(n=f"{shown}{at}", before=f"{shown}{before}", **known)
        return name if "{n}" in template or "{before}" in template else f"{name}{at}"
