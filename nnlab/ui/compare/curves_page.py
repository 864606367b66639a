"""The curves of all runs on one plot: those of Curves, without a present run."""

from collections.abc import Sequence

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnlab.experiments.journal.differing import telling_words
from nnlab.training.history import History
from nnlab.ui.compare.compared_run import ComparedRun
from nnlab.ui.theme import Theme
from nnlab.ui.views.curves.curves import CurvesView
from nnlab.ui.views.curves.overlaid_run import OverlaidRun, figures_of
from nnlab.words import printable


class CurvesPage(QWidget):
    """What of a run cannot lie on the axes of the first says so beside its name."""

    def __init__(self) -> None:
        super().__init__()
        self.view = CurvesView()
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 8, 0, 0)
        outline.addWidget(self.view)

    def show_runs(self, runs: Sequence[ComparedRun], colors: Sequence[QColor], is_new: bool) -> None:
        """As they are now."""
        names = telling_words([run.record.settings for run in runs])
        overlaid = [_overlaid(*each) for each in zip(runs, colors, names, strict=True)]
        if is_new and runs:
            first = runs[0]
            model, longest = first.experiment.model, max(run.experiment.training.epochs for run in runs)
            empty = History(score=first.history.score)
            self.view.begin(empty, model.predicts_targets, longest, model.phases, overlaid[0].figures)
        self.view.show_runs(overlaid, None)

    def apply_theme(self, theme: Theme) -> None:
        """To the plots."""
        self.view.apply_theme(theme)


def _overlaid(run: ComparedRun, color: QColor, name: str) -> OverlaidRun:
    model = run.experiment.model
    figures = figures_of(model, run.record.settings, run.history.score.title)
    called = printable(run.record.name)
    title = " · ".join(text for text in (called, name) if text)
    return OverlaidRun(run.number, name or called, title, color, run.history, figures, model.phases)
