"""A network as it is drawn: what pictures and captions of its columns go by."""

from typing import Protocol

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QFontMetricsF

from nnlab.probes import Selection
from nnlab.probes.network import NetworkNumbers
from nnlab.ui.theme import Theme
from nnlab.ui.views.network.layout import Frame
from nnlab.ui.views.network.wires import Joint
from nnlab.ui.views.parts.scales import Scales


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
