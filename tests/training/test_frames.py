"""Tables with columns of any names: what becomes of their columns and rows, and what is refused."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.training.frames import Encoding, read_table

FLOWERS = """sepal, petal ,species
5.1,1.4,setosa
4.9,1.3,setosa
7.0,4.7,versicolor
6.4,4.5,versicolor
6.3,6.0,virginica
5.8,5.1,virginica
"""


def classifier(k="k"):
    return sb.mlp(["n", 3, k], "tanh", "cross_entropy", notation="matrix")


def line():
    return sb.mlp(["n", "k"], None, notation="matrix")


@pytest.fixture
def flowers(place):
    Path("flowers.csv").write_text(FLOWERS, encoding="utf-8")
    return "flowers.csv"


def test_texts_are_classes_in_the_order_of_the_alphabet(flowers):
    data = sb.load_data(flowers, classifier(), target="species")
    assert data.encoding.classes == ("setosa", "versicolor", "virginica")
    assert data.encoding.inputs == ("sepal", "petal")
    assert (data["X"] == [[5.1, 1.4], [4.9, 1.3], [7.0, 4.7], [6.4, 4.5], [6.3, 6.0], [5.8, 5.1]]).all()
    assert (data["Y"] == np.repeat(np.eye(3), 2, axis=0)).all()
    assert list(data) == ["X", "Y"]
    assert data.held_out is None


def test_inputs_are_taken_in_the_order_in_which_they_are_named(flowers):
    data = sb.load_data(flowers, classifier(), target="species", inputs=["petal", "sepal"])
    assert (data["X"][0] == [1.4, 5.1]).all()
    assert sb.load_data(flowers, classifier(), target="species", inputs=["petal"])["X"].shape == (6, 1)


def test_numbers_are_targets_as_they_are(flowers):
    data = sb.load_data(flowers, line(), target="petal", inputs=["sepal"])
    assert data.encoding.classes is None
    assert (data["Y"][:, 0] == [1.4, 1.3, 4.7, 4.5, 6.0, 5.1]).all()


def test_numbers_are_classes_where_the_network_has_a_softmax_or_where_it_is_said():
    table = {"x": [0.5, 1.5, 2.5, 3.5], "y": [7, 3, 7, 3]}
    assert sb.load_data(table, classifier(), target="y").encoding.classes == (3, 7)
    assert sb.load_data(table, line(), target="y", classes=True).encoding.classes == (3, 7)
    assert sb.load_data(table, classifier(), target="y", classes=False).encoding.classes is None


def test_two_classes_for_one_output():
    net = sb.mlp(["n", 2, 1], "tanh", "binary_cross_entropy", notation="matrix")
    data = sb.load_data({"x": [0.5, 1.5, 2.5], "y": ["no", "yes", "no"]}, net, target="y")
    assert (data["Y"] == [[0], [1], [0]]).all()


def test_columns_of_a_network_of_scalars_and_of_examples_in_columns():
    table = {"a": [1.0, 2.0], "b": [3.0, 4.0], "c": ["u", "v"]}
    scalars = sb.load_data(table, sb.mlp([2, 2, 2], loss="cross_entropy"), target="c")
    assert {name: value.tolist() for name, value in scalars.items()} == {
        "i1": [1, 2], "i2": [3, 4], "t1": [1, 0], "t2": [0, 1],
    }  # fmt: skip
    columns = sb.mlp(["n", 2, "k"], loss="cross_entropy", notation="matrix", examples="columns")
    assert (sb.load_data(table, columns, target="c")["X"] == [[1, 2], [3, 4]]).all()


def test_standardised_columns_have_mean_0_and_deviation_1():
    rng = np.random.default_rng(0)
    table = {"a": rng.normal(50, 9, 40), "b": rng.normal(-1, 0.1, 40), "c": np.full(40, 3.0), "y": rng.normal(8, 2, 40)}
    data = sb.load_data(table, line(), target="y", standardise=True, split=0.25)
    assert np.allclose(data["X"].mean(axis=0), 0, atol=1e-12)
    assert np.allclose(data["X"].std(axis=0), [1, 1, 0])
    assert np.allclose(data["Y"].std(), 1)
    assert data["X"].shape == (30, 3)
    assert data.held_out["X"].shape == (10, 3)
    assert not np.allclose(data.held_out["X"].mean(axis=0)[:2], 0, atol=1e-3)  # by the means of the others


def test_what_is_held_out_is_spread_over_the_classes_and_depends_on_the_seed():
    table = {"x": np.arange(100.0), "y": ["a"] * 60 + ["b"] * 30 + ["c"] * 10}
    parts = [sb.load_data(table, classifier(), target="y", split=0.2, seed=seed) for seed in (1, 1, 2)]
    for part in parts:
        assert part.held_out["Y"].sum(axis=0).tolist() == [12, 6, 2]
        assert sorted([*part["X"][:, 0], *part.held_out["X"][:, 0]]) == list(range(100))
    assert (parts[0]["X"] == parts[1]["X"]).all()
    assert (parts[0]["X"] != parts[2]["X"]).any()


GAPS = {"a": [1.0, np.nan, 3.0, 5.0], "b": [2.0, 4.0, None, 6.0], "y": ["u", "v", "u", "v"]}


def test_rows_with_gaps_are_left_out():
    data = sb.load_data(GAPS, classifier(), target="y", missing="drop")
    assert (data["X"] == [[1, 2], [5, 6]]).all()
    assert data.dropped == 2


def test_gaps_get_the_mean_of_the_rows_that_are_trained_on():
    data = sb.load_data(GAPS, classifier(), target="y", missing="mean")
    assert (data["X"] == [[1, 2], [3, 4], [3, 4], [5, 6]]).all()
    assert data.encoding.fill == (3.0, 4.0)
    assert (data.encoding.encoded(read_table({"b": [9.0], "a": [None]})) == [[3, 9]]).all()


@pytest.mark.parametrize("cell", ["", "NA", "n/a", "NaN", "null", "None", "?"])
def test_cells_that_say_there_is_nothing(place, cell):
    Path("gaps.csv").write_text(f"a,y\n1,u\n{cell},v\n3,v\n", encoding="utf-8")
    if cell:
        assert sb.load_data("gaps.csv", classifier(), target="y", missing="drop").dropped == 1


def test_columns_of_very_different_scale_are_told_once():
    table = {"area": [1000.0, 3000, 2000], "hue": [0.01, 0.02, 0.03], "y": ["u", "v", "u"]}
    words = r"area spreads over 816 and hue over 0.00816, which trains slowly; standardise=True \(--standardise\) puts"
    with pytest.warns(UserWarning, match=words) as warned:
        sb.load_data(table, classifier(), target="y")
    assert len(warned) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sb.load_data(table, classifier(), target="y", standardise=True)


def test_whole_numbers_that_may_be_classes_are_told():
    table = {"x": np.arange(30.0), "y": np.arange(30) % 3}
    with pytest.warns(UserWarning, match=r"y has 3 whole numbers; classes=True \(--classes\) if they are classes"):
        sb.load_data(table, line(), target="y")


# -- frames of other libraries


class Polarly:
    """A frame as Polars has it: names, and columns by name, which NumPy takes."""

    def __init__(self, columns):
        self.columns, self._of = list(columns), columns

    def __getitem__(self, name):
        return self._of[name]


class Arrowly:
    """A table as Arrow has it."""

    def __init__(self, columns):
        self.column_names, self.columns, self._of = list(columns), list(columns.values()), columns

    def __getitem__(self, name):
        return self._of[name]


class NAType:
    """What pandas calls a value that is not there."""

    def __ne__(self, other):
        return self

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")


@pytest.mark.parametrize("frame", [Polarly, Arrowly, dict])
def test_a_frame_is_its_columns(frame):
    columns = {
        "a": np.array([1, 2, 3]), "b": np.array([True, False, True]), "d": np.array([1.5, NAType(), 2], dtype=object),
        "y": np.array(["u", "v", None], dtype=object),
    }  # fmt: skip
    table = read_table(frame(columns))
    assert list(table.columns) == ["a", "b", "d", "y"]
    assert table.missing(["a", "b", "d", "y"]).tolist() == [
        [False] * 4,
        [False, False, True, False],
        [False] * 3 + [True],
    ]
    data = sb.load_data(frame(columns), classifier(), target="y", inputs=["a", "b"], missing="drop")
    assert (data["X"] == [[1, 1], [2, 0]]).all()


def test_a_structured_array_is_its_columns():
    array = np.array([(1.0, "u"), (2.0, "v")], dtype=[("a", float), ("y", "U3")])
    assert (sb.load_data(array, classifier(), target="y")["X"] == [[1], [2]]).all()


@pytest.mark.needs("pandas", "polars", "pyarrow")
def test_frames_of_pandas_polars_and_arrow():
    import pandas
    import polars
    import pyarrow

    raw = {"a": [1.5, None, 3.0, 4.0], "b": [1, 2, None, 4], "y": ["u", "v", "u", "v"]}
    typed = {"a": pandas.array(raw["a"], dtype="Float64"), "b": pandas.array(raw["b"], dtype="Int64")}
    frames = [
        pandas.DataFrame(raw), pandas.DataFrame({**typed, "y": pandas.Categorical(raw["y"])}), polars.DataFrame(raw),
        polars.DataFrame(raw).with_columns(polars.col("y").cast(polars.Categorical)), pyarrow.table(raw),
    ]  # fmt: skip
    for frame in frames:
        data = sb.load_data(frame, classifier(), target="y", missing="drop")
        assert data["X"].tolist() == [[1.5, 1], [4, 4]]
        assert data.encoding.classes == ("u", "v")


# -- models


def trained(data, net, **how):
    how = {"initial": "normalised-xavier", "learning_rate": 0.05, "epochs": 300, "optimiser": "adam", **how}
    return sb.train(sb.derive(net), data, validation=data.held_out, **how)


@pytest.fixture
def model(flowers):
    net = sb.mlp(["n", 3, "k"], "tanh", "cross_entropy", notation="matrix")
    data = sb.load_data(flowers, net, target="species", standardise=True)
    return sb.TableModel(net, trained(data, net).final, data.encoding)


def test_a_model_says_classes_by_their_names(model, flowers):
    assert model.predict(flowers).tolist() == np.repeat(["setosa", "versicolor", "virginica"], 2).tolist()
    assert model.predict({"petal": [5.9], "sepal": [6.2], "colour": ["blue"]}).tolist() == ["virginica"]
    assert np.allclose(model.outputs(flowers).sum(axis=1), 1)
    assert model.heads == ("P(setosa)", "P(versicolor)", "P(virginica)")
    outcome = model.score(flowers)
    assert outcome.accuracy == 1
    assert (outcome.confusion == 2 * np.eye(3)).all()


def test_a_model_comes_back_from_its_file_with_the_same_bits(model, flowers):
    model.save("flowers.npz")
    again = sb.read_model("flowers.npz", model.network)
    assert again.encoding == model.encoding
    assert (again.outputs(flowers) == model.outputs(flowers)).all()
    made_by = {"mlp": {"sizes": ["n", 3, "k"], "activation": "tanh", "loss": "cross_entropy", "notation": "matrix"}}
    sb.TableModel(model.network, model.weights, model.encoding, made_by).save("whole.npz")
    assert (sb.read_model("whole.npz").outputs(flowers) == model.outputs(flowers)).all()


def test_a_model_says_numbers_in_their_own_unit():
    x = np.linspace(0, 1, 50)
    data = sb.load_data({"x": x, "price": 5000 * x + 100}, net := line(), target="price", standardise=True, split=0.2)
    model = sb.TableModel(net, trained(data, net).final, data.encoding)
    assert np.allclose(model.predict({"x": [0.0, 1.0]}), [100, 5100], atol=1)
    outcome = model.score(data.held_out_rows)
    assert outcome.accuracy is None
    assert outcome.errors[0] < 1
    assert outcome.explained[0] > 0.999


def test_several_targets():
    x = np.linspace(0, 1, 20)
    data = sb.load_data({"x": x, "a": 2 * x, "b": 1 - x}, net := line(), target=["a", "b"])
    model = sb.TableModel(net, trained(data, net).final, data.encoding)
    assert np.allclose(model.predict({"x": [0.5]}), [[1, 0.5]], atol=1e-2)


def test_an_encoding_is_json_and_back(flowers):
    encoding = sb.load_data(flowers, classifier(), target="species", standardise=True, missing="mean").encoding
    assert Encoding.of_json(json.loads(json.dumps(encoding.as_json()))) == encoding


# -- what is refused


def refused(action):
    with pytest.raises(sb.SymbackpropError) as found:
        action()
    return str(found.value)


FILES = {
    "flowers.csv": FLOWERS,
    "gap.csv": "a,b,y\n1,2,u\n3,,v\n",
    "word.csv": "a,b,y\n1,2,u\n3,x4,v\n",
    "same.csv": "a,y\n1,u\n2,u\n",
    "twice.csv": "a,a,y\n1,2,u\n",
    "nameless.csv": ",a,y\n0,1,u\n",
    "short.csv": "a,y\n1,u\n2\n",
    "empty.csv": "",
    "head.csv": "a,y\n",
    "yes.csv": "y\nu\n",
    "semi.csv": "a;y\n1;u\n",
}
REFUSED = [
    (
        "flowers.csv", {"target": "specis"},
        "flowers.csv: error[columns]: there is no column 'specis'; did you mean 'species'?",
    ),
    (
        "flowers.csv", {"target": "species", "inputs": ["sepal", "colour"]},
        "flowers.csv: error[columns]: there is no column 'colour'; known names: petal, sepal, species",
    ),
    (
        "flowers.csv", {"target": "species", "inputs": ["sepal", "species"]},
        "error[columns]: the column species is input and target at once; take it out of the inputs",
    ),
    (
        "gap.csv", {"target": "y"},
        'gap.csv:3: error[missing]: the value of b is missing; leave such rows out with missing="drop" '
        '(--missing drop), or put the mean of the column there with "mean"',
    ),
    ("gap.csv", {"target": "y", "missing": "men"}, "error[missing]: missing is 'men'; did you mean 'mean'?"),
    (
        "word.csv", {"target": "y"},
        "word.csv:3: error[number]: b is 'x4', not a number; leave the column out, by naming the inputs "
        "(inputs=[…], --inputs)",
    ),
    (
        "flowers.csv", {"target": ["species", "sepal"]},
        "flowers.csv: error[classes]: species has classes beside other targets; name one target, or targets of numbers "
        "alone",
    ),
    (
        "same.csv", {"target": "y"},
        "same.csv: error[classes]: y is the same in every row: u; give rows of two classes at least",
    ),
    ("twice.csv", {"target": "y"}, "twice.csv:1: error[columns]: the column 'a' is there twice; name each column once"),
    ("nameless.csv", {"target": "y"}, "nameless.csv:1: error[columns]: column 1 has no name; name it, or take it out"),
    (
        "short.csv", {"target": "y"},
        "short.csv:3: error[ragged]: the row has 1 value for 2 columns; give it one for each of a, y",
    ),
    ("empty.csv", {"target": "y"}, "empty.csv:1: error[empty]: the file is empty; begin it with a row of names"),
    ("head.csv", {"target": "y"}, "head.csv:1: error[empty]: the file has names and no rows; add one row an example"),
    ("yes.csv", {"target": "y"}, "yes.csv: error[columns]: there are no columns but the targets; add some"),
    (
        "semi.csv", {"target": "y"},
        "semi.csv:1: error[columns]: there is one column, 'a;y'; separate the columns by commas",
    ),
    ("none.csv", {"target": "y"}, "none.csv: error[file]: there is no such file; check its name"),
    (
        "flowers.csv", {"target": "species", "split": 2},
        "error[split]: split is 2; give a number between 0 and 1, such as 0.2",
    ),
    (
        "flowers.csv", {"target": "species", "split": 0.01},
        "flowers.csv: error[split]: 0.01 of 6 rows is none of them, or all; give another share, or more rows",
    ),
    (
        "flowers.csv", {"standardise": True},
        "error[columns]: standardise is about a table whose columns are named; name the column to predict, as in "
        "target='species'",
    ),
    ("flowers.csv", {"target": []}, "error[columns]: target is []; name a column, or several in a list"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "how", "words"), REFUSED)
def test_a_table_that_does_not_do(place, file, how, words):
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    assert refused(lambda: sb.load_data(file, classifier(), **how)) == words


FRAMES = [
    (3, "error[data]: the table is 3; give a CSV file, a frame of pandas, Polars or Arrow, or a dictionary with a flat "
     "array for each column"),
    ({"a": [1, 2], "y": ["u"]}, "error[ragged]: a has 2 rows and y has 1; give every column one entry a row"),
    ({"a": [], "y": []}, "error[empty]: the table has no rows; give one row an example"),
    ({"a": [[1], [2]], "y": ["u", "v"]}, "error[shape]: the column a is [[1], [2]]; give a flat array with one entry a "
     "row"),
    ({"a": [1, np.inf], "y": ["u", "v"]}, "error[not-finite]: a is infinite, in row 2; give finite numbers"),
    ({"a": [1, 2], "y": ["u", None]}, "error[missing]: the value of y is missing, in row 2; leave such rows out with "
     'missing="drop" (--missing drop), or put the mean of the column there with "mean"'),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "words"), FRAMES)
def test_a_frame_that_does_not_do(frame, words):
    assert refused(lambda: sb.load_data(frame, classifier(), target="y")) == words


def test_a_table_without_a_target():
    words = "error[columns]: load_data has a table, {'a': [1]}, and no target; name the column to predict, as in "
    assert refused(lambda: sb.load_data({"a": [1]}, classifier())) == f"{words}target='species'"


def test_a_network_of_another_width(flowers):
    net = sb.mlp([3, 2, "k"], loss="cross_entropy", notation="matrix")
    assert refused(lambda: sb.load_data(flowers, net, target="species")) == (
        "flowers.csv: error[columns]: X of 3-2-k perceptron takes 3 columns, and there are 2: sepal, petal; name "
        "those that it takes (inputs=[…], --inputs), or take another network"
    )
    assert refused(lambda: sb.load_data(flowers, classifier(4), target="species")) == (
        "flowers.csv: error[classes]: species has 3 classes, and Y of n-3-4 perceptron 4; take a network with an "
        "output for each class"
    )


def test_a_class_that_was_not_seen_in_training(model):
    table = {"sepal": [5.0, 5.0], "petal": [1.0, 1.0], "species": ["setosa", "tulip"]}
    assert refused(lambda: model.score(table)) == (
        "error[classes]: species is 'tulip', a class that was not seen in training, in row 2; known classes: setosa, "
        "versicolor, virginica"
    )


def test_new_data_with_a_gap_or_without_a_column(model):
    assert refused(lambda: model.predict({"sepal": [5.0, None], "petal": [1.0, 1.0]})) == (
        "error[missing]: the value of sepal is missing, in row 2; put one there, or take the row out"
    )
    assert refused(lambda: model.predict({"sepal": [5.0], "petl": [1.0]})) == (
        "error[columns]: there is no column 'petal'; did you mean 'petl'?"
    )


def test_a_file_that_is_no_model(model, place):
    sb.write_weights("w.npz", model.weights)
    assert refused(lambda: sb.read_model("w.npz", model.network)) == (
        "w.npz: error[model]: the file has weights and nothing of the columns of a table; give inputs by name, as to "
        "history.predict, or train with target="
    )
    model.save("flowers.npz")
    assert refused(lambda: sb.read_model("flowers.npz")) == (
        "flowers.npz: error[model]: the file does not say how its network is made: {}; give the network, too"
    )
    broken = {"columns": {**model.encoding.as_json(), "fill": [1]}}
    sb.write_weights("broken.npz", sb.Weights(model.weights, broken))
    assert refused(lambda: sb.read_model("broken.npz", model.network)) == (
        "broken.npz: error[model]: what is kept of the columns beside the weights is damaged; write it with "
        "symbackprop train --save, or TableModel.save"
    )
