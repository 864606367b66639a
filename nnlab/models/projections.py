"""Many dimensions seen from two: the plane in which points vary most."""

from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array


@dataclass(frozen=True)
class Plane:
    """A plane through `centre`:  points = (codes - centre) axes^T,  and back  codes = centre + points axes.

    codes (N, dims)    centre (dims,)    axes (2, dims), orthonormal, or zero where there is no second dimension
    share (2,), how much of the codes' variance lies along each axis
    """

    centre: Array
    axes: Array
    share: Array

    def project(self, codes: Array) -> Array:
        """Where codes (N, dims) lie in the plane (N, 2)."""
        # The centre is taken off afterwards: thousands of wide codes are not copied.
        axes = self.axes.T.astype(codes.dtype)
        return np.asarray(codes @ axes - self.centre @ self.axes.T)

    def lift(self, points: Array) -> Array:
        """The codes (N, dims) of points (N, 2) in the plane."""
        return np.asarray(self.centre + points @ self.axes)


def principal_plane(codes: Array, like: Plane | None = None) -> Plane:
    """The two principal axes of codes (N, dims): eigenvectors of the covariance, largest eigenvalues first.

    An eigenvector's sign is free. It is chosen as in the plane `like`, so that a picture of changing codes does not flip;
    without one, the entry of largest size is positive. Rows that are not finite do not count.
    """
    known = codes[np.isfinite(codes).all(axis=1)].astype(np.float64)
    dims = codes.shape[1]
    centre, axes, share = np.zeros(dims), np.zeros((2, dims)), np.zeros(2)
    if not len(known):
        axes[: min(dims, 2)] = np.eye(dims)[:2]
        return Plane(centre, axes, share)
    centre = known.mean(axis=0)
    variance, vectors = np.linalg.eigh((known - centre).T @ (known - centre))
    found = vectors[:, ::-1][:, :2].T
    axes[: len(found)] = found * _signs(found, like)[:, None]
    share[: len(found)] = np.maximum(variance[::-1][:2], 0) / max(float(variance.sum()), 1e-300)
    return Plane(centre, axes, share)


def _signs(found: Array, like: Plane | None) -> Array:
    if like is not None and like.axes.shape[1] == found.shape[1]:
        along = (found * like.axes[: len(found)]).sum(axis=1)
    else:
        along = found[np.arange(len(found)), np.abs(found).argmax(axis=1)]
    return np.where(along < 0, -1.0, 1.0)
