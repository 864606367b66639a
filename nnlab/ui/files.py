"""Opening, saving and exporting from the window: dialogs, recent files, drag and drop, and the question at close."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.headless import file_stem
from nnlab.resources import resource
from nnlab.ui.exporting import Exportable, export, nothing_to_export
from nnlab.ui.session import Session
from nnlab.ui.views.view import KINDS
from nnlab.ui.widgets.explained import literally

OPENABLE = (".toml", ".safetensors")
_MOST_RECENT = 8
_LONG_SECONDS = 60.0


class Files(QObject):
    """What the File menu does. Errors become messages; nothing that is open is lost by one."""

    message = Signal(str)
    opening = Signal()  # what was said of the experiment before is out of date

    def __init__(self, window: QWidget, session: Session, memory: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._memory = memory
        self._opened: tuple[Path, Experiment] | None = None

    @property
    def recent(self) -> list[Path]:
        """The files opened or saved last, newest first, that still exist."""
        stored = self._memory.value("recent", [])
        paths = [stored] if isinstance(stored, str) else list(stored or [])
        return [Path(path) for path in paths if Path(path).exists()]

    def open_dialog(self) -> None:
        """Ask which file, and open it."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, "Open", str(self._folder()), "Experiments and models (*.toml *.safetensors)"
        )
        if chosen:
            self.open(Path(chosen))

    def open(self, path: Path) -> None:
        """Open an experiment or a model, after asking about unsaved changes."""
        if path.suffix.lower() not in OPENABLE:
            self.message.emit(
                f"{path.name}: nnlab opens experiments (.toml) and models (.safetensors); for data choose file under Dataset"
            )
        elif self.may_leave():
            self.opening.emit()
            if self._session.open(path):
                self._opened = (path, self._session.experiment)
                self._remember(path)

    def path_of(self, experiment: Experiment) -> Path | None:
        """The file that was opened last, if this is the experiment in it."""
        return self._opened[0] if self._opened is not None and self._opened[1] == experiment else None

    def save(self) -> bool:
        """Save the experiment where it came from, or ask where."""
        path = self._session.path
        if path is None or path.parent == resource("examples"):
            return self.save_as()
        return self._session.save(path)

    def save_as(self) -> bool:
        """Ask where to save the experiment; False when that was cancelled or failed."""
        path = self._ask_where("Save experiment", f"{file_stem(self._session.experiment.name)}.toml", "Experiment (*.toml)")
        if path is None or not self._session.save(path):
            return False
        self._remember(path)
        return True

    def save_model(self) -> bool:
        """Ask where to save the model, and have the worker write it."""
        name = f"{file_stem(self._session.experiment.name)}.safetensors"
        path = self._ask_where("Save model", name, "Model (*.safetensors)")
        if path is None:
            return False
        self._session.save_model(path)
        self._remember(path)
        return True

    def export_dialog(self, view: Exportable) -> None:
        """Ask where to and as what, and write the picture or its data."""
        if view.is_empty:
            self.message.emit(nothing_to_export(view))
            return
        filters = ";;".join(f"{kind[1:].upper()} (*{kind})" for kind in view.kinds)
        path = self._ask_where(f"Export {view.title}", f"{view.title.lower()}{view.kinds[0]}", filters)
        if path is not None:
            self.export(view, path, float(self._memory.value("export_scale", 2.0)))

    def export(self, view: Exportable, path: Path, scale: float) -> None:
        """Write the picture or its data; an error becomes a message."""
        try:
            export(view, path, scale)
        except NnlabError as error:
            self.message.emit(str(error))

    def may_leave(self) -> bool:
        """Whether what is open may be replaced or closed; asks when there are unsaved changes."""
        session = self._session
        if not session.is_saved:
            text = f"The experiment '{session.experiment.name}' has changes that are not saved."
            if not self._ask_to_save(text, self.save):
                return False
        # What took seconds to learn is learned again from the same seed; what took longer is worth a question.
        if not session.model_is_saved and session.progress.seconds > _LONG_SECONDS:
            return self._ask_to_save("The trained model is not saved.", self.save_model)
        return True

    def _ask_to_save(self, text: str, save: Callable[[], bool]) -> bool:
        box = QMessageBox(self._window)
        box.setWindowTitle("Unsaved changes")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(text)
        box.setInformativeText("Save now?")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        if answer == buttons.Save:
            return save()
        return answer == buttons.Discard

    def _ask_where(self, title: str, name: str, filters: str) -> Path | None:
        chosen, kind = QFileDialog.getSaveFileName(self._window, title, str(self._folder() / name), filters)
        if not chosen:
            return None
        ending = kind[kind.rfind("*") + 1 : -1]
        if chosen.lower().endswith((*OPENABLE, *KINDS)):
            return Path(chosen)
        path = Path(chosen + ending)
        # The dialog asked about the name as it was typed, not about this one.
        return path if not path.exists() or self._may_replace(path) else None

    def _may_replace(self, path: Path) -> bool:
        answer = QMessageBox.question(self._window, "Replace", literally(f"{path.name} exists already. Replace it?"))
        return answer == QMessageBox.StandardButton.Yes

    def _folder(self) -> Path:
        folder = Path(str(self._memory.value("folder", Path.home())))
        return folder if folder.is_dir() else Path.home()

    def _remember(self, path: Path) -> None:
        newest = [path.resolve(), *(other for other in self.recent if other != path.resolve())]
        self._memory.setValue("recent", [str(other) for other in newest[:_MOST_RECENT]])
        self._memory.setValue("folder", str(path.resolve().parent))
