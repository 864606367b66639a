"""Figures in words."""

from ..settings import SCORE


def told(part: str, loss: float | None, score: float | None) -> str:
    """The figures of one part of the data; scikit-learn tells no score in training."""
    words = f"{part} loss {loss:.6f}"
    if SCORE:
        return words if score is None else f"{words}, {SCORE} {score:.4f}"
    else:
        return words
