"""What can be exported, and what is said where there is nothing to export."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnlab.errors import SaveError
from nnlab.ui.exporting import export
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views import VIEWS
from nnlab.ui.views.curves.curves import CurvesView
from nnlab.ui.views.inspector.inspector import InspectorView
from tests.ui.conftest import Driver, example

ALL = {**{name: row.make for name, row in VIEWS.items()}, "inspector": InspectorView, "curves": CurvesView}


@pytest.mark.parametrize("name", ALL)
def test_a_view_that_shows_nothing_says_so_in_a_sentence(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    view = ALL[name]()
    qtbot.addWidget(view)
    for kind in view.kinds:
        with pytest.raises(SaveError, match=f"^{view.title} has nothing to export yet"):
            export(view, tmp_path / f"view{kind}")
    with pytest.raises(SaveError, match="is saved as"):
        export(view, tmp_path / "view.docx")
    assert not list(tmp_path.iterdir())


def test_columns_without_rows_are_no_file(driver: Driver, tmp_path: Path) -> None:
    window = driver.open(example("xor"))
    view = driver.see(window, "gradient_check")
    with pytest.raises(SaveError, match=r"^Gradient check has nothing to export yet"):
        export(view, tmp_path / "view.csv")
    # Its canvas is there all the same.
    export(view, tmp_path / "view.png")


def test_nothing_is_asked_where_there_is_nothing_to_export(xor: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: pytest.fail("asked for a file"))
    xor.export_curves()
    assert xor.notice.text.startswith("Curves has nothing to export yet")


def test_the_inspector_is_exported_as_the_numbers_it_shows(
    xor: MainWindow, driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def ask(parent: object, title: str, name: str, filters: str) -> tuple[str, str]:
        asked.append((Path(name).name, filters))
        return str(tmp_path / "inspector.csv"), filters

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    inspector = xor.inspector
    xor.docks[2].hide()
    xor.export_inspector()
    assert "Open the Inspector first" in xor.notice.text and not asked
    xor.docks[2].show()
    xor.stage.select(replace(xor.stage.selection, layer="dense1", unit=2))
    driver.wait_for(lambda: inspector.answer is not None and inspector.panels["unit"].answer is not None)
    xor.export_inspector()
    assert asked == [("inspector.csv", "CSV (*.csv)")]
    assert xor.notice.text == f"Inspector was saved in {tmp_path / 'inspector.csv'}."
    with (tmp_path / "inspector.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["quantity"], row["name"]): float(row["value"]) for row in csv.DictReader(file) if row["value"] != "nan"}
    answer = inspector.answer
    assert rows["incoming", "x₂"] == float(answer.incoming[1])
    assert rows["next_weights", "unit 1"] == float(answer.next_weights[1])
    assert rows["y", ""] == answer.y


class Named:
    """A view with names out of somebody's file."""

    title = "Named"
    kinds = (".csv",)
    canvas = None
    is_empty = False

    def csv_columns(self) -> dict[str, list[object]]:
        """One name that a spreadsheet would run, one whose letters are none, and numbers."""
        return {"=cmd()": ["@x", "-1", "a\udcff"], "count": [-1, 2, 3]}


def test_names_that_a_spreadsheet_would_run_are_written_as_texts(tmp_path: Path) -> None:
    export(Named(), tmp_path / "named.csv")
    with (tmp_path / "named.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["'=cmd()", "count"], ["'@x", "-1"], ["-1", "2"], ["a?", "3"]]
