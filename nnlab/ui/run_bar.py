"""The toolbar: reset, run, step, how far it is, and how good."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QProgressBar, QPushButton, QSizePolicy, QToolBar, QToolButton

from nnlab.models.model import ModelSettings
from nnlab.training.history import History
from nnlab.ui.icons import icon
from nnlab.ui.messages import Progress
from nnlab.ui.session import Session
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.widgets.card import label, set_role
from nnlab.ui.widgets.elided import Elided


class RunBar(QToolBar):
    """The buttons that start and stop training, and the figure everybody looks for."""

    theme_toggled = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__("Run")
        self.setObjectName("run-bar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._session = session
        self._theme = LIGHT
        self._state = ""
        self.reset = QToolButton(text="Reset")
        self.reset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.reset.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.reset.setToolTip("Start afresh from the same seed, with all settings applied (R)")
        self.reset.clicked.connect(session.reset)
        menu = QMenu(self.reset)
        menu.addAction("Same seed", session.reset)
        menu.addAction("New seed", session.reset_with_new_seed)
        self.reset.setMenu(menu)
        self.run = QPushButton("Run")
        self.run.setObjectName("primary")
        self.run.setFixedWidth(104)
        self.run.clicked.connect(session.run_or_pause)
        self.batch = QPushButton("Batch")
        self.batch.setToolTip("One step: one batch, one update (→)")
        self.batch.clicked.connect(session.step_batch)
        self.epoch = QPushButton("Epoch")
        self.epoch.setToolTip("On to the end of the epoch (Shift+→)")
        self.epoch.clicked.connect(session.step_epoch)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(60)
        self._bar.setMaximumWidth(150)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName("Progress of training")
        self._where = Elided("muted", 250)
        self._where.setMinimumWidth(60)
        self._where.setMaximumWidth(300)
        for widget in (self._bar, self._where):
            # In a narrow window they give way, so that no button is lost.
            widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._caption = Elided("muted")
        self._caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._figure = label("", "headline")
        self._figure.setMinimumWidth(86)
        self._figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._theme_button = QToolButton()
        self._theme_button.setObjectName("flat")
        self._theme_button.setToolTip("Light or dark")
        self._theme_button.setAccessibleName("Light or dark")
        self._theme_button.clicked.connect(self.theme_toggled)
        for widget in (self.reset, self.run, self.batch, self.epoch, self._theme_button):
            # Each has a key or a menu entry. With the focus, Space would press it: reset the run, or change the theme.
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        spring = label("")
        spring.setSizePolicy(spring.sizePolicy().Policy.Expanding, spring.sizePolicy().Policy.Preferred)
        for widget in (self.reset, self.run, self.batch, self.epoch, label(" "), self._bar, self._where):
            self.addWidget(widget)
        for widget in (spring, self._caption, self._figure, self._theme_button):
            self.addWidget(widget)
        session.progressed.connect(self.show_progress)
        session.problem_changed.connect(lambda _: self.show_progress(session.progress))

    def apply_theme(self, theme: Theme) -> None:
        """Icons in the theme's colours."""
        self._theme = theme
        self.reset.setIcon(icon("reset", theme.text))
        self.batch.setIcon(icon("batch", theme.text))
        self.epoch.setIcon(icon("epoch", theme.text))
        self._theme_button.setIcon(icon("theme", theme.muted))
        self._state = ""
        self.show_progress(self._session.progress)

    def show_progress(self, progress: Progress) -> None:
        """Buttons, bar and figures for where the run is."""
        is_ready = not self._session.problem and progress.state != "loading"
        is_running = progress.state == "running"
        self.run.setEnabled(is_running or is_ready)
        self.batch.setEnabled(is_ready and not is_running and progress.state not in ("finished", "diverged"))
        self.epoch.setEnabled(self.batch.isEnabled())
        self.reset.setEnabled(is_ready)
        if progress.state != self._state:
            self._state = progress.state
            self.run.setText({"running": "Pause", "finished": "Train on"}.get(progress.state, "Run"))
            self.run.setToolTip(
                "Train, and pause (Space)" if progress.state != "finished" else "As many epochs again (Space)"
            )
            self.run.setIcon(icon("pause" if is_running else "run", self._theme.on_accent))
        self._bar.setValue(round(1000 * progress.number / progress.total) if progress.total else 0)
        model = self._session.running.model if self._session.running else ModelSettings
        loss = model.loss_title
        self._where.setText(_where_text(progress, self._session.history, loss))
        self._where.setToolTip(progress.reason)
        caption, figure = _headline(self._session.history, progress.kept_epoch, loss)
        # The weights that had this figure are no longer all there.
        self._caption.setText(f"{caption} before the edit" if caption and progress.is_edited else caption)
        is_explained = model.loss_help and caption.endswith(loss)
        self._caption.setToolTip(f"{self._caption.text()}: {model.loss_help}" if is_explained else "")
        self._figure.setText(figure)
        set_role(self._figure, "outdated" if progress.is_edited else "headline")


def _where_text(progress: Progress, history: History, loss: str) -> str:
    if progress.state == "loading":
        return "loading …"
    if not progress.number:
        return "press Run or Space to train" if progress.state == "idle" else ""
    text = f"epoch {progress.epoch:,} / {progress.epochs:,}"
    if progress.rate:
        text += f"   {progress.rate:,.0f} examples/s"
    if progress.state == "finished":
        if progress.is_edited:
            return progress.moment.words
        return kept_text(progress.kept_epoch, history, loss) or progress.reason
    return text


def kept_text(epoch: int, history: History, loss: str) -> str:
    """Which epoch's parameters the model has again at the end, and why those; nothing where it has the last ones."""
    if not epoch:
        return ""
    if history.best.get("epoch") != epoch:
        return f"epoch {epoch:,}, restored"
    has_validation = history.best["validation_loss"] == history.best["validation_loss"]
    return f"{'best validation' if has_validation else f'lowest training {loss}'} at epoch {epoch:,}, restored"


def _headline(history: History, kept_epoch: int, loss: str) -> tuple[str, str]:
    """The figure everybody looks for: the score where there is one, else the loss, on what was held back if anything was."""
    epochs, score = history.epochs, history.score
    if kept_epoch:
        # Where nobody knows its figures, those of the last epoch would be another model's.
        figures = history.best if history.best.get("epoch") == kept_epoch else {}
    else:
        figures = {name: column.values[-1] for name, column in epochs.items() if len(column)}
    for part in ("validation", "train"):
        for what, title, form in ((score.name, score.title, score.form), ("loss", loss, ".4f")):
            value = figures.get(f"{part}_{what}", math.nan)
            if value == value:
                return f"{part}{'ing' if part == 'train' else ''} {title}", f"{value:{form}}"
    return "", ""


def clock(seconds: float) -> str:
    """Minutes and seconds, with hours when there are any."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
