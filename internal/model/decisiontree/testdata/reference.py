#!/usr/bin/python3
"""Writes reference.json: what scikit-learn 1.2's decision trees learn from small data without ties.

Whole numbers below 250, so that bins lose nothing. Between equal splits scikit-learn chooses by chance and by rounding:
data are taken on which neither the seed nor mirrored columns change its tree. Run: python3 reference.py > reference.json
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


def trial(name, seed, problem, params, weighted=False, n=400, d=6):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 250, size=(n, d)).astype(np.float32)
    z = x[:, 0] - 0.6 * x[:, 1] + 60 * np.sin(x[:, 2] / 20) + 0.005 * x[:, 3] * x[:, 0] + rng.normal(0, 20, n)
    model = DecisionTreeClassifier
    if problem == "binary":
        y = (z > np.median(z)).astype(float)
    elif problem == "multiclass":
        y = np.digitize(z, np.quantile(z, [0.2, 0.5, 0.8])).astype(float)
    else:
        y, model = np.round(z, 2), DecisionTreeRegressor
    w = np.round(rng.uniform(0.5, 2, n), 2) if weighted else None
    tree = model(random_state=0, **params).fit(x, y, sample_weight=w)
    fresh = rng.integers(0, 250, size=(200, d)).astype(np.float32)
    pred = tree.predict(fresh) if problem == "regression" else tree.predict_proba(fresh)
    if problem == "binary":
        pred = pred[:, 1]
    t = tree.tree_
    for state in range(6):
        mirror = 249 if state % 2 else 0
        other = model(random_state=state, **params).fit(abs(mirror - x), y, sample_weight=w)
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
    case("depth", 12, "multiclass", {"max_depth": 4, "min_samples_leaf": 5}),
]
json.dump(cases, sys.stdout)
