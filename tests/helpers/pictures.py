"""What a view shows, as plain values that can be compared."""

from typing import Any

import numpy as np

from nnstep.session import Session, View


def picture(view: View) -> dict[str, Any]:
    """Return everything that a view shows: places, states, and the bits of every number."""
    values = {}
    for identity in view.program.values:
        array = view.array(identity)
        values[identity] = (view.state(identity), array.tobytes() if array is not None else b"")
    return {
        "position": view.position,
        "epoch": (view.epoch, view.batch, view.batches),
        "samples": view.samples,
        "values": values,
        "story": view.story,
        "losses": np.array([view.loss, *view.losses], dtype=np.float64).tobytes(),
        "fault": view.fault,
        "names": [step.name for step in view.program.steps],
    }


def here(walk: Session) -> dict[str, Any]:
    """Return what a session shows where it is."""
    return picture(walk.view())
