"""In the windows beside the main one, in questions and file dialogs, nothing is cut, covered or out of sight either."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox, QScrollBar, QWidget

from nnlab.experiments.places import runs_folder
from nnlab.ui.main_window import MainWindow
from nnlab.ui.placing import FRAME
from tests.experiments.journal.kept import Kept
from tests.ui.conftest import Driver, example
from tests.ui.places import faults
from tests.ui.seeds.desk import SeedsDesk, train_seeds
from tests.ui.test_compare import compare
from tests.ui.test_everything_has_its_place import SIZE

PAGES = ("table", "curves", "in_step", "weights", "confusion")
LONG = "an experiment whose name is so long that no column of any table would ever be wide enough for all of it"


def laid_out(window: QWidget) -> None:
    for _ in range(3):
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        QApplication.processEvents()


def found_in(window: QWidget) -> list[str]:
    laid_out(window)
    return faults(window)


def in_modal(open_it: Callable[[], object]) -> tuple[type[QWidget], list[str], tuple[int, int]]:
    """What stands in the dialog that this opens and waits for: its class, its faults, its size. It is dismissed."""
    seen: list[tuple[type[QWidget], list[str], tuple[int, int]]] = []
    timer = QTimer()

    def look() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QDialog) and box.isVisible():
            timer.stop()
            seen.append((type(box), found_in(box), box.size().toTuple()))
            box.reject()

    timer.timeout.connect(look)
    timer.start(5)
    open_it()
    assert len(seen) == 1
    return seen[0]


@pytest.mark.parametrize("width", [SIZE[0], 784])
def test_every_page_of_a_comparison_has_its_place(driver: Driver, width: int) -> None:
    runs = [example("xor", epochs=2), replace(example("xor", epochs=2, seed=3), name=LONG)]
    for run in runs:
        Kept(run, runs_folder(), every=7)
    main = driver.open(example("xor", epochs=2))
    window = compare(driver, main, 1, 2)
    window.setMaximumSize(10_000, 10_000)
    window.resize(width - FRAME.left() - FRAME.right(), SIZE[1] - FRAME.top() - FRAME.bottom())
    shown = {"in_step": window.views.panes[0], "weights": window.weights, "confusion": window.confusion}
    found = []
    for page in PAGES:
        window.show_page(page)
        driver.wait_for(
            lambda page=page: page not in shown or ((view := shown[page].view) is not None and view.answer is not None)
        )
        found += [f"{page}: {fault}" for fault in found_in(window)]
    main.files.tell_written("Comparison was saved in /a/folder/with/a/name/2026/comparison.csv.", Path("/a/comparison.csv"))
    found += [f"saved: {fault}" for fault in found_in(window)]
    assert found == [], "\n".join(found)
    window.close()


@pytest.mark.parametrize("width", [1040, 700])
def test_seeds_that_were_trained_have_their_place(driver: Driver, width: int) -> None:
    experiment = example("xor", epochs=2)
    train_seeds(experiment)
    desk = SeedsDesk(driver, experiment)
    desk.wait_for_state("done")
    window = desk.window
    window.resize(width, 720)
    laid_out(window)
    desk.click(4)
    assert window.strip.columns == 3
    assert all(window.strip.rect().contains(place) for place in window.strip.places())
    assert found_in(window) == []
    desk.close()


@pytest.fixture
def trained(driver: Driver) -> MainWindow:
    window = driver.open(example("xor", epochs=2))
    window.resize(*SIZE)
    driver.finish(window)
    return window


FILE_DIALOGS = {
    "open": lambda window: window.commands["open"].trigger(),
    "save experiment": lambda window: window.commands["save_as"].trigger(),
    "save model": lambda window: window.commands["save_model"].trigger(),
    "numbers": lambda window: window.commands["export_numbers"].trigger(),
    "report": lambda window: window.files.ask_where("Report on run 1", "run 1", (".html",), "Report"),
}


@pytest.mark.parametrize("name", FILE_DIALOGS)
def test_file_dialogs_have_their_place(trained: MainWindow, name: str) -> None:
    kind, found, size = in_modal(lambda: FILE_DIALOGS[name](trained))
    assert kind is QFileDialog and found == []
    assert size[0] <= SIZE[0] and size[1] <= SIZE[1]


def test_a_question_has_its_place(trained: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"{LONG}.csv"
    path.write_text("there already")
    found: list[str] = []

    def look(box: QMessageBox) -> object:
        box.show()
        found.extend(found_in(box))
        assert box.width() <= SIZE[0] and LONG in box.text()
        box.hide()
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "exec", look)
    assert not trained.files.may_replace(path)
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("action", ["export_view", "sweeps"])
def test_in_large_letters_windows_are_as_large_as_these_need(driver: Driver, action: str) -> None:
    window = driver.open(example("xor", epochs=1))
    window.resize(1920, 1080)
    driver.finish(window)
    window.commands["layout_present"].trigger()
    before = set(QApplication.topLevelWidgets())
    window.commands[action].trigger()
    (dialog,) = [widget for widget in QApplication.topLevelWidgets() if widget not in before and widget.isVisible()]
    try:
        assert [fault for fault in found_in(dialog) if "…" not in fault] == []
        bars = [bar for bar in dialog.findChildren(QScrollBar) if bar.isVisible()]
        assert not [bar for bar in bars if bar.orientation() is Qt.Orientation.Horizontal]
    finally:
        dialog.close()
