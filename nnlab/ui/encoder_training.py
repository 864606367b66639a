"""What the window offers when data is to be seen through an encoder that nobody has trained: to train it, and to come back.

The encoder's experiment is opened and trained before everybody's eyes. When it is complete its model is saved where the
other experiment looks for it, and that one opens again by itself.
"""

from pathlib import Path

from nnlab.datasets import DatasetSettings
from nnlab.errors import DatasetError, MissingEncoderError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.places import home
from nnlab.ui.activity import Activity
from nnlab.ui.files import Files, is_shipped
from nnlab.ui.messages import Progress
from nnlab.ui.opened import Opened
from nnlab.ui.session import Session
from nnlab.ui.widgets.card import set_role
from nnlab.ui.widgets.notice import NoticeLine


class EncoderNotice(NoticeLine):
    """A line of its own above the stage: the offer, then for what the encoder is being trained."""

    def __init__(self, session: Session, files: Files) -> None:
        super().__init__()
        self.setAccessibleName("Training of an encoder")
        self._session, self._files = session, files
        self._error: MissingEncoderError | None = None
        self._way_back: Opened | None = None  # the experiment that waits for the encoder
        self._is_under_way = False
        self._was_opened = False  # whether the encoder's experiment is what is open
        self.acted.connect(self._press)
        self.dismissed.connect(self._forget)
        session.loading.missing.connect(self._offer)
        session.progressed.connect(self._follow)
        session.saved_changed.connect(self._look_what_is_open)

    @property
    def is_under_way(self) -> bool:
        """Whether an encoder is being trained for another experiment."""
        return self._is_under_way

    def begin(self) -> None:
        """Open the encoder's experiment, and train it."""
        if self._error is None or self._error.recipe is None or self._is_under_way:
            return
        self._is_under_way, self._was_opened = True, False
        self._session.read(self._error.recipe, plays=True)
        set_role(self, "card")
        self.tell(
            f"{self._encoder} is trained first; then {self._name_of_other} opens again by itself.", "Use it as it is now"
        )
        self.button.setEnabled(False)

    def _offer(self, settings: DatasetSettings, error: DatasetError) -> None:
        if not isinstance(error, MissingEncoderError) or error.recipe is None or self._is_under_way:
            return
        experiment = self._session.experiment
        self._error, self._way_back = error, Opened(experiment, self._files.path_of(experiment))
        set_role(self, "notice")
        self.button.setEnabled(True)
        sentence = (
            f"{self._name_of_other} learns from what an autoencoder makes of the data, and {error.name} is not there yet."
        )
        self.tell(sentence, "Train the autoencoder first")

    def _press(self) -> None:
        if self._is_under_way:
            self._session.pause()
            self._save()
        else:
            self.begin()

    def _look_what_is_open(self) -> None:
        """Who opens something else does not want to be led back."""
        if not self._is_under_way or self._error is None:
            return
        is_open = self._session.path == self._error.recipe
        if self._was_opened and not is_open:
            self._forget()
            self.hide()
        self._was_opened = self._was_opened or is_open

    def _follow(self, progress: Progress) -> None:
        if not (self._is_under_way and self._was_opened):
            return
        self.button.setEnabled(progress.step > 0)
        if progress.activity is Activity.FINISHED:
            self._save()

    def _save(self) -> None:
        """The model to where the other experiment looks for it; then back."""
        assert self._error is not None
        self._is_under_way = False
        path = _place(self._error.name, self._way_back.path if self._way_back else None)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._session.message.emit(f"{path.parent}: cannot be made ({error.strerror}); save the model by hand")
            return
        self._session.save_model(path, self._go_back)

    def _go_back(self, is_saved: bool) -> None:
        self.hide()
        back, self._way_back = self._way_back, None
        if is_saved and back is not None:
            self._files.use(back)

    def _forget(self) -> None:
        self._is_under_way = False

    @property
    def _encoder(self) -> str:
        assert self._error is not None and self._error.recipe is not None
        return self._error.recipe.stem

    @property
    def _name_of_other(self) -> str:
        experiment: Experiment | None = self._way_back.experiment if self._way_back else None
        return experiment.name if experiment is not None else "the experiment"


def _place(name: str, beside: Path | None) -> Path:
    """Where an encoder is looked for: beside the experiment where that is a person's, else in the folder of data."""
    folder = home() / "data"
    if beside is not None and not is_shipped(beside.parent):
        folder = beside.parent
    return folder / name
