"""What a kind of model may not hold is refused wherever it comes from."""

import pytest

from nnlab.errors import SettingError
from nnlab.experiments.experiment import parse_experiment, with_settings
from nnlab.models import MODELS, MLPSettings
from nnlab.models.capabilities import is_layered
from nnlab.models.layers import LAYERS
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.residual import Residual
from tests.sentences import assert_one_sentence

FOREIGN = {kind for kind in LAYERS if kind not in MLPSettings.layer_kinds}


def test_what_an_mlp_may_not_hold_makes_or_marks_something_else_than_vectors():
    assert {"conv2d", "max_pool2d", "average_pool2d", "upsample2d", "reshape", "code"} == FOREIGN


@pytest.mark.parametrize("kind", sorted(FOREIGN))
def test_a_file_with_a_layer_that_its_model_may_not_hold_is_refused_with_a_way_out(kind: str):
    with pytest.raises(SettingError) as caught:
        parse_experiment(f'[model]\nkind = "mlp"\nlayers = [{{ kind = "dense", units = 9 }}, "{kind}"]')
    assert_one_sentence(caught.value, f"layer 2 ({kind}): a model of kind mlp holds", "dense", "choose the kind cnn")


def test_a_layer_inside_of_another_is_no_way_around():
    with pytest.raises(SettingError, match=r"layer 2 \(conv2d\)"):
        MLPSettings((Dense(4), Residual((Conv2D(2),))))


def test_an_assignment_is_refused_as_a_file_is():
    experiment = parse_experiment('[model]\nkind = "mlp"')
    with pytest.raises(SettingError, match=r"layer 1 \(conv2d\)"):
        with_settings(experiment, ["model.layers.0.type=conv2d"])


@pytest.mark.parametrize("kind", [kind for kind, settings in MODELS.items() if settings.layer_kinds])
def test_every_layer_of_the_menu_is_taken_from_a_file(kind: str):
    for layer in MODELS[kind].layer_kinds:
        text = f'[model]\nkind = "{kind}"\nlayers = ["{layer}"]'
        assert [entry.kind for entry in parse_experiment(text).model.layers] == [layer]


@pytest.mark.parametrize("kind", MODELS)
def test_layers_can_be_listed_where_there_are_kinds_to_choose_from_and_nowhere_else(kind: str):
    assert is_layered(MODELS[kind]()) == bool(MODELS[kind].layer_kinds)
