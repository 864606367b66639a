"""The panels beside each other: one for each quantity, none of which shares an axis with another."""

from collections.abc import Iterator

from nnlab.models.model import Phase
from nnlab.training.history import History
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views.curves.panel import Panel
from nnlab.ui.views.curves.reading import ENERGY_GAP, RATE
from nnlab.ui.views.curves.said import Said
from nnlab.ui.widgets.canvas import Canvas

# From left to right. What lies in another place than its neighbours' would be taken for theirs.
ORDER = ("loss", "pretraining", "score", "free_energy", "learning_rate")

_FIRST_EPOCH = "The gap between the free energies of training and validation examples appears here when an epoch ends."


class Panels:
    """Those that a run has are shown, and are made when the first run has them: a plot takes ten milliseconds to make.

    Of a stack that is pretrained the error of its machines has a panel beside that of the loss.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._theme = LIGHT
        self._all: dict[str, Panel] = {}
        self.said_of_energy: Said | None = None  # made with the panel that it stands in
        self.titles: dict[str, str | None] = {}  # of phases' losses, where a panel has those of some phases alone
        self.show({"loss": "loss", "score": "score"})

    def __getitem__(self, name: str) -> Panel:
        return self._all[name]

    def __contains__(self, name: str) -> bool:
        return name in self.titles

    def __iter__(self) -> Iterator[str]:
        return iter(self.titles)

    def values(self) -> list[Panel]:
        """Those that are shown, from left to right."""
        return [self._all[name] for name in self.titles]

    def items(self) -> list[tuple[str, Panel]]:
        """The same with their names."""
        return [(name, self._all[name]) for name in self.titles]

    def begin(self, history: History, phases: tuple[Phase, ...], has_score: bool, has_energy: bool, has_rate: bool) -> None:
        """Those of a run of these phases."""
        last = phases[-1].loss_title
        other = next((phase.loss_title for phase in phases if phase.loss_title != last), None)
        found = {"loss": last}
        if other is not None:
            found["pretraining"] = other
        if has_score:
            found["score"] = history.score.title
        if has_energy:
            found["free_energy"] = ENERGY_GAP
        if has_rate:
            found["learning_rate"] = RATE
        self.show(found)
        self._all["score"].write_shares(history.score.is_share)
        self.titles = {
            name: found[name] if other is not None and name in ("loss", "pretraining") else None for name in found
        }

    def show(self, titles: dict[str, str]) -> None:
        """These, called so."""
        for name in [name for name in self.titles if name not in titles]:
            self._all[name].plot.hide()
            self._canvas.removeItem(self._all[name].plot)
        for column, name in enumerate(ORDER):
            if name not in titles:
                continue
            is_new = name not in self._all
            panel = self._all[name] if not is_new else self._new(name)
            if is_new or name not in self.titles:
                self._canvas.addItem(panel.plot, row=0, col=column)
                panel.plot.show()
            panel.plot.setLabel("left", titles[name])
        self.titles = dict.fromkeys(name for name in ORDER if name in titles)

    def tell_of_energy(self) -> None:
        """Of a Boltzmann machine's free energies there is nothing to draw before an epoch has ended."""
        waits = "free_energy" in self and self._all["free_energy"].is_empty
        if waits and self.said_of_energy is None:
            self.said_of_energy = Said(self._canvas, self._all["free_energy"].plot)
        if self.said_of_energy is not None:
            self.said_of_energy.setText(_FIRST_EPOCH if waits else "")

    def apply_theme(self, theme: Theme) -> None:
        """Also of those that are made later."""
        self._theme = theme
        for panel in self._all.values():
            panel.apply_theme(theme)

    def _new(self, name: str) -> Panel:
        panel = self._all[name] = Panel(name == "score", has_labels=name == "loss")
        panel.apply_theme(self._theme)
        if name != "loss":
            panel.plot.setXLink(self._all["loss"].plot)
        return panel
