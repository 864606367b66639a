"""A network as it is drawn: what pictures and captions of its columns go by."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QFontMetricsF

from nnlab.probes import Selection
from nnlab.probes.network import NetworkNumbers
from nnlab.ui.theme import Theme
from nnlab.ui.views.network.layout import Frame
from nnlab.ui.views.network.wires import Joint
from nnlab.ui.views.view import step_up


@dataclass
class Scales:
    """What the colours of each column, and the thickness of its lines, reach to. They change in steps and do not flicker."""

    bounds: dict[tuple[str, int, bool], float] = field(default_factory=dict)

    def follow(self, what: str, place: int, gradients: bool, values: np.ndarray) -> float:
        """The bound for these values: up at once, down only when they have faded to under 0.4 of it."""
        key = (what, place, gradients)
        finite = np.abs(values[np.isfinite(values)])
        # Of many numbers the few most extreme would leave the rest pale.
        large = float(np.percentile(finite, 99.5) if finite.size > 500 else finite.max()) if finite.size else 0.0
        bound = self.bounds.get(key, 0.0)
        if bound == 0 or large > bound or large < 0.4 * bound:
            bound = self.bounds[key] = step_up(large)
        return bound


class DrawnNetwork(Protocol):
    """The diagram, as far as its parts need to know it."""

    theme: Theme
    picture: NetworkNumbers | None
    frames: tuple[Frame, ...]
    joints: tuple[Joint, ...]
    gradients: bool
    selection: Selection
    scales: Scales

    @property
    def fanned(self) -> int | None:
        """The column whose selected unit's strongest inputs are drawn as lines."""
        ...

    def bound(self, place: int) -> float:
        """What the colours of a column reach to."""
        ...

    def has_lines(self, place: int) -> bool:
        """Whether the weights into a column are drawn one by one."""
        ...

    def metrics(self, pixels: int = 12) -> QFontMetricsF:
        """To fit words into places."""
        ...

    def size(self) -> QSizeF:
        """How large it is."""
        ...
