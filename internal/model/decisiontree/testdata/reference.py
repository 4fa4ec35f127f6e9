#!/usr/bin/python3
"""Writes reference.json: what scikit-learn 1.2's decision trees learn from small data without ties.

Whole numbers below 250, so that bins lose nothing. Between equal splits scikit-learn chooses by chance and by rounding:
data are taken on which neither the seed nor mirrored columns change its tree, and on which no two splits of a node have
the same sum of absolute errors, which happens often. Run: python3 reference.py > reference.json
"""
import json
import sys

import numpy as np
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor


def case(name, seed, *args, **kwargs):
    for attempt in range(1000):
        found = trial(name, 1000 * seed + attempt, *args, **kwargs)
        if found:
            return found
    raise SystemExit(f"no data without ties for {name}")


def equal_splits(tree, x, y, params):
    """Whether some node had two splits with the least sum of absolute errors, in whole hundredths."""
    y = np.round(100 * y).astype(np.int64)
    least = max(params.get("min_samples_leaf", 1), int(np.ceil(params.get("min_weight_fraction_leaf", 0) * len(y))))
    loss = lambda v: int(abs(v - np.sort(v)[len(v) // 2]).sum())
    rows_of = tree.decision_path(x).toarray().astype(bool)
    for node in np.flatnonzero(tree.tree_.children_left >= 0):
        xs, ys = x[rows_of[:, node]], y[rows_of[:, node]]
        losses = []
        for j in range(x.shape[1]):
            for cut in np.unique(xs[:, j])[:-1]:
                left = xs[:, j] <= cut
                if min(left.sum(), (~left).sum()) >= least:
                    losses.append(loss(ys[left]) + loss(ys[~left]))
        losses.sort()
        if len(losses) > 1 and losses[0] == losses[1]:
            return True
    return False


def trial(name, seed, problem, params, weighted=False, repeated=False, n=400, d=6):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 250, size=(n, d)).astype(np.float32)
    z = x[:, 0] - 0.6 * x[:, 1] + 60 * np.sin(x[:, 2] / 20) + 0.005 * x[:, 3] * x[:, 0] + rng.normal(0, 20, n)
    model = DecisionTreeClassifier
    if problem == "binary":
        y = (z > np.median(z)).astype(float)
    elif params.get("criterion") == "poisson":
        y, model = rng.poisson(np.exp(z / 60)).astype(float), DecisionTreeRegressor
    elif problem == "multiclass":
        y = np.digitize(z, np.quantile(z, [0.2, 0.5, 0.8])).astype(float)
    else:
        y, model = np.round(z, 2), DecisionTreeRegressor
    w = np.round(rng.uniform(0.5, 2, n), 2) if weighted else None
    seen, taught, given = x, y, w
    if repeated:  # whole weights as rows: scikit-learn 1.2's absolute_error with weights misses the best split
        w, given = rng.integers(1, 4, n).astype(float), None
        seen, taught = np.repeat(x, w.astype(int), axis=0), np.repeat(y, w.astype(int))
    tree = model(random_state=0, **params).fit(seen, taught, sample_weight=given)
    if params.get("criterion") == "absolute_error" and equal_splits(tree, seen, taught, params):
        return None
    fresh = rng.integers(0, 250, size=(200, d)).astype(np.float32)
    pred = tree.predict(fresh) if problem == "regression" else tree.predict_proba(fresh)
    if problem == "binary":
        pred = pred[:, 1]
    t = tree.tree_
    for state in range(6):
        mirror = 249 if state % 2 else 0
        other = model(random_state=state, **params).fit(abs(mirror - seen), taught, sample_weight=given)
        leaves = [len(np.unique(m.apply(v))) for m, v in ((tree, x), (other, abs(mirror - x)))]
        if leaves[0] != leaves[1] or abs(other.feature_importances_ - tree.feature_importances_).max() > 1e-12:
            return None
    ours = {k: v for k, v in params.items()}
    return {
        "name": name, "problem": problem, "params": ours, "x": x.T.tolist(), "y": y.tolist(),
        "weights": None if w is None else w.tolist(), "fresh": fresh.T.tolist(), "pred": np.ravel(pred).tolist(),
        # weights leave some pure nodes with a rounding error of impurity, and scikit-learn splits them
        "nodes": 1 + 2 * int(((t.children_left >= 0) & (t.impurity > 1e-12)).sum()), "importance": tree.feature_importances_.tolist(),
        "root": [int(t.feature[0]), float(t.threshold[0])],
    }


cases = [
    case("binary gini", 1, "binary", {"min_samples_leaf": 20}),
    case("binary gini, weights", 21, "binary", {"min_samples_leaf": 7}, weighted=True),
    case("binary entropy, weights", 2, "binary", {"criterion": "entropy", "min_samples_leaf": 7}, weighted=True),
    case("binary, pruned", 3, "binary", {"min_samples_leaf": 5, "ccp_alpha": 0.004}),
    case("multiclass gini", 4, "multiclass", {"min_samples_leaf": 20}),
    case("multiclass gini, weights", 24, "multiclass", {"min_samples_leaf": 8}, weighted=True),
    case("multiclass entropy, weights", 5, "multiclass", {"criterion": "entropy", "min_samples_leaf": 8}, weighted=True),
    case("regression", 6, "regression", {"min_samples_leaf": 6}),
    case("regression, weights", 7, "regression", {"min_samples_leaf": 6, "min_samples_split": 20}, weighted=True),
    case("regression, pruned", 8, "regression", {"min_samples_leaf": 4, "ccp_alpha": 8.0}),
    case("regression, best first", 9, "regression", {"max_leaf_nodes": 17, "min_samples_leaf": 4}),
    case("binary, best first", 10, "binary", {"max_leaf_nodes": 12, "min_samples_leaf": 4}),
    case("regression, least decrease", 11, "regression", {"min_impurity_decrease": 20.0, "min_samples_leaf": 3}),
    case("regression, Friedman's gain, best first", 13, "regression", {"criterion": "friedman_mse", "max_leaf_nodes": 15, "min_samples_leaf": 4}),
    case("absolute error", 14, "regression", {"criterion": "absolute_error", "min_samples_leaf": 9}),
    case("absolute error, weights", 15, "regression", {"criterion": "absolute_error", "min_weight_fraction_leaf": 0.025}, repeated=True),
    case("absolute error, pruned", 16, "regression", {"criterion": "absolute_error", "min_samples_leaf": 5, "ccp_alpha": 0.25}),
    case("absolute error, best first", 17, "regression", {"criterion": "absolute_error", "max_leaf_nodes": 12, "min_samples_leaf": 5}),
    case("Poisson", 18, "regression", {"criterion": "poisson", "min_samples_leaf": 9}),
    case("Poisson, weights", 19, "regression", {"criterion": "poisson", "min_samples_leaf": 8}, weighted=True),
    case("Poisson, pruned, least decrease", 20, "regression", {"criterion": "poisson", "min_samples_leaf": 5, "ccp_alpha": 0.01, "min_impurity_decrease": 0.002}),
    case("binary, least weight", 22, "binary", {"min_weight_fraction_leaf": 0.06}),
    case("multiclass, least weight, weights", 23, "multiclass", {"min_weight_fraction_leaf": 0.03}, weighted=True),
    case("regression, least weight, weights", 25, "regression", {"min_weight_fraction_leaf": 0.02, "min_samples_leaf": 4}, weighted=True),
    case("depth", 12, "multiclass", {"max_depth": 4, "min_samples_leaf": 5}),
]
json.dump(cases, sys.stdout)
