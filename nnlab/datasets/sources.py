"""Where data comes from: one row per dataset that an experiment can name."""

from nnlab.datasets.digits import DigitsSource
from nnlab.datasets.drawn import DrawnSource
from nnlab.datasets.files import FileSource
from nnlab.datasets.patches import PatchesSource
from nnlab.datasets.published import FashionMNISTSource, MNISTSource
from nnlab.datasets.sine import SineSource
from nnlab.datasets.source import Source
from nnlab.datasets.toys import TOYS

_SOURCES: tuple[type[Source], ...] = (
    DigitsSource,
    MNISTSource,
    FashionMNISTSource,
    PatchesSource,
    FileSource,
    DrawnSource,
    *TOYS,
    SineSource,
)
DATASETS: dict[str, type[Source]] = {source.name: source for source in _SOURCES}
