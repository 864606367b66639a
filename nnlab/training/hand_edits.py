"""Parameters changed by hand while training stands."""

from nnlab.training.loop import TrainingRun


def change_by_hand(run: TrainingRun, tensor: str, position: tuple[int, ...], value: float) -> float | None:
    """Give one parameter another value, and tell the one it had; None where the model has no such parameter.

    What was found out about the model is then out of date.
    """
    # Who still sees the model of before may mean one of its parameters.
    if not run.model.parameters.holds(tensor, position):
        return None
    values = run.model.parameters.view(tensor)
    before = float(values[position])
    values[position] = value
    run.edits += 1
    run.evaluation = None
    # Where everything has been taken back, the model is again the one that training has made.
    if run.edited.setdefault((tensor, position), before) == float(values[position]):
        del run.edited[tensor, position]
    return before
