"""The row of the table of actions that opens the seeds."""

from nnlab.ui.action_row import Row

SEEDS_ROWS = (
    Row(
        "seeds",
        "Run",
        5,
        "Several seeds…",
        lambda desk: desk.sweeping.open_seeds(),
        ("Ctrl+Shift+T",),
        "Train the experiment from 9 or 16 seeds, see them side by side, and what of its score is luck",
    ),
)
