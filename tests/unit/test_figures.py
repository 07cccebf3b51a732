"""Figures that can be worked out by hand."""

import pytest

from pullquote.evaluation.figures import auroc, calibration_error, mean, risk_coverage, token_f1


def test_calibration_error_is_the_mean_distance_of_the_bins() -> None:
    """Two bins: [.6, .7) says .65 and is right half of the time, [.9, 1] says .95 and is right."""
    error = calibration_error([0.6, 0.7 - 0.00001, 0.9, 1.0], [True, False, True, True])
    assert error == pytest.approx((abs(1.3 - 1) + abs(1.9 - 2)) / 4, abs=1e-4)


def test_bins_are_open_above_but_for_the_last() -> None:
    """.3 belongs to [.3, .4), whatever 0.3 * 10 is, and so does not meet .29."""
    assert calibration_error([0.29, 0.3], [False, True]) == 0.495
    assert calibration_error([], []) is None


def test_a_question_counts_as_much_as_its_share() -> None:
    """The one that is .2 off counts three times the one that is .6 off."""
    assert calibration_error([0.2, 0.6], [False, False], [3.0, 1.0]) == 0.3


def test_risk_is_of_those_answered_coverage_of_all() -> None:
    """A confidence that is the threshold is answered; with nobody answered no risk is known."""
    points = risk_coverage([0.2, 0.5, 0.8], [True, False, True])
    assert [point["threshold"] for point in points] == pytest.approx([i / 10 for i in range(1, 10)])
    assert points[0] == {"threshold": 0.1, "coverage": 1.0, "risk": 0.3333}
    assert points[4] == {"threshold": 0.5, "coverage": 0.6667, "risk": 0.5}
    assert points[8] == {"threshold": 0.9, "coverage": 0.0, "risk": None}


@pytest.mark.parametrize(
    ("words", "accepted", "f1"),
    [
        ("The $26.3 billion!", ("26.3 billion",), 1.0),  # marks and articles do not count
        ("in May 1931", ("May 1931",), 0.8),
        ("in May 1931", ("June", "1931 in May"), 1.0),
        ("one one", ("one",), pytest.approx(2 / 3)),  # each as often as it stands
        ("the", ("a",), 1.0),  # nothing is left of either
        ("June", ("the",), 0.0),
    ],
)
def test_words_are_compared_as_in_squad(words: str, accepted: tuple[str, ...], f1: float) -> None:
    """F1 over a bag of words, with the most alike of those accepted."""
    assert token_f1(words, accepted) == f1


def test_nothing_measured_is_none() -> None:
    """No mean of nothing, and no two kinds to part."""
    assert (mean([]), auroc([0.5], [])) == (None, None)
    assert auroc([0.9, 0.4], [0.5]) == 0.5
