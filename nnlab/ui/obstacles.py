"""What stands between the experiment and a run of it: data that could not be had, or a model that does not suit the data."""

from nnlab.datasets import Dataset
from nnlab.datasets.drawn import is_blank
from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.mending import Mending, mending_of
from nnlab.ui.fitting import problem_of


class Obstacles:
    """Looked for when the experiment or its data has changed, and only then."""

    def __init__(self) -> None:
        self.problem = ""  # why the experiment cannot run on the data that is there
        self.mending: Mending | None = None  # what would solve it
        self.missing: NnlabError | None = None  # why the data that was asked for last could not be had
        self._looked_at: tuple[Experiment, Dataset | None] | None = None

    def look(self, experiment: Experiment, dataset: Dataset | None) -> None:
        """Whether the experiment can run on this data, which is there."""
        before, self._looked_at, self.missing = self._looked_at, (experiment, dataset), None
        if before is not None and before[1] is dataset and before[0] == experiment:
            return
        self.problem = problem_of(experiment, dataset)
        # Of a plane on which nothing was drawn no other model would learn anything.
        could_be_mended = bool(self.problem) and not is_blank(experiment.dataset.source)
        self.mending = mending_of(experiment, dataset) if could_be_mended and dataset is not None else None
