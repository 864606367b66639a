"""One experiment from several seeds under the present run: a band on each panel whose figure they have in common."""

from dataclasses import dataclass

from PySide6.QtGui import QColor

from nnlab.models.model import ONE_PHASE, Phase
from nnlab.training.history import History
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views.curves.band import Band, band_of
from nnlab.ui.views.curves.lines import lines_in_panel
from nnlab.ui.views.curves.overlaid_legend import LegendEntry
from nnlab.ui.views.curves.overlaid_run import Figures
from nnlab.ui.views.curves.panels import Panels
from nnlab.ui.views.view import Table
from nnlab.words import figure

# No run has it.
_NUMBER = -1


@dataclass(frozen=True, eq=False)
class SeedRuns:
    """name: what they are called: 9 seeds    title: all that is known of them, in a line"""

    name: str
    title: str
    histories: tuple[History, ...]
    figures: Figures
    phases: tuple[Phase, ...] = ONE_PHASE


class SeedBands:
    """Computed when the runs, the axis or the smoothing change, and not while the present run is drawn."""

    def __init__(self, panels: Panels) -> None:
        self._panels, self._theme = panels, LIGHT
        self.runs: SeedRuns | None = None
        self.bands: dict[str, Band] = {}  # by panel
        self.right = 0.0

    def draw(self, runs: SeedRuns | None, present: Figures, axis: str, width: float) -> None:
        """These runs, as far as they can be compared with the present one, or none."""
        self.runs, self.bands = runs, {}
        for name, panel in self._panels.items():
            if runs is not None and _is_shared(runs.figures, name, present):
                title = self._panels.titles[name]
                lines = [lines_in_panel(one, name, axis, width, runs.phases, title) for one in runs.histories]
                self.bands[name] = band_of(lines)
            panel.show_band(self.bands.get(name))
        # Longer training on other data would only make the present curves small.
        is_other = runs is not None and runs.figures.is_of_other_data(present)
        self.right = 0.0 if is_other else max((band.right for band in self.bands.values()), default=0.0)

    def apply_theme(self, theme: Theme) -> None:
        """The line of names has its colour; the panels know it."""
        self._theme = theme

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return not any(len(band.x) for band in self.bands.values())

    @property
    def entries(self) -> list[LegendEntry]:
        """What it is, for the line of names."""
        if self.runs is None or self.is_empty:
            return []
        line = next(band.line for band in self.bands.values() if len(band.x))
        text = f"{self.runs.name}, {line}: mean, ± deviation, range"
        return [LegendEntry(_NUMBER, text, QColor(self._theme.muted), self.runs.title)]

    def words_at(self, x: float) -> tuple[str, ...]:
        """What it says at a place of the axis: 9 seeds: loss 0.31 ± 0.04, 0.25 to 0.38."""
        parts = []
        for name, band in self.bands.items():
            if (place := band.at(x)) is not None:
                mean, deviation, low, high = (each[place] for each in (band.mean, band.deviation, band.low, band.high))
                title = self._panels[name].plot.getAxis("left").labelText
                parts.append(f"{title} {figure(mean)} ± {figure(deviation, 2)}, {figure(low)} to {figure(high)}")
        return (f"{self.runs.name}: {'; '.join(parts)}",) if self.runs is not None and parts else ()

    def csv_columns(self) -> Table:
        """Its numbers: "9 seeds loss mean"."""
        table: Table = {}
        for name, band in self.bands.items():
            columns = {
                "at": band.x,
                "mean": band.mean,
                "deviation": band.deviation,
                "lowest": band.low,
                "highest": band.high,
            }
            if self.runs is not None and len(band.x):
                table |= {f"{self.runs.name} {band.line} {name} {word}": list(each) for word, each in columns.items()}
        return table


def _is_shared(figures: Figures, name: str, present: Figures) -> bool:
    shares_score = bool(figures.score) and figures.score == present.score
    shares_energy = bool(figures.energy) and figures.energy == present.energy
    return {"score": shares_score, "free_energy": shares_energy, "learning_rate": False}.get(
        name, figures.loss == present.loss
    )
