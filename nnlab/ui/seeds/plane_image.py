"""The plane as one seed's run sees it, as an image: every class's colour, the stronger the surer, with points on top."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from nnlab.datasets import Dataset
from nnlab.datasets.split import spread
from nnlab.probes.boundary import BoundaryField
from nnlab.ui.theme import Theme, class_color, rgb

_MOST_POINTS = 120
# Pixels along each side, the share of a class's colour where it is sure, and a point's radius.
_SIDE, _STRONGEST, _RADIUS = 200, 0.6, 2.6


def plane_image(field: BoundaryField, dataset: Dataset, theme: Theme) -> QImage:
    """Square, with the lowest row at the bottom."""
    probability = np.nan_to_num(field.probability)
    colors = np.array([rgb(class_color(label).name()) for label in range(probability.shape[2])])
    # Of classes that are equally likely nothing of their colours is left.
    classes = probability.shape[2]
    strength = np.clip((probability.max(axis=2, keepdims=True) * classes - 1) / max(classes - 1, 1), 0, 1)
    share = _STRONGEST * strength
    mixed = np.ascontiguousarray(((probability @ colors) * share + rgb(theme.surface) * (1 - share))[::-1].astype(np.uint8))
    height, width = mixed.shape[:2]
    # A copy, for the image is only a view of the array.
    small = QImage(mixed.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    ways = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    image = small.scaled(_SIDE, _SIDE, *ways).convertToFormat(QImage.Format.Format_RGB32)
    _draw_points(image, field, dataset, theme)
    return image


def _draw_points(image: QImage, field: BoundaryField, dataset: Dataset, theme: Theme) -> None:
    left, right, bottom, top = field.extent
    index = spread(np.arange(len(dataset.train)), _MOST_POINTS)
    places = (dataset.train.inputs[index].astype(float) - (left, bottom)) / (right - left, top - bottom)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.surface))
        for (across, up), label in zip(places.tolist(), dataset.train.labels[index].tolist(), strict=True):
            painter.setBrush(class_color(label))
            centre = QPointF(across * _SIDE, (1 - up) * _SIDE)
            painter.drawEllipse(QRectF(centre.x() - _RADIUS, centre.y() - _RADIUS, 2 * _RADIUS, 2 * _RADIUS))
