"""Opens the gallery beside the window, and what is chosen in it. All that it takes is loaded when it is wanted first."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QWidget

from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session

if TYPE_CHECKING:
    from nnlab.experiments.examples import Example
    from nnlab.ui.gallery.seen import Seen
    from nnlab.ui.gallery.window import GalleryWindow

# Under which name it is remembered that somebody was told of it.
_OFFERED = "examples_offered"


class OpensGallery(QObject):
    """One window, made when it is wanted first."""

    def __init__(self, parent: QWidget, session: Session, files: Files) -> None:
        super().__init__(parent)
        self.window: GalleryWindow | None = None
        self._parent, self._session, self._files = parent, session, files

    def open(self) -> None:
        """Show it, or bring it to the front; what data there is may have changed meanwhile."""
        from nnlab.ui.gallery.seen import see
        from nnlab.ui.gallery.window import GalleryWindow

        if self.window is None:
            self.window = GalleryWindow(self._parent)
            self.window.chosen.connect(self._open)
        folders = tuple(self._session.loading.folders)
        job = Job("Examples")
        job.done.connect(self._show)
        self._session.jobs.start(job, lambda report: see(folders, report))
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        self.window.begin()

    def offer_once(self, memory: QSettings, offer: Callable[[], None]) -> None:
        """At the first start of all."""
        if not memory.value(_OFFERED):
            memory.setValue(_OFFERED, "yes")
            offer()

    def _show(self, seen: "Seen") -> None:
        if self.window is not None:
            self.window.show_seen(seen)

    def _open(self, example: "Example") -> None:
        self._files.open(example.path)
