"""Assignments of `--set`: they change what they name, and their mistakes are told like those of a file."""

import re
from dataclasses import replace

import pytest

from nnlab.datasets.toys import Moons
from nnlab.errors import NnlabError, SettingError
from nnlab.experiments.experiment import Experiment, load_experiment, parse_experiment, with_settings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.activations import ELU, LeakyReLU, Softmax, Tanh
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.residual import Residual
from nnlab.models.optimizers import Adam, AdamW
from nnlab.models.regularizers import L2
from nnlab.resources import resource
from tests.experiments.cases import SMALL
from tests.sentences import assert_one_sentence


def test_assignments_change_what_they_name_and_nothing_else():
    changed = with_settings(
        SMALL,
        ["training.epochs=7", "training.learning_rate = 1e-3", "dataset.source=moons", "training.shuffle=false", "name=B c"],
    )
    assert changed == replace(
        SMALL,
        name="B c",
        dataset=replace(SMALL.dataset, source=Moons(SMALL.dataset.source.samples)),
        training=replace(SMALL.training, epochs=7, learning_rate=1e-3, shuffle=False),
    )


def test_the_last_of_two_assignments_counts():
    assert with_settings(SMALL, ["training.epochs=7", "training.epochs=9"]).training.epochs == 9


def test_layers_inside_of_layers_are_reached_by_their_places():
    whole = 'model.layers=[{ kind = "residual", layers = ["tanh", { kind = "dense", units = 2 }] }, "softmax"]'
    changed = with_settings(SMALL, [whole, "model.layers.0.layers.1.units=8", "model.layers.0.layers.0.kind=elu"])
    assert changed.model.layers == (Residual((ELU(), Dense(8))), Softmax())


def test_branches_are_reached_by_two_places():
    whole = 'model.layers=[{ kind = "parallel", branches = [["tanh"], [{ kind = "dense", units = 2 }]] }]'
    changed = with_settings(SMALL, [whole, "model.layers.0.branches.1.0.units=8", "model.layers.0.merge=sum"])
    assert changed.model.layers == (Parallel(((Tanh(),), (Dense(8),)), "sum"),)


def test_a_layer_that_becomes_one_with_layers_inside_has_those_that_it_begins_with():
    changed = with_settings(SMALL, ["model.layers.0.kind=residual", "model.layers.0.layers.0.units=5"])
    assert changed.model.layers[0] == Residual((Dense(5), *Residual().layers[1:]))
    changed = with_settings(SMALL, ["model.layers.0.kind=parallel", "model.layers.0.branches.1.0.units=5"])
    first, (dense, *rest) = Parallel().branches
    assert changed.model.layers[0] == Parallel((first, (replace(dense, units=5), *rest)))


def test_a_place_inside_that_is_not_there_names_the_key():
    with pytest.raises(SettingError, match=r"^model\.layers\.0\.layers\.0\.units: unknown setting"):
        with_settings(SMALL, ["model.layers.0.layers.0.units=8"])


def test_a_list_of_layers_can_be_assigned():
    changed = with_settings(SMALL, ['model.layers=[{ kind = "dense", units = 2 }, "softmax"]'])
    assert [layer.summary() for layer in changed.model.layers] == ["Dense 2", "Softmax"]


def test_one_setting_of_one_layer_can_be_assigned():
    changed = with_settings(SMALL, ["model.layers.0.units=7", "model.layers.2.initializer = he"])
    dense, tanh, last, softmax = SMALL.model.layers
    layers = (replace(dense, units=7), tanh, replace(last, initializer="he"), softmax)
    assert changed == replace(SMALL, model=replace(SMALL.model, layers=layers))


def test_a_stride_can_be_assigned_to_a_convolution():
    cnn = load_experiment(resource("examples", "mnist-cnn.toml"))
    place = next(place for place, layer in enumerate(cnn.model.layers) if layer.kind == "conv2d")
    changed = with_settings(cnn, [f"model.layers.{place}.stride=2"])
    assert changed.model.layers[place] == replace(cnn.model.layers[place], stride=2)
    assert changed.model.layers[:place] + changed.model.layers[place + 1 :] == (
        cnn.model.layers[:place] + cnn.model.layers[place + 1 :]
    )


def test_a_layer_that_is_a_bare_word_takes_a_setting():
    changed = with_settings(SMALL, ['model.layers=["leaky_relu", "softmax"]', "model.layers.0.slope=0.3"])
    assert changed.model.layers[0] == LeakyReLU(0.3)


