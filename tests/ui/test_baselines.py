"""The experiment is compared with other frameworks from the window: streamed, cancelled and exported."""

import csv
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from nnlab import __version__
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.optional import OPTIONAL, OptionalPackage
from nnlab.ui.baselines.competing import scripts_folder
from nnlab.ui.baselines.panel import BaselinesPanel
from nnlab.ui.main_window import MainWindow
from tests.experiments.baselines.odd import install_odd
from tests.experiments.baselines.test_contest import is_running, wait_until_gone
from tests.ui.conftest import Driver, example


@pytest.fixture
def odd(monkeypatch):
    return install_odd(monkeypatch)


@pytest.fixture
def window(driver: Driver, odd):
    journal = JournalWriter(runs_folder(), lambda sentence: None)
    window = driver.open(example("xor", epochs=3), journal=journal)
    yield window
    driver.close(window)
    journal.close()


def opened(window: MainWindow, *names: str) -> BaselinesPanel:
    """The panel with these frameworks ticked."""
    window.commands["compare_with"].trigger()
    panel = window.baselines.panel
    assert panel is not None and panel.isVisible()
    for name, box in panel.list.boxes.items():
        box.setChecked(name in names)
    return panel


def compare(driver: Driver, panel: BaselinesPanel) -> None:
    panel.control.button.click()
    assert panel.control.is_busy
    driver.wait_for(lambda: not panel.control.is_busy)


def cells(panel: BaselinesPanel, title: str) -> list[str]:
    table = panel.table.table
    titles = [table.item(row, 0).text() for row in range(table.rowCount())]
    return [table.item(titles.index(title), column).text() for column in range(1, table.columnCount())]


def test_nnlab_is_trained_apart_where_there_is_no_run_yet_and_both_lie_in_curves(driver, window):
    panel = opened(window, "odd")
    assert panel.list.apart.isChecked() and not panel.list.apart.isEnabled()
    assert "no step yet" in panel.list.own.text()
    compare(driver, panel)
    driver.wait_for(lambda: [one.title for one in panel.contestants] == ["nnlab", "Odd"])
    assert cells(panel, "Steps") == ["57", "57"]
    assert cells(panel, "Difference of loss, all steps") == ["–", "0"]
    assert cells(panel, "Difference of parameters, the end") == ["–", "0"]
    assert float(cells(panel, "Seconds per epoch")[0]) > 0
    assert window.session.ticked.numbers == (1, 2)
    driver.wait_for(lambda: set(window.overlaying._read) == {1, 2})


def test_the_present_run_is_compared_where_it_was_trained_to_its_end(driver, window, tmp_path):
    driver.finish(window)
    panel = opened(window, "odd")
    driver.wait_for(panel.list.apart.isEnabled)
    assert not panel.list.apart.isChecked()
    compare(driver, panel)
    # What the job told last may still be on its way when it has ended.
    driver.wait_for(lambda: len(panel.contestants) == 2)
    own, other = panel.contestants
    assert own.run == window.session.progress.number == 1 and other.run == 2
    assert (other.apart.loss, other.apart.parameters["end"]) == (0, (0, 0))
    assert cells(panel, "Seconds per epoch")[0] == "–" and int(cells(panel, "Lines of code")[0]) > 100
    window.files.export(panel.table, tmp_path / "table.csv")
    rows = list(csv.reader((tmp_path / "table.csv").read_text().splitlines()))
    assert rows[0] == ["figure", "nnlab", "Odd"]
    assert ["Steps", "57", "57"] in rows


def test_a_run_that_stands_on_the_way_is_compared_as_far_as_it_is(driver, window):
    window.run_bar.batch.click()
    driver.settle(window)
    panel = opened(window, "odd")
    driver.wait_for(lambda: "step 1 of 57" in panel.list.own.text())
    assert panel.list.apart.isEnabled() and not panel.list.apart.isChecked()
    compare(driver, panel)
    driver.wait_for(lambda: len(panel.contestants) == 2)
    assert panel.contestants[0].steps == 1 and panel.contestants[1].steps == 57
    assert panel.contestants[1].apart.steps == 1 and panel.contestants[1].apart.loss == 0


def test_a_run_that_was_changed_by_hand_is_no_measure(driver, window):
    session = window.session
    window.run_bar.batch.click()
    driver.settle(window)
    training = session.experiment.training
    session.edit(replace(session.experiment, training=replace(training, learning_rate=0.2)))
    driver.settle(window)
    panel = opened(window, "odd")
    driver.wait_for(lambda: "changed by hand" in panel.list.own.text())
    assert panel.list.apart.isChecked() and not panel.list.apart.isEnabled()


def test_a_comparison_that_ends_behind_a_closed_panel_is_told(driver, window):
    panel = opened(window, "odd")
    panel.control.button.click()
    panel.reject()
    driver.wait_for(lambda: "The comparison with other frameworks is done" in window.notice.text)
    window.commands["compare_with"].trigger()
    assert panel.isVisible() and cells(panel, "Steps") == ["57", "57"]


def test_where_no_program_opens_the_folder_of_the_scripts_it_is_told(driver, window, monkeypatch):
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", lambda url: False)
    panel = opened(window, "odd")
    compare(driver, panel)
    assert cells(panel, "Version")[0] == __version__
    panel.scripts.click()
    assert str(scripts_folder()) in panel.said.text() and panel.said.isVisible()


def test_a_missing_framework_is_offered_with_the_line_that_installs_it(window, monkeypatch):
    monkeypatch.setitem(OPTIONAL, "odd", OptionalPackage("Odd", "nowhere_at_all", "odd-package"))
    panel = opened(window, "odd")
    assert not panel.list.boxes["odd"].isEnabled() and panel.list.chosen == ()
    assert not panel.control.button.isEnabled()
    assert panel.list.words["odd"].text() == "not installed: pip install odd-package"
    panel.list.copies["odd"].click()
    assert QApplication.clipboard().text() == "pip install odd-package"


def test_a_broken_framework_is_told_beside_its_name_and_in_the_notes(driver, window, odd):
    odd("broken")
    panel = opened(window, "odd")
    compare(driver, panel)
    assert "could not be imported (OSError: libodd.so.4" in panel.list.words["odd"].text()
    assert panel.notes.text().startswith("Odd: it could not be imported")


def hanging(driver: Driver, window: MainWindow, odd, tmp_path: Path, monkeypatch) -> tuple[BaselinesPanel, int]:
    odd("hangs")
    monkeypatch.setenv("ODD_PID", str(tmp_path / "pid"))
    panel = opened(window, "odd")
    panel.control.button.click()
    driver.wait_for(lambda: (tmp_path / "pid").exists() and bool((tmp_path / "pid").read_text()))
    pid = int((tmp_path / "pid").read_text())
    assert is_running(pid)
    return panel, pid


def test_a_baseline_is_cancelled_and_its_process_ended(driver, window, odd, tmp_path, monkeypatch):
    panel, pid = hanging(driver, window, odd, tmp_path, monkeypatch)
    panel.control.button.click()
    driver.wait_for(lambda: not panel.control.is_busy)
    wait_until_gone(pid)
    store, _ = open_store(runs_folder())
    endings = [record.ending for record in store.runs() if record.framework]
    store.close()
    assert endings in ([], ["stopped"])
    assert [one.name for one in panel.contestants] == ["nnlab"]


def test_a_window_that_is_closed_ends_the_process(driver, window, odd, tmp_path, monkeypatch):
    _, pid = hanging(driver, window, odd, tmp_path, monkeypatch)
    began = time.monotonic()
    driver.close(window)
    assert time.monotonic() - began < 10
    wait_until_gone(pid)
