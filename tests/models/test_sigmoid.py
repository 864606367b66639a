"""The logistic function by tanh and as it is written: equally near to the truth, but not of the same bits."""

import numpy as np
import pytest

from nnlab.models import sigmoid as module
from nnlab.models.sigmoid import sigmoid

Z = np.linspace(-20, 20, 400_001).astype(np.float32)
TRUTH = 1 / (1 + np.exp(-Z.astype(np.float64)))


def errors(uses_tanh: bool, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    monkeypatch.setattr(module, "_USES_TANH", uses_tanh)
    return np.abs(sigmoid(Z, np.empty_like(Z)) - TRUTH)


def test_both_forms_are_as_near_to_the_truth_as_numbers_beside_one_lie_apart(monkeypatch: pytest.MonkeyPatch):
    by_tanh, written = (errors(uses_tanh, monkeypatch) for uses_tanh in (True, False))
    ulp = float(np.finfo(np.float32).eps)
    assert max(by_tanh.max(), written.max()) < ulp
    assert 0.5 < by_tanh.mean() / written.mean() < 2


def test_of_outputs_near_zero_the_form_by_tanh_has_fewer_digits(monkeypatch: pytest.MonkeyPatch):
    by_tanh, written = (errors(uses_tanh, monkeypatch) / TRUTH for uses_tanh in (True, False))
    usual = np.abs(Z) < 4
    assert by_tanh[usual].max() < 3e-6 and written[usual].max() < 1e-6
    near_zero = (Z > -9) & (Z < -7)
    assert written[near_zero].max() < 1e-6 < by_tanh[near_zero].max() < 1e-3
