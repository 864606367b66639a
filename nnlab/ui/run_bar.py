"""The toolbar: reset, run, step, how far it is, and how good."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMenu, QProgressBar, QPushButton, QSizePolicy, QToolBar, QToolButton, QWidget

from nnlab.models.model import ModelSettings
from nnlab.probes import Moment
from nnlab.training.history import History
from nnlab.ui.actions import ACTIONS, Actions, tooltip_of
from nnlab.ui.activity import Activity
from nnlab.ui.icons import icon
from nnlab.ui.messages import Progress
from nnlab.ui.session import Session
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.widgets.card import label, set_role
from nnlab.ui.widgets.elided import Elided


class RunBar(QToolBar):
    """The buttons that start and stop training, and the figure everybody looks for."""

    theme_toggled = Signal()

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__("Run")
        self.setObjectName("run-bar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._session = session
        self._theme = LIGHT
        self._activity: Activity | None = None
        self._actions = actions
        self.reset = QToolButton()
        self.reset.setText("Reset")
        self.reset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.reset.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu = QMenu(self.reset)
        menu.addActions([actions["reset"], actions["reset_new_seed"]])
        self.reset.setMenu(menu)
        self.run = QPushButton("Run")
        self.run.setObjectName("primary")
        self.run.setFixedWidth(104)
        self.batch = QPushButton("Batch")
        self.epoch = QPushButton("Epoch")
        self._buttons = {"reset": self.reset, "run": self.run, "batch": self.batch, "epoch": self.epoch}
        for name, button in self._buttons.items():
            self._stand_for(actions[name], button)
        self._make_figures()
        widget: QWidget
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

    def _make_figures(self) -> None:
        """How far it is, and how good."""
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

    @staticmethod
    def _stand_for(action: QAction, button: QAbstractButton) -> None:
        """A press does what the action does, while it can be done."""
        button.clicked.connect(action.trigger)
        button.setEnabled(action.isEnabled())
        button.setToolTip(action.toolTip())
        action.enabledChanged.connect(button.setEnabled)

    def apply_theme(self, theme: Theme) -> None:
        """Icons in the theme's colours."""
        self._theme = theme
        for name, button in self._buttons.items():
            if button is not self.run:
                button.setIcon(icon(ACTIONS[name].icon, theme.text))
        self._theme_button.setIcon(icon("theme", theme.muted))
        self._activity = None
        self.show_progress(self._session.progress)

    def show_progress(self, progress: Progress) -> None:
        """What Run does now, bar and figures for where the run is."""
        if progress.activity is not self._activity:
            self._activity = progress.activity
            self.run.setText({Activity.RUNNING: "Pause", Activity.FINISHED: "Train on"}.get(progress.activity, "Run"))
            goes_on = progress.activity is Activity.FINISHED
            self.run.setToolTip(tooltip_of(ACTIONS["run"], "As many epochs again" if goes_on else ""))
            self.run.setIcon(icon("pause" if progress.is_running else ACTIONS["run"].icon, self._theme.on_accent))
        self._bar.setValue(round(1000 * progress.step / progress.total) if progress.total else 0)
        model = self._session.running.model if self._session.running else ModelSettings
        loss = model.loss_title
        self._where.setText(_where_text(progress, self._session.history, loss))
        self._where.setToolTip(progress.reason)
        caption, figure = _headline(self._session.history, progress.moment.kept_epoch, loss)
        # The weights that had this figure are no longer all there.
        self._caption.setText(f"{caption} before the edit" if caption and progress.moment.is_edited else caption)
        is_explained = model.loss_help and caption.endswith(loss)
        self._caption.setToolTip(f"{self._caption.text()}: {model.loss_help}" if is_explained else "")
        self._figure.setText(figure)
        set_role(self._figure, "outdated" if progress.moment.is_edited else "headline")


def _where_text(progress: Progress, history: History, loss: str) -> str:
    if progress.activity is Activity.LOADING:
        return "loading …"
    if not progress.step:
        return "press Run or Space to train" if progress.activity is Activity.IDLE else ""
    text = f"epoch {progress.epoch:,} / {progress.epochs:,}"
    if progress.rate:
        text += f"   {progress.rate:,.0f} examples/s"
    if progress.activity is Activity.FINISHED:
        if progress.moment.is_edited:
            return progress.moment.words
        return kept_text(progress.moment, history, loss) or progress.reason
    return text


def kept_text(moment: Moment, history: History, loss: str) -> str:
    """Which epoch's parameters the model has again at the end, and why those; nothing where it has the last ones."""
    if not moment.kept_epoch:
        return ""
    if history.best.get("epoch") != moment.kept_epoch:
        return moment.words
    has_validation = history.best["validation_loss"] == history.best["validation_loss"]
    return f"{'best validation' if has_validation else f'lowest training {loss}'} at {moment.words}"


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
