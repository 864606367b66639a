"""Mean and spread of the seeds in Curves: under the present run as long as that is of the same experiment."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.records import flat_settings
from nnlab.experiments.seeds.seed_sweep import seeds_of
from nnlab.ui.seeds.reader import CurvesSeen, SeedsReader
from nnlab.ui.session import Session
from nnlab.ui.views.curves.overlaid_run import figures_of
from nnlab.ui.views.curves.seed_bands import SeedRuns
from nnlab.words import counted, printable

# Fewer have no spread.
_FEWEST = 2


class Banding(QObject):
    """`changed` tells what is to lie in Curves."""

    changed = Signal(object)  # SeedRuns or None

    def __init__(self, parent: QObject, session: Session, reader: SeedsReader) -> None:
        super().__init__(parent)
        self._session = session
        self._seen: CurvesSeen | None = None
        self._is_wanted = True
        self._told: SeedRuns | None = None
        reader.curved.connect(self._take)
        session.experiment_changed.connect(lambda _: self._tell())

    def want(self, is_wanted: bool) -> None:
        """Show them, or take them away."""
        self._is_wanted = is_wanted
        self._tell()

    def forget(self) -> None:
        """Other seeds are looked at, of which there is nothing yet."""
        self._seen = None
        self._tell()

    def _take(self, seen: CurvesSeen) -> None:
        self._seen = seen
        self._tell()

    def _tell(self) -> None:
        seen = self._seen
        wanted = _runs_of(seen) if self._is_wanted and seen is not None and self._fits(seen) else None
        if wanted is not None or self._told is not None:
            self._told = wanted
            self.changed.emit(wanted)

    def _fits(self, seen: CurvesSeen) -> bool:
        return len(seen.histories) >= _FEWEST and is_same(seen.sweep.base, self._session.experiment)


def is_same(one: Experiment, other: Experiment) -> bool:
    """Whether two experiments differ at most in what they are called, their seed, how long and until when they train."""
    return _without_seed(one) == _without_seed(other)


def _without_seed(experiment: Experiment) -> Experiment:
    training = replace(experiment.training, seed=0, epochs=1, stop_when=())
    return replace(experiment, name="", training=training)


def _runs_of(seen: CurvesSeen) -> SeedRuns:
    base, histories = seen.sweep.base, tuple(seen.histories.values())
    wanted = len(seeds_of(seen.sweep))
    name = counted(len(histories), "seed") if len(histories) == wanted else f"{len(histories)} of {counted(wanted, 'seed')}"
    figures = figures_of(base.model, flat_settings(base), histories[0].score.title)
    title = f"{printable(base.name)}: seeds {', '.join(map(str, seen.histories))}, as far as each has come"
    return SeedRuns(name, title, histories, figures, base.model.phases)
