"""What was done to a run by hand, and where it stopped. Its experiment and these make the same run again, step for step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class ParameterEdit:
    """After `step` updates a parameter was given another value."""

    step: int
    tensor: str
    position: tuple[int, ...]
    before: float
    after: float

    @property
    def parameter(self) -> tuple[str, tuple[int, ...]]:
        """Which one."""
        return self.tensor, self.position


@dataclass(frozen=True)
class SettingsChange:
    """After `step` updates live settings were changed: by their names, what they were and what they are since.

    With what they were the experiment as it is can be led back to what it was when the run began.
    """

    step: int
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stop:
    """After `step` updates training stopped at a breakpoint, and why. No number changes by it when a run is made again."""

    step: int
    reason: str
    is_before_failure: bool = False  # whether it stands so because the next step would not be finite

    @property
    def words(self) -> str:
        """For a person."""
        return f"Stopped at step {self.step:,}: {self.reason}."


@dataclass(frozen=True)
class WeightsImport:
    """Before the first step all numbers were taken from a file, in place of those that the seed draws: its name, and the
    checksum of its bytes. The numbers themselves are in the run's first snapshot.
    """

    step: int
    file: str
    sha256: str

    @property
    def words(self) -> str:
        """For a person."""
        return f"import weights from {self.file}"


Event = ParameterEdit | SettingsChange | Stop | WeightsImport
# By tensor and position, the values that training had made of parameters.
Edited = dict[tuple[str, tuple[int, ...]], float]


def with_event(events: tuple[Event, ...], event: Event) -> tuple[Event, ...]:
    """The events and one more; one that goes on with the last, as a slider that is drawn does, becomes one with it, and none
    where it takes all of that back.
    """
    last = events[-1] if events else None
    if last is not None and last.step == event.step:
        if isinstance(last, ParameterEdit) and isinstance(event, ParameterEdit) and last.parameter == event.parameter:
            return (*events[:-1], *_unless_undone(replace(last, after=event.after)))
        if isinstance(last, SettingsChange) and isinstance(event, SettingsChange):
            change = settings_change(event.step, {**event.before, **last.before}, {**last.after, **event.after})
            return (*events[:-1], *_unless_undone(change))
    return (*events, event)


def _unless_undone(event: ParameterEdit | SettingsChange) -> tuple[Event, ...]:
    return () if event.before == event.after else (event,)


def begins_with_weights(events: Iterable[Event]) -> bool:
    """Whether a run begins from numbers out of a file, and not from those that its seed draws."""
    return any(isinstance(event, WeightsImport) for event in events)


def settings_change(step: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> SettingsChange:
    """The difference of two tables of settings."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return SettingsChange(
        step,
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def edited_since(events: tuple[Event, ...], step: int) -> Edited:
    """The parameters that were changed by hand after so many updates and are not again what training had made of them."""
    edits = [event for event in events if isinstance(event, ParameterEdit) and event.step == step]
    first, last = {edit.parameter: edit.before for edit in reversed(edits)}, {edit.parameter: edit.after for edit in edits}
    return {parameter: first[parameter] for parameter in last if last[parameter] != first[parameter]}


def without_edits(events: tuple[Event, ...], step: int) -> tuple[Event, ...]:
    """The events without what was done to parameters after so many updates, since others took their place."""
    return tuple(event for event in events if not (isinstance(event, ParameterEdit) and event.step == step))


def gone_back(events: tuple[Event, ...], kept: tuple[Event, ...], step: int) -> tuple[Event, ...]:
    """The events of a run that went back to where it had `kept` ones: edits since are undone, what was set stays set."""
    edits = [event for event in kept if isinstance(event, ParameterEdit)]
    stops = [event for event in events if isinstance(event, Stop | WeightsImport) and event.step <= step]
    changes = [replace(event, step=min(event.step, step)) for event in events if isinstance(event, SettingsChange)]
    result: tuple[Event, ...] = ()
    together: list[Event] = [*edits, *changes, *stops]
    for event in sorted(together, key=lambda event: event.step):
        result = with_event(result, event)
    return result
