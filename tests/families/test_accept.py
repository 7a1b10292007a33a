"""What families accept, what they refuse, and in which words."""

import warnings

import numpy as np
import pytest

from rglm.errors import FamilyError, RglmWarning
from rglm.families import (
    Binomial,
    Gamma,
    Gaussian,
    InverseGaussian,
    NegativeBinomial,
    Poisson,
    Quasi,
    QuasiBinomial,
    QuasiPoisson,
    Tweedie,
)
from rglm.formula.values import Response


def numbers(*values, name="claims", first=0, **more):
    return Response(
        "numeric", np.array(values, dtype=float), name, positions=np.arange(len(values)) + first, **more
    )


def levels(codes, names, success=None):
    return Response("levels", np.array(codes, dtype=float), "outcome", tuple(names), success)


def columns(*rows):
    return Response("columns", np.array(rows, dtype=float), "cbind(s, f)", positions=np.arange(len(rows)))


def refusal(family, response, weights=None):
    with pytest.raises(FamilyError) as caught:
        family.accept(response, weights)
    return str(caught.value)


# ---- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "values", "said"),
    [
        (Poisson(), (1, -2, 3, -0.5), "negative values not allowed for the 'Poisson' family"),
        (QuasiPoisson(), (1, -2, 3, -0.5), "negative values not allowed for the 'quasiPoisson' family"),
        (
            NegativeBinomial(2),
            (1, -2, 3, -0.5),
            "negative values not allowed for the negative binomial family",
        ),
        (Gamma(), (1, 0, 3, -0.5), "non-positive values not allowed for the 'Gamma' family"),
        (
            InverseGaussian(),
            (1, 0, 3, -1),
            "positive values only are allowed for the 'inverse.gaussian' family",
        ),
        (Binomial(), (1, 7, 0, -1), "y values must be 0 <= y <= 1"),
        (QuasiBinomial(), (1, 7, 0, -1), "y values must be 0 <= y <= 1"),
        (Quasi("log", "mu"), (1, -2, 3, -0.5), "values outside the domain of the 'quasi' family"),
        (Quasi("log", "mu^3"), (1, 0, 3, -0.5), "values outside the domain of the 'quasi' family"),
        (Tweedie(1.5), (1, -2, 3, -0.5), "values outside the domain of the 'Tweedie' family"),
        (Tweedie(2.5), (1, 0, 3, -0.5), "values outside the domain of the 'Tweedie' family"),
    ],
    ids=repr,
)
def test_outside_the_domain(family, values, said):
    message = refusal(family, numbers(*values, first=20))
    assert message.startswith(said)
    assert "'claims'" in message
    assert "2 of 4 rows" in message
    assert "row 21: " in message
    assert "row 23: " in message
    assert "row 20" not in message
    assert message.rstrip().endswith((".", "trials."))


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("family", [Gaussian(), Poisson(), Binomial(), Gamma(), Quasi()], ids=repr)
def test_infinite_or_missing(family, bad):
    message = refusal(family, numbers(1, bad, 1))
    assert "infinite or missing" in message
    assert "1 of 3 rows (row 1" in message


def test_long_lists_are_cut():
    message = refusal(Poisson(), numbers(*(-np.ones(1000))))
    assert "1000 of 1000 rows" in message
    assert "996 more" in message
    assert len(message) < 500


def test_zeros_are_for_tweedie():
    assert "Tweedie" in refusal(Gamma(), numbers(0, 1))
    assert Tweedie(1.5).accept(numbers(0, 1)).y.tolist() == [0, 1]
    assert Quasi("log", "mu^2").accept(numbers(0, 1)).y.tolist() == [0, 1]


def test_weights_default_to_ones():
    accepted = Gaussian().accept(numbers(1, 2, 3))
    assert accepted.weights.tolist() == [1, 1, 1]
    assert accepted.trials is None
    assert accepted.modelled is None


def test_fractional_counts_warn_once_and_name_rows():
    with pytest.warns(RglmWarning, match="'claims' is not a whole number in 2 of 4 rows") as caught:
        Poisson().accept(numbers(1, 0.5, 2, 2.5))
    assert len(caught) == 1
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        QuasiPoisson().accept(numbers(1, 0.5))
        NegativeBinomial(2).accept(numbers(1, 0.5))
        Poisson().accept(numbers(1, 0.5), np.array([1.0, 0.0]))
        Poisson().accept(numbers(1, 3 + 1e-9, 1e9))