def test_a_whole_layer_can_be_assigned_and_its_kind():
    changed = with_settings(SMALL, ["model.layers.1=relu", 'model.layers.0={ kind = "dense", units = 3 }'])
    assert [layer.summary() for layer in changed.model.layers] == ["Dense 3", "ReLU", "Dense 2", "Softmax"]
    assert with_settings(SMALL, ["model.layers.0.kind=sigmoid"]).model.layers[0] == LAYERS["sigmoid"]()
    # The same kind is no other: its settings stay.
    assert with_settings(SMALL, ["model.layers.0.kind=dense"]) == SMALL


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("training.epochs", ("--set training.epochs", "KEY=VALUE")),
        ("=3", ("KEY=VALUE",)),
        ("training.epochs=three", ("training.epochs", "'three'", "whole number")),
        ("training.epochs=", ("training.epochs", "whole number")),
        ("training.epochs=0", ("training.epochs", "at least 1")),
        ("training.epoch=3", ("training.epoch", "did you mean 'epochs'")),
        ("trainin.epochs=3", ("trainin.epochs", "did you mean 'training'")),
        ("training.epochs.x=3", ("training.epochs.x",)),
        ("epochs=3", ("epochs", "unknown")),
        ("training=3", ("training", "expected a table")),
        ("format=3", ("format 3",)),
        ("model.layers.4.units=3", ("model.layers.4.units", "no layer 4", "from 0 to 3")),
        ("model.layers.4=relu", ("no layer 4", "from 0 to 3")),
        ("model.layers.-1.units=3", ("'-1' is not the number of a layer", "from 0 to 3")),
        ("model.layers.first.units=3", ("'first' is not the number of a layer", "from 0 to 3")),
        ("model.layers.\u0663.units=3", ("is not the number of a layer",)),
        (f"model.layers.{'9' * 5000}.units=3", ("no layer 999",)),
        ("model.layers.0.unit=3", ("model.layers.0.unit (dense): unknown setting; did you mean 'units'",)),
        ("model.layers.0.units=0", ("model.layers.0.units (dense): 0 is out of range",)),
        ("model.layers.0.units.x=3", ("model.layers.0.units.x",)),
        ("model.layers.1.units=3", ("model.layers.1.units (tanh): unknown setting; there are none here",)),
        ("model.layers.0=5", ("model.layers.0: 5 is not a layer",)),
        ("model.layers.0.kind=dens", ("model.layers.0: the layer 'dens'", "did you mean 'dense'")),
        ("model.layer.0.units=3", ("model.layer.0.units", "did you mean 'layers'")),
    ],
)
def test_a_wrong_assignment_is_one_sentence(assignment: str, words: tuple[str, ...]):
    with pytest.raises(NnlabError) as caught:
        with_settings(SMALL, [assignment])
    assert_one_sentence(caught.value, *words)


def test_a_kind_and_its_own_settings_go_by_dotted_names():
    chosen = with_settings(
        Experiment(), ["training.optimizer=adam", "training.optimizer.beta1=0.8", "training.penalty.kind=l2"]
    )
    assert chosen.training.optimizer == Adam(beta1=0.8)
    assert chosen.training.penalty == L2()
    assert with_settings(chosen, ["training.optimizer=adamw"]).training.optimizer == AdamW(beta1=0.8)


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("training.optimizer.momentu=0.5", ("training.optimizer.momentu", "did you mean 'momentum'")),
        ("training.optimizer.kind=adm", ("training.optimizer", "did you mean 'adam'")),
        ("training.schedule.decay=0.5", ("training.schedule.decay", "unknown setting")),
        ("model.loss.label_smoothing=0.95", ("model.loss.label_smoothing", "at most 0.9")),
        ("model.loss={ delta = 1.0 }", ("model.loss.kind", "missing")),
    ],
)
def test_a_wrong_setting_of_a_kind_is_one_sentence_with_its_dotted_name(assignment: str, words: tuple[str, ...]):
    with pytest.raises(NnlabError) as caught:
        with_settings(Experiment(), [assignment])
    assert_one_sentence(caught.value, *words)


def test_a_layer_may_be_named_by_its_kind_as_every_other_choice():
    written = parse_experiment('[model]\nlayers = [{ kind = "dense", units = 4 }, "softmax"]')
    assert written == parse_experiment('[model]\nlayers = [{ kind = "dense", units = 4 }, "softmax"]')
    assert with_settings(written, ["model.layers.1.kind=relu"]).model.layers[1] == LAYERS["relu"]()


def test_a_star_stands_for_all_layers_that_have_the_setting():
    experiment = with_settings(
        load_experiment(resource("examples", "digits-mlp.toml")), ["model.layers.*.initializer=xavier"]
    )
    assert [getattr(layer, "initializer", "") for layer in experiment.model.layers] == ["xavier", "", "xavier", ""]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("model.layers.*.initialiser", "no layer has such a setting; did you mean 'initializer'?"),
        ("training.*.epochs", "a star stands for all layers alone"),
    ],
)
def test_a_star_that_stands_for_nothing_is_told(key: str, words: str):
    with pytest.raises(SettingError, match=re.escape(words)):
        with_settings(load_experiment(resource("examples", "digits-mlp.toml")), [f"{key}=1"])
