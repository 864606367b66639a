"""The stage's views, one row each: what it is called, which probe it draws, and which data and models it fits."""

from nnlab.ui.views.boundary.boundary import BoundaryView
from nnlab.ui.views.confusion import ConfusionView
from nnlab.ui.views.distributions.distributions import DistributionsView
from nnlab.ui.views.draw.draw import DrawView
from nnlab.ui.views.feature_maps import FeatureMapsView
from nnlab.ui.views.gradient_check.gradient_check import GradientCheckView
from nnlab.ui.views.latent.latent import LatentView
from nnlab.ui.views.latent.latent_svm import LatentSVMView
from nnlab.ui.views.network.network import NetworkView
from nnlab.ui.views.predicted_values.predicted_values import PredictedValuesView
from nnlab.ui.views.predictions.predictions import PredictionsView
from nnlab.ui.views.reconstructions.reconstructions import ReconstructionsView
from nnlab.ui.views.samples.samples import SamplesView
from nnlab.ui.views.view import View
from nnlab.ui.views.weights import WeightsView

VIEWS: dict[str, type[View]] = {
    "network": NetworkView,
    "boundary": BoundaryView,
    "weights": WeightsView,
    "feature_maps": FeatureMapsView,
    "reconstructions": ReconstructionsView,
    "samples": SamplesView,
    "latent": LatentView,
    "latent_svm": LatentSVMView,
    "confusion": ConfusionView,
    "predictions": PredictionsView,
    "predicted_values": PredictedValuesView,
    "draw": DrawView,
    "distributions": DistributionsView,
    "gradient_check": GradientCheckView,
}

__all__ = ["VIEWS", "View"]
