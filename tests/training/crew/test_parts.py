"""Dividing a batch and the parameters loses nothing, and joining gives the gradient of the whole."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.experiments.assembly import assemble
from nnlab.training.crew.parts import part_of, shares_of, slices_of
from tests.experiments.journal.test_replay import KINDS
from tests.training.crew.crews import divided
from tests.training.crew.mixing import MIXING

HELPERS = st.integers(1, 9)


@given(st.integers(0, 300), HELPERS)
def test_every_example_is_one_hands(count: int, helpers: int):
    index = np.arange(count)
    parts = [part_of(index, rank, helpers) for rank in range(helpers)]
    np.testing.assert_array_equal(np.concatenate(parts), index)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    if count:
        assert shares_of(count, helpers) == [len(part) / count for part in parts]


@given(st.integers(1, 5000), HELPERS)
def test_every_parameter_is_one_hands(size: int, helpers: int):
    slices = slices_of(size, helpers)
    assert (slices[0].start, slices[-1].stop) == (0, size)
    assert len(slices) == helpers
    assert all(before.stop == after.start for before, after in pairwise(slices))
    # Two processes never write to one cache line.
    assert all(part.start % 16 == 0 or part.start == size for part in slices)


@pytest.mark.parametrize("helpers", [2, 3, 5])
@pytest.mark.parametrize(
    "name", ["model mlp", "model cnn", "model autoencoder", "model linear_svm", "sparse", "normalised pictures"]
)
def test_the_parts_gradients_joined_are_the_gradient_of_the_batch(name: str, helpers: int):
    experiment = (KINDS | MIXING)[name]
    whole, parts = assemble(experiment, []), divided(experiment, helpers)
    one, other = next(whole), next(parts)
    assert other.loss == pytest.approx(one.loss, rel=1e-5)
    np.testing.assert_array_equal(other.score, one.score)
    largest = np.abs(whole.model.parameters.gradient).max()
    np.testing.assert_allclose(
        parts.model.parameters.gradient, whole.model.parameters.gradient, rtol=1e-4, atol=1e-6 * largest
    )
    np.testing.assert_allclose(parts.model.buffers.values, whole.model.buffers.values, rtol=1e-5, atol=1e-7)
