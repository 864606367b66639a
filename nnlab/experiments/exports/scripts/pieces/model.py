"""The model of a script: one of the kinds that there are."""

from .network import Network as Model
from .network import build, predict

__all__ = ["Model", "build", "predict"]
