"""How many examples more, or fewer, one run takes for another class than a second run does."""

from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.probes.confusion import ConfusionMatrix
from nnlab.probes.selection import PART_ADJECTIVES
from nnlab.ui.theme import Theme, signed_indices, signed_lut
from nnlab.ui.views.confusion import ConfusionView
from nnlab.ui.views.parts.color_bar import SignedColorBar
from nnlab.ui.views.view import Table, step_up


@dataclass(frozen=True, eq=False)
class ConfusionDifference:
    """The second less the first.   confusion (classes, classes), true class by row"""

    confusion: Array
    first: ConfusionMatrix
    second: ConfusionMatrix
    problem: str = ""

    @property
    def part(self) -> str:
        """Of the data."""
        return self.second.part


class ConfusionDifferenceView(ConfusionView):
    """Blue where the second run says it more often, orange where less; on the diagonal that is better and worse."""

    title = "Confusion difference"
    # Scores of differences would be none.
    has_scores = False
    empty_text = "The difference of the two confusion matrices appears here, where both runs tell the same classes apart."

    def __init__(self) -> None:
        super().__init__()
        self.table.hide()
        self._bar = SignedColorBar(whole=True)
        self.beside = self._bar.minimumWidth()
        self.canvas.addItem(self._bar, row=0, col=1)

    def draw(self, answer: ConfusionDifference) -> None:  # type: ignore[override]
        """Only when it has changed."""
        if not (answer.first.is_fresh and answer.second.is_fresh):
            # The rest comes with the next look.
            self.wants_changed.emit()
        apart = answer.confusion
        self._hover(self._mouse)
        self.widest = _more(int(np.abs(apart).max(initial=0)))
        self._fit()
        if self._drawn is not None and np.array_equal(self._drawn, apart):
            return
        self._drawn = apart
        bound = step_up(float(np.abs(apart).max(initial=0)))
        self._bar.set_bound(bound)
        self.image.setImage(
            signed_indices(apart.astype(np.float32), bound), autoLevels=False, levels=(0, 255), lut=signed_lut(self.theme)
        )
        # What is strong is dark enough for light letters, in both themes.
        strong = self.theme.text if self.theme.is_dark else self.theme.on_accent
        for text, number in zip(self._numbers, apart.flat, strict=False):
            text.setText(_more(int(number)) if number else "")
            text.setColor(strong if abs(number) > 0.6 * bound else self.theme.text)
        self._plot.setRange(xRange=(0, len(apart)), yRange=(0, len(apart)), padding=0.01)

    def recolor(self, theme: Theme) -> None:
        """Axes and bar; cells follow with the next drawing."""
        super().recolor(theme)
        self._bar.recolor(theme)

    def csv_columns(self) -> Table:
        """One row per true class: its name, then how many more were taken for each class."""
        apart = self.answer.confusion
        counts = {f"predicted {name}": list(apart[:, index]) for index, name in enumerate(self._names)}
        return {"true class": list(self._names), **counts}

    def _headline(self) -> str:
        answer: ConfusionDifference = self.answer
        better = int(np.trace(answer.confusion))
        total = int(answer.second.confusion.sum())
        words = f"{abs(better):,} {'more' if better >= 0 else 'fewer'} of {total:,}"
        return f"{words} {PART_ADJECTIVES[answer.part]} examples are classified right by the second run"

    def _spot_text(self, row: int, column: int) -> str:
        counts = [picture.confusion[row, column] for picture in (self.answer.first, self.answer.second)]
        names = f"{self._names[row]} predicted as {self._names[column]}"
        return f"{names}: {counts[0]:,} and {counts[1]:,}, {_more(int(counts[1] - counts[0]))}"


def _more(count: int) -> str:
    """+2, −1."""
    return f"{count:+,}".replace("-", "−")


def difference_of_confusions(first: ConfusionMatrix, second: ConfusionMatrix) -> ConfusionDifference | str:
    """The second less the first; or why there is none, in a sentence."""
    for picture in (first, second):
        if picture.problem:
            return picture.problem
    if first.class_names != second.class_names:
        return "The two runs tell different classes apart, which cannot be compared cell by cell."
    if first.part != second.part:
        one, other = (PART_ADJECTIVES[each.part] for each in (first, second))
        return f"One run has {one} examples to be tested on, the other {other} examples."
    return ConfusionDifference(second.confusion - first.confusion, first, second)
