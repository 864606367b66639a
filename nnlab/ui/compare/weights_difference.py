"""What the weights of one run are more or less than those of another, as a picture on a scale symmetric about zero."""

from dataclasses import replace

from nnlab.probes.weights import WeightPictures
from nnlab.ui.views.weights import WeightsView


class WeightsDifferenceView(WeightsView):
    """The second run's less the first's, pixel by pixel: blue where it is more, orange where it is less."""

    title = "Weights difference"
    value_name = "difference"
    empty_text = "The difference of the two runs' weights appears here, layer by layer."


def difference_of_weights(first: WeightPictures, second: WeightPictures) -> WeightPictures | str:
    """The second less the first; or why there is none, in a sentence."""
    if first.layer != second.layer or first.tiles.shape != second.tiles.shape or first.pixels != second.pixels:
        return f"There is no difference to be drawn of weights of other shapes: {_shape(first)}, and {_shape(second)}."
    return replace(second, tiles=second.tiles - first.tiles, bias=second.bias - first.bias)


def _shape(pictures: WeightPictures) -> str:
    count, height, width = pictures.tiles.shape
    return f"{count:,} pictures of {height} x {width}"
