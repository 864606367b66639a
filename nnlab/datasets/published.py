"""Datasets that others published, to be downloaded once."""

from typing import ClassVar

from nnlab.datasets.dataset import Dataset
from nnlab.datasets.mnist import FASHION_MNIST, MNIST, Published, load_published
from nnlab.datasets.source import LoadRequest, Source


class PublishedSource(Source):
    """Files as they were published, with the published checksums."""

    published: ClassVar[Published]

    def load(self, request: LoadRequest) -> Dataset:
        """From the first of the folders that has them."""
        return load_published(self.published, request.folders)


class MNISTSource(PublishedSource):
    """70,000 handwritten digits."""

    name: ClassVar[str] = MNIST.name
    about: ClassVar[str] = MNIST.about
    published: ClassVar[Published] = MNIST


class FashionMNISTSource(PublishedSource):
    """70,000 pieces of clothing."""

    name: ClassVar[str] = FASHION_MNIST.name
    about: ClassVar[str] = FASHION_MNIST.about
    published: ClassVar[Published] = FASHION_MNIST
