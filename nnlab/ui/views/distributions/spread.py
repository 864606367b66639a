"""One quantity of several rows over the steps, made comparable: each row on one scale, and as colours."""

import numpy as np

from nnlab.probes.distributions import BINS, Histograms
from nnlab.ui.theme import GAP
from nnlab.ui.views.distributions.rebinning import rebinning


class Spread:
    """One quantity of some rows over the kept answers, each row on one scale.

    exponents, signed: of each row    shares (kept, rows, BINS)    heat the same and one more, empty, as colours
    """

    def __init__(self, kept: list[Histograms], rows: list[int]) -> None:
        self.shares = np.array([one.shares for one in kept])[:, rows]
        found = np.array([one.exponent for one in kept])[:, rows]
        has_some = self.shares.any(axis=2)
        reaches_below, has_ever = self.shares[:, :, : BINS // 2].any(axis=(0, 2)), has_some.any(axis=0)
        self.signed: list[bool] = np.logical_or(reaches_below, np.logical_not(has_ever)).tolist()
        # The later half of the history decides: an early storm does not flatten what follows.
        later = np.where(has_some, found, -99)[len(kept) // 2 :].max(axis=0)
        self.exponents: list[int] = np.where(later == -99, 0, later).tolist()
        for index, exponent in enumerate(self.exponents):
            for other in set(found[:, index].tolist()) - {exponent}:
                those = found[:, index] == other
                self.shares[those, index] = self.shares[those, index] @ rebinning(exponent - other, BINS)
        peaks = np.maximum(self.shares.max(axis=2, keepdims=True), 1e-12)
        # The square root lifts thin tails out of the ground colour.
        heat = np.sqrt(self.shares / peaks) * 254
        self.heat = np.concatenate([heat, np.full_like(heat[:1], GAP)]).astype(np.uint8)
