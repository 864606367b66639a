"""The question before a sweep is deleted: its table of trials cannot be had again, its runs can."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from nnlab.experiments.sweeps.records import SweepRecord
from nnlab.words import shown

_DELETE = QMessageBox.StandardButton.Discard


def is_to_go(window: QWidget, record: SweepRecord) -> bool:
    """Ask about this sweep."""
    box = QMessageBox(window)
    box.setWindowTitle("Delete the sweep")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"Delete sweep {record.number:,}, {shown(record.name)}?")
    box.setInformativeText(f"Its table of trials goes for good. Its runs stay in Runs: sweep = {record.number} finds them.")
    box.setStandardButtons(_DELETE | QMessageBox.StandardButton.Cancel)
    box.button(_DELETE).setText("Delete")
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    answer = box.exec()
    # As a child of the window it would live as long as that.
    box.deleteLater()
    return answer == _DELETE
