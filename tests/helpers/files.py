"""Scenario files that the tests of more than one floor open."""

# Far too large a learning rate: the numbers grow until they are no numbers any more.
TOO_FAST = """\
title: Too fast
names: math
data: {inputs: [[1], [2]], targets: [[1], [2]]}
network:
  - {layer: dense, units: 1, weights: [[3]], bias: [0]}
loss: half_sse
optimizer: {name: gd, learning_rate: 1e6}
epochs: 500
"""


def nine_in_fours(*layers: str, more: str = "") -> str:
    """Return a file of nine samples in batches of four: the last batch of each epoch has one sample only."""
    network = "".join(f"  - {layer}\n" for layer in layers)
    return f"""\
title: Batches
names: math
seed: 7
data:
  inputs: [[0.1], [0.2], [0.3], [0.4], [0.5], [0.6], [0.7], [0.8], [0.9]]
  targets: [[0.2], [0.4], [0.6], [0.8], [1.0], [1.2], [1.4], [1.6], [1.8]]
network:
{network}loss: mse
optimizer: {{name: sgd, learning_rate: 0.1}}
batch: 4
epochs: 20
{more}"""
