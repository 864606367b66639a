"""How long work tells how far it is, and how it is told to stop: one function, called now and then from within."""

from collections.abc import Callable

# Called with what is being done and the share of it that is done (0 ... 1, or NaN where nobody knows). To cancel the work,
# the function raises CancelledError, which passes through the work and undoes nothing that was not yet finished.
Report = Callable[[str, float], None]


def silent(what: str, share: float) -> None:
    """A Report for work that nobody watches."""
