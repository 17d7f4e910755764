"""What a convolution does, and what goes back through it. The kernel is not flipped: a cross-correlation."""

from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

_IMAGE, _KERNEL, _MADE = (2, 3, 6, 5), (4, 3, 2, 2), (2, 4, 3, 2)
_WINDOW = {"size": 2, "stride": 2}
# Of a pixel y x: does the window v u reach it?
INSIDE = "0 <= y - v*stride < size and 0 <= x - u*stride < size"

ENTRIES = (
    Op(
        "pad",
        Rule(
            "out[b,c,y:rows,x:columns] = img[b,c,y-padding,x-padding] "
            "if padding <= y < rows - padding and padding <= x < columns - padding else 0",
            ("padding", "rows", "columns"),
        ),
        "A border of zeros around each image, so that windows can begin at its edge.",
        code="border(img, padding)",
        notation="{img} in a border of {padding}",
        gradients={"img": "crop(d)"},
        example={"img": (2, 3, 3, 2)},
        example_settings={"padding": 1, "rows": 5, "columns": 4},
    ),
    Op(
        "crop",
        Rule("out[b,c,y:rows,x:columns] = d[b,c,y+padding,x+padding]", ("padding", "rows", "columns")),
        "The border was made of zeros that nobody can change: its blame goes nowhere.",
        code="d[:, :, padding:padding + rows, padding:padding + columns]",
        notation="{d} without its border of {padding}",
        example={"d": (2, 3, 5, 4)},
        example_settings={"padding": 1, "rows": 3, "columns": 2},
    ),
    Op(
        "convolve",
        Rule("out[b,k,y,x] = sum[c,p:size,q:size](img[b,c,y*stride+p,x*stride+q] * ker[k,c,p,q])", ("size", "stride")),
        "The kernel lies on a window: pixel times weight, added up. Then it moves on.",
        code="convolve(img, ker, stride)",
        notation="{img} * {ker}",
        gradients={"img": "convolve_back(d, ker)", "ker": "convolve_kernel(img, d)"},
        example={"img": _IMAGE, "ker": _KERNEL},
        example_settings=_WINDOW,
    ),
    Op(
        "convolve_back",
        Rule(
            f"out[b,c,y:rows,x:columns] = sum[k,v,u](d[b,k,v,u] * ker[k,c,y-v*stride,x-u*stride] if {INSIDE} else 0)",
            ("size", "stride", "rows", "columns"),
        ),
        "How much each pixel is to blame: each window's blame, by the weight on it.",
        code="convolve_back(d, ker, stride, (rows, columns))",
        notation="{d} back through {ker}",
        example={"d": _MADE, "ker": _KERNEL},
        example_settings={**_WINDOW, "rows": 6, "columns": 5},
    ),
    Op(
        "convolve_kernel",
        Rule("out[k,c,p:size,q:size] = sum[b,v,u](img[b,c,v*stride+p,u*stride+q] * d[b,k,v,u])", ("size", "stride")),
        "How much each weight is to blame: its pixels times their windows' blame.",
        code="convolve_kernel(img, d, stride, size)",
        notation="{img} * {d}",
        example={"img": _IMAGE, "d": _MADE},
        example_settings=_WINDOW,
    ),
    Op(
        "add_channel_bias",
        Rule("out[b,k,y,x] = img[b,k,y,x] + bias[k]"),
        "Each channel adds its own bias, the same at every place.",
        code="img + bias[:, None, None]",
        notation="{img} + {bias}",
        gradients={"img": "d", "bias": "sum_channels(d)"},
        example={"img": _MADE, "bias": (4,)},
    ),
    Op(
        "sum_channels",
        Rule("out[k] = sum[b,y,x](d[b,k,y,x])"),
        "How much each bias is to blame: all the blame in its channel, added up.",
        code="d.sum(axis=(0, 2, 3))",
        notation="Σ channels of {d}",
        example={"d": _MADE},
    ),
)
