"""Runs beside each other in a window: what differs, the same view of all in step, and their differences as pictures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from nnlab.datasets import DatasetSettings
from nnlab.errors import RunStoreError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.continuation import continuation_at
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.models import MLPSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.dense import Dense
from nnlab.probes import PROBES, look
from nnlab.ui.compare import comparing
from nnlab.ui.compare.window import CompareWindow
from nnlab.ui.figure.dialog import FigureDialog
from nnlab.ui.main_window import MainWindow
from nnlab.ui.runs_panel.run_actions import RUN_ACTIONS
from nnlab.ui.theme import signed_indices
from nnlab.ui.views import VIEWS
from nnlab.ui.views.curves.legend import STYLES
from nnlab.words import figure, loss_text
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Kept
from tests.ui.conftest import Driver, example
from tests.ui.lone_view import Click

LONG = replace(SMALL, name="Long", training=replace(SMALL.training, epochs=6, keep="last"))


def training(**changes: object) -> Experiment:
    return replace(LONG, training=replace(LONG.training, **changes))


# Another rate, other batches, and a model and data of another kind.
RUNS = (
    LONG,
    training(learning_rate=0.5),
    training(batch_size=16),
    replace(
        LONG,
        dataset=DatasetSettings("sine", examples=40),
        model=MLPSettings((Dense(3), LAYERS["tanh"](), Dense(1)), loss="mean_squared_error"),
    ),
)


@pytest.fixture
def kept() -> list[Kept]:
    return [Kept(experiment, runs_folder(), every=7) for experiment in RUNS]


@pytest.fixture
def main(driver: Driver) -> MainWindow:
    return driver.open(example("xor", epochs=3))


def compare(driver: Driver, main: MainWindow, *numbers: int) -> CompareWindow:
    for number in numbers:
        main.session.ticked.tick(number, True)
    main.commands["compare"].trigger()
    driver.wait_for(lambda: main.comparing.window is not None and len(main.comparing.window.runs) == len(numbers))
    assert main.comparing.window is not None
    driver.qtbot.waitExposed(main.comparing.window)
    return main.comparing.window


def rows(window: CompareWindow) -> dict[str, list[str]]:
    table = window.table.table
    texts = [[table.item(row, column).text() for column in range(table.columnCount())] for row in range(table.rowCount())]
    return {first: rest for first, *rest in texts}


def stands_at(driver: Driver, window: CompareWindow, place: int, *steps: int) -> None:
    """Drag the timeline there, and wait until all panes are at their steps."""
    window.steps.go_to(place)
    panes = window.views.panes[: len(steps)]
    driver.wait_for(lambda: [pane.view is not None and pane.view.moment.step for pane in panes] == list(steps))


def test_it_takes_two_runs(driver: Driver, main: MainWindow, kept: list[Kept]):
    main.session.ticked.tick(1, True)
    main.commands["compare"].trigger()
    assert "two runs" in main.notice.text
    assert main.comparing.window is None


def test_those_that_are_selected_in_the_list_are_compared(driver: Driver, main: MainWindow, kept: list[Kept]):
    main.turn_dock("runs")
    driver.wait_for(lambda: len(main.runs_panel.records) == 4)
    RUN_ACTIONS["compare"].act(main, (3, 2))
    driver.wait_for(lambda: main.comparing.window is not None and len(main.comparing.window.runs) == 2)
    assert [run.number for run in main.comparing.window.runs] == [3, 2]
    assert [RUN_ACTIONS["compare"].can(numbers) for numbers in ((), (1,), (1, 2), (1, 2, 3))] == [False, False, True, True]


def test_what_differs_is_a_table(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 2)
    assert [button.text().strip() for button in window.buttons._buttons] == ["run 1 · Long", "run 2 · Long"]
    found = rows(window)
    assert found["training.learning_rate"] == ["0.1", "0.5"]
    first, second = (one.store.run(number).figures["validation_loss"] for number, one in enumerate(kept[:2], 1))
    assert found["validation loss"] == [loss_text(first), f"{loss_text(second)}  ({figure(second - first, 3, plus=True)})"]
    columns = window.table.csv_columns()
    assert columns["run 2 less run 1"][columns["name"].index("validation_loss")] == second - first
    assert len({len(column) for column in columns.values()}) == 1


def test_the_same_view_of_all_is_in_step(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 2)
    window.show_page("in_step")
    for place in (24, 5, 13, 0):
        stands_at(driver, window, place, place, place)
        for pane, one in zip(window.views.panes, kept[:2], strict=False):
            run = assemble(LONG, [])
            run.model.parameters.values[...] = one.bare[place]
            np.testing.assert_array_equal(pane.view.answer.tiles, look(run, "weights").value.tiles)


def test_the_same_colours_mean_the_same_numbers_in_all_panes(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 2)
    window.show_page("in_step")
    first, second = window.views.panes[:2]
    for place in (24, 0, 6):
        stands_at(driver, window, place, place, place)
        largest = [float(np.abs(pane.view.answer.tiles).max()) for pane in (first, second)]
        assert largest[0] != largest[1] or place == 0
        driver.wait_for(lambda: first.view.bound == second.view.bound)
        assert 0.9 * max(largest) < first.view.bound < max(largest) / 0.4 * 1.5
        # What was drawn before the other one came is drawn anew.
        for pane in (first, second):
            whole = pane.view.mosaic.assemble(pane.view.answer.tiles)
            expected = signed_indices(whole, first.view.bound)
            driver.wait_for(lambda pane=pane, expected=expected: (pane.view.image.image == expected).all())


def test_a_pane_that_is_gone_has_no_part_in_the_colours(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 2)
    window.show_page("in_step")
    stands_at(driver, window, 24, 24, 24)
    first, second = window.views.panes[:2]
    second.view.scales.follow(("dense1", "input"), 1000.0)
    driver.wait_for(lambda: first.view.bound == 1000.0)
    window.buttons._buttons[1].click()
    window.steps.go_to(20)
    driver.wait_for(lambda: first.view.answer is not None and first.view.moment.step == 20)
    assert first.view.bound < 100


def test_a_report_of_all_is_written_from_there(
    driver: Driver, main: MainWindow, kept: list[Kept], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    window = compare(driver, main, 1, 2)
    path = tmp_path / "both.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(path), ""))
    window.report.click()
    driver.wait_for(lambda: str(path) in main.notice.text)
    assert "run 2" in path.read_text()


def test_by_epoch_other_batches_stand_where_they_had_seen_as_much(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 3)
    window.show_page("in_step")
    stands_at(driver, window, 12, 12, 12)
    window.steps.way.activated.emit(1)
    assert window.steps.alongside.by_epoch
    stands_at(driver, window, 8, 8, 4)
    assert window.steps._words.text() == "epoch 2.00"


def test_what_is_selected_in_one_pane_is_in_all(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 2)
    window.show_page("in_step")
    stands_at(driver, window, 3, 3, 3)
    first, second = window.views.panes[:2]
    first.view.select(layer="dense2", unit=1)
    driver.wait_for(lambda: first.view.answer.layer == second.view.answer.layer == "dense2")
    assert second.view.selection.unit == 1
    driver.wait_for(lambda: window.weights.view.selection.layer == "dense2")


def test_the_difference_of_the_weights_is_drawn(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 2, 4)
    window.show_page("weights")
    window.steps.go_to(9)
    view = window.weights.view
    driver.wait_for(lambda: view.answer is not None and view.moment.step == 9)
    layout = kept[0].run.model.parameters
    one, other = (each.bare[9][layout.slices["dense1.weight"]].reshape(2, 5).T for each in kept[:2])
    np.testing.assert_array_equal(view.answer.tiles.reshape(5, -1)[:, :2], other - one)
    assert "difference" in view.csv_columns()
    window.divergence.other.setCurrentIndex(1)
    driver.wait_for(lambda: "no difference" in window.weights.said)


def test_the_difference_of_the_confusion_is_drawn_and_a_cell_shows_its_examples(
    driver: Driver, main: MainWindow, kept: list[Kept]
):
    window = compare(driver, main, 1, 2, 4)
    window.show_page("confusion")
    window.steps.go_to(20)
    view = window.confusion.view
    driver.wait_for(lambda: view.answer is not None and view.moment.step == 20)
    matrices = []
    for number in (1, 2):
        run = run_at(kept[0].store, kept[0].store.run(number), 20, []).run
        matrices.append(look(run, "confusion").value.confusion)
    np.testing.assert_array_equal(view.answer.confusion, matrices[1] - matrices[0])
    assert "classified right by the second run" in view.readout.text()
    place = view._plot.getViewBox().mapViewToScene(pos := view._plot.getViewBox().viewRect().center())
    assert pos is not None
    view._click(Click(place))
    assert window.page == "in_step" and window.views.view_name == "predictions"
    assert window.selection.cell is not None
    # Values have no classes to be taken for others.
    window.divergence.other.setCurrentIndex(1)
    window.show_page("confusion")
    driver.wait_for(lambda: "of another kind" in window.confusion.said)


def test_without_validation_the_confusion_of_the_test_examples_is_compared(driver: Driver, main: MainWindow):
    for rate in (0.1, 0.5):
        unvalidated = training(learning_rate=rate)
        Kept(replace(unvalidated, dataset=replace(unvalidated.dataset, validation=0.0)), runs_folder(), every=7)
    window = compare(driver, main, 1, 2)
    window.show_page("confusion")
    view = window.confusion.view
    driver.wait_for(lambda: view.answer is not None)
    assert view.selection.part == view.answer.second.part == "test"


def test_what_does_not_fit_a_run_says_so_in_its_place(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 4)
    window.show_page("in_step")
    window.views.show_view("confusion")
    first, second = window.views.panes[:2]
    driver.wait_for(lambda: first.view is not None and first.view.answer is not None)
    driver.wait_for(lambda: "shows nothing of this run" in second.said)
    window.views.show_view("weights")
    driver.wait_for(lambda: second.view is not None and second.view.answer is not None and not second.said)


def test_every_view_is_shown_of_all_runs_one_after_the_other(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 2)
    window.show_page("in_step")
    stands_at(driver, window, 8, 8, 8)
    offered = [window.views.choice.itemData(place) for place in range(window.views.choice.count())]
    assert {"network", "boundary", "weights", "confusion", "predictions", "distributions"} <= set(offered)
    assert "samples" not in offered
    for name in offered:
        # At once, while what was asked for of the view before is still on its way.
        window.views.show_view(name)
    for name in offered:
        window.views.show_view(name)
        panes = window.views.panes[:2]
        if VIEWS[name].make.load().probe in PROBES and name != "gradient_check":
            driver.wait_for(lambda panes=panes: all(pane.view.answer is not None for pane in panes))
        assert [pane.name for pane in panes] == [name, name] and not any(pane.said for pane in panes)


def test_long_work_of_a_pane_is_on_its_run_at_its_step(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 2)
    window.show_page("in_step")
    stands_at(driver, window, 8, 8, 8)
    window.views.show_view("gradient_check")
    view = window.views.panes[1].view
    driver.wait_for(lambda: view.answer is not None)
    view.control.button.click()
    driver.wait_for(lambda: view.report is not None)
    assert view.found.moment.step == 8
    assert window.views.panes[0].view.report is None


def test_where_they_part_is_found_and_gone_to(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 2)
    bar = window.divergence
    assert bar.go.isHidden()
    bar.control.button.click()
    driver.wait_for(lambda: not bar.go.isHidden())
    assert bar.words.text().startswith("First differ at step 1: dense") and "lr 0.1 → 0.5" in bar.words.text()
    bar.go.click()
    assert (window.page, window.steps.place) == ("weights", 1)
    driver.wait_for(lambda: window.weights.view.answer is not None and window.weights.view.moment.step == 1)


def test_at_most_four_are_side_by_side(driver: Driver, main: MainWindow, kept: list[Kept]):
    Kept(LONG, runs_folder())
    window = compare(driver, main, 1, 2, 3, 4, 5)
    assert window.buttons.shown == (0, 1, 2, 3)
    window.buttons._buttons[4].click()
    assert window.buttons.shown == (1, 2, 3, 4)
    window.buttons._buttons[1].click()
    assert window.buttons.shown == (2, 3, 4)
    window.show_page("in_step")
    assert [pane.isHidden() for pane in window.views.panes] == [False, False, False, True]
    assert "run 5" in window.views.panes[2]._title.text()


def test_a_run_whose_data_is_gone_says_so_and_the_rest_is_shown(driver: Driver, main: MainWindow, tmp_path: Path):
    path = tmp_path / "own.csv"
    path.write_text("x,y,class\n" + "\n".join(f"{number % 7},{number % 5},{'ab'[number % 2]}" for number in range(40)))
    own = replace(LONG, dataset=DatasetSettings({"kind": "file", "path": str(path)}))
    for experiment in (LONG, own):
        Kept(experiment, runs_folder())
    path.unlink()
    window = compare(driver, main, 1, 2)
    assert rows(window)["dataset.source"] == ["xor", "file"]
    window.show_page("in_step")
    first, second = window.views.panes[:2]
    driver.wait_for(lambda: first.view is not None and first.view.answer is not None)
    driver.wait_for(lambda: "own.csv" in second.said)
    window.show_page("weights")
    driver.wait_for(lambda: "own.csv" in window.weights.said)


def test_closed_and_opened_again_it_shows_the_runs_that_are_ticked_now(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 2)
    window.show_page("in_step")
    stands_at(driver, window, 4, 4, 4)
    window.close()
    assert window.isHidden()
    assert all(not walker.number for walker in window.in_step._walkers)
    main.session.ticked.tick(1, False)
    main.session.ticked.tick(3, True)
    main.commands["compare"].trigger()
    driver.wait_for(lambda: [run.number for run in window.runs] == [2, 3])
    stands_at(driver, window, 4, 4, 4)
    assert "run 2" in window.views.panes[0]._title.text()


def test_the_curves_of_all_lie_on_one_plot(driver: Driver, main: MainWindow, kept: list[Kept]):
    window = compare(driver, main, 1, 2, 4)
    window.show_page("curves")
    view = window.curves.view
    # There is no present run whose colour or star could be meant.
    assert view.legend.text() == STYLES
    assert [run.number for run in view.overlay.runs] == [1, 2]
    for line in view.panels["loss"].overlaid.shown:
        history = next(run.history for run in window.runs if run.number == line.number)
        np.testing.assert_array_equal(line.lines.raw, history.steps["loss"].values)
        assert len(line.lines.raw) == kept[line.number - 1].run.step
        assert line.color == main.session.ticked.color_of(line.number)
    # The sine's loss is of another kind, which its name says.
    assert "not comparable" in view.names.entries[2].text
    assert {"step"} < set(view.csv_columns())


def test_a_run_that_is_deleted_meanwhile_is_told_once_and_left_out(driver: Driver, main: MainWindow, kept: list[Kept]):
    for number in (1, 2, 3):
        main.session.ticked.tick(number, True)
    kept[0].store.set_deleted([2])
    main.commands["compare"].trigger()
    driver.wait_for(
        lambda: main.comparing.window is not None and [run.number for run in main.comparing.window.runs] == [1, 3]
    )
    assert "there is no run 2" in main.notice.text


@pytest.mark.parametrize("page", ["table", "curves", "weights", "confusion", "in_step"])
def test_a_page_is_exported(
    page: str, driver: Driver, main: MainWindow, kept: list[Kept], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    window = compare(driver, main, 1, 2)
    window.show_page(page)
    if page == "in_step":
        stands_at(driver, window, 4, 4, 4)
    elif page not in ("table", "curves"):
        view = getattr(window, page).view
        driver.wait_for(lambda: view.answer is not None)
    for kind in (".csv",) if page == "table" else (".csv", ".png"):
        path = tmp_path / f"{page}{kind}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given, path=path: (str(path), ""))
        window.export.click()
        if page != "table":
            window.findChildren(FigureDialog)[-1].save_button.click()
        assert path.stat().st_size > 20
        assert path.name in window.said.text()


def test_a_branch_is_seen_where_it_was_still_the_run_before(driver: Driver, main: MainWindow) -> None:
    before = Kept(LONG, runs_folder(), every=7)
    found, dataset = continuation_at(before.store, 1, 20)
    run = assemble(found.experiment, [], dataset)
    found.continue_in(run)
    writer = JournalWriter(runs_folder(), before.said.append)
    recorder = Recorder(writer, run, found.experiment, origin=found.origin, history=found.history)
    for step in run:
        recorder.add(step, 0.01 * step.number)
    recorder.record(1.0, "done", is_left=True)
    writer.close()
    window = compare(driver, main, 1, 2)
    window.show_page("in_step")
    for place in (22, 10, 21, 3):
        stands_at(driver, window, place, place, place)


def test_runs_that_cannot_be_read_are_not_asked_for_again_and_again(
    driver: Driver, main: MainWindow, kept: list[Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    compare(driver, main, 1, 2)
    tried: list[object] = []

    def fails(folder: Path, numbers: object, known: object = None, report: object = None) -> None:
        tried.append(numbers)
        raise RunStoreError("the disk is gone")

    monkeypatch.setattr(comparing, "read_curves", fails)
    main.comparing.show((1, 3))
    driver.wait_for(lambda: bool(tried))
    driver.qtbot.wait(500)
    assert len(tried) <= 2
