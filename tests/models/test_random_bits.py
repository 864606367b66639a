"""Sixteen-bit random numbers: evenly spread, a function of the stream, in memory order whatever the axes."""

import numpy as np
import pytest

from nnlab.models.random_bits import BITS, fill_with_bits


def drawn(shape: tuple[int, ...], seed: int = 0, dtype=np.float32) -> np.ndarray:
    return fill_with_bits(np.random.default_rng(seed), np.full(shape, np.nan, dtype))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_numbers_are_whole_and_within_sixteen_bits(dtype):
    numbers = drawn((300, 1000), dtype=dtype)
    assert numbers.dtype == dtype
    assert numbers.min() >= 0
    assert numbers.max() < 2**BITS
    np.testing.assert_array_equal(numbers, np.round(numbers))


def test_every_number_comes_as_often_as_any_other():
    # 256 cells of 4096 expected: chi squared has mean 255 and deviation 22.6.
    high, low = np.divmod(drawn((1024, 1024)).astype(int), 256)
    for part in (high, low):
        counts = np.bincount(part.ravel(), minlength=256)
        assert abs(((counts - 4096) ** 2 / 4096).sum() - 255) < 5 * 22.6


def test_neighbours_know_nothing_of_each_other():
    numbers = drawn((500_000,), dtype=np.float64)
    for distance in (1, 2, 3, 4):
        correlation = np.corrcoef(numbers[distance:], numbers[:-distance])[0, 1]
        assert abs(correlation) < 5 / np.sqrt(len(numbers))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 65_535, 65_536, 65_537, 140_003])
def test_arrays_of_any_size_are_filled_to_the_end(size: int):
    numbers = drawn((size,))
    assert np.isfinite(numbers).all()
    if size > 65_536:
        # The second piece is not the first again.
        assert (numbers[65_536:] != numbers[: size - 65_536]).any()


def test_the_stream_alone_decides():
    assert drawn((7, 9)).tobytes() == drawn((7, 9)).tobytes()
    assert drawn((7, 9)).tobytes() != drawn((7, 9), seed=1).tobytes()
    np.testing.assert_array_equal(drawn((7, 9)).ravel(), drawn((63,)))


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_an_array_that_lies_otherwise_is_filled_in_the_order_of_memory(order: tuple[int, ...]):
    lying = np.empty((3, 4, 5), np.float32)
    fill_with_bits(np.random.default_rng(0), lying.transpose(order))
    np.testing.assert_array_equal(lying, drawn((3, 4, 5)))


def test_the_array_itself_comes_back():
    out = np.empty((3, 4), np.float32)
    assert fill_with_bits(np.random.default_rng(0), out) is out
