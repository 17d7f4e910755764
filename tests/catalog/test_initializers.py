"""Weights are drawn as their formula says, and the same ones from the same place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.catalog.initializers import DEFAULT_INITIALIZER, INITIALIZERS
from nnstep.errors import NnstepError

FANS = [(2, 2), (2, 1), (64, 64), (64, 10), (300, 7)]
SHAPE = (1000, 400)
COUNT = 400_000
# How many standard errors a draw may be off: beyond five lies one in a million, and the seeds are fixed.
ERRORS = 5


def place(seed=1, layer=2, parameter=0):
    return np.random.default_rng([seed, layer, parameter])


def draw(name, fan_in=4, fan_out=3, shape=SHAPE, rng=None, **settings):
    return INITIALIZERS[name].draw(rng or place(), shape, fan_in, fan_out, **settings)


def assert_normal(weights, deviation):
    """Check mean, deviation and the share within one deviation against the normal distribution."""
    assert weights.mean() == pytest.approx(0, abs=ERRORS * deviation / np.sqrt(COUNT))
    assert weights.std() == pytest.approx(deviation, abs=ERRORS * deviation / np.sqrt(2 * COUNT))
    share = 0.6826894921370859
    error = np.sqrt(share * (1 - share) / COUNT)
    assert (np.abs(weights) < deviation).mean() == pytest.approx(share, abs=ERRORS * error)


def assert_uniform(weights, low, high):
    """Check bounds, mean, deviation and the share of the middle half against the uniform distribution."""
    width = high - low
    # All of n draws miss the outermost 20/n of the width once in e^20 times.
    edge = 20 / COUNT * width
    assert low <= weights.min() < low + edge
    assert high - edge < weights.max() <= high
    deviation = width / np.sqrt(12)
    assert weights.mean() == pytest.approx((low + high) / 2, abs=ERRORS * deviation / np.sqrt(COUNT))
    # A uniform variable's kurtosis is 9/5, so the variance of its squared distance to the mean is 4/5 of σ⁴.
    assert weights.var() == pytest.approx(deviation**2, abs=ERRORS * deviation**2 * np.sqrt(0.8 / COUNT))
    middle = (np.abs(weights - (low + high) / 2) < width / 4).mean()
    assert middle == pytest.approx(0.5, abs=ERRORS * 0.5 / np.sqrt(COUNT))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initializer_is_told_to_people(name):
    entry = INITIALIZERS[name]
    assert entry.name == name
    assert entry.sentence.endswith(".")
    assert entry.formula.startswith("w ")
    assert all(setting in entry.formula for setting in entry.settings)
    assert all(fan in entry.formula for fan in ("fan_in",) if entry.source)


@pytest.mark.parametrize("name", INITIALIZERS)
@given(shape=st.lists(st.integers(1, 4), min_size=1, max_size=4), fan=st.integers(1, 9), seed=st.integers(0, 99))
def test_every_initializer_fills_the_shape_the_same_way_each_time(name, shape, fan, seed):
    first, again = (draw(name, fan, fan, tuple(shape), place(seed)) for _ in range(2))
    assert first.shape == tuple(shape)
    assert first.dtype == np.float64
    assert np.isfinite(first).all()
    assert first.tobytes() == again.tobytes()


@pytest.mark.parametrize("name", [name for name in INITIALIZERS if name != "zeros"])
def test_another_place_draws_other_weights(name):
    here = draw(name, rng=place(1, 2, 0))
    for other in (place(2, 2, 0), place(1, 3, 0), place(1, 2, 1)):
        assert (here != draw(name, rng=other)).all()


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize("fans", [(0, 3), (3, 0)])
def test_weights_need_inputs_and_outputs(name, fans):
    with pytest.raises(NnstepError, match="at least one input"):
        draw(name, *fans)


def test_uniform_keeps_to_its_bounds():
    assert_uniform(draw("uniform"), -0.5, 0.5)
    assert_uniform(draw("uniform", low=-0.1, high=0.3), -0.1, 0.3)


def test_normal_has_its_deviation():
    assert_normal(draw("normal"), 1.0)
    assert_normal(draw("normal", deviation=0.05), 0.05)


def test_normal_with_deviation_one_is_randn():
    assert draw("normal").tobytes() == place().standard_normal(SHAPE).tobytes()


@pytest.mark.parametrize(("fan_in", "fan_out"), FANS)
def test_xavier_is_the_normalized_initialization(fan_in, fan_out):
    bound = np.sqrt(6 / (fan_in + fan_out))
    weights = draw("xavier", fan_in, fan_out)
    assert_uniform(weights, -bound, bound)
    # What the paper wants of it: the variance is 2 / (fan_in + fan_out).
    assert weights.var() == pytest.approx(2 / (fan_in + fan_out), rel=ERRORS * np.sqrt(0.8 / COUNT))


@pytest.mark.parametrize(("fan_in", "fan_out"), FANS)
def test_he_keeps_the_size_of_signals_through_relu(fan_in, fan_out):
    assert_normal(draw("he", fan_in, fan_out), np.sqrt(2 / fan_in))


def test_zeros_are_zero():
    assert not draw("zeros").any()


def test_the_default_is_scaled_to_the_size_of_the_layer():
    assert draw(DEFAULT_INITIALIZER, 64, 64).std() < draw(DEFAULT_INITIALIZER, 2, 2).std() / 2


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("normal", {"deviation": -1}, "deviation of normal must be from 0"),
        ("normal", {"deviation": float("nan")}, "deviation of normal"),
        ("normal", {"deviation": True}, "must be a number"),
        ("normal", {"low": 0}, "no setting of normal called 'low'"),
        ("uniform", {"low": 1, "high": 0}, "low of uniform is above its high"),
        ("uniform", {"low": 0.6}, "low of uniform is above its high"),
        ("uniform", {"high": float("inf")}, "high of uniform"),
        ("he", {"deviation": 1}, "he has no settings"),
        ("zeros", {"low": 1}, "zeros has no settings"),
    ],
)
def test_an_impossible_setting_is_refused(name, given, said):
    with pytest.raises(NnstepError) as fault:
        draw(name, where="x.yaml:4:9", **given)
    assert said in fault.value.what
    assert fault.value.where == "x.yaml:4:9"
    assert fault.value.hint
