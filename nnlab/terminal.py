"""What reaches the terminal: answers on stdout, complaints on stderr; either may be closed, full, or lack letters.

And the type of the numbers that are typed there.
"""

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Callable
from typing import TextIO

from nnlab.errors import NobodyReadsError, SaveError
from nnlab.words import printable, shown


def prepare_streams() -> None:
    """Letters that a stream's encoding lacks are written as escapes from now on; that of Windows lacks most.

    Where a stream is closed, its number is taken: else the next file to be opened would get it, and whatever a library
    writes to its stderr would end in a model.
    """
    _take_closed_numbers()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _take_closed_numbers() -> None:
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)


def say(text: str) -> None:
    """Print an answer; raises SaveError where it cannot be written, and NobodyReadsError where the reader has ended."""
    if sys.stdout is None:
        raise SaveError("the report could not be written (the standard output is closed); write it elsewhere")
    try:
        print(text, flush=True)
    except BrokenPipeError:
        _let_go_of(sys.stdout)
        raise NobodyReadsError("the reader of the report has ended") from None
    except OSError as error:
        _let_go_of(sys.stdout)
        raise SaveError(f"the report could not be written ({error.strerror}); write it elsewhere") from None


def complain(text: str) -> None:
    """One line on stderr that says who speaks. Where nobody can hear it, the exit status has to do."""
    if sys.stderr is not None:
        try:
            print(f"nnlab: {printable(text)}", file=sys.stderr, flush=True)
        except OSError:
            _let_go_of(sys.stderr)


def is_watched() -> bool:
    """Whether stderr is a terminal, where somebody may like to see how far work is."""
    return sys.stderr is not None and sys.stderr.isatty()


def can_be_asked() -> bool:
    """Whether a person sits there who can read a question, and answer it."""
    return is_watched() and sys.stdin is not None and sys.stdin.isatty()


def agrees(question: str) -> bool:
    """Ask on stderr; anything but yes is no."""
    print(f"nnlab: {printable(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError:
        return False


def settle_streams() -> None:
    """Write what is still to be written; what cannot be must not fail again when Python ends."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                _let_go_of(stream)


def _let_go_of(stream: TextIO) -> None:
    """Send what is left in the stream's buffer nowhere."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def whole(least: int) -> Callable[[str], int]:
    """The type of an option that is a whole number from here on; anything else is refused in one sentence."""

    def parsed(text: str) -> int:
        """The number."""
        with contextlib.suppress(ValueError):
            if (number := int(text)) >= least:
                return number
        raise argparse.ArgumentTypeError(f"expected a whole number of at least {least:,}, not '{shown(text)}'")

    return parsed
