"""Features of the plane, all of them off: its shape refuses them with a sentence, and nothing fails before that."""

import math

import pytest

from nnlab.errors import ShapeError
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.plane_features import PlaneFeatures
from nnlab.models.mlp import MLPSettings
from nnlab.targets import Targets, Values
from tests.targets import numbered

NONE = PlaneFeatures(False, False)


def test_without_any_nothing_is_known_of_what_comes_out():
    assert NONE.output_range() == (-math.inf, math.inf)
    assert NONE.output_range(0.0, 1.0) == (-math.inf, math.inf)


@pytest.mark.parametrize("targets", [numbered(3), Values(("price",))], ids=["classes", "values"])
@pytest.mark.parametrize("layers", [(NONE,), (Dense(1), NONE), (Dense(1), Sigmoid(), NONE)], ids=len)
def test_a_model_with_none_on_is_fitted_to_data_and_refused_by_its_shape(layers: tuple[Layer, ...], targets: Targets):
    fitted = MLPSettings(layers).with_fitting_outputs((2,), targets)
    assert fitted.layers[-1] == NONE
    with pytest.raises(ShapeError, match="turn one on"):
        NONE.output_shape((2,))
