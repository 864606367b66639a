"""The row of the table of actions that opens the sweeps."""

from nnlab.ui.action_row import Row

SWEEP_ROWS = (
    Row(
        "sweeps",
        "View",
        3,
        "Sweeps…",
        lambda desk: desk.sweeping.open(),
        ("Ctrl+T",),
        "Train the experiment many times with other settings, and see what comes of them",
    ),
)
