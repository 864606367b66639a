"""The toolbar: reset, run, step, how far it is, and how good."""

import math
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMenu, QPushButton, QToolBar, QToolButton

from nnlab.models.model import ModelSettings
from nnlab.training.history import History
from nnlab.ui.action_row import Face
from nnlab.ui.actions import ACTIONS, keys_text, tooltip_of, ways_to
from nnlab.ui.icons import icon
from nnlab.ui.live_actions import Actions
from nnlab.ui.messages import Progress
from nnlab.ui.pace import PACES, pace_text
from nnlab.ui.run_line import RunLine
from nnlab.ui.session import Session
from nnlab.ui.situation import Situation
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.widgets.card import label, set_role
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.explained import set_tooltip
from nnlab.ui.widgets.flow import ANY_SIZE

_ROOM_FOR_ARROW, _ROOM_FOR_FIGURE = 36, 86


class RunBar(QToolBar):
    """The buttons that start and stop training, and the figure everybody looks for."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__("Run")
        self.setObjectName("run-bar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._session, self._actions = session, actions
        self._theme = LIGHT
        self._faces: dict[str, Face] = {}
        self._make_buttons(actions)
        self._make_pace(actions)
        self._make_figures()
        self.line = RunLine()
        _stand_for(actions["mend"], self.line.mend)
        steering = (self.reset, self.run, self.pace, self.batch, self.epoch, self.stops)
        figures = (label(" "), self.line, self._caption, self._figure)
        for widget in (*steering, *figures, self.theme, self.runs, self.inspector):
            self.addWidget(widget)
        session.situation_changed.connect(self.show_situation)
        session.progressed.connect(self.show_progress)

    def _make_buttons(self, actions: Actions) -> None:
        """Each stands for a row of the table of actions."""
        self.reset = QToolButton()
        self.reset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.reset.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu = QMenu(self.reset)
        menu.addActions([actions["reset"], actions["reset_new_seed"]])
        self.reset.setMenu(menu)
        self.run = QPushButton()
        self.run.setObjectName("primary")
        self.run.setFixedWidth(104)
        self.batch, self.epoch, self.theme, self.inspector = QPushButton(), QPushButton(), QToolButton(), QToolButton()
        self.stops, self.runs = QToolButton(), QToolButton()
        for flat in (self.theme, self.stops, self.runs):
            flat.setObjectName("flat")
        self.buttons: dict[str, QAbstractButton] = {
            "reset": self.reset,
            "run": self.run,
            "batch": self.batch,
            "epoch": self.epoch,
            "stop_when": self.stops,
            "other_theme": self.theme,
            "runs": self.runs,
            "inspector": self.inspector,
        }
        for name, button in self.buttons.items():
            if name != "run":
                _stand_for(actions[name], button)
        _stand_for(actions["run"], self.run, self._press_run)

    def _press_run(self) -> None:
        """After the end the button says that it continues; the key, which may be pressed by mistake, asks first."""
        last = self._actions["continue"]
        (last if last.isEnabled() else self._actions["run"]).trigger()

    def _make_pace(self, actions: Actions) -> None:
        """How fast Run goes: a list beside it."""
        self.pace = QToolButton()
        self.pace.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.pace.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pace.setAccessibleName("Speed")
        widest = max(self.pace.fontMetrics().horizontalAdvance(pace_text(pace)) for pace in PACES)
        self.pace.setFixedWidth(widest + _ROOM_FOR_ARROW)
        keys = " or ".join(f"{name} ({keys_text(ACTIONS[name])})" for name in ("slower", "faster"))
        self.pace.setToolTip(f"How fast Run goes; {keys}")
        menu = QMenu(self.pace)
        menu.addActions([actions[name] for name, row in ACTIONS.items() if row.group == "pace"])
        menu.aboutToShow.connect(actions.show_choices)
        self.pace.setMenu(menu)

    def _make_figures(self) -> None:
        """How far it is, and how good."""
        self._caption = Elided("muted")
        self._caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._figure = Elided("headline")
        self._figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def apply_theme(self, theme: Theme) -> None:
        """Icons in the theme's colours."""
        self._theme = theme
        self._faces.clear()
        self.show_situation(self._session.situation)
        self.show_progress(self._session.progress)

    def show_situation(self, situation: Situation) -> None:
        """What each button does now."""
        self.pace.setText(f"{pace_text(situation.pace)} ▾")
        self.line.show_situation(situation)
        for name, button in self.buttons.items():
            face = ACTIONS[name].face(situation)
            if self._faces.get(name) == face:
                continue
            self._faces[name] = face
            button.setText(face.word)
            if button is self.stops:
                # A narrow window has no room for what says nothing.
                button.setMaximumWidth(ANY_SIZE if face.word else 0)
            button.setAccessibleName(face.word or ACTIONS[name].help)
            button.setToolTip(tooltip_of(ACTIONS[name], face))
            if face.icon:
                colors = {"primary": self._theme.on_accent, "flat": self._theme.muted}
                button.setIcon(icon(face.icon, colors.get(button.objectName(), self._theme.text)))

    def show_progress(self, progress: Progress) -> None:
        """Bar and figures for where the run is."""
        model = self._session.running.model if self._session.running else ModelSettings
        loss = model.loss_title
        hint = f"press {ways_to(ACTIONS['run'], self._session.situation)} to train"
        self.line.show_progress(progress, self._session.history, loss, hint)
        caption, figure = _headline(self._session.history, progress.moment.kept_epoch, loss)
        # The weights that had this figure are no longer all there.
        whole = f"{caption} before the edit" if caption and progress.moment.is_edited else caption
        # What is wrong has the room first: a figure without a name can be read, half of a name cannot.
        self._caption.offer(whole, caption, caption.partition(" ")[0], "")
        is_explained = model.loss_help and caption.endswith(loss)
        set_tooltip(self._caption, f"{whole}: {model.loss_help}" if is_explained else "")
        self._figure.setText(figure)
        set_tooltip(self._figure, self._caption.toolTip() or whole)
        # Empty it leaves its room to what stops Run.
        self._figure.setMinimumWidth(max(_ROOM_FOR_FIGURE, self._figure.sizeHint().width()) if figure else 0)
        set_role(self._figure, "outdated" if progress.moment.is_edited else "headline")


def _stand_for(action: QAction, button: QAbstractButton, press: Callable[[], None] | None = None) -> None:
    """A press does what the action does, or something else, while the action can be done."""
    button.setCheckable(action.isCheckable())
    button.setChecked(action.isChecked())
    button.setEnabled(action.isEnabled())
    # Each has a key or a menu entry. With the focus, Space would press it: reset the run, or change the theme.
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.clicked.connect(press or action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    action.toggled.connect(button.setChecked)


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
