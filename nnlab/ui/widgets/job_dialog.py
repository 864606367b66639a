"""How far a job is, in a dialog of its own, for what is asked for from a menu."""

from math import isnan

from PySide6.QtWidgets import QProgressDialog, QWidget

from nnlab.ui.jobs import Job
from nnlab.ui.widgets.card import label

# What takes less is not worth a look at how far it is.
_MILLISECONDS = 700


def show_progress(job: Job, window: QWidget) -> None:
    """Until it has ended; the dialog cancels it."""
    job.ended.connect(JobDialog(job, window).end)


class JobDialog(QProgressDialog):
    """How far a job is, once it has taken a moment; the window can be used meanwhile."""

    def __init__(self, job: Job, window: QWidget) -> None:
        super().__init__("", "Cancel", 0, 0, window)
        self.setWindowTitle(job.title)
        # What is read may be called like markup.
        self.setLabel(label(""))
        self.setAutoClose(False)
        self.setAutoReset(False)
        self.setMinimumDuration(_MILLISECONDS)
        self.canceled.connect(job.cancel)
        job.progressed.connect(self._show_progress)

    def _show_progress(self, what: str, share: float) -> None:
        self.setLabelText(what)
        self.setRange(0, 0 if isnan(share) else 100)
        if not isnan(share):
            self.setValue(round(100 * share))

    def end(self) -> None:
        """The work is over."""
        self.canceled.disconnect()
        self.close()
        self.deleteLater()
