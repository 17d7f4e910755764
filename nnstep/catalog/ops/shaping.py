"""The same numbers in another shape, row after row; the rule says which place each of them comes from."""

from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

_ROW = "All numbers of a sample in one row: channel after channel, row after row."
_BACK = "The row, dealt out again: row after row, channel after channel."
_IMAGE = ("channels", "rows", "columns")
_TABLE = ("rows", "columns")

ENTRIES = (
    Op(
        "flatten_image",
        Rule("out[b,j:channels*rows*columns] = img[b,j // (rows*columns),j // columns % rows,j % columns]", _IMAGE),
        _ROW,
        code="img.reshape(len(img), -1)",
        notation="{img} in one row",
        gradients={"img": "shape_image(d)"},
        example={"img": (2, 3, 4, 2)},
        example_settings={"channels": 3, "rows": 4, "columns": 2},
    ),
    Op(
        "shape_image",
        Rule("out[b,c:channels,y:rows,x:columns] = flat[b,(c*rows+y)*columns+x]", _IMAGE),
        _BACK,
        code="flat.reshape(len(flat), channels, rows, columns)",
        notation="{flat} as {channels}×{rows}×{columns}",
        gradients={"flat": "flatten_image(d)"},
        example={"flat": (2, 24)},
        example_settings={"channels": 3, "rows": 4, "columns": 2},
    ),
    Op(
        "flatten_table",
        Rule("out[b,j:rows*columns] = table[b,j // columns,j % columns]", _TABLE),
        "All numbers of a sample in one row: row after row.",
        code="table.reshape(len(table), -1)",
        notation="{table} in one row",
        gradients={"table": "shape_table(d)"},
        example={"table": (2, 4, 3)},
        example_settings={"rows": 4, "columns": 3},
    ),
    Op(
        "shape_table",
        Rule("out[b,y:rows,x:columns] = flat[b,y*columns+x]", _TABLE),
        "The row, dealt out again: row after row.",
        code="flat.reshape(len(flat), rows, columns)",
        notation="{flat} as {rows}×{columns}",
        gradients={"flat": "flatten_table(d)"},
        example={"flat": (2, 12)},
        example_settings={"rows": 4, "columns": 3},
    ),
)
