"""The gradient check in the window: its pictures, its table and its curve are the report's."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nnlab.cli import main
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.models.mlp import MLPSettings
from nnlab.resources import resource
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import viridis_lut
from nnlab.ui.views.gradient_check.gradient_check import _PROMISE
from nnlab.ui.views.gradient_check.maps import tensor_maps, worst_first
from tests.ui.conftest import Driver, example


def checked(window: MainWindow, driver: Driver, count: int = 0):
    window.stage.show_view("gradient_check")
    view = window.stage.view("gradient_check")
    driver.wait_for(lambda: view.isVisible() and view.answer is not None)
    view.most.setCurrentIndex(count)
    with driver.qtbot.waitSignal(view.control.done, timeout=60_000):
        view.control.button.click()
    return view


def test_every_checked_entry_is_a_pixel_of_its_colour(xor: MainWindow, driver: Driver) -> None:
    driver.finish(xor)
    view = checked(xor, driver)
    report = view.report
    maps = tensor_maps(report)
    assert [tensor.name for tensor in maps] == list(report.tensors)
    assert maps[0].entries.shape == (2, 8)
    for tensor, image in zip(maps, view.board.images, strict=False):
        known = tensor.entries >= 0
        share = (np.log10(np.clip(report.check.error[tensor.entries[known]], 1e-12, 1)) + 12) / 12
        colors = viridis_lut(view.theme)[(share * 254).astype(np.uint8)][..., :3]
        np.testing.assert_array_equal(image.image[known][..., :3], colors)
        assert known.sum() == tensor.checked
    assert "✓ right" in view.readout.text() and f"{report.check.worst:.1e}" in view.readout.text()


def test_where_there_is_no_room_for_all_tensors_those_with_the_largest_errors_are_shown(
    xor: MainWindow, driver: Driver
) -> None:
    view = checked(xor, driver)
    report = view.report
    found = dict(zip(report.tensors, (1e-9, 3e-7, 2e-8, 4e-6), strict=True))
    report = replace(report, check=replace(report.check, by_tensor=found))
    shown, left_out = worst_first(tensor_maps(report), report, most=2)
    assert [found[tensor.name] for tensor in shown] == [3e-7, 4e-6]
    assert [found[tensor.name] for tensor in left_out] == [1e-9, 2e-8]
    view.maps.draw(report, view.theme)
    assert not any("more tensor" in text for text in view.board.texts)


def test_the_table_begins_with_the_worst(digits: MainWindow, driver: Driver) -> None:
    view = checked(digits, driver)
    check = view.report.check
    worst = int(check.error.argmax())
    texts = [view.table.item(0, column).text() for column in range(4)]
    position = ", ".join(map(str, check.worst_position))
    assert texts[0] == f"{check.worst_name}[{position}]"
    assert texts[1:] == [f"{check.analytic[worst]:+.8e}", f"{check.numeric[worst]:+.8e}", f"{check.worst:.2e}"]
    columns = view.csv_columns()
    assert columns["parameter"].index("some together") == 100
    assert columns["relative error"][:100] == check.error.tolist()


def test_the_curves_are_the_sweep(xor: MainWindow, driver: Driver) -> None:
    view = checked(xor, driver)
    for name in ("float32", "float64"):
        x, y = view.curve.curves[name].getData()
        np.testing.assert_allclose(10**x, view.report.sweep.epsilon)
        np.testing.assert_allclose(10**y, np.clip(getattr(view.report.sweep, name), 1e-12, 2.0))


def test_the_csv_has_the_sweep_behind_the_parameters(xor: MainWindow, driver: Driver) -> None:
    view = checked(xor, driver)
    check, sweep, columns = view.report.check, view.report.sweep, view.csv_columns()
    assert len({len(column) for column in columns.values()}) == 1
    count, steps = len(check.index), len(sweep.epsilon)
    assert set(columns["parameter"][count:]) == {"some together"}
    assert columns["precision"] == ["float64"] * (count + steps) + ["float32"] * steps
    assert columns["step"] == [1e-5] * count + 2 * sweep.epsilon.tolist()
    assert columns["relative error"] == [*check.error, *sweep.float64, *sweep.float32]
    assert columns["backpropagation"] == [*check.analytic, *[""] * (2 * steps)]


def test_a_pixel_under_the_mouse_is_read(xor: MainWindow, driver: Driver) -> None:
    view = checked(xor, driver)
    tensor, place = view.maps._placed[0]
    rows, columns = tensor.entries.shape
    x, y = place.x() + 2.5 / columns * place.width(), place.y() + 1.5 / rows * place.height()
    view._hover(view.board.scene_position(x, y))
    name, position = view.report.place_of(int(tensor.entries[1, 2]))
    assert (name, position) == ("dense1.weight", (1, 2))
    assert "dense1.weight[1, 2]" in view.readout.text()


def test_another_run_forgets_the_check_and_a_failure_is_told(xor: MainWindow, driver: Driver) -> None:
    view = checked(xor, driver)
    with driver.qtbot.waitSignal(xor.session.prepared, timeout=60_000):
        xor.session.reset()
    assert view.report is None and not view.table.isVisible()
    driver.wait_for(lambda: view.answer is not None)
    assert " ".join(view.board.texts) == _PROMISE
    assert not view.curve.isVisible() and not view.curve.heading.isVisible()
    xor.session._link.worker._run.model.parameters.values[0] = np.nan
    with driver.qtbot.waitSignal(view.control.failed, timeout=60_000):
        view.control.button.click()
    assert "not finite" in view.board.texts[0]
    xor.appearance.choose("dark")


def test_it_says_when_the_model_has_moved_on(xor: MainWindow, driver: Driver) -> None:
    view = checked(xor, driver)
    assert "nudged off the kinks" in view.readout.text()
    xor.session.step_batch()
    driver.wait_for(lambda: "now at step 1" in view.readout.text())


def test_while_it_checks_it_says_what_and_how_far(driver: Driver) -> None:
    # Many seconds of work.
    model = MLPSettings(layers=(Dense(2000), ReLU(), Dense(10), Softmax()))
    window = driver.open(replace(example("digits-mlp"), model=model))
    window.stage.show_view("gradient_check")
    view = window.stage.view("gradient_check")
    driver.wait_for(lambda: view.answer is not None and " ".join(view.board.texts) == _PROMISE)
    seen: list[tuple[str, str, float]] = []

    def look() -> None:
        # A frame in between leaves it there.
        view.draw(view.answer)
        share = view.control.bar.value() / view.control.bar.maximum()
        seen.append((" ".join(view.board.texts), view.readout.text(), share))
        # Nobody knows how fast the machine is: it is cancelled at once.
        view.control.button.click()

    view.control.reported.connect(look, Qt.ConnectionType.SingleShotConnection)
    view.most.setCurrentIndex(3)
    with driver.qtbot.waitSignal(view.control.cancelled, timeout=60_000):
        view.control.button.click()
    said, readout, share = seen[0]
    assert re.fullmatch(r"Checking the gradient: parameter [\d,]+ of 10,000, \d+%", said), said
    assert said.endswith(readout) and said.endswith(f"{share:.0%}")
    assert " ".join(view.board.texts) == _PROMISE and "150,010 parameters" in view.readout.text()


def test_a_second_check_leaves_the_first_to_look_at_until_it_is_done(digits: MainWindow, driver: Driver) -> None:
    view = checked(digits, driver)
    driver.settle(digits)
    for _ in range(5):
        # Once painted axes are as wide as their numbers, and then everything has its place.
        view.grab()
        QApplication.processEvents()
    first, texts = view.report, view.board.texts
    seen: list[bool] = []
    view.control.reported.connect(lambda _: seen.append(view.report is first and view.board.texts == texts))
    view.most.setCurrentIndex(3)
    with driver.qtbot.waitSignal(view.control.done, timeout=60_000):
        view.control.button.click()
    assert seen and all(seen)
    assert view.report is not first and "✓ right" in view.readout.text()


def test_a_residual_network_read_from_its_file_is_checked_inside_and_trained_on(driver: Driver, tmp_path: Path) -> None:
    text = resource("examples", "digits-residual.toml").read_text(encoding="utf-8")
    # Every checked number costs two passes: what has to be told apart in it does not need the example's width.
    assert text.count("filters = 16") == 5
    (small := tmp_path / "digits-residual.toml").write_text(text.replace("filters = 16", "filters = 4"), encoding="utf-8")
    command = ["train", str(small), "--threads", "1", "--output", str(tmp_path), "--set", "training.learning_rate=0.01"]
    assert main([*command, "--set", "training.epochs=1", "--set", "training.batch_size=8"]) == 0
    window = driver.open(example("xor", epochs=1))
    window.files.open(tmp_path / "digits-residual.safetensors")
    driver.wait_for(lambda: window.session.running.name == "digits-residual" and window.stage.current.answer is not None)
    view = checked(window, driver)
    assert "✓ right" in view.readout.text()
    inside = {f"residual{number}.conv2d{place}.weight" for number in (1, 2) for place in (1, 2)}
    assert inside <= {name for name, error in view.report.check.by_tensor.items() if 0 < error < 1e-4}
    # Tensors of one name are told apart by the layer that they stand in.
    texts = view.board.texts
    assert {"conv2d1.weight", "r1›conv2d1.weight", "r2›conv2d1.weight"} <= set(texts)
    step = window.session.progress.step
    driver.finish(window)
    assert window.session.progress.step > step
