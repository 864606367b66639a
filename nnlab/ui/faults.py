"""What is said of a fault of nnlab's own, which nobody foresaw: a sentence in the window, the trace on the error stream."""

import contextlib
import traceback


def fault_sentence(error: BaseException) -> str:
    """Print the trace; the sentence to show."""
    # The terminal may be gone.
    with contextlib.suppress(OSError, ValueError):
        traceback.print_exception(error)
    return f"nnlab met a fault of its own ({type(error).__name__}: {error}). Save your work and restart it."
