"""The stage's views, one row each: what it is called, which probe it draws, and which data and models it fits."""

from nnlab.ui.views.boundary import BoundaryView
from nnlab.ui.views.confusion import ConfusionView
from nnlab.ui.views.view import View
from nnlab.ui.views.weights import WeightsView

VIEWS: dict[str, type[View]] = {
    "boundary": BoundaryView,
    "weights": WeightsView,
    "confusion": ConfusionView,
}

__all__ = ["VIEWS", "View"]
