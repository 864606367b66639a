"""The process of a helper:  python -m nnlab.training.crew.helper

It is told by its owner, over its standard input, what it is to help with, then stretch by stretch to take its part; it
answers with how many steps were made. It ends when its input does, and so with its owner however that ends.
"""

import os
import pickle
import signal
import struct
import sys
import time
from dataclasses import dataclass
from typing import IO

from nnlab.datasets.augmentation import Augmentation
from nnlab.training.crew.assignment import Assignment
from nnlab.training.crew.board import IS_OFF, STRETCHES, Board
from nnlab.training.crew.hand import Hand
from nnlab.training.crew.meeting import STRIDE, BrokenMeeting, Meeting
from nnlab.training.crew.owner import is_gone
from nnlab.training.crew.shared_block import SharedBlock
from nnlab.training.data import Feed

# What an owner says, a byte each: take the stretch on the board; here are other settings.
STRETCH, SETTINGS = b"s", b"c"
ANSWER = struct.Struct("q")
# After a stretch it keeps its core for so long: who comes out of sleep finds another's, and cold caches.
_AWAKE_SECONDS = 0.001


@dataclass(frozen=True)
class _Learned:
    learning: Feed
    augmentation: Augmentation | None


def main() -> None:
    """Until the input ends."""
    # A terminal's Ctrl+C goes to all of its processes, and the owner still has steps to finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    words, answers = sys.stdin.buffer, sys.stdout.buffer
    assignment: Assignment = pickle.load(words)  # noqa: S301, from the process that started this one, over a pipe of its own
    board = Board(assignment.plan, SharedBlock(assignment.plan.bytes, assignment.board))
    hand = _hand(assignment, board)
    made = board.task[STRETCHES]
    board.ready[assignment.rank * STRIDE] = 1
    while command := _next(words, board, made):
        if command == SETTINGS:
            hand.settings, model = pickle.load(words)  # noqa: S301, as above
            model.act_on(hand.model)
            continue
        made += 1
        try:
            answers.write(ANSWER.pack(hand.take_steps()))
            answers.flush()
        except (BrokenMeeting, BrokenPipeError):
            break
    # Nothing is to be written, and what is still mapped need not be taken apart.
    os._exit(0)


def _hand(given: Assignment, board: Board) -> Hand:
    """With a model of its own over the board's numbers."""
    model = given.model.build(given.example_shape, given.kind_of_targets, given.seed)
    learned = _Learned(Feed(given.examples(), given.scaling), given.augmentation)
    meeting = Meeting(board.counts, given.rank, given.plan.helpers, lambda: bool(board.task[IS_OFF]) or is_gone(given.owner))
    return Hand(given.rank, board, model, learned, given.settings, meeting)


def _next(words: IO[bytes], board: Board, made: int) -> bytes:
    """The next command, behind so many stretches; it looks for one awake first. b"" says that none will come."""
    until = time.perf_counter() + _AWAKE_SECONDS
    while board.task[STRETCHES] == made and time.perf_counter() < until:
        pass
    return words.read(1)


if __name__ == "__main__":
    main()
