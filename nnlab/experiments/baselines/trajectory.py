"""What is known of a training that another process does: its curves, gathered from what it tells."""

import math

from nnlab.experiments.baselines.messages import Begun, Diverged, Ended, EpochEnd, Message, Steps
from nnlab.models.metrics import score_named
from nnlab.training import Step
from nnlab.training.history import History, epoch_columns


class Trajectory:
    """The history so far, of a training that goes as nnlab's own has begun."""

    def __init__(self, begun: Begun) -> None:
        self.history = History(score=score_named(begun.score))
        self._batches, self._batch_size = max(begun.batches, 1), begun.batch_size
        self.step = 0
        self.epochs = 0  # whole ones
        self.seconds = 0.0
        self.ended: Ended | None = None
        self.diverged_at = 0  # the step whose loss is no number

    def take(self, message: Message) -> None:
        """One more."""
        match message:
            case Steps():
                self.history.extend([self._step(*row) for row in message.rows])
                self.step, self.seconds = message.rows[-1][0], message.seconds
                self.history.note_time(self.step, self.seconds)
            case EpochEnd():
                self._end_epoch(message)
            case Ended():
                self.ended, self.seconds = message, message.seconds
            case Diverged():
                self.diverged_at = message.step

    @property
    def epoch(self) -> float:
        """How many epochs, with fractions; what is solved in one step has seen one."""
        return max(self.step / self._batches, float(self.epochs))

    @property
    def last(self) -> dict[str, float]:
        """The figures of the last epoch by their columns' names, if one has ended; and of the test, at the end."""
        ended, figures = self.ended, last_figures(self.history)
        if ended is not None and ended.test_loss is not None:
            figures["test_loss"] = ended.test_loss
            figures |= {f"test_{self.history.score.name}": ended.test_score} if ended.test_score is not None else {}
        return figures

    def _step(self, number: int, loss: float, score: float | None, rate: float) -> Step:
        epoch, batch = divmod(number - 1, self._batches)
        told = math.nan if score is None else score
        return Step(number, epoch + 1, batch + 1, self._batches, self._batch_size, loss, told, rate, None)

    def _end_epoch(self, end: EpochEnd) -> None:
        self.epochs = end.epoch
        figures = (end.train_loss, end.train_score, end.validation_loss, end.validation_score)
        told = [math.nan if figure is None else figure for figure in figures]
        names = epoch_columns(self.history.score.name)
        row = dict(zip(names, (float(end.step), float(end.epoch), *told), strict=True))
        self.history.end_epoch(row, self._is_best(row))

    def _is_best(self, row: dict[str, float]) -> bool:
        """By the validation loss, or by the training loss where nothing is held back."""
        best = self.history.best
        judged = "train_loss" if math.isnan(row["validation_loss"]) else "validation_loss"
        return not best or row[judged] < best[judged]


def last_figures(history: History) -> dict[str, float]:
    """Of the last epoch that has ended; none before the first has."""
    if not len(history.epochs["epoch"]):
        return {}
    return {name: float(column.values[-1]) for name, column in history.epochs.items()}