def test_start_refusals():
    y, w = np.array([-1.0, 2]), np.ones(2)
    for family in (Gaussian("log"), Quasi("log"), Gaussian("sqrt")):
        with pytest.raises(
            FamilyError, match=r"cannot find valid starting values: please specify some.*start="
        ):
            family.start(y, w)
    with pytest.raises(FamilyError, match="'inverse' link is not defined at 1 of the 2"):
        Gaussian("inverse").start(np.array([0.0, 1]), w)
    assert Gaussian("inverse").start(y, w) is y
    assert Gaussian().start(y, w) is y


# ---- levels --------------------------------------------------------------------------------------


def test_two_levels():
    accepted = Binomial().accept(levels([0, 1, 1], ["no", "yes"]))
    assert accepted.y.tolist() == [0, 1, 1]
    assert accepted.modelled == 'P(outcome = "yes")'


def test_success_picks_the_level():
    accepted = Binomial().accept(levels([0, 1, 1], ["no", "yes"], "no"))
    assert accepted.y.tolist() == [1, 0, 0]
    assert accepted.modelled == 'P(outcome = "no")'
    many = QuasiBinomial().accept(levels([0, 1, 2], "abc", "b"))
    assert many.y.tolist() == [0, 1, 0]
    assert many.modelled == 'P(outcome = "b")'


def test_booleans():
    accepted = Binomial().accept(levels([0, 1], ["FALSE", "TRUE"]))
    assert accepted.y.tolist() == [0, 1]
    assert accepted.modelled == "P(outcome = TRUE)"
    assert Gaussian().accept(levels([0, 1], ["FALSE", "TRUE"])).y.tolist() == [0, 1]
    assert Poisson().accept(levels([0, 0], ["TRUE"])).y.tolist() == [1, 1]


def test_level_refusals():
    message = refusal(Binomial(), levels([0, 1, 2], ["low", "mid", "high"]))
    assert "'outcome' has 3: low, mid, high" in message
    assert "success='high'" in message
    assert "only 'yes'" in refusal(Binomial(), levels([0, 0], ["yes"]))
    message = refusal(Binomial(), levels([0, 1], ["no", "yes"], "Yes"))
    assert "success='Yes' is not a level" in message
    assert "Did you mean 'yes'?" in message
    for family in (Gaussian(), Poisson(), Gamma(), Tweedie(1.5)):
        message = refusal(family, levels([0, 1], ["no", "yes"]))
        assert family.name in message
        assert "levels no, yes" in message
        assert "family='binomial'" in message


@pytest.mark.parametrize("family", [Binomial(), Poisson()], ids=repr)
def test_success_without_levels(family):
    assert "success=1 picks a level" in refusal(family, numbers(0, 1, success=1))


# ---- counts and proportions ----------------------------------------------------------------------


def test_counts():
    accepted = Binomial().accept(columns((3, 1), (0, 0), (0, 5)))
    assert accepted.y.tolist() == [0.75, 0, 0]
    assert accepted.weights.tolist() == accepted.trials.tolist() == [4, 0, 5]
    weighted = Binomial().accept(columns((3, 1), (0, 0), (0, 5)), np.array([2.0, 3, 0]))
    assert weighted.weights.tolist() == [8, 0, 0]
    assert weighted.trials.tolist() == [4, 0, 5]


def test_count_refusals():
    message = refusal(Binomial(), columns((3, 1), (4, -2)))
    assert "'cbind(s, f)'" in message
    assert "1 of 2 rows (row 1: 4, -2)" in message
    assert "trials - successes" in message
    assert "has 3 columns" in refusal(Binomial(), columns((3, 1, 1), (4, 2, 1)))
    for family in (Gaussian(), Poisson()):
        assert "one column" in refusal(family, columns((3, 1), (4, 2)))


def test_fractions_of_successes():
    with pytest.warns(RglmWarning, match="non-integer #successes in a binomial glm!.*row 0: 2.5"):
        Binomial().accept(numbers(0.25, 0.5), np.array([10.0, 4]))
    with pytest.warns(RglmWarning, match="non-integer counts in a binomial glm!.*row 1: 2.5, 1"):
        Binomial().accept(columns((3, 1), (2.5, 1)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Binomial().accept(numbers(0.3, 0.5), np.array([10.0, 4]))
        QuasiBinomial().accept(numbers(0.25, 0.5))
        QuasiBinomial().accept(columns((3, 1), (2.5, 1)))


def test_zero_weights_excuse_proportions():
    accepted = Binomial().accept(numbers(7, 1, 0), np.array([0.0, 1, 1]))
    assert accepted.y.tolist() == [0, 1, 0]
    assert "row 0: 7" in refusal(Binomial(), numbers(7, 1, 0), np.array([1.0, 0, 1]))


def test_the_response_is_left_alone():
    given = np.array([7.0, 1, 0])
    Binomial().accept(Response("numeric", given, "y"), np.array([0.0, 1, 1]))
    assert given.tolist() == [7, 1, 0]
