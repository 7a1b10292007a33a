"""Contrast codings against R, and what users may give as a contrast."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from rglm.errors import FormulaError
from rglm.formula.contrasts import contrast_matrix, contrast_names, dropped_level, parse_contrast
from rglm.formula.values import Contrast, Factor

NAMED = ("contr.treatment", "contr.sum", "contr.helmert", "contr.poly", "contr.SAS")
ABC = ("a", "b", "c")


def levels(count):
    return tuple(f"level {number}" for number in range(count))


def contrast_in(text, helpers, names=ABC):
    a = Factor(np.arange(len(names)), names)
    return helpers.run(text, {"f": a, "a": a}).contrast


def test_contrasts_equal_r(answers, helpers):
    for case in answers["contrasts"]:
        names = tuple(case["levels"])
        matrix, suffixes = contrast_matrix(contrast_in(case["text"], helpers, names), names)
        expected = np.array(case["matrix"], dtype=float)
        assert matrix.shape == expected.shape, case["text"]
        np.testing.assert_allclose(matrix, expected, atol=1e-12, err_msg=case["text"])
        numbered = [str(number) for number in range(1, expected.shape[1] + 1)]
        assert list(suffixes) == (case["names"] or numbered), case["text"]


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("count", [2, 3, 7, 40])
def test_a_coding_and_the_constant_span_all_levels(name, count):
    matrix, names = contrast_matrix(Contrast(name), levels(count))
    assert matrix.shape == (count, count - 1)
    assert len(set(names)) == count - 1
    assert np.linalg.matrix_rank(np.column_stack([np.ones(count), matrix])) == count
    if name not in ("contr.treatment", "contr.SAS"):
        np.testing.assert_allclose(matrix.sum(axis=0), 0, atol=1e-12)


@pytest.mark.parametrize("count", [3, 12, 95])
def test_polynomial_contrasts_are_orthonormal(count):
    matrix, names = contrast_matrix(Contrast("contr.poly"), levels(count))
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(count - 1), atol=1e-12)
    assert names[:5] == (".L", ".Q", ".C", "^4", "^5")[: count - 1]


@pytest.mark.parametrize("base", [None, 1, 3, "c", "b"])
def test_the_dropped_level_is_the_missing_column(base):
    contrast = Contrast("contr.treatment", base=base)
    at = dropped_level(contrast, ABC)
    matrix, names = contrast_matrix(contrast, ABC)
    np.testing.assert_array_equal(matrix, np.delete(np.eye(3), at, axis=1))
    assert names == contrast_names(contrast, ABC) == tuple(np.delete(ABC, at))


def test_names_of_many_treatment_levels_need_no_matrix():
    many = levels(100_000)
    assert contrast_names(Contrast(), many) == many[1:]
    assert contrast_names(Contrast("contr.SAS"), many) == many[:-1]
    with pytest.raises(FormulaError, match=r"too large .at most 1000.; use contr.treatment"):
        contrast_names(Contrast("contr.sum"), many)


@pytest.mark.parametrize("alias", ["Sum", "sum", "contr.sum", "SUM", "deviation"])
def test_names_are_read_as_r_and_python_write_them(alias):
    assert parse_contrast(alias) == Contrast("contr.sum")
    assert parse_contrast(Contrast(alias)) == Contrast("contr.sum")


def test_matrices_are_read_from_arrays_lists_and_frames():
    listed = [[-1, 1], [0, -2], [1, 1]]
    frame = pd.DataFrame(listed, columns=["lin", "quad"], index=list(ABC))
    assert parse_contrast(listed) == parse_contrast(np.array(listed))
    matrix, names = contrast_matrix(parse_contrast(frame), ABC)
    assert matrix.tolist() == listed
    assert names == ("lin", "quad")
    assert contrast_matrix(parse_contrast(listed), ABC)[1] == ("1", "2")
    one = parse_contrast(
        [[-1], [0], [1]]
    )  # given to contrasts=, fewer columns stay fewer, as R's model.matrix
    assert contrast_matrix(one, ABC)[0].shape == (3, 1)
    assert pickle.loads(pickle.dumps(one)) == one
    assert hash(one) == hash(parse_contrast(np.array([-1, 0, 1])))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("contr.summ", "Did you mean 'contr.sum'"),
        ("nonsense", "'contr.treatment', 'contr.SAS'"),
        (3.5, "one row a level"),
        (None, "not shape"),
        ({"a": 1}, "not dict"),
        ([["x"]], "not list"),
        (np.zeros((2, 2, 2)), "not shape"),
        (np.zeros((0, 2)), "not shape"),
        ([[1.0], [np.nan]], "finite"),
    ],
)
def test_what_is_no_contrast_is_refused(value, message):
    with pytest.raises(FormulaError, match=message):
        parse_contrast(value)


@pytest.mark.parametrize(
    ("contrast", "message"),
    [
        (Contrast("contr.treatment", base=4), "from 1 to 3"),
        (Contrast("contr.treatment", base="z"), "'z' is not a level"),
        (Contrast("contr.sum", base=2), "belongs to contr.treatment"),
        (parse_contrast(np.eye(4)), r"4 rows; the factor has 3 levels: a, b, c"),
        (Contrast("x", matrix=((1.0,), (1.0,), (1.0,))), "singular"),
    ],
)
def test_a_contrast_that_does_not_fit_the_levels_is_refused(contrast, message):
    with pytest.raises(FormulaError, match=message):
        contrast_matrix(contrast, ABC)


def test_one_level_has_no_contrast():
    with pytest.raises(FormulaError, match=r"2 or more levels, not 1 .a."):
        contrast_matrix(Contrast(), ("a",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C(a)", None),
        ("C(a, Sum)", Contrast("contr.sum")),
        ("C(a, Sum())", Contrast("contr.sum")),
        ("C(a, Poly)", Contrast("contr.poly")),
        ("C(a, Helmert)", Contrast("contr.helmert")),
        ("C(a, Treatment)", Contrast("contr.treatment")),
        ("C(a, Treatment('b'))", Contrast("contr.treatment", base="b")),
        ("C(a, Treatment(reference='b'))", Contrast("contr.treatment", base="b")),
        ("C(a, 'contr.sum')", Contrast("contr.sum")),
        ("C(a, contr.treatment, base = 3)", Contrast("contr.treatment", base=3, numbered=True)),
        ("C(a, contr.sum, 1)", Contrast("contr.sum", columns=1)),
        ("C(a, how.many = 1, contr = contr.sum)", Contrast("contr.sum", columns=1)),
    ],
)
def test_c_reads_its_contrast(text, expected, helpers):
    assert contrast_in(text, helpers) == expected


def test_c_of_strings_and_numbers_is_a_factor(helpers):
    value = helpers.run("C(s, sum)", {"s": ["q", "p", "q"]})
    assert (value.levels, value.contrast) == (("p", "q"), Contrast("contr.sum"))
    assert helpers.run("C(w)", {"w": [3.0, 0.1, 3.0]}).levels == ("0.1", "3")


def test_c_takes_a_matrix_from_env(helpers):
    a = Factor(np.arange(3), ABC)
    env = {"m": np.array([[1.0], [0.0], [-1.0]]), "f": pd.DataFrame({"u": [1.0, 0, -1], "v": [1.0, -2, 1]})}
    full = helpers.run("C(a, m)", {"a": a}, env=env).contrast
    assert contrast_matrix(full, ABC)[0].shape == (3, 2)  # completed to levels - 1 columns, as R's C()
    assert contrast_names(helpers.run("C(a, f)", {"a": a}, env=env).contrast, ABC) == ("u", "v")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("C(a, contr.treatment(base = 2))", r"write C\(a, contr.treatment, base = 2\)"),
        ("C(a, contr.sum())", r"write C\(a, contr.sum\)"),
        ("C(a, contr.smu)", "Did you mean 'contr.sum'"),
        ("C(a, base = 2)", "needs a contrast before it"),
        ("C(a, contr.sum, base = 2)", "belongs to contr.treatment"),
        ("C(a, contr.sum, scores = c(1, 2, 3))", "belongs to contr.poly"),
        ("C(a, contr.poly, scores = c(1, 1, 3))", "must all differ"),
        ("C(a, contr.sum, 0)", "from 1 to"),
        ("C(a, contr.sum(1))", "from 2 to 500"),
        ("C(a, x + 1)", "constant matrix"),
        ("C()", "'object' is missing"),
    ],
)
def test_misuse_of_c_is_refused(text, message, helpers):
    with pytest.raises(FormulaError, match=message):
        helpers.run(text, {"a": Factor(np.arange(3), ABC), "x": [1.0, 2.0, 3.0]})
