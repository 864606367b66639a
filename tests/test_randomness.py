"""Randomness is a function of seed, purpose and step, and of nothing else."""

from itertools import product

from nnlab.randomness import random_stream


def draw(*arguments) -> bytes:
    return random_stream(*arguments).bytes(32)


def test_the_same_three_give_the_same_numbers():
    assert draw(3, "shuffle", 7) == draw(3, "shuffle", 7)


def test_a_difference_in_any_of_the_three_gives_other_numbers():
    cases = list(product([0, 1, 2**31 - 1], ["shuffle", "split", "dense1.initialize"], [0, 1, 2]))
    assert len({draw(*case) for case in cases}) == len(cases)


def test_the_step_is_zero_where_there_is_none():
    assert draw(3, "split") == draw(3, "split", 0)


def test_the_numbers_are_the_same_on_every_machine():
    # A change here means that every experiment ever saved gives another result.
    assert draw(0, "shuffle", 1).hex() == "056b59c31e7786e61ca1a2dfaf597e5286998b329d796dd1caab7dca21c998c3"
