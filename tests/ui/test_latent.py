"""The Latent views draw what the probe and the jobs say, and ask for what a person does to them."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from nnlab.experiments.experiment import Experiment
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import ReLU, Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views.latent.margin_plot import line_ends
from tests.ui.conftest import Driver, example


def coded(code: int) -> Experiment:
    """Digits through an autoencoder with a code of this many numbers."""
    layers = (Dense(16), ReLU(), Dense(code), Code(), Dense(64), Sigmoid())
    return replace(example("digits-mlp", epochs=2), model=AutoencoderSettings(layers))


def shown(window: MainWindow, driver: Driver, name: str):
    window.stage.show_view(name)
    view = window.stage.view(name)
    driver.wait_for(lambda: view.isVisible() and view.answer is not None)
    return view


@pytest.fixture
def window(driver: Driver) -> MainWindow:
    return driver.open(coded(3))


def test_every_point_is_drawn_in_the_item_of_its_class(window: MainWindow, driver: Driver) -> None:
    driver.finish(window)
    view = shown(window, driver, "latent")
    driver.wait_for(lambda: view.answer.is_fresh and view.moment.step == window.session.progress.step)
    answer = view.answer
    assert len(answer.places) == len(view._prepared.split.validation)
    for label, scatter in enumerate(view.plane.scatters):
        x, y = scatter.getData()
        np.testing.assert_array_equal(np.stack([x, y], axis=1), answer.points[answer.labels == label])
    np.testing.assert_array_equal(view.board.images[1].image, answer.decoded[0].repeat(3, axis=2))
    strip = [image.image for image in view.board.images[2:11]]
    np.testing.assert_array_equal(strip, answer.strip.repeat(3, axis=3))
    original = view._prepared.dataset.train.inputs[view._prepared.split.validation[0]]
    np.testing.assert_array_equal(view.board.images[0].image, original.repeat(3, axis=2))


def test_dragging_the_cross_decodes_its_place(window: MainWindow, driver: Driver) -> None:
    view = shown(window, driver, "latent")
    view.choice.setCurrentIndex(view.choice.findData("dimensions"))
    view.plane.mark.setPos(0.5, -1.5)
    driver.wait_for(lambda: view.answer.plane == "dimensions" and tuple(view.answer.at) == (0.5, -1.5))
    assert view.answer.code[:2].tolist() == [0.5, -1.5]
    assert "cross, decoded" in view.board.texts
    # The cross stays in the hand while pictures come and go.
    assert (view.plane.mark.pos().x(), view.plane.mark.pos().y()) == (0.5, -1.5)


def test_sliders_show_the_code_and_set_it(window: MainWindow, driver: Driver) -> None:
    view = shown(window, driver, "latent")
    driver.wait_for(lambda: view.answer.is_fresh)
    assert view.sliders.isVisible() and len(view.sliders.sliders) == 3
    before = view.answer.code
    view.sliders.sliders[1].setValue(1000)
    driver.wait_for(lambda: view.answer.code[1] != before[1])
    assert view.answer.code[1] > view.answer.high[1]
    np.testing.assert_allclose(view.answer.code[[0, 2]], before[[0, 2]])


def test_a_click_on_a_point_selects_it_everywhere_and_shift_chooses_the_other_end(
    window: MainWindow, driver: Driver
) -> None:
    view = shown(window, driver, "latent")
    driver.wait_for(lambda: view.answer.is_fresh)

    def scene(row: int) -> QPointF:
        return view.plane.getViewBox().mapViewToScene(QPointF(*view.answer.points[row]))

    row = view.plane.point_at(scene(50))
    np.testing.assert_allclose(view.answer.points[row], view.answer.points[50], atol=0.05)
    view.plane.hover(scene(50))
    assert f"example {view.answer.places[row]:,}" in view.readout.text()
    assert view.plane._shown.isVisible()
    view.plane.click(scene(50), False)
    assert window.stage.selection.example == view.answer.places[row]
    other = view.plane.point_at(scene(70))
    view.plane.click(scene(70), True)
    driver.wait_for(lambda: np.allclose(view.answer.ends, view.answer.points[[row, other]], atol=1e-3))


def test_tsne_is_computed_beside_the_window_and_shown(window: MainWindow, driver: Driver) -> None:
    view = shown(window, driver, "latent")
    window.stage.select(replace(window.stage.selection, part="validation"))
    driver.wait_for(lambda: view.answer.part == "validation" and view.answer.is_fresh)
    view.choice.setCurrentIndex(view.choice.findData("embedding"))
    assert view.control.isVisible()
    with driver.qtbot.waitSignal(view.control.done, timeout=60_000) as blocker:
        view.control.button.click()
        assert view.control.is_busy
    driver.wait_for(lambda: view.answer.plane == "embedding")
    np.testing.assert_array_equal(view.answer.points, blocker.args[0].value.points)


def test_a_job_can_be_cancelled_and_another_run_drops_it(window: MainWindow, driver: Driver) -> None:
    view = shown(window, driver, "latent")
    view.choice.setCurrentIndex(view.choice.findData("embedding"))
    with driver.qtbot.waitSignal(view.control.cancelled, timeout=60_000):
        view.control.button.click()
        view.control.button.click()
    assert not view.control.is_busy
    assert view.control.button.text() == "Compute t-SNE"
    view.control.button.click()
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        window.session.reset()
    assert not view.control.is_busy
    driver.wait_for(lambda: not window.session.jobs.is_busy)
    assert view.options.embedding is None


def test_both_machines_are_shown_side_by_side(driver: Driver) -> None:
    window = driver.open(coded(2))
    view = shown(window, driver, "latent_svm")
    # The whole sentence, in as many lines as it takes.
    assert view._empty.isVisible() and "2 dimensions" in view._empty.text()
    with driver.qtbot.waitSignal(view.control.done, timeout=60_000):
        view.control.button.click()
    assert not view._empty.isVisible() and "2 dimensions" in view.readout.text()
    result = view.result
    for name, machine in (("nnlab", result.own), ("scikit-learn", result.peer)):
        plot = view.plots[name]
        share = machine.confusion / machine.confusion.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(plot.image.image, np.sqrt(share))
        assert [text.toPlainText() for text in plot.numbers] == [str(n) if n else "" for n in machine.confusion.ravel()]
        assert f"{machine.accuracy:.2%} in {machine.seconds:.2f} s" in plot.heading.text
    own, peer = result.own.scores, result.peer.scores
    assert view.table.item(5, 0).text() == f"{own.precision[3]:.3f} {peer.precision[3]:.3f}"
    assert view.table.item(1, 2).text() == f"{own.f1.mean():.3f} {peer.f1.mean():.3f}"
    reached = f"nnlab {result.own.objective:,.1f} · scikit-learn {result.peer.objective:,.1f} · lower is better"
    assert view.table.item(0, 0).text() == reached
    assert view.margin.isVisible()
    assert sum(len(scatter.getData()[0]) for scatter in view.margin.scatters) == len(result.points)


def test_no_figure_of_the_machines_is_cut_off(driver: Driver) -> None:
    window = driver.open(coded(3))
    window.resize(1920, 1080)
    view = shown(window, driver, "latent_svm")
    with driver.qtbot.waitSignal(view.control.done, timeout=60_000):
        view.control.button.click()
    long = replace(view.result, class_names=tuple(f"Ankle boot {name}" for name in view.result.class_names))
    view.found = replace(view.found, value=long)
    view._draw_result(view.result)
    # Beside the matrices it is as narrow as it gets.
    driver.wait_for(lambda: view.table.maximumWidth() == view.table.width() and view.table.verticalHeader().width() > 0)
    metrics, padding = view.table.fontMetrics(), 10
    header = view.table.horizontalHeader()
    for column in range(view.table.columnCount()):
        for line in view.table.horizontalHeaderItem(column).text().split("\n"):
            assert header.fontMetrics().horizontalAdvance(line) + padding <= header.sectionSize(column)
    for row in range(1, view.table.rowCount()):
        for column in range(view.table.columnCount()):
            wanted = metrics.horizontalAdvance(view.table.item(row, column).text()) + padding
            assert wanted <= view.table.columnWidth(column)
    assert metrics.horizontalAdvance(view.table.item(0, 0).text()) + padding <= view.table.viewport().width()


def test_the_lines_are_where_the_machine_says() -> None:
    from nnlab.probes.analyses.latent_svm import MachineScore

    machine = MachineScore("", 0, 0, np.eye(3), np.array([[1.0, 0.5, 0], [2.0, -3.0, 0]]), np.array([0.3, -1.0, 2.0]))
    ends = line_ends(machine, (-1.0, 0.0, 1.0))
    # The third machine has no direction, and no line.
    assert [number for number, _ in ends] == [0, 0, 0, 1, 1, 1]
    for (number, segment), level in zip(ends, (-1.0, 0.0, 1.0) * 2, strict=True):
        np.testing.assert_allclose(segment @ machine.weight[:, number] + machine.bias[number], level, atol=1e-9)


def test_of_two_classes_the_border_is_one_line() -> None:
    from nnlab.probes.analyses.latent_svm import MachineScore

    mirrored = MachineScore("", 0, 0, np.eye(2), np.array([[-1.0, 1.0], [2.0, -2.0]]), np.array([0.5, -0.5]))
    alone = MachineScore("", 0, 0, np.eye(2), np.array([[1.0], [-2.0]]), np.array([-0.5]))
    ((first, own),), ((second, peer),) = line_ends(mirrored, (0.0,)), line_ends(alone, (0.0,))
    assert first == second == 1
    np.testing.assert_allclose(own, peer)


def test_a_failure_is_a_sentence(window: MainWindow, driver: Driver) -> None:
    view = shown(window, driver, "latent_svm")
    window.session._link.worker._run.model.parameters.values[:] = np.nan
    with driver.qtbot.waitSignal(view.control.failed, timeout=60_000):
        view.control.button.click()
    assert "not finite" in view.readout.text()
    latent = shown(window, driver, "latent")
    driver.wait_for(lambda: "not finite" in latent.readout.text())
    assert view.csv_columns() == {"class": []}


def test_the_csv_has_a_row_for_every_point(window: MainWindow, driver: Driver) -> None:
    view = shown(window, driver, "latent")
    columns = view.csv_columns()
    assert list(columns) == ["example", "class", "x", "y"]
    assert {len(column) for column in columns.values()} == {len(view.answer.points)}
    assert columns["class"][5] == str(view.answer.labels[5])


@pytest.mark.parametrize("code", [1, 40])
def test_codes_of_one_and_of_many_numbers_are_shown(driver: Driver, code: int) -> None:
    view = shown(driver.open(coded(code)), driver, "latent")
    driver.wait_for(lambda: view.answer.is_fresh)
    assert view.sliders.isVisible() == (code == 1)
    event = type("Click", (), {"scenePos": lambda self: view.plane.getViewBox().sceneBoundingRect().center()})()
    event.button, event.modifiers = lambda: Qt.MouseButton.LeftButton, lambda: Qt.KeyboardModifier.NoModifier
    view._click(event)


def test_the_ends_are_called_as_the_examples_that_are_decoded(window: MainWindow, driver: Driver) -> None:
    view = shown(window, driver, "latent")
    view._ask(other=1200)
    window.stage.select(replace(window.stage.selection, part="train", example=1100))
    driver.wait_for(lambda: view.answer.ends_of == (1100, 1200))
    assert "from A (1,100) to B (1,200), decoded" in view.board.texts
    view.part.setCurrentText("validation")
    driver.wait_for(lambda: view.answer.part == "validation")
    # There are not so many: the first stands in for them.
    assert "A (0)" in view.board.texts and "from A (0) to B (0), decoded" in view.board.texts


def test_one_dimension_does_not_go_both_ways(window: MainWindow, driver: Driver) -> None:
    view = shown(window, driver, "latent")
    view.choice.setCurrentIndex(view.choice.findData("dimensions"))
    across, up = view.axes
    across.setValue(2)
    assert view.options.dimensions == (2, 1)
    up.setValue(2)
    assert (across.value(), up.value()) == view.options.dimensions == (1, 2)
    across.setValue(2)
    assert (across.value(), up.value()) == view.options.dimensions == (2, 1)
    view.plane.mark.setPos(0.5, -1.5)
    driver.wait_for(lambda: tuple(view.answer.at) == (0.5, -1.5))
    assert view.answer.code[[2, 1]].tolist() == [0.5, -1.5]


def test_the_second_axis_of_tsne_is_one_also_for_a_code_of_one_number(driver: Driver) -> None:
    view = shown(driver.open(coded(1)), driver, "latent")
    assert view.plane.getAxis("left").labelText == "the code has one dimension only"
    view.choice.setCurrentIndex(view.choice.findData("embedding"))
    with driver.qtbot.waitSignal(view.control.done, timeout=60_000):
        view.control.button.click()
    driver.wait_for(lambda: view.answer.plane == "embedding")
    assert view.plane.getAxis("left").labelText == "t-SNE 2"
