"""Scenarios of the screen's own tests: deep, wide, in batches, and such that every text in them means harm."""

from tests.helpers.files import nine_in_fours

DEEP = """\
title: Deep
names: math
seed: 1
data: {inputs: [[0.1, 0.2], [0.3, 0.4]], targets: [[1, 0, 0], [0, 1, 0]]}
network:
  - {layer: dense, units: 3, activation: tanh}
  - {layer: dense, units: 4, bias: false}
  - {layer: activation, function: relu}
  - {layer: dense, units: 2}
  - {layer: dense, units: 3, activation: softmax}
loss: cce
optimizer: {name: sgd, learning_rate: 0.1}
epochs: 10
"""

BATCHES = nine_in_fours("{layer: dense, units: 2, activation: tanh}", "{layer: dense, units: 1}")

# The squares of the weights count in the loss, and the optimizer remembers.
REMEMBERS = """\
title: Remembers
names: math
seed: 1
data: {inputs: [[0.1, 0.2], [0.3, 0.4]], targets: [[0.5], [0.6]]}
network:
  - {layer: dense, units: 3, activation: tanh}
  - {layer: dense, units: 1}
loss: {name: mse, l2: 0.01}
optimizer: {name: adam, learning_rate: 0.1}
epochs: 10
"""

# Every text that a file may hold: markup, an action, an escape sequence that writes to the clipboard, a turned line.
HARM = r"[bold]x[/] [@click=app.quit]q[/] [link=https://evil.example]l[/] [/nope] $x W[i] \e]52;c;aGk=\a\x9b31m\u202e"
EVIL = f"""\
title: "{HARM}"
summary: "{HARM}"
names: math
seed: 1
data:
  inputs: [[1, 0], [0, 1], [1, 1]]
  targets: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
  labels: ["[bold]a[/]", "[@click=app.quit]b", "\\e]52;c;aGk=\\a"]
network:
  - {{layer: dense, units: 2, activation: tanh}}
  - {{layer: dense, units: 3, activation: softmax}}
loss: cce
optimizer: {{name: sgd, learning_rate: 0.1}}
epochs: 3
notes:
  start: "{HARM}"
  z1: "{HARM}"
  "ŷ": "{HARM}"
"""
