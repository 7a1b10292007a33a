"""step(): paths, traces and chosen models of R; one row set, nothing read again; refusals."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from rglm import FitError, Gamma, RglmWarning, glm, lm, step

sys.path.insert(0, str(Path(__file__).parent))
from selection_models import LOW, answers, data, model, numbers, quietly

ALL = "~ age + lwt + race + smoke + ptl + ht + ui + ftv"
LIMITS = {"lower": "~ 1", "upper": "~ (age + lwt + smoke + ht)^2"}

CASES = {
    "low": lambda: model("low").step(),
    "low_bic": lambda: model("low").step(k=np.log(189)),
    "low_forward": lambda: model("low_null").step(ALL, direction="forward"),
    "low_both": lambda: model("low_null").step(LIMITS),
    "low_back": lambda: model("low").step(direction="both"),
    "low_two": lambda: model("low").step(steps=1),
    "low_lower": lambda: model("low").step({"lower": "~ age + ftv"}, direction="backward"),
    "esoph": lambda: model("esoph").step(),
    "bwt_all": lambda: model("bwt_all").step(),
    "quine_all": lambda: model("quine_all").step(),
    "cars_all": lambda: model("cars_all").step(),
    "cars_null": lambda: model("cars_null").step("~ wt * hp + qsec + factor(cyl)"),
    "swiss": lambda: model("swiss").step(),
    "npk": lambda: model("npk").step(),
    "gauss": lambda: model("gauss").step("~ .^2"),
    "nb": lambda: model("nb").step(),
    "nb_epil": lambda: model("nb_epil").step(),
}
THETA = ("nb", "nb_epil")  # R's theta settles to 1e-4 or so, and its path shows it


@pytest.mark.parametrize("case", CASES)
def test_equals_r(case):
    found, expected = quietly(CASES[case]), answers()["stepped"][case]
    loose = case in THETA
    assert found.table["Step"].tolist() == expected["steps"]
    assert found.final == "\n".join(expected["formula"])
    columns = ["Df", "Deviance", "Resid. Df", "Resid. Dev", "AIC"]
    np.testing.assert_allclose(
        found.table[columns].to_numpy(float),
        numbers(expected["values"]),
        rtol=1e-6,
        atol=1e-3 if loose else 1e-6,
    )
    coef = found.fit.coef
    np.testing.assert_allclose(coef, numbers(expected["coef"]), rtol=1e-3 if loose else 1e-5)


# sums of squares of a balanced design end in a 5 that rounds either way, in R's own tables too
@pytest.mark.parametrize("case", [case for case in CASES if case != "npk"])
def test_trace_is_printed_as_r_does(case):
    trace = "\n".join(line.rstrip() for line in answers()["stepped"][case]["trace"])
    found = "\n".join(line.rstrip() for line in quietly(CASES[case]).trace_text.split("\n"))
    assert found == trace.rstrip("\n")


@pytest.mark.parametrize("case", [case for case in CASES if case not in THETA])
def test_path_is_printed_as_r_does(case):
    assert "\n".join(answers()["stepped"][case]["text"]) in str(quietly(CASES[case]))


def test_birthwt_ends_where_the_books_do():
    found = model("low").step()
    assert found.table["AIC"].to_numpy()[1:] == pytest.approx([219.4270, 217.9856], abs=5e-5)
    assert model("low").step(k=np.log(189)).final == "low ~ lwt + ht"


def test_the_record_says_what_a_selection_does_to_p_values():
    assert "take no account of the\nselection" in str(model("low").step(trace=False))


def test_trace_false_prints_the_path_alone():
    quiet = model("low").step(trace=False)
    assert "Start:" not in str(quiet)
    assert quiet.trace_text.startswith("Start:  AIC=221.28\nlow ~ age")


def test_nothing_is_printed_while_it_runs(capsys):
    model("low").step()
    assert capsys.readouterr().out == ""


def test_the_chosen_model_is_a_whole_model():
    found = model("low").step()
    fresh = glm("low ~ lwt + race + smoke + ptl + ht + ui", data("birthwt"), "binomial")
    assert (
        str(found.fit.summary()).partition("Coefficients")[2]
        == str(fresh.summary()).partition("Coefficients")[2]
    )
    assert found.fit.update(". ~ . - ptl").formula == "low ~ lwt + race + smoke + ht + ui"


def test_a_model_that_is_best_is_returned_as_it_is():
    fit = model("low").step().fit
    assert fit.step().fit is fit


def test_the_fit_stays_as_it_is():
    fit = model("low")
    before = fit.formula, fit.coef.copy()
    step(fit)
    assert fit.formula == before[0]
    assert fit.coef.equals(before[1])


def test_one_set_of_rows_from_start_to_end():
    # R stops: "number of rows in use has changed: remove missing values?"
    air = data("air")
    with pytest.warns(RglmWarning, match="step\\(\\) uses the 111/116 rows"):
        found = lm("Ozone ~ Wind", air).step("~ . + Solar.R + Temp + Month")
    complete = air.dropna(subset=["Ozone", "Solar.R"])
    expected = lm("Ozone ~ Wind", complete).step("~ . + Solar.R + Temp + Month")
    np.testing.assert_allclose(
        found.table.drop(columns="Step"), expected.table.drop(columns="Step"), rtol=1e-9
    )
    assert found.left_out == 5
    assert found.fit.nobs == 111
    assert "5 rows lack a value of the scope" in str(found)


def test_rows_do_not_come_back_when_their_variable_leaves():
    air = data("air")
    fit = lm("Ozone ~ Solar.R + Wind + Temp + Day", air)
    assert fit.nobs == 111
    found = fit.step({"lower": "~ Temp"}, direction="backward", k=40.0)
    assert found.final == "Ozone ~ Temp"
    assert found.fit.nobs == 111
    assert found.fit.extract_aic(k=40.0).aic == pytest.approx(found.table["AIC"].iloc[-1])


def test_the_path_ends_at_the_chosen_models_own_aic():
    for name in ("low", "esoph", "cars_all", "nb"):
        found = quietly(model(name).step)
        assert found.table["AIC"].iloc[-1] == pytest.approx(found.fit.extract_aic().aic, rel=1e-8)
        assert found.table["Resid. Dev"].iloc[-1] == pytest.approx(found.fit.deviance, rel=1e-8)


def test_margins_stay_while_their_interaction_does():
    found = quietly(model("quine_all").step)
    for trial in found.trials:
        if ":" in trial.formula and trial.table is not None:
            held = [name for name in trial.formula.partition("~ ")[2].split(" + ") if ":" in name]
            for dropped in (name[2:] for name in trial.table.index if name.startswith("- ")):
                assert not any(set(dropped.split(":")) < set(name.split(":")) for name in held)


def test_contrasts_of_factors_that_leave_are_no_trouble():
    fit = glm(LOW, data("birthwt"), "binomial", contrasts={"race": "contr.sum"})
    assert fit.step({"lower": "~ lwt"}, k=20.0).final == "low ~ lwt"
    assert fit.step().fit.coef.index.tolist()[2] == "race1"


def test_a_start_is_not_carried_to_models_it_does_not_fit():
    fit = glm(LOW, data("birthwt"), "binomial", start=model("low").coef)
    assert fit.step().final == model("low").step().final


def test_weights_offsets_and_subsets_stay():
    frame = data("weighted").assign(z=np.sin(np.arange(54)))
    fit = glm("breaks ~ wool + z + tension + offset(x/100)", frame, "gamma", weights="n", subset="x < 9")
    found = quietly(fit.step)
    assert found.fit.nobs == 48
    assert "offset(x/100)" in found.final
    again = glm(found.final, frame[frame["x"] < 9], "gamma", weights="n")
    np.testing.assert_allclose(found.fit.coef, again.coef, rtol=1e-8)


def test_idle_terms_leave_first():
    frame = data("mtcars").assign(wt2=lambda d: 2 * d["wt"])
    found = lm("mpg ~ wt + hp + wt2", frame).step()
    assert found.table["Step"].tolist()[1] == "- wt2"
    assert found.table["AIC"].iloc[1] == pytest.approx(found.table["AIC"].iloc[0])
    assert found.trials[0].table is None


def gamma_steps():
    """Steps of Gamma models of noise, with what they warn of."""
    rng = np.random.default_rng(5)
    for _ in range(60):
        frame = {name: rng.normal(size=30) for name in "abc"}
        frame["y"] = np.exp(0.3 * frame["a"]) * rng.gamma(1.2, size=30) + 1e-3
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = glm("y ~ a + b + c", frame, Gamma(link="log")).step()
        yield found, [str(each.message) for each in caught]


def test_two_aics_that_choose_differently_are_reported():
    told = risen = 0
    for found, messages in gamma_steps():
        others = sum("AIC of each model as fitted" in message for message in messages)
        assert others <= 1
        told += others
        risen += any("raises the AIC of the fitted model" in message for message in messages)
        # R goes on to the model whose AIC has risen, and leaves it out of the path
        assert (np.diff(found.table["AIC"]) < 1e-7).all()
        assert found.fit.aic == pytest.approx(found.table["AIC"].iloc[-1])
    assert told
    assert risen


def test_renders_everywhere():
    record = model("low").step()
    assert "<table" in record._repr_html_()
    assert "tabular" in record.to_latex()
    assert "| - age" in record.to_markdown()


@pytest.mark.parametrize("name", ["low", "cars"])
@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda fit: fit.step(direction="up"),
            r"direction 'up' is not known.*'both', 'backward' or 'forward'",
        ),
        (lambda fit: fit.step("~ zzz"), r"upper scope must hold all terms of the model; it lacks"),
        (
            lambda fit: fit.step({"lower": "~ zzz"}),
            r"lower scope names terms that the model does not have: zzz",
        ),
        (lambda fit: fit.step({"least": "~ 1"}), r"scope's end 'least' is not known"),
        (lambda fit: fit.step(7), r"scope must be a formula such as .*got 7"),
        (lambda fit: fit.step(("~ 1", 3)), r"scope must be a formula.*got 3"),
    ],
)
def test_refusals(name, ask, message):
    with pytest.raises(FitError, match=message):
        ask(model(name))


def test_quasi_families_have_no_aic():
    with pytest.raises(FitError, match="AIC is not defined for this model, so 'step' cannot proceed"):
        model("quasi").step()


def test_an_exact_fit_has_no_aic():
    perfect = lm("y ~ factor(x)", {"x": [1.0, 2, 3, 4], "y": [3.0, 5, 7, 8]})
    with pytest.raises(FitError, match="AIC is -infinity"):
        quietly(perfect.step)
