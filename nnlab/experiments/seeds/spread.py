"""Mean and spread of a figure over seeds, and how far two single runs may lie apart by their seeds alone."""

import math
from dataclasses import dataclass

import numpy as np

# Of two standard deviations no interval can be told that is worth the name.
_FEWEST_TOLD = 3


@dataclass(frozen=True)
class Spread:
    """A figure by the seed that it came of; none of them is NaN."""

    values: tuple[tuple[int, float], ...]

    @property
    def mean(self) -> float:
        """Of all seeds."""
        return self._numbers[0] if self._are_equal else float(np.mean(self._numbers))

    @property
    def deviation(self) -> float:
        """The standard deviation of single runs, with n - 1; 0 of a single one."""
        return 0.0 if self._are_equal else float(np.std(self._numbers, ddof=1))

    @property
    def mean_error(self) -> float | None:
        """Half of the 95 % interval of the mean,  t s / √n;  None of fewer than three seeds."""
        count = len(self.values)
        return student_quantile(count - 1) * self.deviation / math.sqrt(count) if count >= _FEWEST_TOLD else None

    @property
    def least_telling(self) -> float | None:
        """Two single runs of the same experiment differ by less in 95 of 100 cases,  t s √2.

        Both are drawn from one distribution, whose s is known from n - 1 degrees of freedom; None of fewer than three seeds.
        """
        count = len(self.values)
        return student_quantile(count - 1) * self.deviation * math.sqrt(2) if count >= _FEWEST_TOLD else None

    def extreme(self, highest: bool) -> tuple[tuple[int, ...], float]:
        """The seeds with the highest figure, or with the lowest, and that figure."""
        value = (max if highest else min)(self._numbers)
        return tuple(seed for seed, own in self.values if own == value), value

    @property
    def decimals(self) -> int:
        """How many are worth telling: the deviation to one figure, to two where it begins with a 1."""
        if not self.deviation > 0:
            return 4
        power = math.floor(math.log10(self.deviation))
        is_one = self.deviation / 10**power < 1.95
        return min(max(int(is_one) - power, 0), 9)

    @property
    def _are_equal(self) -> bool:
        # The rounded mean of equal numbers may lie beside them, which would be told as a spread.
        return len(set(self._numbers)) == 1

    @property
    def _numbers(self) -> list[float]:
        return [value for _, value in self.values]


def student_quantile(degrees: int) -> float:
    """t that 97.5 % of Student's distribution lie below, by the expansion around the normal one (Abramowitz and Stegun
    26.7.5): within 1 % from three degrees of freedom on; the first two are as tables have them.
    """
    if degrees <= 2:
        return (12.706, 4.303)[max(degrees, 1) - 1]
    z, n = 1.959964, degrees
    terms = (
        z,
        (z**3 + z) / (4 * n),
        (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2),
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3),
    )
    return sum(terms)
