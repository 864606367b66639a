"""Opens a file of weights by what it holds; of kinds that are not read the sentence says how to make one that is."""

from pathlib import Path
from typing import NoReturn

from nnlab.errors import NnlabError, WeightsFileError
from nnlab.experiments.imports.npz_weights import read_npz
from nnlab.experiments.imports.offered import WeightsFile
from nnlab.experiments.imports.safetensors_weights import read_safetensors
from nnlab.regular_file import open_regular

ENDINGS = (".safetensors", ".npz")
_HEAD = 1 << 16
_FROM_TORCH = 'from safetensors.torch import save_file; save_file(model.state_dict(), "weights.safetensors")'
_FROM_KERAS = 'numpy.savez("weights.npz", **{w.path: w.numpy() for w in model.weights})'


def read_weights(path: Path) -> WeightsFile:
    """What is in it; raises WeightsFileError, which names the file, where that is nothing that can be read."""
    try:
        with open_regular(path) as file:
            head = file.read(_HEAD)
        return _read(path, head)
    except FileNotFoundError:
        raise WeightsFileError(f"{path}: there is no such file") from None
    except OSError as error:
        raise WeightsFileError(f"{path}: cannot be read ({error.strerror or error})") from None
    except NnlabError as error:
        raise WeightsFileError(f"{path.name}: {error}") from None


def _read(path: Path, head: bytes) -> WeightsFile:
    is_archive = head.startswith(b"PK\x03\x04")
    if head.startswith(b"\x89HDF") or (is_archive and b"model.weights.h5" in head):
        _refuse("Keras' own format, which nnlab does not read", _FROM_KERAS)
    # PyTorch's zip archives hold a pickle by this name; older files are one. The first byte alone may also be the length of
    # the header of a safetensors file, which follows it.
    is_pickle = b"data.pkl" in head if is_archive else head.startswith(b"\x80") and head[8:9] != b"{"
    if is_pickle or path.suffix.lower() in (".pt", ".pth"):
        _refuse("a pickle, which may run anything and is never opened", _FROM_TORCH)
    if head.startswith(b"\x93NUMPY"):
        _refuse("one array alone", 'numpy.savez("weights.npz", weight=..., bias=...)')
    # The header of a safetensors file is JSON that begins after the eight bytes of its length.
    if len(head) > 8 and not is_archive and head[8:9] != b"{":
        raise WeightsFileError("no file of weights; expected .safetensors or .npz")
    return read_npz(path) if is_archive else read_safetensors(path)


def _refuse(what: str, instead: str) -> NoReturn:
    raise WeightsFileError(f"{what}; save the weights in Python with  {instead}")
