"""What is learned from data: rows kept, levels, transforms, arguments, refusals, one block or many."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rglm.data.columns import open_columns
from rglm.data.memory import as_source
from rglm.design import encode, learn, model_matrix
from rglm.errors import DataError, FormulaError, FormulaWarning

NAN = np.nan


def data(**changes):
    columns = {
        "y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "x": [0.5, 1.5, NAN, 3.5, 4.5, 5.5],
        "w": [1, 2, 3, 1, 2, 3],
        "a": ["p", "q", "r", "p", "q", "q"],
        "n": [10.0, 20.0, 30.0, 40.0, 50.0, 60.0],
    }
    return pd.DataFrame({**columns, **changes})


def fitted(formula, frame=None, **arguments):
    return learn(formula, as_source(data() if frame is None else frame), **arguments)


class Blocks:
    """A frame handed out in blocks."""

    def __init__(self, frame, size=2):
        self.frame, self.size, self.passes = frame, size, 0
        self.names = tuple(frame.columns)
        self.n_rows = len(frame)

    def blocks(self):
        self.passes += 1
        for start in range(0, len(self.frame), self.size):
            yield open_columns(self.frame.iloc[start : start + self.size])

    def fingerprint(self):
        return ""


def test_rows_with_missing_values_are_left_out_and_counted():
    spec, encoded = fitted("y ~ x + a", data(a=["p", None, "r", "p", "q", "q"]))
    assert encoded.kept.tolist() == [0, 3, 4, 5]
    assert spec.column_names == ("(Intercept)", "x", "aq")  # r had only the row where x is missing
    report = encoded.missing
    assert (report.rows_in, report.rows_kept, dict(report.lost)) == (6, 4, {"x": 1, "a": 1})
    assert encoded.response.positions.tolist() == [0, 3, 4, 5]
    assert encoded.n_rows_in == 6


def test_nothing_missing_keeps_everything():
    _, encoded = fitted("y ~ w + a")
    assert encoded.kept is None
    assert (encoded.missing.rows_kept, encoded.missing.lost) == (6, ())


def test_all_arguments_share_one_mask():
    _, encoded = fitted(
        "y ~ x + offset(log(n))",
        data(n=[10.0, NAN, 30.0, 40.0, 50.0, 60.0], w=[1, 2, 3, NAN, 2, 3]),
        extras={"weights": "w", "exposure": np.array([1, 1, 1, 1, NAN, 2.0]), "offset": "log(y)"},
    )
    assert encoded.kept.tolist() == [0, 5]
    assert dict(encoded.missing.lost) == {"x": 1, "log(n)": 1, "weights": 1, "exposure": 1}
    assert encoded.extras["weights"].tolist() == [1, 3]
    np.testing.assert_allclose(encoded.extras["offset"], np.log([1, 6]))
    np.testing.assert_allclose(encoded.formula_offset, np.log([10, 60]))


def test_a_name_that_is_no_word_is_a_column():
    frame = data().rename(columns={"n": "my n"})
    spec, encoded = fitted("y ~ x", frame, extras={"weights": "my n"})
    assert encoded.extras["weights"][0] == 10
    assert "my n" in spec.reads


def test_dot_leaves_out_columns_used_as_arguments():
    frame = data()[["y", "x", "w", "n"]]
    spec, _ = fitted("y ~ .", frame, extras={"weights": "w", "offset": "log(n)"})
    assert spec.term_labels == ("x",)


@pytest.mark.parametrize(
    "subset",
    ["w < 3", np.array([True, True, False, True, True, False]), [True, True, False, True, True, False]],
)
def test_subset(subset):
    spec, encoded = fitted("y ~ x + a", subset=subset)
    assert encoded.kept.tolist() == [0, 1, 3, 4]
    assert encoded.missing.excluded == 2
    assert encoded.missing.lost == ()  # the row where x is missing is outside
    assert spec.column_names == ("(Intercept)", "x", "aq")


def test_missing_in_subset_selects_nothing():
    _, encoded = fitted("y ~ w", subset="x > 1")
    assert encoded.kept.tolist() == [1, 3, 4, 5]


def test_transforms_learn_before_subset_and_missing_rows_of_others():
    # R: coef(lm(y ~ scale(w), subset = y > 2)) centres by all six rows, and so does NA in x
    _, encoded = fitted("y ~ scale(w) + x", subset="y > 2")
    w = np.array([1, 2, 3, 1, 2, 3.0])
    expected = (w - w.mean()) / w.std(ddof=1)
    np.testing.assert_allclose(encoded.block.dense()[:, 1], expected[[3, 4, 5]])
    _, encoded = fitted("y ~ scale(x)", data(y=[1.0, 2.0, 3.0, 4.0, 5.0, NAN]))
    x = np.array([0.5, 1.5, 3.5, 4.5, 5.5])
    np.testing.assert_allclose(encoded.block.dense()[:, 1], ((x - x.mean()) / x.std(ddof=1))[:4])


def test_levels_come_after_both():
    spec, _ = fitted("y ~ factor(w)", subset="w > 1")
    assert spec.column_names == ("(Intercept)", "factor(w)3")
    spec, _ = fitted("y ~ a", data(a=pd.Categorical(list("pqrpqq"), categories=list("zrqp"))))
    assert spec.column_names == ("(Intercept)", "aq", "ap")


def test_na_fail_names_columns_and_counts():
    with pytest.raises(DataError, match=r"1 of 6 rows.*x \(1\).*omit"):
        fitted("y ~ x", na_action="fail")
    fitted("y ~ w", na_action="fail")


def test_nan_from_a_transform_warns_and_drops():
    with pytest.warns(FormulaWarning, match=r"NaNs produced in log\(x - 2\): 2"):
        _, encoded = fitted("y ~ log(x - 2)")
    assert encoded.kept.tolist() == [3, 4, 5]


def test_na_written_in_the_formula_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, encoded = fitted("y ~ ifelse(w > 1, w, NA)")
    assert encoded.kept.tolist() == [1, 2, 4, 5]


def test_contrasts():
    spec, _ = fitted("y ~ a", contrasts={"a": "contr.sum"})
    assert spec.column_names == ("(Intercept)", "a1", "a2")
    matrix = pd.DataFrame({"lin": [-1, 0, 1], "quad": [1, -2, 1]})
    spec, encoded = fitted("y ~ a", contrasts={"a": matrix})
    assert spec.column_names == ("(Intercept)", "alin", "aquad")
    assert encoded.block.dense()[0].tolist() == [1, -1, 1]
    spec, _ = fitted("y ~ C(a, contr.helmert)", contrasts={"C(a, contr.helmert)": "contr.treatment"})
    assert spec.column_names[1] == "C(a, contr.helmert)q"
    frame = data().rename(columns={"a": "my a"})
    spec, _ = fitted("y ~ `my a`", frame, contrasts={"my a": "contr.sum"})
    assert spec.column_names[1] == "`my a`1"


def test_many_levels_and_dense_contrasts():
    levels = [f"l{i:04d}" for i in range(600)]
    frame = pd.DataFrame({"y": np.arange(600.0), "a": levels})
    spec, encoded = fitted("y ~ a", frame)
    assert (spec.p, encoded.block.times(np.ones(600)).sum()) == (600, 1199)
    with pytest.raises(DataError, match=r"'a' has 600 levels.*contr.sum.*contr.treatment"):
        fitted("y ~ a", frame, contrasts={"a": "contr.sum"})
    fitted("y ~ 0 + a", frame, contrasts={"a": "contr.sum"})  # indicators need no contrast


def test_responses():
    assert fitted("y ~ w")[1].response.kind == "numeric"
    both = fitted("cbind(y, n) ~ w")[1].response
    assert (both.kind, both.values.shape) == ("columns", (6, 2))
    levels = fitted("a ~ w", subset="a != 'r'")[1].response
    assert (levels.kind, levels.levels, levels.values.tolist()) == ("levels", ("p", "q"), [0, 1, 0, 1, 1])
    logical = fitted("(y > 9) ~ w")[1].response
    assert (logical.kind, logical.levels) == ("levels", ("FALSE", "TRUE"))
    assert fitted("a ~ w", subset="a != 'r'", success="p")[1].response.success == "p"
    assert fitted("(y > 3) ~ w", success=True)[1].response.success == "TRUE"
    assert fitted("~ w")[1].response is None


@pytest.mark.parametrize(
    ("formula", "frame", "arguments", "said"),
    [
        ("y ~ a", data(a="p"), {}, r"factor a has only one level, 'p'.*2 or more levels"),
        ("y ~ x + a", data(), {"subset": "a == 'p'"}, r"only one level, 'p'"),
        ("y ~ x", data(x=NAN), {}, r"Every value of x is missing"),
        ("y ~ x", data(x=[NAN, 1, NAN, 1, NAN, 1], n=0), {"subset": "w == 7"}, r"selects none of the 6 rows"),
        (
            "y ~ x + n",
            data(x=[NAN, NAN, NAN, 1, 1, 1], n=[1, 1, 1, NAN, NAN, NAN]),
            {},
            r"No rows are left.*x \(3\), n \(3\)",
        ),
        (
            "y ~ n",
            data(n=[1, np.inf, 1, 1, -np.inf, 1]),
            {},
            r"n is infinite in 2 rows \(row 1: Inf, row 4: -Inf\)",
        ),
        ("y ~ log(w - 1)", data(), {}, r"log\(w - 1\) is infinite in 2 rows \(row 0: -Inf, row 3: -Inf\)"),
        ("y ~ w", data(), {"extras": {"weights": [1, 2]}}, r"weights has 2 values, but the data have 6 rows"),
        ("y ~ w", data(), {"extras": {"weights": 2}}, r"weights is the single value 2"),
        ("y ~ w", data(), {"extras": {"weights": "a"}}, r"weights must be numeric"),
        (
            "y ~ w",
            data(),
            {"extras": {"weights": [1, 2, 3, 4, 5, np.inf]}},
            r"weights is infinite in 1 row \(row 5: Inf\)",
        ),
        (
            "y ~ w",
            data(),
            {"extras": {"offset": "cbind(x, n)"}},
            r"offset must be one number a row.*2 columns",
        ),
        (
            "y ~ w",
            data(),
            {"extras": {"weights": pd.Series(range(6), index=range(1, 7))}},
            r"weights is a pandas Series whose index differs",
        ),
        ("y ~ w", data(), {"subset": [True]}, r"subset has 1 values, but the data have 6 rows"),
        ("y ~ w", data(), {"subset": [1, 2, 3, 4, 5, 6]}, r"subset must be a mask"),
        (
            "y ~ w",
            data(),
            {"subset": pd.Series([True] * 6, index=range(1, 7))},
            r"subset is a pandas Series whose",
        ),
        ("y ~ w", data(), {"subset": "w + 1"}, r"subset= must say TRUE or FALSE"),
        ("y ~ w", data(), {"success": "p"}, r"success='p' names a level.*y is numeric"),
        ("a ~ w", data(), {"success": "P"}, r"success='P' is not a level.*Did you mean 'p'.*p, q, r"),
        (
            "y ~ t",
            data(t=["1", "2", "3.5", "1", "2", "9"]),
            {},
            r"'t' holds numbers stored as strings.*factor\(t\)",
        ),
        ("t ~ w", data(t=["1", "2", "3.5", "1", "2", "9"]), {}, r"'t' holds numbers stored as strings"),
        ("y ~ offset(a)", data(), {}, r"offset\(a\) must be numeric"),
        ("y ~ o", data(o=[1, "a", 2, 3, 4, 5]), {}, r"'o' holds values of several kinds"),
    ],
)
def test_data_that_are_refused(formula, frame, arguments, said):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(DataError, match=said):
            fitted(formula, frame, **arguments)


@pytest.mark.parametrize(
    ("formula", "arguments", "said"),
    [
        ("y ~ X", {}, r"'X' is not in the data.*'x'"),
        ("y ~ a", {"contrasts": {"b": "contr.sum"}}, r"contrasts= names 'b'.*not a factor"),
        (
            "y ~ a + w",
            {"contrasts": {"w": "contr.sum"}},
            r"contrasts= names 'w', which is numeric.*factor\(w\)",
        ),
        ("y ~ a", {"contrasts": {"a": "contr.summ"}}, r"'contr.summ' is not known.*contr.sum"),
        ("y ~ a", {"contrasts": {"a": np.eye(2)}}, r"2 rows.*3 levels"),
        ("y ~ w", {"extras": {"weights": "lgo(w)"}}, r"'lgo' is not known.*'log'"),
    ],
)
def test_formulas_that_are_refused(formula, arguments, said):
    with pytest.raises(FormulaError, match=said):
        fitted(formula, **arguments)


def test_numbers_as_strings_are_factors_when_said_so():
    frame = data(t=["1", "2", "3", "1", "2", "3"])
    assert fitted("y ~ factor(t)", frame)[0].column_names[1] == "factor(t)2"
    assert fitted("y ~ C(t)", frame)[0].column_names[1] == "C(t)2"
    assert fitted("y ~ t", frame.astype({"t": "category"}))[0].column_names[1] == "t2"
    assert fitted("y ~ as.numeric(t)", frame)[0].column_names[1] == "as.numeric(t)"


def test_a_factor_outside_the_terms_may_have_one_level():
    spec, _ = fitted("y ~ x + a - a", data(a="p"))
    assert spec.column_names == ("(Intercept)", "x")


def test_column_names_evaluate_nothing_else():
    spec, _ = fitted("y ~ w", data(bad=[object()] * 6))
    assert spec.column_names == ("(Intercept)", "w")


def test_env():
    spec, encoded = fitted("y ~ twice(w) + I(w * k)", env={"twice": lambda v: 2 * v, "k": 3})
    assert spec.column_names == ("(Intercept)", "twice(w)", "I(w * k)")
    assert encoded.block.dense()[1].tolist() == [1, 4, 6]


def test_model_matrix_takes_any_frame():
    for frame in (data(), pl.from_pandas(data()), pl.from_pandas(data()).to_arrow(), data().to_dict("list")):
        names, X = model_matrix("y ~ x + a", frame)
        assert names == ("(Intercept)", "x", "aq")
        assert X.shape == (5, 3)


FORMULAS = [
    "y ~ x + a",
    "y ~ scale(x) * a",
    "y ~ poly(n, 2):a + factor(w)",
    "y ~ log(scale(n) + 3) + cut(n, 3)",
    "y ~ ns(n, df = 3) + bs(scale(n), df = 4)",
    "y ~ I(n - mean(n)) + as.numeric(o)",
    "a ~ w",
    "cbind(y, n) ~ a:w + offset(log(n))",
    "y ~ o + relevel(a, 'q') + (w > 1)",
    "y ~ interaction(a, w)",
]


@pytest.mark.parametrize("size", [1, 7, 11, 100])
@pytest.mark.parametrize("formula", FORMULAS)
def test_blocks_learn_what_one_block_learns(formula, size):
    rng = np.random.default_rng(3)
    n = 40
    frame = pd.DataFrame(
        {
            "y": rng.standard_normal(n),
            "x": np.where(rng.random(n) < 0.1, NAN, rng.standard_normal(n)),
            "w": rng.integers(1, 4, n),
            "a": rng.choice(list("rqps"), n, p=[0.3, 0.3, 0.35, 0.05]),
            "n": rng.random(n) * 10 + 1,
            "o": pd.Categorical(rng.choice(["lo", "hi"], n), categories=["lo", "mid", "hi"], ordered=True),
        }
    )
    extras = {"weights": "w + 1", "offset": rng.standard_normal(n)}
    whole, encoded = learn(formula, as_source(frame), extras=extras, subset="n > 2")
    source = Blocks(frame, size)
    spec, none = learn(formula, source, extras=extras, subset="n > 2")
    assert none is None
    assert spec.column_names == whole.column_names
    assert spec.assign == whole.assign
    assert spec.response == whole.response
    rows, weights, offsets, answers, start = [], [], [], [], 0
    for columns in source.blocks():
        part = encode(
            spec,
            columns,
            with_response=True,
            extras=("weights",),
            arrays={"offset": extras["offset"][start : start + columns.n_rows]},
            subset=True,
            na="omit",
        )
        start += columns.n_rows
        rows.append(part.block.dense())
        weights.append(part.extras["weights"])
        offsets.append(part.extras["offset"])
        answers.append(part.response.values)
    np.testing.assert_allclose(np.concatenate(rows), encoded.block.dense(), atol=1e-9)
    np.testing.assert_array_equal(np.concatenate(weights), encoded.extras["weights"])
    np.testing.assert_array_equal(np.concatenate(offsets), encoded.extras["offset"])
    np.testing.assert_array_equal(np.concatenate(answers), encoded.response.values)


def test_passes_over_blocks_are_the_depth_of_the_learners():
    frame = data(x=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    for formula, passes in (("y ~ x + a", 1), ("y ~ scale(x)", 2), ("y ~ poly(scale(x), 2) + scale(n)", 3)):
        source = Blocks(frame)
        learn(formula, source)
        assert source.passes == passes


def test_blocks_refuse_as_one_block_does():
    with pytest.raises(DataError, match="only one level"):
        learn("y ~ a", Blocks(data(a="p")))
    with pytest.raises(DataError, match=r"n is infinite in 1 row \(row 5: Inf\)"):
        learn("y ~ n", Blocks(data(n=[1, 2, 3, 4, 5, np.inf])))
    with pytest.raises(DataError, match="Every value of x is missing"):
        learn("y ~ x", Blocks(data(x=NAN)))
    with pytest.raises(DataError, match="selects none"):
        learn("y ~ x", Blocks(data()), subset="w > 9")
    with pytest.raises(DataError, match=r"offset\(a\) must be numeric"):
        learn("y ~ offset(a)", Blocks(data()))
