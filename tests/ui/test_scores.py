"""Scores, as of a support vector machine, are called scores in every view; only probabilities are called so."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from nnlab.datasets.drawing import Drawing
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Flatten
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.models.mlp import MLPSettings
from nnlab.probes import Selection, look
from nnlab.probes.drawing import DrawOptions
from nnlab.training import TrainingRun, TrainingSettings
from nnlab.ui.views.boundary.boundary import BoundaryView
from nnlab.ui.views.draw.draw import DrawView
from nnlab.ui.views.feature_maps import FeatureMapsView
from nnlab.words import percent, signed
from tests.models.small_runs import digits_run
from tests.targets import numbered
from tests.training.runs import toy_data
from tests.ui.lone_view import LoneView

SVM = LinearSVMSettings()
MLP = MLPSettings(layers=(Dense(4), ReLU(), Dense(2), Softmax()))
CONVOLUTION = (Conv2D(3), ReLU(), Flatten(), Dense(10))


def plane(qtbot: QtBot, model: object) -> LoneView:
    data = toy_data()
    built = model.build((2,), numbered(2), 0)
    run = TrainingRun(built, data, TrainingSettings(batch_size=16))
    for _ in range(20):
        next(run)
    stand = LoneView(qtbot, BoundaryView(), run, model, (700, 420))
    stand.look()
    view = stand.view
    left, right, bottom, top = view.answer.extent
    middle = QPointF(left + (right - left) * 0.505, bottom + (top - bottom) * 0.505)
    view._hover(view._plot.getViewBox().mapViewToScene(middle))
    return stand


def test_the_plane_of_a_support_vector_machine_tells_scores(qtbot: QtBot) -> None:
    stand = plane(qtbot, SVM)
    view, answer, names = stand.view, stand.view.answer, stand.run.data.dataset.class_names
    assert "P(" not in view.readout.text() and "P(" not in view._bar.meaning
    assert [text for _, text in view._bar.getAxis("right")._tickLevels[0]] == [names[0], "equal", names[1]]
    # As the machine scores that point: the one in the middle of the field, told to three figures.
    left, right, bottom, top = answer.extent
    at = np.array([[left + (right - left) * 50 / 99, bottom + (top - bottom) * 50 / 99]], np.float32)
    scores = stand.run.model.predict(stand.run.data.scaling.apply(at, out=np.empty_like(at)))[0].copy()
    np.testing.assert_allclose(answer.scores[50, 50], scores, rtol=1e-3, atol=1e-4)
    table = view.csv_columns()
    for place, name in enumerate(names):
        assert f"score of {name} = {signed(answer.scores[50, 50, place])}" in view.readout.text()
        assert table[f"score_{name}"] == answer.scores[..., place].ravel().tolist()
    assert not any(column.startswith("p_") for column in table)


def test_the_plane_of_a_network_with_softmax_tells_probabilities(qtbot: QtBot) -> None:
    stand = plane(qtbot, MLP)
    view = stand.view
    names = view._bar.names
    assert f"P({names[0]}) = {percent(view.answer.probability[50, 50, 0])}" in view.readout.text()
    assert view._bar.meaning == f"colours from P({names[0]}) = 1 to P({names[1]}) = 1"
    assert f"p_{names[0]}" in view.csv_columns()


@pytest.mark.parametrize("loss", ["hinge", "cross_entropy"])
def test_a_convolutional_network_calls_by_score_or_probability(qtbot: QtBot, loss: str) -> None:
    model = CNNSettings(layers=CONVOLUTION if loss == "hinge" else (*CONVOLUTION, Softmax()), loss=loss)
    stand = LoneView(qtbot, FeatureMapsView(), digits_run(model), model, (900, 380))
    inputs = stand.run.data.learning.gather(stand.run.data.split.train[:1])[0].copy()
    outputs = stand.run.model.predict(inputs)[0]
    called = signed(outputs.max()) if loss == "hinge" else f"{outputs.max():.1%}"
    assert f"predicted  {outputs.argmax()}  ({called})" in "  ".join(stand.view.board.texts)


@pytest.mark.parametrize(("model", "is_score"), [(SVM, True), (MLPSettings(layers=(Dense(10), Softmax())), False)])
def test_what_is_saved_of_a_drawing_is_called_what_it_is(qtbot: QtBot, model: object, is_score: bool) -> None:
    run = digits_run(model)
    for _ in range(5):
        next(run)
    pixels = run.data.dataset.train.inputs[3]
    view = DrawView()
    qtbot.addWidget(view)
    drawing = Drawing(pixels)
    view.options = replace(view.options, drawing=drawing)
    answer = look(run, "drawing", Selection(options=DrawOptions(drawing))).value
    view.take(answer)
    scaled = pixels[None].astype(np.float32)
    outputs = run.model.predict(run.data.scaling.apply(scaled, out=scaled))[0].copy()
    table = view.csv_columns()
    assert set(table) == ({"class", "score", "softmax of the scores"} if is_score else {"class", "probability"})
    np.testing.assert_allclose(table["score" if is_score else "probability"], outputs, rtol=1e-5)
    assert ("softmax of the scores" in view.readout.text()) == is_score


def test_a_single_output_that_is_no_probability_is_shown_as_it_is(qtbot: QtBot) -> None:
    stand = plane(qtbot, MLPSettings(layers=(Dense(4), ReLU(), Dense(1)), loss="mean_squared_error"))
    view, scores = stand.view, stand.view.answer.scores
    assert "score of" in view.readout.text() and "P(" not in view.readout.text()
    np.testing.assert_allclose(scores.sum(axis=2), 1, atol=1e-5)
    assert scores.max() > 1 and scores.min() < 0
