"""What stands beside the buttons of the toolbar: how far the run is; or why there is nothing to run, and what mends it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QSpacerItem, QWidget

from nnlab.probes import Moment
from nnlab.training.history import History
from nnlab.ui.activity import Activity
from nnlab.ui.messages import Progress
from nnlab.ui.remedies import remedy_of, shorter
from nnlab.ui.situation import Situation
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.explained import literally, set_tooltip


class RunLine(QWidget):
    """One line, that gives way in a narrow window, so that no button is lost."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMinimumWidth(24)
        self.bar.setMaximumWidth(80)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress of training")
        # Its hint is small, so that in a narrow window the figures beside it give way no more than it does.
        self.where = Elided("muted", 120)
        self.where.setMinimumWidth(24)
        self.where.setMaximumWidth(340)
        self.reason = Elided("error")
        self.mend = QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self.bar, self.where):
            part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.reason.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        for widget, stretch in ((self.bar, 0), (self.where, 1), (self.reason, 0), (self.mend, 0)):
            row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacerItem(QSpacerItem(0, 0, QSizePolicy.Policy.Expanding))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_situation(self, situation: Situation) -> None:
        """What stops Run takes the place of how far it is."""
        remedy = remedy_of(situation)
        for widget in (self.bar, self.where):
            widget.setVisible(remedy is None)
        self.reason.setVisible(remedy is not None)
        self.mend.setVisible(remedy is not None and bool(remedy.words))
        if remedy is not None:
            self.reason.offer(remedy.reason, *shorter(remedy.reason))
            self.reason.setToolTip(literally(remedy.detail))
            self.mend.setText(remedy.words)

    def show_progress(self, progress: Progress, history: History, loss: str, hint: str) -> None:
        """How far it is; before the first step what to press."""
        self.bar.setValue(round(1000 * progress.step / progress.total) if progress.total else 0)
        text, explained = _where_text(progress, history, loss, hint)
        self.where.offer(*text)
        set_tooltip(self.where, literally(explained))


def _where_text(progress: Progress, history: History, loss: str, hint: str) -> tuple[tuple[str, ...], str]:
    """What is shown, with shorter words for less room; and the whole of it."""
    if progress.activity is Activity.LOADING:
        return ("loading …",), ""
    if not progress.step:
        return (hint if progress.activity is Activity.IDLE else "",), progress.reason
    text = f"epoch {progress.epoch:,}/{progress.epochs:,}"
    if progress.activity is Activity.FINISHED:
        if progress.moment.is_edited:
            return (progress.moment.words,), progress.reason
        kept = kept_text(progress.moment, history, loss)
        if kept:
            return (kept, kept.partition(" (")[0]), kept_help(kept, progress)
        return (f"complete: {progress.reason}", "complete"), ""
    if progress.rate:
        return (f"{text}   {progress.rate:,.0f} examples/s", text), progress.reason
    return (text,), progress.reason


def kept_text(moment: Moment, history: History, loss: str) -> str:
    """Of which epoch the model is at the end, and why of that; nothing where it is of the last one."""
    if not moment.kept_epoch or moment.kept_epoch == moment.epoch:
        return ""
    if history.best.get("epoch") != moment.kept_epoch:
        return f"complete: model of epoch {moment.kept_epoch:,}"
    has_validation = history.best["validation_loss"] == history.best["validation_loss"]
    why = f"best validation {loss}" if has_validation else f"lowest training {loss}"
    return f"complete: model of epoch {moment.kept_epoch:,} ({why})"


def kept_help(kept: str, progress: Progress) -> str:
    """What it means that the model is an earlier one, and what comes next."""
    return (
        f"{kept.capitalize()}. The parameters of that epoch were put back, since training.keep is 'best': views show that "
        f"model, and it is what is saved. Of {progress.epoch:,} epochs it was the best; Continue goes on from it."
    )
