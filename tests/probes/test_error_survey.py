"""Errors of examples are measured a few at a look, and ranked when a round is complete."""

import numpy as np

from nnlab.probes.error_survey import ErrorSurvey

ERRORS = {10: 0.1, 11: 0.5, 12: np.nan, 13: 0.2, 14: 0.3}


def go(survey: ErrorSurvey, step: int, count: int) -> None:
    survey.take(np.array([ERRORS[place] for place in survey.next_places(step, count).tolist()]))


def test_a_survey_goes_round_and_ranks_whole_rounds_only():
    survey = ErrorSurvey(np.array([10, 11, 12, 13, 14]))
    go(survey, 1, 3)
    assert survey.ranking.tolist() == [10, 11, 12, 13, 14]
    go(survey, 1, 3)
    assert survey.ranking.tolist() == [12, 11, 14, 13, 10]
    assert survey.is_fresh and len(survey.next_places(1, 3)) == 0
    # Another step: all over again, from where it stopped.
    assert survey.next_places(2, 2).tolist() == [11, 12]
    assert not survey.is_fresh
    # What was not measured is asked for again.
    assert survey.next_places(2, 2).tolist() == [11, 12]
    assert survey.errors.max() == np.inf
    survey.take(np.empty(0))
    assert survey.next_places(2, 1).tolist() == [11]


def test_of_many_examples_a_spread_out_thousand_is_surveyed():
    survey = ErrorSurvey(np.arange(5000))
    assert len(survey.places) == 1000
    assert survey.places[-1] >= 4995
    nothing = ErrorSurvey(np.empty(0, np.intp))
    assert len(nothing.next_places(1, 5)) == 0 and nothing.is_fresh
