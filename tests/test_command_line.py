"""The command line: what it prints, writes and refuses."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import pandas as pd
import pytest

from rglm import datasets, glm, lm
from rglm.__main__ import main

CLICKS = "clicks ~ age + channel"


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "clicks.csv"
    datasets.load("clicks").to_csv(path, index=False)
    return str(path)


@pytest.fixture
def clicks(csv):
    return pd.read_csv(csv)


@pytest.fixture
def run(capsys):
    """Runs the command: exit code, standard output, lines of standard error."""

    def call(*arguments: str) -> tuple[int, str, list[str]]:
        code = main(arguments)
        shown = capsys.readouterr()
        return code, shown.out, shown.err.splitlines()

    return call


def coefficients(text: str) -> str:
    """A printed summary from its table on: what does not depend on how the call was written."""
    return text[text.index("Coefficients:") :]


def test_summary_is_the_one_of_the_fit(run, csv, clicks):
    code, out, err = run(CLICKS, csv, "--family", "poisson")
    assert (code, err) == (0, [])
    expected = str(glm(CLICKS, clicks, "poisson").summary())
    assert coefficients(out).rstrip() == coefficients(expected).rstrip()


def test_anova_follows_with_the_test_asked_for(run, csv, clicks):
    fit = glm(CLICKS, clicks, "quasipoisson")
    for asked, test in (([], "default"), (["--test", "F"], "F"), (["--test", "none"], False)):
        _, out, _ = run(CLICKS, csv, "--family", "quasipoisson", "--anova", *asked)
        assert out.rstrip().endswith(str(fit.anova(test=test)).rstrip())


def test_digits_and_stars(run, csv, clicks):
    _, out, _ = run(CLICKS, csv, "--family", "poisson", "--digits", "3", "--no-stars")
    summary = glm(CLICKS, clicks, "poisson").summary()
    assert coefficients(out).rstrip() == coefficients(summary.to_text(3, False)).rstrip()
    assert "***" not in out


def test_every_option_of_the_model_reaches_the_fit(run, csv, clicks, tmp_path):
    tidy = tmp_path / "tidy.csv"
    code, _, err = run(
        CLICKS, csv, "--family", "poisson", "--link", "log", "--weights", "age",
        "--offset", "log(impressions)", "--subset", "age > 30", "--na-action", "exclude",
        "--contrasts", "channel=contr.sum", "--tidy", str(tidy),
    )  # fmt: skip
    assert (code, err) == (0, [])
    fit = glm(
        CLICKS, clicks, "poisson", weights="age", offset="log(impressions)", subset="age > 30",
        contrasts={"channel": "contr.sum"},
    )  # fmt: skip
    written = pd.read_csv(tidy)
    assert written["term"].tolist() == list(fit.coef.index)
    assert written["estimate"].to_numpy() == pytest.approx(fit.coef.to_numpy(), rel=1e-12)


def test_exposure_and_frequency_weights(run, csv, clicks, tmp_path):
    tidy = tmp_path / "tidy.csv"
    run(
        CLICKS,
        csv,
        "--family",
        "poisson",
        "--exposure",
        "impressions",
        "--freq-weights",
        "age",
        "--tidy",
        str(tidy),
    )
    fit = glm(CLICKS, clicks, "poisson", exposure="impressions", freq_weights="age")
    assert pd.read_csv(tidy)["estimate"].to_numpy() == pytest.approx(fit.coef.to_numpy(), rel=1e-12)


def test_success_names_the_modelled_level(run, tmp_path):
    path, tidy = tmp_path / "bought.csv", tmp_path / "tidy.csv"
    pd.DataFrame({"bought": list("ynynnyyn"), "x": range(8)}).to_csv(path, index=False)
    estimates = {}
    for level in "yn":
        assert (
            run("bought ~ x", str(path), "--family", "binomial", "--success", level, "--tidy", str(tidy))[0]
            == 0
        )
        estimates[level] = pd.read_csv(tidy)["estimate"].to_numpy()
    assert estimates["y"] == pytest.approx(-estimates["n"])


def test_linear_model_of_a_data_set(run):
    code, out, _ = run("dist ~ speed", "--dataset", "cars", "--lm", "--anova")
    fit = lm("dist ~ speed", datasets.load("cars"))
    assert code == 0
    assert coefficients(out).startswith(coefficients(str(fit.summary())).rstrip())
    assert out.rstrip().endswith(str(fit.anova()).rstrip())


def test_predictions_stand_beside_the_new_rows(run, csv, clicks, tmp_path):
    new, out = tmp_path / "new.csv", tmp_path / "predicted.csv"
    rows = pd.DataFrame({"id": ["a", "b"], "age": [20, 60], "channel": ["email", "social"]})
    rows.to_csv(new, index=False)
    fit = glm(CLICKS, clicks, "poisson")
    run(CLICKS, csv, "--family", "poisson", "--predict", str(new), "--out", str(out))
    written = pd.read_csv(out)
    assert written.columns.tolist() == ["id", "age", "channel", "fit"]
    assert written["fit"].to_numpy() == pytest.approx(fit.predict(rows, type="response").to_numpy())
    run(CLICKS, csv, "--family", "poisson", "--predict", str(new), "--out", str(out), "--type", "link",
        "--interval", "confidence")  # fmt: skip
    written = pd.read_csv(out)
    expected = fit.predict(rows, type="link", interval="confidence")
    assert written[["fit", "lwr", "upr"]].to_numpy() == pytest.approx(
        expected[["fit", "lwr", "upr"]].to_numpy()
    )


def test_predictions_go_to_standard_output_unless_a_file_is_named(run, csv, tmp_path):
    new = tmp_path / "new.csv"
    pd.DataFrame({"age": [20], "channel": ["email"]}).to_csv(new, index=False)
    _, out, _ = run(CLICKS, csv, "--family", "poisson", "--predict", str(new))
    assert out.splitlines()[-2] == "age,channel,fit"


def test_a_column_that_a_prediction_would_hide_is_refused(run, csv, tmp_path):
    new = tmp_path / "new.csv"
    pd.DataFrame({"age": [20], "channel": ["email"], "fit": [1]}).to_csv(new, index=False)
    code, _, err = run(CLICKS, csv, "--family", "poisson", "--predict", str(new))
    assert code == 2
    assert "'fit'" in err[0]


def test_html_is_one_page_with_every_number_of_the_text(run, csv, tmp_path):
    path = tmp_path / "fit.html"
    _, out, _ = run('clicks ~ age + channel + I("<" == "<")', csv, "--family", "poisson", "--html", str(path))
    _, out, _ = run(CLICKS, csv, "--family", "poisson", "--anova", "--html", str(path))
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.rstrip().endswith("</html>")
    assert not re.search(r"<(script|link)|https?://", page)
    numbers = re.findall(r"-?\d+\.\d+(?:e[+-]\d+)?", coefficients(out))
    assert numbers
    assert [number for number in numbers if number not in page] == []


def test_titles_are_escaped(run, csv, tmp_path):
    path = tmp_path / "fit.html"
    assert run("clicks ~ I(age < 30)", csv, "--family", "poisson", "--html", str(path))[0] == 0
    page = path.read_text(encoding="utf-8")
    assert "I(age &lt; 30)" in page
    assert "I(age < 30)" not in page


def test_semicolons_parquet_and_standard_input(run, clicks, tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    semicolons, parquet = tmp_path / "clicks.txt", tmp_path / "clicks.parquet"
    clicks.to_csv(semicolons, sep=";", index=False)
    clicks.to_parquet(parquet)
    monkeypatch.setattr("sys.stdin", io.StringIO(clicks.to_csv(index=False)))
    shown = {
        coefficients(run(CLICKS, *source, "--family", "poisson")[1])
        for source in ((str(semicolons), "--sep", ";"), (str(parquet),), ("-",))
    }
    assert len(shown) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["clicks ~ agee", "{csv}"], "age"),
        (["clicks ~ age +", "{csv}"], "clicks ~ age +"),
        (["clicks ~ age", "nowhere.csv"], "nowhere.csv"),
        (["clicks ~ age", "{empty}"], "empty.csv"),
        (["clicks ~ age"], "--dataset"),
        (["clicks ~ age", "{csv}", "--dataset", "cars"], "--dataset"),
        (["dist ~ speed", "--dataset", "carz"], "cars"),
        (["clicks ~ age", "{csv}", "--family", "poison"], "poisson"),
        (["clicks ~ age", "{csv}", "--family", "1 + 1"], "1 + 1"),
        (["clicks ~ age", "{csv}", "--family", "poisson", "--link", "logg"], "log"),
        (["clicks ~ age", "{csv}", "--lm", "--family", "poisson"], "--lm"),
        (["clicks ~ age", "{csv}", "--contrasts", "channel"], "channel=contr.sum"),
        (["clicks ~ age", "{csv}", "--nonsense"], "--nonsense"),
        (["clicks ~ age", "{csv}", "--test", "Chisk"], "Chisq"),
        (["clicks ~ age", "{csv}", "--digits", "99"], "digits"),
        (["age ~ clicks", "{csv}", "--family", "binomial"], "age"),
        ([], "formula"),
    ],
)
def test_an_error_is_one_line(run, csv, tmp_path, arguments, says):
    empty = tmp_path / "empty.csv"
    empty.touch()
    code, out, err = run(*(each.format(csv=csv, empty=empty) for each in arguments))
    assert (code, out) == (2, "")
    assert len(err) == 1
    assert err[0].startswith("rglm: error: ")
    assert says in err[0]


def test_a_warning_is_one_line_and_the_fit_is_printed(run, csv):
    code, out, err = run("clicks ~ age^2", csv, "--family", "poisson")
    assert code == 0
    assert "Coefficients:" in out
    assert [line for line in err if line.startswith("rglm: warning: ") and "I(age^2)" in line] == err != []


def test_version_and_help(capsys):
    for option, says in (("--version", "rglm 0."), ("--help", "--family")):
        with pytest.raises(SystemExit) as stop:
            main([option])
        assert stop.value.code == 0
        assert says in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--family", "Gamma", "--link", "log"], "Model: Gamma, link: log"),
        (["--family", "Gamma(link=log)"], "Model: Gamma, link: log"),
        (["--family", "inverse.gaussian(link=1/mu^2)"], "Model: inverse.gaussian, link: 1/mu^2"),
        (["--family", 'quasi(link = "log", variance = "mu^2")'], "Model: quasi, link: log"),
    ],
)
def test_families_as_typed(run, options, shown):
    code, out, err = run("lot1 ~ log(u)", "--dataset", "clotting", "--anova", *options)
    assert (code, err) == (0, [])
    assert shown in out.splitlines()


def test_python_m_rglm_is_the_command(csv):
    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "rglm", *arguments], capture_output=True, text=True)

    done = call(CLICKS, csv, "--family", "poisson")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Coefficients:" in done.stdout
    failed = call(CLICKS, "nowhere.csv")
    assert (failed.returncode, failed.stdout) == (2, "")
    assert len(failed.stderr.splitlines()) == 1
