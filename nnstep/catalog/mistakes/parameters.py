"""Mistakes where blame meets parameters: weights that are new too early, gradients that are not all added up."""

from math import prod

from nnstep.catalog.mistakes.base import Laid, Mistake
from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

_MEAN_SAMPLES = Op(
    "mean_samples",
    Rule("out[j] = sum[...](d[...,j]) / n", ("n",)),
    "How much each bias is to blame: its unit's blame, averaged over the samples.",
    code="rows(d).sum(axis=0) / n",
    notation="column means of {d}",
)
_SUM_FIRST_CHANNELS = Op(
    "sum_first_channels",
    Rule("out[k] = sum[b,y,x](d[b,k,y,x]) if k < channels else 0", ("channels",)),
    "How much each bias is to blame: the blame at every place of its channel, for as many channels as come in.",
    code="np.where(np.arange(d.shape[1]) < channels, d.sum(axis=(0, 2, 3)), 0.0)",
    notation="Σ of the first {channels} channels of {d}",
)


def _updated_weights(laid: Laid) -> None:
    learning = [variable.id for variable in laid.builder.variables if variable.kind == "parameter"]
    for parameter in learning:
        after = laid.builder.carry[parameter]
        for step in laid.way_back():
            # What the update itself is made of can't wait for it.
            if after != parameter and parameter in step.reads and step.id not in laid.needed_for(after):
                reads = {name: after if value == parameter else value for name, value in step.inputs.items()}
                laid.change(step, step.op, reads)


def _overwritten(laid: Laid) -> None:
    for step in laid.way_back("add"):
        laid.change(step, "identity", {"z": step.inputs["b"]})


def _averaged(laid: Laid) -> None:
    for step in laid.way_back("sum_samples"):
        rows = prod(laid.shape(step.inputs["d"])[:-1])
        if rows > 1:
            laid.change(step, _MEAN_SAMPLES, settings={"n": rows})


def _first_channels(laid: Laid) -> None:
    for step in laid.way_back("sum_channels"):
        filters = laid.shape(step.inputs["d"])[1]
        for made in laid.builder.steps:
            if made.op.name == "convolve" and made.layer == step.layer and laid.shape(made.inputs["img"])[1] < filters:
                laid.change(step, _SUM_FIRST_CHANNELS, settings={"channels": laid.shape(made.inputs["img"])[1]})


ENTRIES = (
    Mistake(
        "hidden_delta_from_updated_weights",
        "blame goes back through weights that are updated already, and not through those that made the answer",
        "classes whose loop updates a layer's weights and then multiplies delta by them",
        "a hidden layer, and weights behind it that learn",
        "add a layer before the last one",
        _updated_weights,
    ),
    Mistake(
        "gradient_overwritten",
        "each part of a gradient takes the place of the one before, = where += is meant: only the last part counts",
        "the first version of micrograd in its author's lecture, to be found there as well",
        "a value that is used more than once, such as the weights of an rnn",
        "use a recurrent layer, or attention, or l2 in the loss",
        _overwritten,
    ),
    Mistake(
        "bias_gradient_averaged",
        "the gradient of the weights is summed over the samples, that of the biases is averaged once more",
        "classes that write np.dot(activations.T, delta) for the weights and np.mean(delta, axis=0) for the biases",
        "a bias that learns, and more than one sample in a batch",
        "give the layers a bias, or use a larger batch",
        _averaged,
    ),
    Mistake(
        "bias_of_channels_in",
        "a convolution's biases are counted by the channels that come in: those beyond them get no gradient",
        "a convolution class that is right only where as many channels go out as come in",
        "a conv2d with more filters than channels that come in",
        "give a conv2d more filters",
        _first_channels,
    ),
)
