"""Parameters changed by hand while training stands."""

from nnlab.training.events import ParameterEdit, with_event
from nnlab.training.loop import TrainingRun


def change_by_hand(run: TrainingRun, tensor: str, position: tuple[int, ...], value: float) -> float | None:
    """Give one parameter another value, and tell the one it had; None where the model has no such parameter.

    What was found out about the model is then out of date.
    """
    # A view that still shows the model of the run before may mean one of its parameters.
    if not run.model.parameters.holds(tensor, position):
        return None
    values = run.model.parameters.view(tensor)
    before = float(values[position])
    values[position] = value
    run.hand_edits += 1
    run.evaluation = None
    run.events = with_event(run.events, ParameterEdit(run.step, tensor, position, before, float(values[position])))
    return before
