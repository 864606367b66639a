"""Steering the run: what Run, Pause, Batch, Epoch, Continue and Reset do."""

from dataclasses import replace

from nnlab.ui.activity import Activity
from nnlab.ui.resolver import Resolver


class Steering(Resolver):
    """What a person can do with the run that there is, and how a fresh one is begun."""

    def run_or_pause(self) -> None:
        """Run if standing, pause if running. A diverged run starts afresh; after the end one is asked whether to go on.

        While a file is read that is to be opened it is that which will run, and while data is loaded what learns from it.
        """
        now, wanted = self.situation, self._wish.wanted
        if wanted is not None:
            self._change_wish(wanted=replace(wanted, plays=True))
        elif now.can_continue and not now.offers_more:
            self._offered_at = self.progress.moment
            self._tell()
        elif now.has_data and now.activity is Activity.RUNNING:
            self._link.pause.emit()
        elif now.has_data and now.activity is Activity.DIVERGED:
            self.restart()
        else:
            self._change_wish(plays=True, waits=False)
            self._resolve()

    def pause(self) -> None:
        """Stop between two steps."""
        self._change_wish(plays=False)
        self._link.pause.emit()

    def go_on(self) -> None:
        """After its end the run trains for as many epochs again."""
        if self.situation.can_continue:
            self._change_wish(plays=True, waits=False)
            self._resolve()

    def offer_no_more(self) -> None:
        """The question whether to go on was put away: Space asks anew."""
        self._offered_at = None
        self._tell()

    def step_batch(self) -> None:
        """One update, after the end one more; in the past one step forth."""
        if self.travel.is_past:
            self.travel.step_by(1)
        else:
            self._go_on_by_one()
            self._link.step_batch.emit()

    def step_epoch(self) -> None:
        """To the end of the epoch, which in the past was reached long ago; after the end one more epoch."""
        if self.travel.is_past:
            self.travel.epoch_by(1)
        else:
            self._go_on_by_one()
            self._link.step_epoch.emit()

    def _go_on_by_one(self) -> None:
        """Where there is no step left, the run becomes an epoch longer.

        One that was made longer already stands at its new end without having been told that it is over.
        """
        now, progress = self.situation, self.progress
        was_prolonged = progress.epochs > now.more_epochs and progress.step >= progress.total > 0
        if now.can_continue or (was_prolonged and now.activity is Activity.PAUSED):
            self._lift_end(1)

    def set_pace(self, pace: float) -> None:
        """Train so many steps a second from now on."""
        self.runs.set_pace(pace)
        self._tell()

    def reset(self) -> None:
        """A fresh run of the experiment as it is now, from the same seed."""
        self._begin_anew(plays=False)

    def _begin_anew(self, plays: bool) -> None:
        now = self.situation
        if now.problem:
            return
        if now.has_learned and not now.wish.begins_anew:
            self.edit_history.record(self._place)
        # What was opened and waits for its data goes on no more than the run that there is.
        opened = replace(now.wish.opened, continuation=None) if now.wish.opened else None
        # The data is looked at again: its file may have changed, or its encoder have been trained anew.
        self._change_wish(opened=opened, begins_anew=True, rereads=True, plays=plays or self._wish.plays, waits=False)
        self._resolve()

    def restart(self) -> None:
        """The same, and train."""
        self._begin_anew(plays=True)

    def take_advice(self) -> None:
        """Have the learning rate that is advised, in a fresh run where the present one is past help."""
        advice = self.situation.advice
        if advice is None or not advice.learning_rate:
            return
        training = replace(self.experiment.training, learning_rate=advice.learning_rate)
        self.edit(replace(self.experiment, training=training))
        if advice.restarts:
            self.restart()

    def reset_with_new_seed(self) -> None:
        """A fresh run from the next seed."""
        training = self.experiment.training
        self.edit(replace(self.experiment, training=replace(training, seed=(training.seed + 1) % 2**31)))
        self.reset()
