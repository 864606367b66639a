"""What is said of errors; of a fault of nnlab's own, which nobody foresaw, the trace goes to the error stream, too."""

import contextlib
import traceback

from nnlab.errors import NnlabError


def fault_sentence(error: BaseException) -> str:
    """Print the trace; the sentence to show."""
    # The terminal may be gone.
    with contextlib.suppress(OSError, ValueError):
        traceback.print_exception(error)
    return f"nnlab met a fault of its own ({type(error).__name__}: {error}). Save your work and restart it."


def sentence_of(error: Exception, without_memory: str) -> str:
    """What is shown of an error: its own sentence, the one for want of memory, or that of a fault."""
    if isinstance(error, NnlabError):
        return str(error)
    return without_memory if isinstance(error, MemoryError) else fault_sentence(error)
