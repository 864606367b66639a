"""A network as it is drawn: what pictures and captions of its columns go by."""

from typing import Protocol

import numpy as np
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QFontMetricsF

from nnlab.probes import Selection
from nnlab.probes.network import NetworkNumbers
from nnlab.ui.theme import Theme
from nnlab.ui.views.network.layout import Frame
from nnlab.ui.views.network.wires import Joint
from nnlab.ui.views.parts.scales import Scales


def large_of(values: np.ndarray) -> float:
    """How large they are, as the colours of a column and the thickness of its lines go by; 0 where none is a number."""
    finite = np.abs(values[np.isfinite(values)])
    # Of many numbers the few most extreme would leave the rest pale.
    return float(np.percentile(finite, 99.5) if finite.size > 500 else finite.max()) if finite.size else 0.0


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
