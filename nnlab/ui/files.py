"""Opening, saving and exporting from the window: dialogs, recent files, drag and drop, and the question at close."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.file_stem import file_stem
from nnlab.experiments.places import free_path
from nnlab.resources import resource
from nnlab.ui.clock import clock
from nnlab.ui.exporting import Exportable, copy_picture, export, nothing_to_export
from nnlab.ui.figure.paper import AS_ON_SCREEN, Paper
from nnlab.ui.figure.remembered_paper import remembered
from nnlab.ui.opened import Opened
from nnlab.ui.remembered import remembered_paths
from nnlab.ui.session import Session
from nnlab.ui.widgets.question import Button, ask

OPENABLE = (".toml", ".safetensors")
_MOST_RECENT = 8
# Under which names the folders are remembered where experiments and models, and where pictures and reports were saved last.
_FOLDER, _FIGURES = "folder", "figures"
# What took less is learned again from the same seed before a question about it has been read.
MOMENT_SECONDS = 1.0
_SAVE, _DISCARD, _CANCEL = Button.Save, Button.Discard, Button.Cancel


class Files(QObject):
    """What the File menu does. Errors become messages; nothing that is open is lost by one.

    The worker writes models, in its own time. What may only happen once a model is safe is handed on as a function: it is
    called when the worker has said so, and never where the save has failed.
    """

    message = Signal(str)
    written = Signal(str)  # where something was saved; said as a message, too
    opening = Signal()  # what was said of the experiment before is out of date

    def __init__(self, window: QWidget, session: Session, memory: QSettings) -> None:
        super().__init__(window)
        self.window = window
        self._session = session
        self._memory = memory
        self._opened: tuple[Path, Experiment] | None = None
        self._last_written: Path | None = None
        self._discarded: Experiment | None = None  # whose changes a person lets go of in the leaving that goes on
        session.was_read.connect(self.use)

    @property
    def recent(self) -> list[Path]:
        """The files opened or saved last, newest first, that still exist."""
        return remembered_paths(self._memory, "recent")

    def open_dialog(self) -> None:
        """Ask which file, and open it."""
        chosen, _ = QFileDialog.getOpenFileName(
            self.window, "Open", str(self.folder), "Experiments and models (*.toml *.safetensors)"
        )
        if chosen:
            self.open(Path(chosen))

    def open(self, path: Path) -> None:
        """Read an experiment or a model; what is open makes way for it when it has been read, after the questions."""
        if path.suffix.lower() not in OPENABLE:
            self.message.emit(
                f"{path.name}: nnlab opens experiments (.toml) and models (.safetensors); "
                "for data choose file under Dataset, or drop it on the window"
            )
        else:
            self._session.read(path)

    def use(self, opened: Opened) -> None:
        """What was read takes the place of what is open, after the questions."""
        if self.may_leave(lambda: self.use(opened)):
            self._opened = (opened.path, opened.experiment) if opened.path is not None else None
            self.opening.emit()
            self._session.open(opened)
            if opened.path is not None:
                self._remember(opened.path)

    @property
    def last_opened(self) -> Path | None:
        """The file that was opened last."""
        return self._opened[0] if self._opened is not None else None

    def path_of(self, experiment: Experiment) -> Path | None:
        """The file that was opened last, if this is the experiment in it."""
        return self._opened[0] if self._opened is not None and self._opened[1] == experiment else None

    def save(self) -> bool:
        """Save the experiment where it came from, or ask where."""
        path = self._session.path
        if path is None or not _may_be_written(path):
            return self.save_as()
        return self._session.save(path)

    def save_as(self) -> bool:
        """Ask where to save the experiment; False when that was cancelled or failed."""
        name, before = self._session.experiment.name, self._session.path
        path = self.ask_where("Save experiment", name, (".toml",), "Experiment", before, _FOLDER)
        if path is None or not self._session.save(path):
            return False
        self._remember(path)
        return True

    def save_model(self, then: Callable[[], None] | None = None) -> bool:
        """Ask where to save the model, and have the worker write it; False when that was cancelled.

        `then` is called when it has been written. What is trained meanwhile would not be in the file: training is paused.
        """
        session = self._session
        name, before = session.experiment.name, session.runs.present.model_path
        path = self.ask_where("Save model", name, (".safetensors",), "Model", before, _FOLDER)
        if path is None:
            return False

        def go_on(is_saved: bool) -> None:
            """Say that it is saved, and do what waited for it."""
            if is_saved:
                self._remember(path)
                self.tell_written(_saved_text("The model", path), path)
                if then is not None:
                    then()

        if then is not None:
            session.pause()
        session.save_model(path, go_on)
        return True

    def export_dialog(self, view: Exportable) -> None:
        """Ask where to and as what, and write the picture or its data."""
        if view.is_empty:
            self.message.emit(nothing_to_export(view))
            return
        from nnlab.ui.figure.dialog import FigureDialog
        from nnlab.ui.told_line import ToldLine

        if view.kinds == (".csv",):
            self._export_as(view, AS_ON_SCREEN)
        else:
            # Beside the window that the view is in, which may be one of its own.
            parent = view.window() if isinstance(view, QWidget) else self.window
            save = partial(self._export_as, view)
            FigureDialog(parent, view, self._memory, save, ToldLine(self)).show()

    def export_numbers(self, view: Exportable) -> None:
        """Ask where to, and write the numbers behind the picture."""
        if view.is_empty:
            self.message.emit(nothing_to_export(view))
        else:
            self._export_as(view, AS_ON_SCREEN, (".csv",))

    def tell_written(self, sentence: str, path: Path) -> None:
        """Say that something was saved; the folder of that file, or that folder, is opened when it is wished."""
        self._last_written = path
        self.message.emit(sentence)
        self.written.emit(sentence)

    def open_folder(self) -> None:
        """Show what was saved last in the system's own browser of files; before that, where figures would be."""
        path = self._last_written or self.folder_of()
        folder = path if path.is_dir() else path.parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.message.emit(f"This system has no browser of files that answers; the folder is {folder}.")

    def copy_picture(self, view: Exportable) -> None:
        """To the clipboard, as the last figure was made."""
        try:
            copy_picture(view, remembered(self._memory))
            self.message.emit(f"The picture of {view.title} was copied.")
        except NnlabError as error:
            self.message.emit(str(error))

    def _export_as(self, view: Exportable, paper: Paper, kinds: Sequence[str] = ()) -> None:
        path = self.ask_where(f"Export {view.title}", view.title.lower(), kinds or view.kinds)
        if path is not None:
            self.export(view, path, paper)

    def ask_for_film(self, title: str, ending: str) -> Path | None:
        """Where to save a film: a file with this ending, or without one the name of a folder for its pictures."""
        noun = "" if ending else "Folder of pictures"
        return self.ask_where("Export film", f"{title.lower()} film", (ending,), noun)

    def export(self, view: Exportable, path: Path, paper: Paper = AS_ON_SCREEN) -> None:
        """Write the picture or its data; where it is, or why it is not, becomes a message."""
        try:
            export(view, path, paper)
            self.tell_written(_saved_text(view.title, path), path)
        except NnlabError as error:
            self.message.emit(str(error))

    def may_leave(self, later: Callable[[], object]) -> bool:
        """Whether what is open may be replaced or closed now; asks when there is something that is not saved.

        Where the answer is to save the model, it may not yet: `later` is called when the model has been written.
        """
        session = self._session
        if session.saving.is_busy:
            return self._wait_for_save(later)
        discarded = self._discarded
        if not session.is_saved and session.experiment != discarded and not self._is_kept_with_its_run:
            text = f"The experiment '{session.experiment.name}' has changes that are not saved."
            answer = self._ask("Unsaved changes", text, "Save now?", _SAVE)
            if answer == _CANCEL or (answer == _SAVE and not self.save()):
                return False
            discarded = session.experiment
        # A run that is kept can be opened again from the list, at any of its steps.
        is_lost = not session.model_is_saved and not session.is_kept(session.runs.present)
        if is_lost and (session.progress.seconds_here > MOMENT_SECONDS or session.edit_history.has_changed_parameters):
            answer = self._ask("Unsaved changes", "The trained model is not saved.", "Save now?", _SAVE)
            if answer == _SAVE:
                self.save_model(lambda: self._go_on(later, discarded))
            return bool(answer == _DISCARD)
        return True

    @property
    def _is_kept_with_its_run(self) -> bool:
        """Whether the experiment is no file of a person's, and the run of it is kept: Runs has both again."""
        session = self._session
        run, path = session.runs.present, session.path
        is_own = path is not None and _may_be_written(path)
        return not is_own and run.experiment == session.experiment and session.is_kept(run)

    def may_close(self, later: Callable[[], object], way_back: str) -> bool:
        """As `may_leave`; the runs that were put aside end with the window. `way_back` is where one is brought back."""
        if not self.may_leave(later):
            return False
        session = self._session
        lost = [run.progress.seconds_here for run in session.runs.shelf.unsaved if not session.is_kept(run)]
        seconds = max(lost, default=0.0)
        if seconds <= MOMENT_SECONDS:
            return True
        text = f"An earlier run of this window had trained for {clock(seconds)}, and is not saved."
        return self._ask("Earlier run", text, f"Close without it? {way_back} has it again.", _CANCEL) == _DISCARD

    def _wait_for_save(self, later: Callable[[], object]) -> bool:
        """A model is being written; who does not wait is asked."""
        saving = self._session.saving
        if not saving.is_awaited:
            saving.go_on_after(later)
            return False
        answer = self._ask("Saving", "The model is still being saved.", "Go on without waiting for it?", _CANCEL)
        if answer == _DISCARD:
            saving.wait_no_more()
        return bool(answer == _DISCARD)

    def _go_on(self, later: Callable[[], object], discarded: Experiment | None) -> None:
        """The same leaving, in which what was answered of the experiment still holds."""
        self._discarded = discarded
        try:
            later()
        finally:
            self._discarded = None

    def _ask(self, title: str, text: str, question: str, default: Button) -> Button:
        words = {_DISCARD: "Do not save" if default == _SAVE else "Go on without it", _CANCEL: "Cancel"}
        return ask(self.window, title, text, question, ({_SAVE: "Save"} if default == _SAVE else {}) | words, default)

    def ask_where(
        self,
        title: str,
        name: str,
        kinds: Sequence[str] | Mapping[str, str],
        noun: str = "",
        before: Path | None = None,
        place: str = _FIGURES,
    ) -> Path | None:
        """Where to save: offered is the file that it was in before, else a name that no other file has, where something of
        this place was saved last. kinds: endings, perhaps each with what such a file is; else that is the noun.
        """
        offered = before if before and _may_be_written(before) else None
        offered = offered or free_path(self.folder_of(place), file_stem(name), next(iter(kinds)))
        nouns = kinds if isinstance(kinds, Mapping) else {kind: noun or kind[1:].upper() for kind in kinds}
        filters = ";;".join(f"{what} (*{kind})" for kind, what in nouns.items())
        chosen, kind = QFileDialog.getSaveFileName(self.window, title, str(offered), filters)
        if not chosen:
            return None
        path = Path(chosen)
        if not chosen.lower().endswith(tuple(kinds)):
            path = Path(chosen + kind[kind.rfind("*") + 1 : -1])
            # The dialog asked about the name as it was typed, not about this one.
            if path.exists() and not self.may_replace(path):
                return None
        self._memory.setValue(place, str(path.resolve().parent))
        return path

    def may_replace(self, path: Path) -> bool:
        """Ask whether a file that is there is to be written over."""
        words = {_DISCARD: "Replace", _CANCEL: "Cancel"}
        text = f"{path.name} exists already."
        return ask(self.window, "Replace", text, "Replace what it holds?", words, _CANCEL) == _DISCARD

    @property
    def folder(self) -> Path:
        """Where a person opened or saved an experiment or a model last."""
        return self.folder_of(_FOLDER)

    def folder_of(self, place: str = _FIGURES) -> Path:
        """Where a person saved something of this place last; at first among their documents."""
        documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        known = (Path(str(self._memory.value(key))) for key in (place, _FOLDER) if self._memory.value(key))
        # Earlier versions kept the folder of an example that was opened.
        fitting = (folder for folder in (*known, documents) if folder.is_dir() and not is_shipped(folder))
        return next(fitting, Path.home())

    def _remember(self, path: Path) -> None:
        newest = [path.resolve(), *(other for other in self.recent if other != path.resolve())]
        self._memory.setValue("recent", [str(other) for other in newest[:_MOST_RECENT]])
        if _may_be_written(path):
            self._memory.setValue(_FOLDER, str(path.resolve().parent))


def _may_be_written(path: Path) -> bool:
    """Whether the file is a person's: the examples that nnlab brings stay as they are."""
    return not is_shipped(path.parent)


def is_shipped(folder: Path) -> bool:
    """Whether it is one of nnlab's own, in which a person's files do not belong."""
    examples = resource("examples").resolve()
    return examples in (folder.resolve(), *folder.resolve().parents)


def _saved_text(what: str, path: Path) -> str:
    return f"{what} was saved in {path}."
