"""Estimators keep scikit-learn's contract, do as well as its own perceptrons, and fit networks of the user's own."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
from conftest import slow_except
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine, make_regression
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import symbackprop as sb
from symbackprop.sklearn import NetworkClassifier, NetworkRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@parametrize_with_checks([NetworkClassifier(), NetworkRegressor()])
def test_scikit_learn_finds_nothing(estimator, check):
    check(estimator)


def parts(load, seed=0):
    inputs, labels = load(return_X_y=True)
    found = train_test_split(inputs, labels, test_size=0.25, stratify=labels, random_state=seed)
    scale = StandardScaler().fit(found[0])
    return scale.transform(found[0]), scale.transform(found[1]), found[2], found[3]


@pytest.fixture(scope="module")
def iris():
    return parts(load_iris)


@pytest.mark.parametrize(
    "load", slow_except([load_iris, load_wine], [load_iris, load_wine, load_breast_cancer, load_digits])
)
def test_is_as_good_as_the_perceptrons_of_scikit_learn(load):
    """Within a point of MLPClassifier of the same width, over several splits and seeds."""
    ours, theirs = [], []
    for seed in range(4):
        inputs, held_out, labels, wanted = parts(load, seed)
        ours.append(
            NetworkClassifier(50, learning_rate=0.01, random_state=seed).fit(inputs, labels).score(held_out, wanted)
        )
        mlp = MLPClassifier(50, learning_rate_init=0.01, random_state=seed)
        theirs.append(mlp.fit(inputs, labels).score(held_out, wanted))
    assert np.mean(ours) > np.mean(theirs) - 0.01


def test_is_as_good_at_numbers():
    inputs, wanted = make_regression(200, 8, noise=5, random_state=0)
    wanted = wanted / wanted.std()
    ours = NetworkRegressor(30, learning_rate=0.01, random_state=0).fit(inputs[:150], wanted[:150])
    theirs = MLPRegressor(hidden_layer_sizes=30, learning_rate_init=0.01, random_state=0).fit(
        inputs[:150], wanted[:150]
    )
    assert ours.score(inputs[150:], wanted[150:]) > theirs.score(inputs[150:], wanted[150:]) - 0.01


def test_several_numbers_an_example():
    inputs, wanted = make_regression(100, 4, n_targets=2, random_state=0)
    wanted = wanted / wanted.std(axis=0)
    model = NetworkRegressor(20, learning_rate=0.02, random_state=0).fit(inputs, wanted)
    assert model.predict(inputs[:7]).shape == (7, 2)
    assert model.score(inputs, wanted) > 0.98


def test_a_pipeline_and_a_search_over_rate_and_width():
    inputs, labels = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), NetworkClassifier(epochs=60, random_state=0))
    grid = {
        "networkclassifier__learning_rate": [1e-5, 0.02],
        "networkclassifier__hidden": [4, (8, 4)],
    }
    search = GridSearchCV(pipeline, grid, cv=3, error_score="raise").fit(inputs, labels)
    assert search.best_params_["networkclassifier__learning_rate"] == 0.02
    assert search.best_score_ > 0.93
    assert cross_val_score(search.best_estimator_, inputs, labels, cv=3).mean() > 0.93


def test_classes_keep_their_names_and_chances_add_up(iris):
    inputs, held_out, labels, wanted = iris
    names = np.array(["setosa", "versicolor", "virginica"])
    model = NetworkClassifier(16, learning_rate=0.02, random_state=0).fit(inputs, names[labels])
    assert list(model.classes_) == list(names)
    assert (model.predict(held_out) == names[wanted]).mean() > 0.9
    chances = model.predict_proba(held_out)
    assert chances.shape == (len(held_out), 3)
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-15)
    assert (model.classes_[chances.argmax(axis=1)] == model.predict(held_out)).all()


def test_the_same_seed_gives_the_same_bits(iris):
    inputs, held_out, labels, _ = iris
    one, other, third = (NetworkClassifier(8, epochs=5, random_state=k).fit(inputs, labels) for k in (1, 1, 2))
    assert (one.predict_proba(held_out) == other.predict_proba(held_out)).all()
    assert (one.predict_proba(held_out) != third.predict_proba(held_out)).any()


def test_pickles_and_predicts_the_same(iris):
    inputs, held_out, labels, _ = iris
    model = NetworkClassifier(8, epochs=5, random_state=1).fit(inputs, labels)
    again = pickle.loads(pickle.dumps(model))
    assert (again.predict_proba(held_out) == model.predict_proba(held_out)).all()


def test_what_was_fitted_is_a_derivation(iris):
    """The estimator's weights go into the derivation, and its outputs are the network's."""
    inputs, _, labels, _ = iris
    model = NetworkClassifier((6, 5), "tanh", epochs=5, random_state=1).fit(inputs, labels)
    assert sb.check(model.derivation_).ok
    targets = sb.one_hot(labels, 3)
    forward, _ = sb.lambdify(model.derivation_).forward_backward(X=inputs, Y=targets, **model.weights_)
    assert np.allclose(forward["P"], model.predict_proba(inputs), atol=1e-14)


def test_the_updates_are_those_of_train(iris):
    """One epoch of the whole batch is one update of ``train`` from the same weights."""
    inputs, _, labels, _ = iris
    design = sb.mlp(["n", "h1", "k"], "relu", "cross_entropy", notation="matrix")
    first = sb.initialise(design, "xavier", sizes={"n": 4, "h1": 5, "k": 3})
    how = {"batch_size": None, "initial": first, "learning_rate": 0.1, "epochs": 3}
    model = NetworkClassifier(5, optimiser="momentum", random_state=0, **how).fit(inputs, labels)
    history = sb.train(
        sb.derive(design), {"X": inputs, "Y": sb.one_hot(labels, 3)}, optimiser="momentum", seed=0, **how
    )
    for name, value in history.final.items():
        assert np.allclose(model.weights_[name], value, atol=1e-14), name
    assert np.allclose(model.loss_curve_, history.losses[:-1], atol=1e-14)


def test_stops_when_the_loss_gets_no_smaller(iris):
    inputs, _, labels, _ = iris
    model = NetworkClassifier(16, learning_rate=0.05, epochs=500, random_state=0).fit(inputs, labels)
    assert model.n_iter_ == len(model.loss_curve_) < 500
    assert NetworkClassifier(4, epochs=300, patience=None, random_state=0).fit(inputs, labels).n_iter_ == 300


def test_held_out_examples_choose_the_weights(iris):
    inputs, _, labels, _ = iris
    how = {"learning_rate": 0.05, "epochs": 60, "random_state": 0}
    model = NetworkClassifier(8, validation_fraction=0.2, **how).fit(inputs, labels)
    assert len(model.validation_scores_) == model.n_iter_
    best = int(np.argmax(model.validation_scores_))
    until = NetworkClassifier(8, validation_fraction=0.2, **{**how, "epochs": best + 1}).fit(inputs, labels)
    assert all((model.weights_[name] == until.weights_[name]).all() for name in model.weights_)


def test_single_precision_stays(iris):
    inputs, held_out, labels, _ = iris
    model = NetworkClassifier(8, epochs=5, random_state=1).fit(inputs.astype(np.float32), labels)
    assert {value.dtype for value in model.weights_.values()} == {np.dtype(np.float32)}
    assert model.predict_proba(held_out.astype(np.float32)).dtype == np.float32


# -- networks of the user's own


def test_a_network_of_ones_own(iris):
    inputs, held_out, labels, wanted = iris
    network = sb.mlp(["n", "a", "b", "k"], "tanh", "cross_entropy", notation="matrix", examples="columns")
    model = NetworkClassifier(network=network, sizes={"a": 8, "b": 6}, learning_rate=0.02, random_state=0)
    assert model.fit(inputs, labels).score(held_out, wanted) > 0.9
    assert model.weights_["W1"].shape == (8, 4)
    assert model.derivation_.network is network


def test_a_network_with_one_output_tells_two_classes():
    inputs, held_out, labels, wanted = parts(load_breast_cancer)
    network = sb.mlp([30, 5, 1], "tanh", "binary_cross_entropy", notation="matrix")
    model = NetworkClassifier(network=network, learning_rate=0.02, random_state=0).fit(inputs, labels)
    assert model.score(held_out, wanted) > 0.93
    assert model.predict_proba(held_out).shape == (len(held_out), 2)


def test_a_network_of_scalars_with_its_own_weights():
    network = sb.load_example("xor")
    inputs = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    model = NetworkClassifier(
        network=network, initial={w.name: network.values[w.name] for w in network.parameters},
        optimiser="gradient-descent", learning_rate=5.0, epochs=3000, patience=None, random_state=0,
    )  # fmt: skip
    assert list(model.fit(inputs, ["no", "yes", "yes", "no"]).predict(inputs)) == ["no", "yes", "yes", "no"]


def test_numbers_from_a_network_of_ones_own():
    inputs, wanted = make_regression(100, 4, random_state=0)
    network = sb.mlp(["n", 12, 1], "tanh", "smooth_l1", output="identity", notation="matrix")
    model = NetworkRegressor(network=network, learning_rate=0.02, random_state=0).fit(inputs, wanted / wanted.std())
    assert model.score(inputs, wanted / wanted.std()) > 0.97


# -- what is refused

REFUSED = [
    ({"hidden": 0}, "error[hidden]: hidden is 0; give whole numbers from 1, such as (100,)"),
    ({"hidden": "wide"}, "error[hidden]: hidden is 'wide'; give whole numbers from 1, such as (100,)"),
    ({"activation": "rellu"}, "error[activation]: there is no activation called 'rellu'; did you mean 'relu'?"),
    ({"optimiser": "adm"}, "error[optimiser]: there is no optimiser 'adm'; did you mean 'adam'?"),
    ({"learning_rate": -1}, "error[learning-rate]: learning rate -1 is not a positive number; try 0.1 or 0.5 first"),
    ({"epochs": 0}, "error[epochs]: there are no epochs; give one at least, or 200"),
    (
        {"batch_size": 0},
        "error[batch-size]: batch_size = 0 is not a whole number from 1; give, say, 32, or leave it out",
    ),
    (
        {"patience": 0},
        "error[patience]: patience is 0; give a whole number from 1, or None to go through all epochs",
    ),
    ({"tolerance": "x"}, "error[tolerance]: tolerance is 'x'; give a number from 0, such as 1e-4"),
    (
        {"validation_fraction": 1},
        "error[validation]: validation_fraction is 1; give a number from 0 up to 1, such as 0.1",
    ),
    ({"network": "mlp"}, "error[network]: network is 'mlp'; give an sb.Network, or leave it out"),
    (
        {"network": sb.load_example("rnn")},
        "error[columns]: columns go into one input with a row or a column an example, and there are X1 m×n, X2 m×n, "
        "X3 m×n; give the data by name",
    ),
    (
        {"network": sb.load_example("mlp"), "output": "A3"},
        "error[output]: the output is 'A3', which no equation is of; known names: A1, A2, E, Z1, Z2",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("how", "words"), REFUSED, ids=[next(reversed(how)) for how, _ in REFUSED])
def test_a_choice_that_does_not_do(iris, how, words):
    inputs, _, labels, _ = iris
    with pytest.raises(sb.SymbackpropError) as refused:
        NetworkClassifier(**how).fit(inputs, labels)
    assert str(refused.value) == words


def test_too_many_classes_for_a_network(iris):
    inputs, _, labels, _ = iris
    network = sb.mlp(["n", 3, 1], "tanh", "binary_cross_entropy", notation="matrix")
    words = "there are 3 classes in y, and one output for two; give a network with a target for each class"
    with pytest.raises(sb.DataError, match=words):
        NetworkClassifier(network=network).fit(inputs, labels)


def test_one_class_alone(iris):
    inputs, _, labels, _ = iris
    with pytest.raises(sb.DataError, match="there is one class alone in y; give examples of two classes at least"):
        NetworkClassifier().fit(inputs, np.zeros_like(labels))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_training_that_diverges():
    inputs, wanted = make_regression(50, 4, random_state=0)
    words = "the loss is no longer finite after .* at rate 10; standardise the columns, or try a smaller learning rate"
    with pytest.raises(sb.Diverged, match=words):
        NetworkRegressor(8, optimiser="gradient-descent", learning_rate=10, random_state=0).fit(inputs, wanted)


def test_scikit_learn_that_is_absent_is_told_in_one_line():
    code = "import sys; sys.modules['sklearn'] = None\nimport symbackprop.sklearn"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].endswith(
        "error[missing-extra]: symbackprop.sklearn needs scikit-learn, and there is no module sklearn here; "
        'install it, in a clone of symbackprop: pip install ".[sklearn]"'
    )


def test_clones_have_the_same_choices():
    model = NetworkClassifier(8, "tanh", optimiser=sb.optimiser("adam", beta1=0.8), random_state=3)
    assert clone(model).get_params() == model.get_params()
