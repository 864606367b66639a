"""What a look at one part of an installation has found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Findings:
    """Facts by name, and what is wrong, each a sentence with what to do."""

    facts: dict[str, str]
    problems: tuple[str, ...] = ()
