"""The plane of largest variance is found, its signs stay, and going there and back loses only what lies outside."""

import numpy as np
import pytest

from nnlab.models.projections import Plane, principal_plane


def stretched_codes(count: int = 400, dims: int = 5) -> np.ndarray:
    """Most variance along dimension 3, then along dimension 1; the mean is not zero."""
    spread = np.full(dims, 0.1)
    spread[3], spread[1] = 5.0, 2.0
    return np.random.default_rng(0).normal(7.0, spread, (count, dims))


def test_the_axes_follow_the_variance_largest_first():
    codes = stretched_codes()
    plane = principal_plane(codes)
    np.testing.assert_allclose(np.abs(plane.axes), np.eye(5)[[3, 1]], atol=0.05)
    np.testing.assert_allclose(plane.share, np.array([25, 4]) / 29.03, atol=0.02)
    np.testing.assert_allclose(plane.project(codes).var(axis=0) / codes.var(axis=0).sum(), plane.share, rtol=1e-6)


def test_a_point_of_the_plane_comes_back_from_its_code():
    plane = principal_plane(stretched_codes())
    points = np.array([[1.5, -2.0], [0.0, 0.0], [30.0, 4.0]])
    np.testing.assert_allclose(plane.project(plane.lift(points)), points, atol=1e-9)


@pytest.mark.parametrize("flips", [(1, 1), (-1, 1), (1, -1), (-1, -1)])
def test_signs_are_those_of_the_plane_before(flips: tuple[int, int]):
    first = principal_plane(stretched_codes())
    before = Plane(first.centre, first.axes * np.array(flips)[:, None], first.share)
    rng = np.random.default_rng(1)
    for _ in range(5):
        before = principal_plane(stretched_codes() + rng.normal(0, 0.3, (400, 5)), before)
        assert ((before.axes * first.axes).sum(axis=1) * flips > 0.9).all()


def test_without_a_plane_before_the_largest_entry_is_positive():
    plane = principal_plane(stretched_codes())
    assert plane.axes[0, 3] > 0.9 and plane.axes[1, 1] > 0.9


def test_one_dimension_fills_one_axis():
    codes = np.array([[1.0], [3.0], [5.0]])
    plane = principal_plane(codes)
    np.testing.assert_allclose(plane.project(codes), [[-2, 0], [0, 0], [2, 0]])
    np.testing.assert_allclose(plane.lift(np.array([[2.0, 9.0]])), [[5.0]])


def test_codes_that_are_not_finite_do_not_count():
    codes = stretched_codes()
    spoilt = np.vstack([codes, np.full((3, 5), np.nan), np.full((1, 5), np.inf)])
    np.testing.assert_allclose(principal_plane(spoilt).axes, principal_plane(codes).axes)
    assert np.isfinite(principal_plane(np.full((4, 5), np.nan)).axes).all()
