"""In what an experiment can be trained beside nnlab, one row each: the export of the same name writes its script."""

import importlib.metadata
from dataclasses import dataclass

from nnlab.optional import OPTIONAL, is_installed, missing_sentence, version_of

NNLAB = "nnlab"


@dataclass(frozen=True)
class Framework:
    """What a person calls it, and the package whose version is told where it is none of the optional ones."""

    title: str
    package: str = ""


# By the names of exports.
FRAMEWORKS: dict[str, Framework] = {
    "torch": Framework("PyTorch"),
    "keras": Framework("Keras"),
    "sklearn": Framework("scikit-learn", "scikit-learn"),
    "numpy": Framework("NumPy", "numpy"),
}


def is_there(name: str) -> bool:
    """Whether it is installed; nothing is imported."""
    return name not in OPTIONAL or is_installed(name)


def version(name: str) -> str:
    """Which one is installed; empty where it is missing."""
    if name in OPTIONAL:
        return version_of(name)
    return importlib.metadata.version(FRAMEWORKS[name].package)


def missing(name: str) -> str:
    """The sentence that says how to have it; empty where it is there."""
    return "" if is_there(name) else missing_sentence(name)
