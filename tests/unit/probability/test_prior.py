from __future__ import annotations

import pytest

from grnet.probability.prior import Prior, state_percent
from grnet.schema.errors import FormatError


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.5, "50 %"),
        (0.1, "10 %"),
        (0.0999, "10 %"),
        (0.0243, "2.4 %"),
        (0.02, "2 %"),
        (0.00031, "0.031 %"),
        (0.000031, "< 0.01 %"),
        (0.0, "< 0.01 %"),
    ],
)
def test_fractions_read_as_percent(fraction, text):
    assert state_percent(fraction) == text


def test_a_prior_says_where_it_is_from():
    share = "2.4 % of the candidates without a label are taken to be edges"
    assert Prior(0.0243, None, None, "given", 9, 90).describe() == f"{share} (as given)"
    told = Prior(0.0243, 0.0181, 0.031, "estimated", 9, 90).describe()
    assert told == f"{share} (estimated; 95 % interval 1.8 % to 3.1 %)"
    unknown = "the scores cannot tell how many of the candidates are edges"
    assert Prior(0.0243, None, None, "known", 9, 90).describe() == unknown
    wide = Prior(0.23, 0.0001, 0.4, "estimated", 9, 90).describe()
    assert wide == f"{unknown} (95 % interval 0.01 % to 40 %)"


@pytest.mark.parametrize(
    ("low", "high", "wide"), [(0.01, 0.09, False), (0.01, 0.1, True), (0.0, 0.02, True), (None, None, False)]
)
def test_a_prior_is_not_settled_where_its_interval_spans_a_factor_of_ten(low, high, wide):
    prior = Prior(0.02, low, high, "estimated" if low is not None else "given", 9, 90)
    assert (prior.is_wide, prior.is_settled) == (wide, not wide)


@pytest.mark.parametrize(
    ("value", "source", "settled"), [(9e-6, "estimated", False), (2e-5, "estimated", True), (9e-6, "given", True)]
)
def test_an_estimate_of_less_than_one_edge_in_all_is_not_settled(value, source, settled):
    prior = Prior(value, 0.9 * value, 1.1 * value, source, 9773, 100_000)
    assert (prior.is_settled, prior.is_wide) == (settled, False)
    assert ("cannot tell" in prior.describe()) == (not settled)


def test_a_prior_that_is_merely_the_known_edges_is_not_settled():
    assert not Prior(0.02, None, None, "known", 9, 90).is_settled


def test_a_prior_reads_back_and_a_wrong_one_is_refused():
    prior = Prior(0.02, 0.01, 0.03, "estimated", 9, 90)
    assert Prior.from_json(prior.to_json()) == prior
    with pytest.raises(FormatError, match=r"a prior lies between 0 and 1, got 1\.5"):
        Prior.from_json({**prior.to_json(), "value": 1.5})
    with pytest.raises(FormatError, match="the source of a prior is one of given, estimated, known, got 'guessed'"):
        Prior.from_json({**prior.to_json(), "source": "guessed"})
    with pytest.raises(FormatError, match="prior: missing or wrong entry"):
        Prior.from_json({})
