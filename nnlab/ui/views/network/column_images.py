"""The numbers of one column of the network diagram as images, and the weights of lines as strengths."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from nnlab.probes.magnitude import magnitude
from nnlab.probes.network import FIELD_SIZE, NetworkNumbers
from nnlab.ui.theme import GAP, Lut, class_lut, grey_lut, signed_indices, signed_lut, unsigned_indices
from nnlab.ui.views.network.drawn_network import DrawnNetwork
from nnlab.ui.views.parts.strongest import strongest_channel


def column_image(diagram: DrawnNetwork, place: int) -> list[tuple[QRectF, QImage]]:
    """The images of a column and where they go: one, or one per tile of a list."""
    picture = diagram.picture
    assert picture is not None
    column, frame = picture.columns[place], diagram.frames[place]
    numbers = picture.numbers(place, diagram.gradients)
    lut = signed_lut(diagram.theme)
    if frame.style == "list" and picture.field_starts[place] >= 0 and not diagram.gradients:
        return _field_images(diagram, place, lut)
    if frame.style == "picture" and not diagram.gradients:
        return [(frame.rect, grey_image(numbers, *_range(diagram, place), grey_lut(diagram.theme)))]
    bound = diagram.scales.follow(("units", place, diagram.gradients), magnitude(numbers))
    if frame.style == "list":
        shown = signed_indices(numbers, bound)
        return [(frame.unit_rect(unit), image_of(lut[shown[unit]][None, None])) for unit in range(frame.count)]
    if frame.mosaic is not None:
        whole = frame.mosaic.assemble(np.moveaxis(numbers, 2, 0))
        return [(frame.rect, image_of(lut[signed_indices(whole, bound)]))]
    if frame.style == "picture":
        return [(frame.rect, image_of(lut[signed_indices(strongest_channel(numbers), bound)]))]
    rows = round(frame.height / (frame.width / frame.across))
    cells = np.full(rows * frame.across, np.nan, np.float32)
    cells[: column.size] = numbers
    return [(frame.rect, image_of(lut[signed_indices(cells.reshape(rows, frame.across), bound)]))]


def _field_images(diagram: DrawnNetwork, place: int, lut: Lut) -> list[tuple[QRectF, QImage]]:
    """Each unit's activation over the plane. An output that stands for a class has the class's colour, as strong as it
    speaks for it; of other probabilities neutral is one half, where the boundary is.
    """
    picture = diagram.picture
    assert picture is not None
    column, frame, start = picture.columns[place], diagram.frames[place], picture.field_starts[place]
    fields = picture.fields[start : start + column.size]
    is_probability = column.gives_probabilities
    has_classes = shows_classes(picture, place)
    if is_probability and not has_classes:
        fields = 2 * fields - 1
    follow = diagram.scales.follow
    # A probability's scale is whole whatever the values: its colours can be compared from step to step.
    bound = follow(("units", place, False), 1.0 if is_probability else magnitude(fields))
    # The first row is the bottom of the plane.
    indices = signed_indices(fields[:, ::-1], bound)
    assert indices.shape[1:] == (FIELD_SIZE, FIELD_SIZE)
    luts = [class_lut(diagram.theme, label) for label in picture.outputs] if has_classes else [lut] * frame.count
    return [(frame.unit_rect(unit), image_of(luts[unit][indices[unit]])) for unit in range(frame.count)]


def shows_classes(picture: NetworkNumbers, place: int) -> bool:
    """Whether a column's fields are those of one class each; a single output is signed, one class against the other."""
    return place == len(picture.columns) - 1 and len(picture.outputs) > 1 and picture.field_starts[place] >= 0


def _range(diagram: DrawnNetwork, place: int) -> tuple[float, float]:
    """What is black and what is white: the input's own range, for a reconstruction as well."""
    picture = diagram.picture
    assert picture is not None
    first = picture.numbers(0)
    return finite_range(first if picture.columns[place].shape == picture.columns[0].shape else picture.numbers(place))


def finite_range(numbers: npt.NDArray[np.floating]) -> tuple[float, float]:
    """The least and the largest number; a range of 1 where there is none."""
    finite = numbers[np.isfinite(numbers)]
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return (low, high) if high > low else (min(low, 0.0), max(high, min(low, 0.0) + 1.0))


def grey_image(numbers: npt.NDArray[np.floating], low: float, high: float, lut: Lut) -> QImage:
    """A picture (height, width, 1 or 3) as it looks."""
    indices = unsigned_indices(numbers, low, high)
    if numbers.shape[2] == 3:
        return image_of(np.where(indices == GAP, lut[GAP], indices).astype(np.uint8))
    return image_of(lut[indices[..., 0]])


def image_of(pixels: npt.NDArray[np.uint8]) -> QImage:
    """Red, green, blue (height, width, 3) as an image with memory of its own."""
    height, width, _ = pixels.shape
    packed = np.ascontiguousarray(pixels)
    return QImage(packed.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )


def line_strengths(weights: npt.NDArray[np.floating], bound: float, steps: int) -> npt.NDArray[np.intp]:
    """Weights in -bound ... bound as whole steps of thickness; what is not a number is as thin as can be."""
    shares: npt.NDArray[np.floating] = np.clip(np.nan_to_num(weights / bound), -1, 1)
    return np.round(shares * steps).astype(np.intp)
