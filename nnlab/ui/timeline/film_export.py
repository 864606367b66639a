"""The export of a film: step after step is shown in the view in front, photographed, and written."""

import math
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QProgressDialog, QWidget

from nnlab.errors import SaveError
from nnlab.ui.exporting import photograph
from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.past_worker import Arrival
from nnlab.ui.session import Session
from nnlab.ui.timeline.film_files import write_film
from nnlab.ui.timeline.film_plan import FilmDialog, FilmPlan
from nnlab.ui.views.view import View

# A view that goes on for ever, such as chains that are played, is photographed as it is after so many answers.
_MOST_ANSWERS = 40


class FilmExport(QObject):
    """One film. Exactly one of `done`, `failed` and `cancelled` is emitted; the views are then where they were."""

    progressed = Signal(str, float)
    done = Signal(str, int)  # where it lies, and how many pictures it has
    failed = Signal(str)
    cancelled = Signal()

    def __init__(self, session: Session, view: View, plan: FilmPlan, path: Path) -> None:
        super().__init__()
        self._session, self._view, self._plan, self._path = session, view, plan, path
        self._before = session.travel.wanted
        self._pictures: list[bytes] = []
        self._answers = 0
        self._job: Job | None = None
        self._is_over = False
        # Once what was drawn has found its place; and the window hears of what else happens. Two answers are one picture.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._take)

    def begin(self) -> None:
        """Go to the first step."""
        self._session.film.stop()
        travel = self._session.travel
        travel.arrived.connect(self._on_arrived)
        travel.moved.connect(self._on_moved)
        travel.message.connect(self._fail)
        self._go()

    @Slot()
    def cancel(self) -> None:
        """Nothing is written."""
        if self._job is not None:
            self._job.cancel()
        elif not self._is_over:
            self._leave()
            self.cancelled.emit()

    @property
    def _step(self) -> int:
        return self._plan.steps[len(self._pictures)]

    def _go(self) -> None:
        self._answers = 0
        self.progressed.emit("taking pictures", len(self._pictures) / len(self._plan.steps))
        self._session.travel.stop_at(self._step)

    @Slot(object)
    def _on_arrived(self, _: Arrival) -> None:
        self._answers += 1
        if self._session.travel.is_settled or self._answers >= _MOST_ANSWERS:
            self._soon.start()

    @Slot()
    def _take(self) -> None:
        if self._is_over or self._job is not None:
            return
        try:
            self._pictures.append(photograph(self._view, self._plan.width))
        except (MemoryError, SaveError) as error:
            self._fail(str(error) or "there is not enough memory for the picture; export a smaller one")
            return
        if len(self._pictures) < len(self._plan.steps):
            self._go()
        else:
            self._write()

    def _write(self) -> None:
        self._leave()
        pictures, plan, path = self._pictures, self._plan, self._path
        job = self._job = Job("The film")
        job.progressed.connect(self.progressed)
        job.done.connect(lambda place: self.done.emit(str(place), len(pictures)))
        job.failed.connect(self.failed)
        job.cancelled.connect(self.cancelled)
        self._session.jobs.start(job, lambda report: write_film(path, pictures, plan.per_second, report))

    @Slot(object)
    def _on_moved(self, step: int | None) -> None:
        """Another run took the place of this one."""
        if step != self._step:
            self._fail("The film was not exported: another step or another run was gone to meanwhile.")

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        if not self._is_over:
            self._leave()
            self.failed.emit(sentence)

    def _leave(self) -> None:
        """The views show again what they showed before."""
        self._is_over = True
        travel = self._session.travel
        travel.arrived.disconnect(self._on_arrived)
        travel.moved.disconnect(self._on_moved)
        travel.message.disconnect(self._fail)
        if travel.is_past:
            if self._before is None:
                travel.back_to_now()
            else:
                travel.go_to(self._before)


def export_film(window: QWidget, session: Session, view: View | None, files: Files) -> FilmExport | None:
    """Ask what and where, and show how far it is; None where nothing is exported."""
    if view is None or ".png" not in view.kinds or view.is_empty:
        files.message.emit("There is no picture to make a film of; bring a view to the front that shows one.")
        return None
    dialog = FilmDialog(window, view.title, session.travel.first, session.progress.step, view.canvas.viewport().width())
    is_wanted = dialog.exec() == QDialog.DialogCode.Accepted
    plan = dialog.plan if is_wanted else None
    dialog.deleteLater()
    if plan is None or (path := files.ask_for_film(view.title, plan.ending)) is None:
        return None
    export = FilmExport(session, view, plan, path)
    _watch(window, export, files)
    export.begin()
    return export


def _watch(window: QWidget, export: FilmExport, files: Files) -> None:
    """While it goes on nothing else can be done in the window, for the views are what is photographed."""
    box = QProgressDialog("taking pictures", "Cancel", 0, 1000, window)
    box.setWindowTitle("Export film")
    box.setWindowModality(Qt.WindowModality.WindowModal)
    box.setAutoReset(False)
    box.setAutoClose(False)
    box.setMinimumDuration(0)
    export.setParent(box)

    def follow(what: str, share: float) -> None:
        box.setLabelText(what)
        box.setValue(0 if math.isnan(share) else round(999 * share))

    def close() -> None:
        box.canceled.disconnect(export.cancel)
        box.close()
        box.deleteLater()

    def end(sentence: str) -> None:
        """Close the box, and say what came of it."""
        close()
        files.message.emit(sentence)

    def tell(place: str, count: int) -> None:
        """And where it is."""
        close()
        files.tell_written(f"The film was saved in {place}: {count:,} pictures.", Path(place))

    export.progressed.connect(follow)
    box.canceled.connect(export.cancel)
    export.done.connect(tell)
    export.failed.connect(end)
    export.cancelled.connect(lambda: end("The film was not exported."))
    box.show()
