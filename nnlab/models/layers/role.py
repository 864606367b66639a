"""What a layer is to the numbers that pass through it."""

from enum import Enum


class Role(Enum):
    """Exactly one for every layer. Views draw by it what they know nothing else about."""

    FORMS = "forms new numbers, each of many"
    ACTIVATES = "bends numbers: a non-linearity"
    NORMALISES = "shifts and scales numbers, by figures of its own"
    RESHAPES = "gives the same numbers another shape"
    MARKS = "says something about a place"
    CHARGES = "adds to the loss"
    DISTURBS = "draws at random while training"

    @property
    def changes_nothing(self) -> bool:
        """Whether in prediction all numbers come out as they went in."""
        return self not in (Role.FORMS, Role.ACTIVATES, Role.NORMALISES)
