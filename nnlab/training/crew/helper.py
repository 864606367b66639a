"""What the process of a helper does: its part of every stretch that it is told of, until nobody tells it any more."""

import os
import time
from multiprocessing.connection import Connection

from threadpoolctl import ThreadpoolController

from nnlab.spawning import end_with_parent, leave_signals_to_parent
from nnlab.training.crew.assignment import Assignment
from nnlab.training.crew.board import BEGUN, IS_OFF, Board
from nnlab.training.crew.hand import Hand
from nnlab.training.crew.meeting import BrokenMeeting, Meeting
from nnlab.training.crew.pulse import Pulse
from nnlab.training.data import Feed, OwnFeed

# After a stretch it keeps its core for so long: who comes out of sleep finds another's, and cold caches.
_AWAKE_SECONDS = 0.001


def work(connection: Connection, assignment: Assignment) -> None:
    """Answer None, for the next stretch on the board, with how many of its steps were made; settings are taken over."""
    leave_signals_to_parent()
    end_with_parent()
    ThreadpoolController().limit(limits=assignment.threads, user_api="blas")
    board = Board(assignment.plan, assignment.board)
    hand = _hand(assignment, board)
    number = board.task[BEGUN]
    Pulse(board.pulses, assignment.rank).begin()
    try:
        while True:
            _stay_awake(board, number)
            changed = connection.recv()
            if changed is not None:
                hand.settings, model = changed
                model.act_on(hand.model)
                continue
            connection.send(hand.take_steps(number))
            number += 1
    except (EOFError, OSError, BrokenMeeting, MemoryError):
        # The owner sees that it is gone. Nothing is to be written, and what is still mapped need not be taken apart.
        os._exit(0)


def _hand(given: Assignment, board: Board) -> Hand:
    """With a model of its own over the board's numbers."""
    model = given.model.build(given.example_shape, given.kind_of_targets, given.settings.seed)
    learned = OwnFeed(Feed(given.examples(), given.scaling), given.augmentation)
    meeting = Meeting(board.counts, given.rank, given.plan.helpers, lambda: bool(board.task[IS_OFF]))
    return Hand(given.rank, board, model, learned, given.settings, meeting)


def _stay_awake(board: Board, number: int) -> None:
    """Look for the stretch of this number, for a moment."""
    until = time.perf_counter() + _AWAKE_SECONDS
    while board.task[BEGUN] == number and time.perf_counter() < until:
        pass
