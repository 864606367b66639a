"""How one part of a batch hears of the others, where examples act on each other."""

from nnlab.models.arrays import Array


class Exchange:
    """What passes through a model is a batch, or a part of one whose other parts pass elsewhere at the same time.

    Of N examples in parts of n_r, with n_r / N the share of each, a mean over the batch is  m = sum_r n_r / N m_r,  and so
    is the gradient of its mean loss one of those of the parts. By default the part is the batch.
    """

    def mean(self, found: Array) -> Array:
        """What this is over the batch, given what it is over the part; of any shape.

        Every part asks for the same things in the same order, waits for the others, and gets the same bits.
        """
        return found

    def examples(self, count: int) -> int:
        """How many examples the batch has, of which the part has so many."""
        return count


WHOLE_BATCH = Exchange()
