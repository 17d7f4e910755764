"""Pooling: one number for each window of an image, and what goes back to the pixels of the window."""

from nnstep.catalog.ops.convolution import INSIDE
from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

_IMAGE, _MADE = (2, 3, 5, 6), (2, 3, 2, 3)
_WINDOW = {"size": 2, "stride": 2}
_BACK = {**_WINDOW, "rows": 5, "columns": 6}

ENTRIES = (
    Op(
        "max_pool",
        Rule("out[b,c,y,x] = max[p:size,q:size](img[b,c,y*stride+p,x*stride+q])", ("size", "stride")),
        "Of each window only the largest number goes on.",
        code="windows(img, size, stride).max(axis=(4, 5))",
        notation="max of each {size}×{size} of {img}",
        gradients={"img": "max_pool_back(max_pool_winner(img), d)"},
        example={"img": _IMAGE},
        example_settings=_WINDOW,
        kinks=True,
    ),
    Op(
        "max_pool_winner",
        Rule("out[b,c,y,x] = argmax[p:size,q:size](img[b,c,y*stride+p,x*stride+q])", ("size", "stride")),
        "Which number of the window won, counted from 0; of equal ones the first.",
        code="winners(img, size, stride)",
        notation="winner of each {size}×{size} of {img}",
        role="winners",
        example={"img": _IMAGE},
        example_settings=_WINDOW,
        kinks=True,
    ),
    Op(
        "max_pool_back",
        Rule(
            f"out[b,c,y:rows,x:columns] = sum[v,u](d[b,c,v,u] if {INSIDE} "
            "and winner[b,c,v,u] == (y - v*stride)*size + x - u*stride else 0)",
            ("size", "stride", "rows", "columns"),
        ),
        "The winner takes all the blame of its window; the others had no say.",
        code="spread_to_winners(winner, d, size, stride, (rows, columns))",
        notation="{d} to the places {winner}",
        example={"d": _MADE, "winner": _MADE},
        example_settings=_BACK,
        domain={"winner": "place"},
    ),
    Op(
        "avg_pool",
        Rule("out[b,c,y,x] = sum[p:size,q:size](img[b,c,y*stride+p,x*stride+q]) / size**2", ("size", "stride")),
        "Of each window the mean goes on.",
        code="windows(img, size, stride).sum(axis=(4, 5)) / size**2",
        notation="mean of each {size}×{size} of {img}",
        gradients={"img": "avg_pool_back(d)"},
        example={"img": _IMAGE},
        example_settings=_WINDOW,
    ),
    Op(
        "avg_pool_back",
        Rule(
            f"out[b,c,y:rows,x:columns] = sum[v,u](d[b,c,v,u] if {INSIDE} else 0) / size**2",
            ("size", "stride", "rows", "columns"),
        ),
        "All numbers of a window had the same say: each takes an equal part of blame.",
        code="spread_evenly(d, size, stride, (rows, columns)) / size**2",
        notation="{d} to each {size}×{size}",
        example={"d": _MADE},
        example_settings=_BACK,
    ),
)
