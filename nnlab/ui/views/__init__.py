"""The stage's views, one row each: what it is called, where it is loaded from when first seen, and which runs it fits."""

from dataclasses import dataclass

from nnlab.later import Later
from nnlab.ui.views import fitting
from nnlab.ui.views.view import View


@dataclass(frozen=True)
class Row:
    """What is to be known of a view before it is loaded; it is loaded when one is made.

    shows_example: whether the selected example is seen in it, with what the model makes of it
    """

    title: str
    make: Later  # of its class
    fits: fitting.Fits = fitting.always
    shows_example: bool = False


def _row(title: str, place: str, fits: fitting.Fits = fitting.always, *, shows_example: bool = False) -> Row:
    return Row(title, Later(f"{__name__}.{place}"), fits, shows_example)


VIEWS: dict[str, Row] = {
    "network": _row("Network", "network.network.NetworkView", shows_example=True),
    "boundary": _row("Boundary", "boundary.boundary.BoundaryView", fitting.classifies_points),
    "weights": _row("Weights", "weights.WeightsView", fitting.learns_weights),
    "feature_maps": _row("Feature maps", "feature_maps.FeatureMapsView", fitting.convolves),
    "reconstructions": _row("Reconstructions", "reconstructions.reconstructions.ReconstructionsView", fitting.reconstructs),
    "samples": _row("Samples", "samples.samples.SamplesView", fitting.gives_samples),
    "latent": _row("Latent", "latent.latent.LatentView", fitting.has_code),
    "latent_svm": _row("Latent SVM", "latent.latent_svm.LatentSVMView", fitting.has_code_of_classes),
    "confusion": _row("Confusion", "confusion.ConfusionView", fitting.classifies),
    "predictions": _row("Predictions", "predictions.predictions.PredictionsView", fitting.classifies, shows_example=True),
    "predicted_values": _row(
        "Predicted values", "predicted_values.predicted_values.PredictedValuesView", fitting.predicts_values
    ),
    "draw": _row("Draw", "draw.draw.DrawView", fitting.sees_pictures),
    "distributions": _row("Distributions", "distributions.distributions.DistributionsView", fitting.learns_weights),
    "gradient_check": _row("Gradient check", "gradient_check.gradient_check.GradientCheckView"),
}

__all__ = ["VIEWS", "Row", "View"]
