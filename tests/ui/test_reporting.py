"""A report from the window is the page that the command writes, written while the window goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from nnlab.report import Report
from nnlab.ui import reporting
from nnlab.ui.activity import Activity
from nnlab.ui.widgets import job_dialog
from tests.experiments.run_report.test_page import check_page
from tests.ui.conftest import Driver
from tests.ui.test_kept_in_the_store import Kept


@pytest.fixture
def kept(driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """A window whose run is in the store."""
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    kept = Kept(driver, epochs=2)
    yield kept
    kept.journal.close()


@pytest.fixture
def messages(kept: Kept) -> list[str]:
    said: list[str] = []
    kept.window.session.message.connect(said.append)
    kept.window.files.message.connect(said.append)
    return said


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> list[str]:
    """What a person answers to where it is to be saved, and what was offered."""
    offered: list[str] = []

    def answer(window: object, title: str, name: str, filters: str) -> tuple[str, str]:
        offered.append(Path(name).name)
        return (str(path) if path else "", "Report (*.html)")

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return offered


def test_the_present_run_is_reported_on(
    kept: Kept, driver: Driver, messages: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    driver.finish(kept.window)
    kept.journal.flush()
    # The window hears of it by a message that may still be on its way.
    driver.wait_for(lambda: kept.window.session.progress.number == 1)
    offered = choose(monkeypatch, tmp_path / "mine")
    kept.window.commands["report"].trigger()
    driver.wait_for(lambda: any("The report was saved in" in text for text in messages))
    reader = check_page((tmp_path / "mine.html").read_text("utf-8"))
    assert "Boundary" in reader.all_in("h3") and offered == ["xor-run-1.html"]
    assert kept.window.session.progress.activity is Activity.FINISHED


def test_before_the_first_step_there_is_nothing_to_report_on(
    kept: Kept, messages: list[str], monkeypatch: pytest.MonkeyPatch
):
    offered = choose(monkeypatch, None)
    kept.window.commands["report"].trigger()
    assert "make a step first" in messages[-1] and not offered


def test_who_cancels_gets_no_file(
    kept: Kept, driver: Driver, messages: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    driver.finish(kept.window)
    kept.journal.flush()
    session = kept.window.session

    def slow(store: object, numbers: object, path: Path, folders: object, report: Report, axis: str) -> None:
        while True:
            report("reading <b>x</b>.csv", float("nan"))

    monkeypatch.setattr("nnlab.experiments.run_report.writing.write_report", slow)
    monkeypatch.setattr(job_dialog, "_MILLISECONDS", 0)
    job = reporting.write_beside(session, kept.window.files, "Report", (1,), tmp_path / "never.html")
    ended = []
    job.cancelled.connect(lambda: ended.append("cancelled"))
    (dialog,) = kept.window.findChildren(job_dialog.JobDialog)
    driver.wait_for(lambda: dialog.isVisible() and dialog.labelText() == "reading <b>x</b>.csv")
    # A name out of somebody's file is no markup.
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in dialog.findChildren(QLabel))
    dialog.findChild(QPushButton).click()
    driver.wait_for(lambda: ended == ["cancelled"])
    driver.wait_for(lambda: not kept.window.findChildren(job_dialog.JobDialog))
    assert not (tmp_path / "never.html").exists() and not messages


def test_what_went_wrong_is_told(kept: Kept, driver: Driver, messages: list[str], tmp_path: Path):
    driver.finish(kept.window)
    kept.journal.flush()
    reporting.write_beside(kept.window.session, kept.window.files, "Report", (7,), tmp_path / "none.html")
    driver.wait_for(lambda: bool(messages))
    assert "there is no run 7" in messages[-1] and not (tmp_path / "none.html").exists()
