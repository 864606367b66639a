"""The log-likelihood of the machine, estimated when asked for, on a thread of its own."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from nnlab.probes import Answer, Moment
from nnlab.probes.analyses.likelihood import LikelihoodEstimate, estimate_likelihood
from nnlab.ui.jobs import Job
from nnlab.ui.services import Services
from nnlab.ui.views.parts.stamp import stamp
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.explained import explain

_ESTIMATE = "Estimate log-likelihood"


class LikelihoodEstimator(QWidget):
    """A button that begins the estimate, tells how far it is and cancels it; what came out stands in `result`, a line that
    the view puts where there is room.
    """

    def __init__(self) -> None:
        super().__init__()
        self.services: Services | None = None
        self._job: Job | None = None
        self.result = label("", "muted")
        self.result.setWordWrap(True)
        self.result.hide()
        self.button = QPushButton(_ESTIMATE)
        self.button.setFixedWidth(172)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        explain(
            self.button,
            "How likely the machine holds examples to be, in nats: a higher mean explains the data better, and a training "
            "part far above the test part is overfitting.\nlog p(v) = −F(v) − log Z by annealed importance sampling "
            "(Salakhutdinov and Murray 2008): 100 chains over 2,000 temperatures, on a copy of the machine as it is now; "
            "some ten seconds",
        )
        self.button.clicked.connect(self._begin_or_cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)

    def forget(self) -> None:
        """Another machine: what is known of the last one, or would be soon, is not about this one."""
        self._tell("")
        if self._job is not None:
            self._job.cancel()

    def _begin_or_cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
        elif self.services is not None:
            job = self._job = self.services.start_job("Log-likelihood", estimate_likelihood)
            self._tell("")
            self.button.setText("Cancel")
            job.progressed.connect(self._show_share)
            job.done.connect(self._show)
            job.failed.connect(self._tell)
            job.ended.connect(self._end)

    def _show_share(self, what: str, share: float) -> None:
        self.button.setText(f"Cancel ({share:.0%})")

    def _show(self, found: Answer) -> None:
        self._tell(estimate_text(found.value, found.moment))
        explain(
            self.result,
            "Mean over up to 2,000 examples of each part, pixels drawn as black or white by their grey; log Z with its "
            "interval of three standard errors",
        )

    def _tell(self, text: str) -> None:
        self.result.setText(text)
        self.result.setVisible(bool(text))

    def _end(self) -> None:
        self._job = None
        self.button.setText(_ESTIMATE)


def estimate_text(estimate: LikelihoodEstimate, moment: Moment) -> str:
    """log p(v): training -92.1, validation -94.0 nats, log Z 456.2 (454.9 ... 457.3), as of step 180."""
    parts = [("training", estimate.train), ("validation", estimate.validation), ("test", estimate.test)]
    means = ", ".join(f"{name} {value:.1f}" for name, value in parts if not math.isnan(value))
    z = estimate.partition
    annealed = f"log Z {z.value:.1f} ({z.low:.1f} … {z.high:.1f})"
    exact = estimate.exact_partition
    words = annealed if exact is None else f"log Z {exact:.2f} exactly, {annealed.removeprefix('log Z ')} by annealing"
    return f"log p(v): {means} nats · {words} · {stamp(moment)}"
