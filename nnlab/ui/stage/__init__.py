"""The stage of the window: panes with the views, and how they share its room."""

from nnlab.ui.stage.pane_grid import PANE_COUNTS
from nnlab.ui.stage.stage import Stage

__all__ = ["PANE_COUNTS", "Stage"]
