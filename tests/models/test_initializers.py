"""How weights start: the distributions the papers ask for, measured on enough numbers."""

import numpy as np
import pytest

from nnlab.models.initializers import INITIALIZERS

FAN_IN, FAN_OUT, SCALE = 400, 100, 0.3

# Standard deviation and largest magnitude, by the published rule.
EXPECTED = {
    "he": (np.sqrt(2 / FAN_IN), np.inf),
    "xavier": (np.sqrt(2 / (FAN_IN + FAN_OUT)), np.sqrt(6 / (FAN_IN + FAN_OUT))),
    "normal": (SCALE, np.inf),
    "zeros": (0.0, 0.0),
}


def draw(name: str, seed: int = 0) -> np.ndarray:
    return INITIALIZERS[name]((FAN_IN, FAN_OUT), FAN_IN, FAN_OUT, SCALE, np.random.default_rng(seed))


def test_every_initializer_has_a_row():
    assert set(EXPECTED) == set(INITIALIZERS)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_mean_deviation_and_bounds(name: str):
    weights = draw(name)
    deviation, largest = EXPECTED[name]
    assert weights.shape == (FAN_IN, FAN_OUT)
    assert weights.mean() == pytest.approx(0, abs=5 * deviation / np.sqrt(weights.size) + 1e-300)
    assert weights.std() == pytest.approx(deviation, rel=0.02)
    assert np.abs(weights).max() <= largest


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_generator_decides(name: str):
    assert draw(name, 1).tobytes() == draw(name, 1).tobytes()
    assert (draw(name, 1).tobytes() != draw(name, 2).tobytes()) == (name != "zeros")


@pytest.mark.parametrize(("name", "halved"), [("he", "fan_in"), ("xavier", "fan_in"), ("xavier", "fan_out")])
def test_more_connections_mean_smaller_weights(name: str, halved: str):
    fans = {"fan_in": FAN_IN, "fan_out": FAN_OUT}
    fewer = fans | {halved: fans[halved] // 2}
    wide, narrow = (
        INITIALIZERS[name]((FAN_IN, FAN_OUT), scale=SCALE, rng=np.random.default_rng(0), **fan) for fan in (fans, fewer)
    )
    assert wide.std() < narrow.std()
