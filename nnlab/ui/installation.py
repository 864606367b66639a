"""What this installation is and what is wrong with it, in a window of its own: the doctor's page, ready to be copied."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from nnlab.desktop.doctor import Section, examine, page_of, problems_of
from nnlab.ui.first_size import begin_as_large
from nnlab.ui.jobs import Job, Jobs
from nnlab.ui.widgets.card import label

_LOOKING = "Looking at versions, processor, screen, folders and data …"
_WIDTH, _HEIGHT = 760, 560


class InstallationDialog(QDialog):
    """The page, what is to be done in a sentence above it, and a button that copies it."""

    def __init__(self, window: QWidget, jobs: Jobs) -> None:
        super().__init__(window)
        self.setWindowTitle("This installation")
        begin_as_large(self, (_WIDTH, _HEIGHT))
        self.verdict = label(_LOOKING)
        self.verdict.setWordWrap(True)
        self.page = QPlainTextEdit()
        self.page.setReadOnly(True)
        self.page.setAccessibleName("What this installation is")
        self.page.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        # Long paths and names of systems go on in the next line: nobody scrolls to the right to read a page.
        self.page.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.copy, close = QPushButton("Copy"), QPushButton("Close")
        self.copy.setToolTip("The whole page, to add to a report of a fault")
        self.copy.setEnabled(False)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.page.toPlainText()))
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.copy)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        # As large as a person has it, whatever is told.
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        column.addWidget(self.verdict)
        column.addWidget(self.page, 1)
        column.addLayout(foot)
        self._jobs = jobs

    def look(self, folders: Sequence[Path]) -> None:
        """Examine it, on a thread of its own; nobody waits for what is not seen any more."""
        job = Job("Look at this installation")
        job.done.connect(self._show_sections)
        job.failed.connect(self.verdict.setText)
        self.finished.connect(job.cancel)
        self._jobs.start(job, lambda report: examine(folders, report))

    def _show_sections(self, sections: Sequence[Section]) -> None:
        problems = problems_of(sections)
        if problems:
            self.verdict.setText("\n".join(problems))
        else:
            self.verdict.setText("Nothing is wrong with this installation. A report of a fault should have this page in it.")
        self.page.setPlainText(page_of(sections))
        self.copy.setEnabled(True)


def show_installation(window: QWidget, jobs: Jobs, folders: Sequence[Path]) -> InstallationDialog:
    """Open it, and begin to look; data is looked for in these folders."""
    dialog = InstallationDialog(window, jobs)
    dialog.finished.connect(dialog.deleteLater)
    dialog.show()
    dialog.look(folders)
    return dialog
