"""The runs that lie under the present one, on all panels: which are drawn where, and which of them the mouse means."""

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QPointF

from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views.curves.lines import Lines, lines_in_panel
from nnlab.ui.views.curves.overlaid_lines import OverlaidLine
from nnlab.ui.views.curves.overlaid_run import Figures, OverlaidRun
from nnlab.ui.views.curves.panel import Panel
from nnlab.ui.views.curves.panels import Panels

# So near, in pixels, the mouse has to be to a line to mean it.
_NEAR = 14.0


class Overlay:
    """Lines are computed when the runs, the axis or the smoothing change, and not while the present run is drawn."""

    def __init__(self, panels: Panels) -> None:
        self._panels = panels
        self._theme, self._is_dimmed = LIGHT, False
        self.runs: tuple[OverlaidRun, ...] = ()
        self.right = 0.0  # how far the longest of those that are drawn reaches, of those of the present run's data

    def draw(self, runs: Sequence[OverlaidRun], present: Figures, axis: str, width: float) -> None:
        """These runs, as far as they can be compared with the present one."""
        self.runs, self.right = tuple(runs), 0.0
        for name, panel in self._panels.items():
            drawn = []
            for run in runs:
                if self._is_shared(run, name, present):
                    drawn.append(OverlaidLine(run.number, run.color, self._lines(run, name, axis, width), run.round))
                    if not run.figures.is_of_other_data(present):
                        self.right = max(self.right, drawn[-1].lines.right)
            panel.overlay(drawn)
            panel.overlaid.set_look(self._theme, self._is_dimmed)

    def _is_shared(self, run: OverlaidRun, name: str, present: Figures) -> bool:
        loss, score = run.shared_with(present)
        energy = loss and run.figures.energy == present.energy
        return {"score": score, "free_energy": energy, "learning_rate": True}.get(name, loss)

    def _lines(self, run: OverlaidRun, name: str, axis: str, width: float) -> Lines:
        return lines_in_panel(run.history, name, axis, width, run.phases, self._panels.titles[name])

    def set_look(self, theme: Theme, is_dimmed: bool) -> None:
        """In the colours of a theme, dimmed while the present run trains."""
        self._theme, self._is_dimmed = theme, is_dimmed
        for panel in self._panels.values():
            panel.overlaid.set_look(theme, is_dimmed)

    def emphasize(self, number: int | None) -> None:
        """Draw one of the runs stronger, or none."""
        for panel in self._panels.values():
            panel.overlaid.emphasize(number)

    def nearest(self, panel: Panel, position: QPointF) -> int | None:
        """The number of the run whose line is nearest to a place of the scene; None where that is the present one's, or none
        is near.
        """
        box = panel.plot.getViewBox()
        point, (_, pixel) = box.mapSceneToView(position), box.viewPixelSize()
        distances = {line.number: _distance(panel, line.lines, point) / pixel for line in panel.overlaid.shown}
        number = min(distances, key=distances.__getitem__, default=-1)
        if number < 0 or distances[number] > min(_NEAR, _distance(panel, panel.lines, point) / pixel):
            return None
        return number


def labels(runs: Iterable[OverlaidRun], present: Figures) -> dict[int, str]:
    """What each is called in the legend, with what of it is missing here."""
    found = {}
    for run in runs:
        words, is_other = run.missing(present), run.figures.is_of_other_data(present)
        label = f"run {run.number:,} · {run.name}" if is_other and run.number else run.label
        found[run.number] = f"{label} ({words})" if words else label
    return found


def _distance(panel: Panel, lines: Lines, point: QPointF) -> float:
    """How far above or below the nearer of its lines a place is, in units of the axis; of a place beside them infinitely."""
    heights = []
    for x, y in ((lines.x, lines.mean), (lines.ends, lines.validation)):
        if len(x) and x[0] <= point.x() <= x[-1]:
            heights.append(panel.height_of(float(np.interp(point.x(), x, y))))
    return min((abs(height - point.y()) for height in heights if np.isfinite(height)), default=np.inf)
