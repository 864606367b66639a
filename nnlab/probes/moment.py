"""Of which moment of a run something is: what every answer is stamped with."""

from dataclasses import dataclass

from nnlab.training.loop import TrainingRun


@dataclass(frozen=True)
class Moment:
    """Which parameters the model had: those of its last step, or those of an epoch that were put back at the end.

    What was found bit by bit while training went on is of several moments, the first after `since` updates. What training
    found itself at the end of an epoch is of that.
    """

    run: int = 0  # which run, as long as the program lasts; its copies are the same one
    step: int = 0  # updates made
    epoch: int = 0  # whole epochs done
    hand_edits: int = 0  # parameters changed by hand since the run began
    is_edited: bool = False  # whether some are not again what training had made of them
    kept_epoch: int = 0  # the epoch whose parameters were put back, if any were
    since: int | None = None
    end_of: int = 0  # the epoch at whose end it was, though `step` updates have been made by now

    @property
    def words(self) -> str:
        """For a person: after so many updates; or the epoch whose parameters the model has again."""
        return self._place + (", edited by hand" if self.is_edited else "")

    @property
    def _place(self) -> str:
        if self.kept_epoch:
            # Of the last one nothing had to be put back.
            is_last = self.kept_epoch == self.epoch
            return f"the end of epoch {self.epoch:,}" if is_last else f"epoch {self.kept_epoch:,}, restored"
        if self.end_of:
            return f"the end of epoch {self.end_of:,}"
        if self.since is not None and self.since < self.step:
            return f"steps {self.since:,} to {self.step:,}"
        return f"step {self.step:,}"

    @property
    def parameters(self) -> tuple[int, int, int, int]:
        """Two moments that are alike in this are of the same parameters, however they came about."""
        return self.run, self.step, self.hand_edits, self.kept_epoch

    def until(self, now: "Moment") -> str:
        """What has become of the model between this moment and another, in words; empty if nothing."""
        if (now.step, now.kept_epoch) != (self.step, self.kept_epoch):
            return f"the model is now at {now.words}"
        return "weights were changed by hand since" if now.hand_edits != self.hand_edits else ""


def moment_of(run: TrainingRun) -> Moment:
    """Between which steps the run stands."""
    return Moment(run.identity, run.step, run.epoch, run.hand_edits, bool(run.edited), run.kept_epoch)
