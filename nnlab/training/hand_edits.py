"""Parameters changed by hand while training stands."""

from nnlab.training.loop import TrainingRun


def change_by_hand(run: TrainingRun, tensor: str, position: tuple[int, ...], value: float) -> float:
    """Give one parameter another value, and tell the one it had. What was found out about the model is then out of date."""
    values = run.model.parameters.view(tensor)
    before = float(values[position])
    values[position] = value
    run.edits += 1
    run.evaluation = None
    # Where everything has been taken back, the model is again the one that training has made.
    if run.edited.setdefault((tensor, position), before) == float(values[position]):
        del run.edited[tensor, position]
    return before
