"""What the columns of a table were taken as, in words for a person."""

from dataclasses import dataclass

from nnlab.datasets.words import listed
from nnlab.words import counted


@dataclass(frozen=True)
class TableColumns:
    """Names of columns by their roles; `left_out` has a reason with each.

    A label of several columns has one for each class.
    """

    label: tuple[str, ...]
    features: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    alike: tuple[str, ...] = ()  # classes that differ from another in case alone

    def in_short(self) -> str:
        """label species · 4 features · without Id."""
        count = len(self.features)
        parts = [self._label(3), counted(count, "feature")]
        if self.left_out:
            parts.append(f"without {listed([name for name, _ in self.left_out], 3)}")
        return " · ".join(parts)

    def in_full(self) -> str:
        """A line for each role, the reasons included."""
        lines = [self._label(20), f"features {listed(self.features, 20)}"]
        lines += [f"left out {name}: {why}" for name, why in self.left_out[:20]]
        if len(self.left_out) > 20:
            lines.append(f"left out {len(self.left_out) - 20:,} more")
        if self.alike:
            lines.append(f"classes of their own, though they differ in case alone: {listed(self.alike)}")
        return "\n".join([*lines, "Label and Left out, under Preparation, say otherwise."])

    def _label(self, most: int) -> str:
        return f"label {listed(self.label, most)}" if self.label else "no label"
