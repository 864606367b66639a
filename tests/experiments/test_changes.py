"""What was changed is said in the words of the window's forms, and of several things the first is named."""

from dataclasses import replace

import pytest

from nnlab.datasets import DatasetSettings
from nnlab.experiments.changes import change_words, changes
from nnlab.experiments.experiment import Experiment, load_experiment, with_settings
from nnlab.models import CNNSettings, MLPSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.residual import Residual
from nnlab.resources import example_files

ASSIGNED = {
    "training.learning_rate=0.01": "learning rate 0.05 to 0.01",
    "training.batch_size=1024": "batch size 64 to 1,024",
    "training.warmup=2": "warm-up off to 2 epochs",
    "training.shuffle=false": "shuffle off",
    "training.optimizer=adam": "optimizer momentum to adam",
    "training.optimizer.momentum=0.8": "momentum 0.9 to 0.8",
    "training.penalty=l2": "penalty none to l2",
    "training.stop_when=step": "add step number to stop when",
    "dataset.validation=0.25": "validation 10 to 25 %",
    "dataset.rotation=15": "rotation off to 15 °",
    "dataset.source=mnist": "dataset digits to MNIST",
    "dataset.source=xor": "dataset digits to xor",
    "dataset.classes='0, 1'": "classes none to 0, 1",
    "dataset.encoder='/far/away/coder.safetensors'": "encoder none to coder.safetensors",
    "model.layers.0.units=32": "layer 1 units 64 to 32",
    "model.layers.1=tanh": "layer 2 ReLU to tanh",
    "model.kind=rbm": "model multi-layer perceptron to restricted Boltzmann machine",
    "name=other": "name Untitled to other",
}


@pytest.mark.parametrize("assignment", ASSIGNED)
def test_a_setting_is_called_as_in_the_form(assignment: str):
    before = Experiment()
    assert change_words(changes(before, with_settings(before, [assignment]))) == ASSIGNED[assignment]


def test_nothing_is_said_where_nothing_was_changed():
    for path in example_files():
        assert not changes(load_experiment(path), load_experiment(path))


def test_of_several_the_first_is_named():
    after = with_settings(Experiment(), ["training.seed=3", "training.learning_rate=1", "training.epochs=2"])
    assert change_words(changes(Experiment(), after)) == "learning rate and 2 more"


STEP = 'training.stop_when=[{ kind = "step", number = 3 }]'
STOPS = {
    "training.stop_when.0.number=5": "stop when 1 step 3 to 5",
    "training.stop_when.0.on=false": "stop when 1 on off",
    "training.stop_when.0=not_finite": "stop when 1",
    "training.stop_when=[]": "remove step number from stop when",
    'training.stop_when=[{ kind = "step", number = 3 }, "loss", "score"]': (
        "add loss passes a value, score passes a value to stop when"
    ),
    'training.stop_when=[{ kind = "step", number = 3 }, { kind = "step", number = 3 }]': "add one more to stop when",
}


@pytest.mark.parametrize("assignment", STOPS)
def test_of_a_list_it_is_said_which_entry_was_changed_and_what_came_or_went(assignment: str):
    before = with_settings(Experiment(), [STEP])
    assert change_words(changes(before, with_settings(before, [assignment]))) == STOPS[assignment]


DENSE, DROPOUT, RELU = Dense(8), Dropout(), LAYERS["relu"]()
LISTS = [
    ((DENSE,), (DENSE, DROPOUT), "add a dropout layer"),
    ((RELU,), (RELU, RELU), "add a ReLU layer"),
    ((DENSE,), (LAYERS["elu"](), DENSE), "add an ELU layer"),
    ((DENSE,), (DENSE, RELU, DROPOUT), "add 2 layers"),
    ((DENSE, DROPOUT, RELU), (DENSE, RELU), "remove the dropout layer"),
    ((DENSE, DROPOUT, RELU), (RELU,), "remove 2 layers"),
    ((DENSE, DROPOUT, RELU), (DENSE, RELU, DROPOUT), "move the dropout layer"),
    ((DENSE, RELU), (DENSE, replace(DROPOUT, rate=0.25)), "layer 2 ReLU to dropout"),
    ((DENSE, DROPOUT), (DENSE, replace(DROPOUT, rate=0.25)), "layer 2 rate 0.5 to 0.25"),
    ((DENSE, RELU, DENSE), (Dense(4),), "layers 3 layers to 1 layer"),
    ((Residual((DENSE, RELU)),), (Residual((Dense(9), RELU)),), "layer 1.1 units 8 to 9"),
    ((Residual((DENSE,)),), (Residual((DENSE, RELU)),), "add a ReLU layer"),
    ((Parallel(((DENSE,), (RELU,))),), (Parallel(((DENSE,), (RELU,), (RELU,))),), "layer 1 branches 2 to 3"),
    ((Parallel(((RELU,), (DENSE,))),), (Parallel(((RELU,), (Dense(9),))),), "layer 1.2.1 units 8 to 9"),
]


@pytest.mark.parametrize(("before", "after", "words"), LISTS)
def test_layers_are_counted_from_one(before: tuple, after: tuple, words: str):
    had, has = (Experiment(model=MLPSettings(layers)) for layers in (before, after))
    assert change_words(changes(had, has)) == words


def test_points_are_drawn_and_wiped():
    one, none = (DatasetSettings({"kind": "drawn", "points": points}) for points in (((0.0, 1.0, 0),), ()))
    assert change_words(changes(Experiment(dataset=none), Experiment(dataset=one))) == "draw points"
    assert change_words(changes(Experiment(dataset=one), Experiment(dataset=none))) == "wipe points"


def test_what_another_kind_of_model_has_besides_is_not_counted():
    assert len(changes(Experiment(), Experiment(model=CNNSettings()))) == 1


def test_every_change_between_two_examples_can_be_said():
    experiments = [load_experiment(path) for path in example_files()]
    for before in experiments:
        for after in experiments:
            for change in changes(before, after):
                assert change.words and "_" not in change.what and len(change.words) < 100, change
