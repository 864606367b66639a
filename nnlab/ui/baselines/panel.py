"""The panel: who is to be compared, how far it is, the table of figures, and what was set so that all do the same."""

from dataclasses import replace

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from nnlab.experiments.baselines.comparison import Contestant, named_problem
from nnlab.ui.baselines.comparison_table import ComparisonTable
from nnlab.ui.baselines.competing import Competing, Wanted, scripts_folder
from nnlab.ui.baselines.framework_list import FrameworkList
from nnlab.ui.baselines.own_run import OwnRun, own_run
from nnlab.ui.compare.compared_run import colors_of
from nnlab.ui.files import Files
from nnlab.ui.first_size import begin_as_large
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session
from nnlab.ui.told_line import ToldLine
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.job_control import JobControl
from nnlab.ui.widgets.scrolled import Scrolled

_INTRODUCTION = (
    "The same experiment in other frameworks, with the same starting weights and the same batches, each in a process of its "
    "own. Their curves lie under the present ones while they train."
)
_NOTHING_YET = "What each reached, how long it took, and how far it was from nnlab on the way will stand here."
_DONE_UNSEEN = "The comparison with other frameworks is done; Run > Compare with… has its table."
# Pixels: as many as notes take at most, and those beside them.
_NOTES_HEIGHT, _MARGINS = 100, 48


class BaselinesPanel(QDialog):
    """Stays open beside the window. To close it ends nothing: the comparison goes on, and ends with the window."""

    def __init__(self, parent: QWidget, session: Session, files: Files) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare with other frameworks")
        begin_as_large(self, (940, 700), (480, 360))
        self._session, self._files = session, files
        self.contestants: list[Contestant] = []
        self._own = OwnRun()
        self.list = FrameworkList()
        self.competing = Competing(session)
        self.control = JobControl("Compare", self._start)
        self.phase, self.said = Elided("muted"), label("", "error")
        self.table, self.notes = ComparisonTable(), label("", "muted")
        self.told = ToldLine(files)
        self._places, self._noted = QStackedWidget(), Scrolled()
        self.export, self.scripts = QPushButton("Export…"), QPushButton("Open the scripts")
        self._lay_out()
        for button in self.findChildren(QPushButton):
            # Enter is for what has the focus.
            button.setAutoDefault(False)
        self._connect()
        self.look_again()
        self._show_found()

    def look_again(self) -> None:
        """What is there to be compared now."""
        self.list.look_again({one.name: one.problem for one in self.contestants if one.problem})
        self._look_at_own()

    def _look_at_own(self) -> None:
        self._own = own_run(self._session)
        self.list.say_own(self._own.words, self._own.number == 0)
        self._show_control()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        # What is shown must not decide how small it can be made.
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        introduction = label(_INTRODUCTION, "muted")
        for text in (introduction, self.said, self.notes):
            text.setWordWrap(True)
            text.setMinimumWidth(1)
        for text in (introduction, self.said):
            text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.notes.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        nothing = label(_NOTHING_YET, "muted")
        nothing.setWordWrap(True)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for place in (nothing, self.table):
            self._places.addWidget(place)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        ends = self._make_ends()
        going = QHBoxLayout()
        going.addWidget(self.control)
        going.addWidget(self.phase, 1)
        column.addWidget(introduction)
        column.addWidget(self.list)
        column.addLayout(going)
        column.addWidget(self.said)
        column.addWidget(self._places, 1)
        # What there is to say must leave room for the table.
        self._noted.hold(self.notes)
        column.addWidget(self._noted)
        column.addLayout(ends)

    def _make_ends(self) -> QHBoxLayout:
        """What can be done with what was found."""
        self.export.setToolTip("Save the table as CSV")
        self.scripts.setToolTip("The folder of the scripts that were compared last")
        ends = QHBoxLayout()
        ends.addWidget(self.told, 1)
        # It keeps its place while there is nothing to tell.
        ends.addStretch(0)
        for button in (self.scripts, self.export):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            ends.addWidget(button)
        return ends

    def _connect(self) -> None:
        session, control = self._session, self.control
        self.list.changed.connect(self._show_control)
        self.competing.found.connect(self._take)
        self.competing.numbered.connect(lambda number: session.ticked.tick(number, True))
        self.competing.said.connect(self._say)
        control.reported.connect(self.phase.setText)
        control.failed.connect(self._say)
        control.done.connect(lambda _: self._tell_unseen())
        for ended in (control.done, control.failed, control.cancelled):
            ended.connect(lambda *_: self._on_ended())
        self.export.clicked.connect(lambda: self._files.export_dialog(self.table))
        self.scripts.clicked.connect(self._open_scripts)
        session.situation_changed.connect(lambda _: self._follow())
        session.progressed.connect(lambda _: self._follow())
        session.numbered.connect(lambda _: self._follow())
        session.ticked.changed.connect(self._show_found)

    def _follow(self) -> None:
        if self.isVisible() and not self.control.is_busy:
            self._look_at_own()

    def _start(self) -> Job | None:
        self.look_again()
        session = self._session
        self.contestants.clear()
        self._say("")
        self._show_found()
        is_apart = self.list.apart.isChecked() or not self._own.number
        run = 0 if is_apart else self._own.number
        return self.competing.start(Wanted(session.experiment, self.list.chosen, run, session.dataset))

    def _take(self, one: Contestant) -> None:
        self.contestants.append(replace(one, vectors=None))
        self._show_found()

    def _tell_unseen(self) -> None:
        if not self.isVisible():
            self._session.message.emit(_DONE_UNSEEN)

    def _on_ended(self) -> None:
        self.phase.setText("")
        self.look_again()

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    def _open_scripts(self) -> None:
        folder = scripts_folder()
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._say(f"No program here opens folders; the scripts lie in {folder}.")

    def _show_control(self) -> None:
        is_possible = bool(self.list.chosen) and not self._session.situation.problem
        self.control.button.setEnabled(is_possible or self.control.is_busy)
        self.list.setEnabled(not self.control.is_busy)

    def _show_found(self) -> None:
        found = self.contestants
        colors = colors_of([one.run or 0 for one in found], self._session.ticked)
        # The present run's curve has a colour of the theme.
        colors[self._session.progress.number] = QColor()
        self.table.show_contestants(found, [colors[one.run or 0] for one in found])
        self._places.setCurrentIndex(1 if found else 0)
        lines = [named_problem(one.title, one.problem) for one in found if one.problem]
        lines += [f"{one.title}: {said}" for one in found for said in one.conventions]
        self.notes.setText("\n".join(lines))
        self._noted.setVisible(bool(lines))
        if lines:
            self._noted.setFixedHeight(min(self.notes.heightForWidth(self.width() - _MARGINS), _NOTES_HEIGHT))
        self.export.setEnabled(bool(found))
        self.scripts.setEnabled(scripts_folder().is_dir())
