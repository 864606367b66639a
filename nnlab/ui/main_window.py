"""The main window: puts the parts together and tells them what the session says."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QMessageBox, QVBoxLayout, QWidget

from nnlab import __version__
from nnlab.ui.actions import ACTIONS, way_to
from nnlab.ui.appearance import Appearance
from nnlab.ui.baselines.opening import OpensBaselines
from nnlab.ui.benchmark.opening import Benchmarking
from nnlab.ui.breakpoints.opening import OpensBreakpoints
from nnlab.ui.browser.opening import Browsing
from nnlab.ui.compare.comparing import Comparing
from nnlab.ui.cures import Cures
from nnlab.ui.docks import Docks
from nnlab.ui.downloading import DownloadNotice
from nnlab.ui.empty_plane import EmptyPlane
from nnlab.ui.encoder_training import EncoderNotice
from nnlab.ui.files import Files
from nnlab.ui.first_size import room_on_screen
from nnlab.ui.gallery.opening import OpensGallery
from nnlab.ui.interrupted import InterruptedNotice
from nnlab.ui.key_filter import KeysStayWithFields
from nnlab.ui.keyboard_page.opening import show_keys
from nnlab.ui.layout_choice import LayoutChoice
from nnlab.ui.live_actions import Actions
from nnlab.ui.menus import add_recent, fill_menu_bar
from nnlab.ui.notice_board import NoticeBoard
from nnlab.ui.opened_elsewhere import open_given
from nnlab.ui.overlaying import Overlaying
from nnlab.ui.placing import LEAST
from nnlab.ui.put_in_place import put_in_place
from nnlab.ui.remembered import remember_frame, remembered_frame, remembered_pace
from nnlab.ui.rescue import RecoveredNotice
from nnlab.ui.run_bar import RunBar
from nnlab.ui.runs_panel.panel import RunsPanel
from nnlab.ui.session import Session
from nnlab.ui.setup.architecture_panel import ArchitecturePanel
from nnlab.ui.setup.dataset_panel import DatasetPanel
from nnlab.ui.setup.training_panel import TrainingPanel
from nnlab.ui.stage import Stage
from nnlab.ui.status_line import StatusLine
from nnlab.ui.sweeps.opening import Sweeping
from nnlab.ui.theme import Theme
from nnlab.ui.timeline.panel import TimelinePanel
from nnlab.ui.timeline.past_bar import PastBar
from nnlab.ui.timeline.staging import Staging
from nnlab.ui.views.curves.curves import CurvesView
from nnlab.ui.views.inspector.inspector import InspectorView
from nnlab.ui.views.view import View
from nnlab.ui.yielding import InspectorYields

if TYPE_CHECKING:
    from nnlab.ui.timeline.film_export import FilmExport


class MainWindow(QMainWindow):
    """The stage in the middle, the notices above it, the docks around it."""

    def __init__(self, session: Session, appearance: Appearance, memory: QSettings) -> None:
        super().__init__()
        appearance.prepare()
        self.session, self.appearance, self.memory = session, appearance, memory
        self._has_ended = False
        self.setAcceptDrops(True)
        self._keys = KeysStayWithFields(self)
        appearance.application.focusChanged.connect(self._keys.follow_focus)
        self.setMinimumSize(LEAST.boundedTo(room_on_screen(self, remembered_frame(memory))))
        self.files = Files(self, session, memory)
        self.commands = Actions(self, self)
        self.run_bar = RunBar(session, self.commands)
        self.addToolBar(self.run_bar)
        self.setStatusBar(StatusLine(session))
        self.stage = Stage(session)
        appearance.application.focusChanged.connect(self.stage.follow_focus)
        self.empty_plane = EmptyPlane(session, self.stage)
        self.browsing, self.comparing = Browsing(self, session, self.stage), Comparing(self, session, self.files, appearance)
        self.sweeping = Sweeping(self, session, self.files, appearance)
        self.baselines, self.gallery = OpensBaselines(self, session, self.files), OpensGallery(self, session, self.files)
        self._breakpoints = OpensBreakpoints(self, session)
        self.benchmarking = Benchmarking(self, session, self.files, appearance)
        self._make_notices()
        self.setCentralWidget(self._make_centre())
        self.recovered_notice.announce()
        self.curves, self.inspector = CurvesView(), InspectorView()
        self.timeline = TimelinePanel(session, self.commands, self.curves)
        self._staging = Staging(session, self.stage, self.curves, self.inspector)
        self.overlaying = Overlaying(session, self.curves)
        self.stage.accompany("inspector", self.inspector)
        self.runs_panel = RunsPanel(self, memory)
        self._make_docks()
        self._fill_menu_bar()
        self._connect()
        appearance.dress()
        self._restore()
        self._on_theme(appearance.theme)
        self._show_title()
        self.setFocus()

    def show_breakpoints(self) -> None:
        """The conditions at which training stops."""
        self._breakpoints.open()

    def mend(self) -> None:
        """What stands beside Run when there is nothing to run."""
        self._cures.mend()

    def show_keyboard(self) -> None:
        """All keys, on a page beside the window."""
        show_keys(self)

    def show_installation(self) -> None:
        """What this installation is, and what is wrong with it."""
        # Loaded when it is wanted: a start needs none of it.
        from nnlab.ui.installation import show_installation

        show_installation(self, self.session.jobs, self.session.loading.folders)

    def show_about(self) -> None:
        """What this is."""
        QMessageBox.about(
            self,
            "About nnlab",
            f"<b>nnlab {__version__}</b><p>A desktop laboratory for neural networks.<br>"
            "The engine is pure NumPy: every number you see is computed by code you can read.</p>",
        )

    def export_view(self) -> None:
        """Export the view that is in front."""
        self._with_view(self.files.export_dialog)

    def copy_curves(self) -> None:
        """Copy the picture of the curves."""
        self.files.copy_picture(self.curves)

    def save_curves(self) -> None:
        """Save the numbers of the curves."""
        self.files.export_numbers(self.curves)

    def copy_view(self) -> None:
        """Copy the picture of the view that is in front."""
        self._with_view(self.files.copy_picture)

    def export_numbers(self) -> None:
        """Save the numbers of the view that is in front."""
        self._with_view(self.files.export_numbers)

    def maximise_view(self) -> None:
        """The view in front takes the room of the others, or gives it back."""
        if self.stage.pane_count == 1:
            self.notice.tell_news("This view has the room of all views already; View > Two views side by side adds another.")
        self.stage.turn_maximised()

    def _with_view(self, do: Callable[[View], object]) -> None:
        view = self.stage.current
        if view is None:
            self.notice.tell_news("There is nothing to export yet; choose data and a model first.")
        else:
            do(view)

    def export_curves(self) -> None:
        """Export the curves."""
        self.files.export_dialog(self.curves)

    def export_film(self) -> "FilmExport | None":
        """Export the run's past as the view in front shows it."""
        from nnlab.ui.timeline.film_export import export_film

        return export_film(self, self.session, self.stage.current, self.files)

    def export_inspector(self) -> None:
        """Export the Inspector's numbers; while it cannot be seen it does not follow what is selected."""
        if self.inspector.isVisible():
            self.files.export_dialog(self.inspector)
        else:
            row = ACTIONS["inspector"]
            self.notice.tell_news(f"Open the Inspector first: {row.menu} > {row.words}.")

    def choose_layout(self, name: str) -> None:
        """Another layout of the window, as it was left last."""
        self._yields.take_back()
        self.layouts.choose(name)
        self._yields.begin_anew()
        self.commands.show_choices()

    def restore_layout(self) -> None:
        """The layout that was chosen as it was at first."""
        self.layouts.begin_anew()
        self._yields.begin_anew()

    def turn_dock(self, name: str) -> None:
        """Show or hide a dock."""
        self._surroundings.turn(name)

    def shows_dock(self, name: str) -> bool:
        """Whether a dock is shown."""
        return self._surroundings.is_on(name)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes, and wait for a save; end the worker before its thread is destroyed."""
        if not self.files.may_close(self.close, way_to("bring_back")):
            event.ignore()
            return
        self.end()
        super().closeEvent(event)

    def end(self) -> None:
        """Remember the layout, and end the worker and all jobs."""
        if self._has_ended:
            return
        self._has_ended = True
        self.memory.setValue("geometry", self.saveGeometry())
        remember_frame(self.memory, self.geometry(), self.frameGeometry())
        self.memory.setValue("pace", str(self.session.runs.pace))
        self.memory.setValue("curves", self.curves.controls.state)
        self._yields.remember(self.memory)
        self.layouts.remember()
        self.memory.sync()
        self.runs_panel.close_store()
        self.sweeping.shut_down()
        self.session.shut_down()
        self.comparing.shut_down()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A wider window has room for the Inspector, too."""
        super().resizeEvent(event)
        self._yields.follow()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders are welcome."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open an experiment or a model; anything else becomes the data."""
        event.acceptProposedAction()
        self.open_paths(*(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()))

    def open_paths(self, *paths: Path) -> None:
        """What a person gives to the window from without, by the mouse or when it starts."""
        open_given(paths, self.files.open, self.dataset_panel.choose_path)

    def _fill_menu_bar(self) -> None:
        more = {"open": add_recent(self.files)}
        fill_menu_bar(self.menuBar(), self.commands, more)

    def _make_docks(self) -> None:
        below = (self.curves, self.timeline)
        self._surroundings = Docks(self, self._make_panels(), below, self.inspector, self.runs_panel)
        self.docks = self._surroundings.docks
        self.layouts = LayoutChoice(self._surroundings, self.stage, self.appearance, self.memory)
        self._yields = InspectorYields(self, self.docks[2], self.stage, self.inspector, self.layouts)
        self._offer_exports()

    def _offer_exports(self) -> None:
        def rows(*names: str) -> list[QAction]:
            return [self.commands[name] for name in names]

        self.stage.use_actions(rows("copy_view", "export_view", "export_numbers"), self.commands["maximise"])
        self._surroundings.offer_exports("curves", rows("copy_curves", "export_curves", "save_curves"))
        self._surroundings.offer_exports("inspector", rows("export_inspector"))

    def _make_panels(self) -> tuple[QWidget, ...]:
        self.dataset_panel = DatasetPanel(self.session, self.memory)
        self.architecture_panel = ArchitecturePanel(self.session, self.memory)
        self.training_panel = TrainingPanel(self.session, self.memory)
        self._cures = Cures(self, self.session, self.download_notice, self.encoder_notice, self.dataset_panel)
        return self.dataset_panel, self.architecture_panel, self.training_panel

    def _make_notices(self) -> None:
        session, files, memory = self.session, self.files, self.memory
        self.notice = NoticeBoard(session, self.commands)
        self.past_bar = PastBar(session, self.commands)
        self.download_notice: DownloadNotice = DownloadNotice(session, files)
        self.encoder_notice: EncoderNotice = EncoderNotice(session, files)
        self.recovered_notice: RecoveredNotice = RecoveredNotice(files, memory)
        self.interrupted_notice = InterruptedNotice(session, files, memory, self._show_runs)
        fetched = (self.download_notice, self.encoder_notice)
        self._lines = (self.recovered_notice, self.interrupted_notice, *fetched, self.notice)

    def _show_runs(self) -> None:
        if not self.shows_dock("runs"):
            self.turn_dock("runs")

    def _make_centre(self) -> QWidget:
        centre = QWidget()
        centre.setObjectName("ground")
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 8, 8, 0)
        column.setSpacing(8)
        for line in (*self._lines, self.past_bar):
            column.addWidget(line)
        column.addWidget(self.stage, 1)
        column.addWidget(self.empty_plane, 1)
        return centre

    def _restore(self) -> None:
        """As the last window was left; the first is as large as the screen lets it."""
        self.session.set_pace(remembered_pace(self.memory))
        put_in_place(self, self.memory)
        self.curves.controls.restore(str(self.memory.value("curves", "")))
        self.layouts.restore()
        self._yields.restore(self.memory)

    def _connect(self) -> None:
        session = self.session
        session.situation_changed.connect(self.commands.follow)
        session.saved_changed.connect(self._show_title)
        session.experiment_changed.connect(lambda _: self._show_title())
        self.files.message.connect(self.notice.tell_news)
        self.files.written.connect(self.notice.tell_written)
        self.comparing.message.connect(self.notice.tell_news)
        self.comparing.training.missing.connect(self.download_notice.offer_for)
        session.opening.is_comparison.connect(self.comparing.training.open)
        session.opening.is_sweep.connect(self.sweeping.read)
        self.sweeping.message.connect(self.notice.tell_news)
        self.sweeping.band_changed.connect(self.curves.show_seeds)
        self.download_notice.refused.connect(self.notice.tell_news)
        line = self.dataset_panel.loading
        session.opening.began.connect(line.begin)
        session.opening.progressed.connect(line.show_progress)
        session.opening.ended.connect(line.end)
        line.cancelled.connect(session.give_up_reading)
        self.dataset_panel.browse_wanted.connect(self.browsing.open)
        for dock in self.docks:
            dock.toggleViewAction().toggled.connect(self.commands.show_choices)
        self.appearance.changed.connect(self._on_theme)

    def _on_theme(self, theme: Theme) -> None:
        drawn = (self.run_bar, self.stage, self.empty_plane, self.curves, self.timeline, self.runs_panel, self._surroundings)
        for part in drawn:
            part.apply_theme(theme)
        self.architecture_panel.apply_theme(theme)
        self.overlaying.apply_theme(theme)
        for notice in self._lines:
            notice.apply_theme(theme)

    def _show_title(self) -> None:
        name = self.session.path.name if self.session.path else self.session.experiment.name
        self.setWindowTitle(f"{name}[*] - nnlab")
        self.setWindowModified(not self.session.is_saved)
