"""The codes of examples in a plane, and what any point of it stands for."""

from dataclasses import dataclass

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.capabilities import coder_of
from nnlab.models.coder import Coder
from nnlab.models.projections import Plane, principal_plane
from nnlab.probes.answer import Answer
from nnlab.probes.moment import Moment
from nnlab.probes.picture_arrays import Pictures, as_pictures
from nnlab.probes.rolling import RollingPass
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection, part_of, shown_example, shown_part

MOST_CODES = 2000
# Pictures on the way from one example to the other, both ends included.
STRIP_LENGTH = 9
# Decoded and encoded in one batch each: the selected and the other example, the point in the plane, the strip.
_BATCH = STRIP_LENGTH + 1
# A code of so few dimensions can be set dimension by dimension.
MOST_SLIDERS = 16
# Axes of wider codes take longer than a frame to find (eigh of 500 x 500: 40 ms); they are found once per epoch.
_NARROW = 64
_NEIGHBOURS = 8


@dataclass(frozen=True, eq=False)
class Embedding:
    """Where t-SNE put the codes of the examples at these places of a part.   places (n,)    points (n, 2)"""

    part: str
    places: Array
    points: Array


class LatentMemory:
    """What the probe finds again at the next frame: codes so far, and the principal plane, whose signs must not flip."""

    def __init__(self, seconds: float = np.inf) -> None:
        self.rolling = RollingPass(seconds)
        self.plane: Plane | None = None
        self.plane_of: tuple[int, ...] = ()


@dataclass(frozen=True)
class LatentOptions:
    """How the plane is laid through the codes, and what in it is decoded.

    plane "principal", "dimensions" (these two, as they are) or "embedding"; at is a point of the plane, code a whole code;
    without either the selected example is decoded. other is where the strip ends, an example of the selected part.
    embedding is the answer with an Embedding in it.
    """

    plane: str = "principal"
    dimensions: tuple[int, int] = (0, 1)
    at: tuple[float, float] | None = None
    code: tuple[float, ...] | None = None
    other: int = 1
    embedding: Answer | None = None


@dataclass(frozen=True)
class LatentCodes:
    """Codes of examples in a plane, and decoded pictures.

    ends_of, the positions in the part of the examples A, the selected one, and B, where the strip ends
    places (n,), positions in the part    labels (n,)    points (n, 2)    share (2,) of the variance along the axes, or NaN
    code (dims,), what is decoded, and its place `at` (2,) in the plane    ends (2, 2), where both examples lie
    low, high (dims,), the span of each dimension where there are few, else empty
    pictures: decoded (1, height, width, channels), strip (STRIP_LENGTH, height, width, channels)
    """

    part: str
    plane: str
    is_fresh: bool
    places: Array
    labels: Array
    points: Array
    share: Array
    code: Array
    at: Array
    low: Array
    high: Array
    ends: Array
    decoded: Pictures
    strip: Pictures
    ends_of: tuple[int, int] = (0, 0)
    laid_out: Moment | None = None  # when, of an embedding


def probe_latent(scene: Scene, selection: Selection, memory: LatentMemory) -> LatentCodes:
    """The codes of some two thousand examples, and the decoded point and strip."""
    coder = coder_of(scene.model)
    if coder is None:
        raise ShapeError("this model has no code; choose an autoencoder, a deep belief stack or an RBM")
    options = selection.options if isinstance(selection.options, LatentOptions) else LatentOptions()
    with np.errstate(all="ignore"):
        memory.rolling.update(scene, selection.part, MOST_CODES, coder.encode)
        known = memory.rolling.known
        codes, places = memory.rolling.values[:known], memory.rolling.places[:known]
        part = shown_part(scene.data, selection.part)
        layout = _layout(scene, part, options, memory, codes, places)
        ends_of = [shown_example(scene.data, selection.part, place) for place in (selection.example, options.other)]
        ends = _codes_of(scene, coder, selection.part, ends_of)
        code, at = _decoded_code(options, layout, ends[0])
        strip = ends[0] + np.linspace(0, 1, STRIP_LENGTH)[:, None] * (ends[1] - ends[0])
        decoded = as_pictures(scene.data, coder.decode(np.vstack([code, strip])))
        low, high = _span(codes if coder.dims <= MOST_SLIDERS else codes[:, :0])
        ends_at = layout.project(ends)
    return LatentCodes(
        part,
        layout.plane,
        memory.rolling.is_fresh,
        places.copy(),
        memory.rolling.labels[:known].copy(),
        layout.points,
        layout.share,
        code,
        at,
        low,
        high,
        ends_at,
        decoded[:1],
        decoded[1:],
        (ends_of[0], ends_of[1]),
        options.embedding.moment if options.embedding is not None and layout.plane == "embedding" else None,
    )


