"""What Optuna suggests to try next. A study is made anew for every generation, so that nothing but results is carried on."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.experiments.sweeps.axis import Axis, Range
from nnlab.optional import required


def suggested(
    axes: Sequence[Axis],
    results: Sequence[tuple[Mapping[str, Any], float | None]],
    count: int,
    seed: int,
    seeks_highest: bool,
) -> list[dict[str, Any]]:
    """The choices of so many trials, as a function of the results so far in their order. Raises MissingPackageError.

    What has no figure, since it failed or diverged, counts as worse than all that have one.
    """
    optuna = required("optuna")
    # It tells of every study and trial on stderr.
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    distributions = {axis.name: _distribution(optuna, axis) for axis in axes}
    # Another seed for each generation: with the same one they would begin alike.
    sampler = optuna.samplers.TPESampler(seed=(seed + 1_000_003 * len(results)) % 2**32)
    study = optuna.create_study(direction="maximize" if seeks_highest else "minimize", sampler=sampler)
    state = optuna.trial.TrialState
    for choices, figure in results:
        study.add_trial(
            optuna.trial.create_trial(
                state=state.PRUNED if figure is None else state.COMPLETE,
                value=figure,
                params={axis.name: _told(axis, choices[axis.name]) for axis in axes},
                distributions=distributions,
            )
        )
    trials = [study.ask(distributions) for _ in range(count)]
    return [{axis.name: _chosen(axis, trial.params[axis.name]) for axis in axes} for trial in trials]


def _distribution(optuna: Any, axis: Axis) -> Any:
    if not isinstance(axis, Range):
        # By their places: a value may be a table, which has none.
        return optuna.distributions.CategoricalDistribution(tuple(range(len(axis.values))))
    if axis.is_whole:
        return optuna.distributions.IntDistribution(int(axis.low), int(axis.high), log=axis.is_log)
    return optuna.distributions.FloatDistribution(axis.low, axis.high, log=axis.is_log)


def _told(axis: Axis, value: Any) -> Any:
    return value if isinstance(axis, Range) else axis.values.index(value)


def _chosen(axis: Axis, suggestion: Any) -> Any:
    return axis.settled(suggestion) if isinstance(axis, Range) else axis.values[suggestion]
