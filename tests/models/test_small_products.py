"""Products with one small matrix are the same in pieces as whole, and are written where they are wanted."""

from unittest import mock

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from nnlab.models import small_products
from nnlab.models.small_products import multiply

# M, K, N: small enough as it is; two, four and five pieces; no number of pieces that fits (a prime; all too narrow).
SIZES = [(8, 9, 832), (32, 144, 320), (32, 144, 640), (32, 288, 320), (32, 144, 331), (512, 512, 128)]


@pytest.fixture(autouse=True)
def wide_registers():
    """As on a processor with 512-bit registers, whatever this one has."""
    small_products._pieces.cache_clear()
    with mock.patch.object(small_products, "has_wide_registers", lambda: True):
        yield
    small_products._pieces.cache_clear()


@pytest.mark.parametrize(("rows", "depth", "columns"), SIZES)
def test_products_in_pieces_are_the_products(rows: int, depth: int, columns: int):
    rng = np.random.default_rng(0)
    matrix, many = rng.normal(size=(depth, rows)).T, rng.normal(size=(2, 3, depth, columns))
    out = np.full((2, 3, rows, columns), np.nan)
    assert multiply(matrix, many, out) is out
    np.testing.assert_allclose(out, np.einsum("mk,abkn->abmn", matrix, many), rtol=1e-9, atol=1e-9)


def test_overlapping_windows_are_multiplied_without_being_copied():
    rows = np.random.default_rng(1).normal(size=(6, 48, 320))
    windows = as_strided(rows, (4, 144, 320), rows.strides, writeable=False)
    matrix, out = np.random.default_rng(2).normal(size=(32, 144)), np.empty((4, 32, 320))
    with mock.patch.object(np, "matmul", side_effect=np.matmul) as matmul:
        multiply(matrix, windows, out)
    (_, many), into = matmul.call_args.args, matmul.call_args.kwargs["out"]
    assert many.shape == (4, 2, 144, 160)
    assert np.shares_memory(many, rows)
    assert np.shares_memory(into, out)
    np.testing.assert_allclose(out, [matrix @ rows[at : at + 3].reshape(144, 320) for at in range(4)], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("columns", "multiplications", "pieces"), [(320, 4608, 2), (640, 4608, 4), (331, 4608, 1), (128, 10**6, 1)]
)
def test_pieces_are_equal_few_and_not_too_narrow(columns: int, multiplications: int, pieces: int):
    assert small_products._pieces(columns, multiplications) == pieces


def test_nothing_is_cut_where_registers_are_narrow():
    with mock.patch.object(small_products, "has_wide_registers", lambda: False):
        assert small_products._pieces(320, 4608) == 1
