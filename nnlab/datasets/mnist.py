"""MNIST and Fashion-MNIST from the four IDX files both are published as."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.datasets.dataset import Dataset, Examples
from nnlab.datasets.idx import read_idx
from nnlab.errors import DatasetError, MissingDatasetError
from nnlab.targets import Classes


@dataclass(frozen=True)
class Published:
    """A dataset of 60,000 + 10,000 pictures of 28x28: its files, and the folders of the net that hold them gzipped.

    The SHA-256 is that of a decompressed file ("" is not checked), since every mirror may have compressed it anew.
    """

    name: str
    title: str
    about: str
    class_names: tuple[str, ...]
    source: str
    licence: str
    checksums: dict[str, str]
    mirrors: tuple[str, ...]


MNIST = Published(
    "mnist",
    "MNIST",
    "handwritten digits of 28x28",
    tuple("0123456789"),
    "Y. LeCun, C. Cortes, C. J. C. Burges: the MNIST database of handwritten digits",
    "CC BY-SA 3.0",
    {
        "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
)
FASHION_MNIST = Published(
    "fashion-mnist",
    "Fashion-MNIST",
    "clothes of 28x28",
    ("T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    "H. Xiao, K. Rasul, R. Vollgraf (Zalando Research): Fashion-MNIST, 2017",
    "MIT",
    {
        "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
    (
        # The first has no HTTPS; what arrives is compared with the checksums all the same.
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
)


def load_published(published: Published, folders: Sequence[Path]) -> Dataset:
    """Read from the first of the folders that holds a sub-folder of the dataset's name, each file raw or gzipped."""
    folder = place_of(published, folders)
    if folder is None:
        raise _missing(published, folders)
    train, test = (_examples(published, folder, part) for part in ("train", "t10k"))
    return Dataset(
        published.name, published.title, train, test, Classes(published.class_names), published.source, published.licence
    )


def place_in(published: Published, folder: Path) -> Path:
    """Where a folder keeps this dataset: in a sub-folder of its name, unless it is that itself."""
    return folder if folder.name == published.name else folder / published.name


def place_of(published: Published, folders: Sequence[Path]) -> Path | None:
    """The first place that holds all four files."""
    places = (place_in(published, folder) for folder in folders)
    return next((place for place in places if all(find_file(place, name) for name in published.checksums)), None)


def find_file(folder: Path, name: str) -> Path | None:
    """A file of a dataset, raw or gzipped."""
    try:
        return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)
    except OSError:  # a folder that may not be looked into
        return None


def _missing(published: Published, folders: Sequence[Path]) -> MissingDatasetError:
    places = [place_in(published, folder) for folder in folders]
    looked = f"was not found (looked in {', '.join(str(place) for place in places)})"
    for place in places:
        lacking = [name for name in published.checksums if not find_file(place, name)]
        if len(lacking) < len(published.checksums):
            looked = f"is not whole: {place} lacks {', '.join(lacking)} (raw or .gz)"
            break
    return MissingDatasetError(
        published.name,
        f"{published.title} {looked}; download it in the window or with `nnlab datasets download {published.name}`, "
        f"or pass --data DIR or set NNLAB_DATA to a folder that holds {published.name}/ with its four IDX files",
    )


def _examples(published: Published, folder: Path, part: str) -> Examples:
    arrays = []
    for kind, axes in (("images-idx3-ubyte", 3), ("labels-idx1-ubyte", 1)):
        name = f"{part}-{kind}"
        path = find_file(folder, name)
        if path is None:
            raise _missing(published, [folder])
        arrays.append(read_idx(path, axes, published.checksums[name]))
    images, labels = arrays
    if len(images) != len(labels):
        raise DatasetError(
            f"{published.title}: {part}-images holds {len(images):,} pictures but {part}-labels {len(labels):,} labels"
        )
    if labels.max() >= len(published.class_names):
        raise DatasetError(
            f"{published.title}: {part}-labels holds the label {labels.max()}, "
            f"expected 0 to {len(published.class_names) - 1}"
        )
    return Examples(images[..., np.newaxis], labels.astype(np.intp))