@dataclass(frozen=True)
class _Layout:
    """The plane in use. An embedding has no formula: there a point is the mean of its neighbours, the nearer the more."""

    plane: str
    flat: Plane
    codes: Array
    points: Array
    share: Array

    def project(self, codes: Array) -> Array:
        """Where codes (n, dims) lie (n, 2)."""
        if self.plane != "embedding":
            return self.flat.project(codes)
        return np.vstack([_mean_of_nearest(code, self.codes, self.points) for code in codes])

    def lift(self, point: Array, code: Array) -> Array:
        """The code of a point; of a plane of two dimensions the others stay as in `code`."""
        if self.plane == "embedding":
            return _mean_of_nearest(point, self.points, self.codes)
        if self.plane == "principal":
            return np.asarray(self.flat.lift(point[None])[0])
        return np.asarray(code + (point - self.flat.project(code[None])[0]) @ self.flat.axes)


def _layout(scene: Scene, part: str, options: LatentOptions, memory: LatentMemory, codes: Array, places: Array) -> _Layout:
    dims, unknown = codes.shape[1], np.full(2, np.nan)
    embedding: Embedding | None = options.embedding.value if options.embedding is not None else None
    if options.plane == "embedding" and embedding is not None and _is_of(embedding, part, places):
        chosen = np.searchsorted(places, embedding.places)
        points = np.full((len(places), 2), np.nan)
        points[chosen] = embedding.points
        return _Layout("embedding", _axes(dims, (0, 1)), codes, points, unknown)
    if options.plane == "dimensions" or dims <= 2:
        flat = _axes(dims, options.dimensions if options.plane == "dimensions" else (0, 1))
        return _Layout("dimensions", flat, codes, flat.project(codes), unknown)
    flat = _principal(scene, memory, codes)
    return _Layout("principal", flat, codes, flat.project(codes), flat.share.copy())


def _is_of(embedding: Embedding, part: str, places: Array) -> bool:
    return embedding.part == part and bool(np.isin(embedding.places, places).all())


def _axes(dims: int, chosen: tuple[int, int]) -> Plane:
    """Two dimensions as they are; of a code of one number the second axis is empty."""
    axes = np.zeros((2, dims))
    for axis, dimension in enumerate(chosen[:dims]):
        axes[axis, min(max(dimension, 0), dims - 1)] = 1
    return Plane(np.zeros(dims), axes, np.full(2, np.nan))


def _principal(scene: Scene, memory: LatentMemory, codes: Array) -> Plane:
    dims = codes.shape[1]
    of = (dims, scene.moment.epoch, min(memory.rolling.rounds, 1), memory.rolling.is_fresh)
    if memory.plane is None or dims <= _NARROW or memory.plane_of != of:
        memory.plane, memory.plane_of = principal_plane(codes, memory.plane), of
    return memory.plane


def _codes_of(scene: Scene, coder: Coder, part: str, places: list[int]) -> Array:
    """The codes of the examples at these two positions of a part (2, dims)."""
    feed, index = part_of(scene.data, part)
    inputs, _ = feed.gather(index[np.resize(places, _BATCH)])
    return coder.encode(inputs)[:2].astype(np.float64)


def _decoded_code(options: LatentOptions, layout: _Layout, selected: Array) -> tuple[Array, Array]:
    if options.code is not None and len(options.code) == len(selected):
        code = np.array(options.code)
    elif options.at is not None:
        code = layout.lift(np.array(options.at), selected)
        return code, np.array(options.at)
    else:
        code = selected
    return code.copy(), layout.project(code[None])[0]


def _mean_of_nearest(point: Array, points: Array, values: Array) -> Array:
    """The mean of the values (n, k) of the nearest points (n, m), weighted by one over their squared distances."""
    distance = np.square(points - point.astype(points.dtype)).sum(axis=1)
    nearest = np.argsort(distance, kind="stable")[:_NEIGHBOURS]
    nearest = nearest[np.isfinite(distance[nearest])]
    if not len(nearest):
        return np.full(values.shape[1], np.nan)
    weight = 1 / np.maximum(distance[nearest], 1e-12)
    return np.asarray(weight @ values[nearest] / weight.sum())


def _span(codes: Array) -> tuple[Array, Array]:
    """The least and the largest value of every dimension; 0 ... 1 where nothing is known."""
    known = codes[np.isfinite(codes).all(axis=1)]
    if not len(known):
        return np.zeros(codes.shape[1]), np.ones(codes.shape[1])
    return known.min(axis=0).astype(np.float64), known.max(axis=0).astype(np.float64)
