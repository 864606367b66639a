"""What the window offers when data is to be seen through an encoder that nobody has trained: to train it, and to come back.

The encoder's experiment is opened and trained before everybody's eyes. When it is complete its model is saved where the
other experiment looks for it, and that one opens again by itself.
"""

from pathlib import Path

from nnlab.datasets import DatasetSettings
from nnlab.errors import DatasetError, MissingEncoderError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.places import home
from nnlab.regular_file import is_there
from nnlab.ui.activity import Activity
from nnlab.ui.files import Files, is_shipped
from nnlab.ui.messages import Prepared, Progress
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
        self._is_wanted = False  # whether the encoder's experiment is on its way
        self._is_open = False  # whether it is what is open
        self._run = 0  # the generation of its run; 0 while the run that there is may be that of what was open before
        self.acted.connect(self._press)
        self.dismissed.connect(self._forget)
        session.loading.missing.connect(self._offer)
        session.prepared.connect(self._know_run)
        session.progressed.connect(self._follow)
        session.saved_changed.connect(self._look_what_is_open)
        files.opening.connect(self._look_what_opens)
        # Behind the files' own slot, which asks whether what is open may be left.
        session.was_read.connect(self._look_what_was_read)
        session.opening.failed.connect(self._give_up)

    @property
    def is_under_way(self) -> bool:
        """Whether an encoder is being trained for another experiment, or is about to be."""
        return self._is_wanted or self._is_open

    def begin(self) -> None:
        """Open the encoder's experiment, and train it."""
        if self._error is None or self._error.recipe is None or self._is_open:
            return
        self._is_wanted = True
        self._session.read(self._error.recipe, plays=True)

    def _offer(self, settings: DatasetSettings, error: DatasetError) -> None:
        if not isinstance(error, MissingEncoderError) or error.recipe is None or self.is_under_way:
            return
        experiment = self._session.experiment
        self._error, self._way_back = error, Opened(experiment, self._files.path_of(experiment))
        set_role(self, "notice")
        self.button.setEnabled(True)
        sentence = (
            f"{self._name_of_other} learns from what an autoencoder makes of the data, and {error.title} is not there yet."
        )
        self.tell(sentence, "Train the autoencoder first")

    def _press(self) -> None:
        if not self._is_open:
            self.begin()
        elif self._is_its_run:
            self._session.pause()
            self._save()

    def _look_what_was_read(self, opened: Opened) -> None:
        """Who does not leave what is open, or has something else opened, is offered it again."""
        # Where the answer was to save the model first, it is opened when that has been written.
        if not self._is_open and not (self._is_recipe(opened.path) and self._session.saving.is_busy):
            self._give_up()

    def _give_up(self) -> None:
        self._is_wanted = False

    def _look_what_is_open(self) -> None:
        """Who opens something else does not want to be led back."""
        if self._is_open and not self._is_recipe(self._session.path):
            self._forget()
            self.hide()

    def _look_what_opens(self) -> None:
        """It may have been open before; only now it is to be trained."""
        if self._is_wanted and self._is_recipe(self._files.last_opened):
            self._is_wanted, self._is_open, self._run = False, True, 0
            set_role(self, "card")
            words = f"{self._encoder} is trained first; then {self._name_of_other} opens again by itself."
            self.tell(words, "Use it as it is now")
            self.button.setEnabled(False)

    def _is_recipe(self, path: Path | None) -> bool:
        return path is not None and self._error is not None and path == self._error.recipe

    def _know_run(self, prepared: Prepared) -> None:
        """Until its data is there, the run is the one before it."""
        now = self._session.situation
        if self._is_open and now.has_data and now.wish.opened is None and not now.wish.begins_anew:
            self._run = prepared.generation

    @property
    def _is_its_run(self) -> bool:
        return self._is_open and self._run == self._session.runs.generation

    def _follow(self, progress: Progress) -> None:
        if not self._is_open:
            return
        self.button.setEnabled(self._is_its_run and progress.step > 0)
        if self._is_its_run and progress.activity is Activity.FINISHED:
            self._save()

    def _save(self) -> None:
        """The model to where the other experiment looks for it; then back."""
        assert self._error is not None
        self._forget()
        self.hide()
        path = _place(self._error.name, self._way_back.path if self._way_back else None)
        # It was not there when the other experiment looked for it.
        if is_there(path) and not self._files.may_replace(path):
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._session.message.emit(f"{path.parent}: cannot be made ({error.strerror}); save the model by hand")
            return
        self._session.save_model(path, self._go_back)

    def _go_back(self, is_saved: bool) -> None:
        back, self._way_back = self._way_back, None
        if is_saved and back is not None:
            self._files.use(back)

    def _forget(self) -> None:
        self._is_wanted = self._is_open = False
        self._run = 0

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
