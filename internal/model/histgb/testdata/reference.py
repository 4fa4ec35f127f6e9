#!/usr/bin/python3
"""Writes reference.json: what scikit-learn 1.2.1's HistGradientBoosting learns from small data.

Every column has at most 255 distinct values, so that a bin holds one value, and seeds are such that no two splits gain
the same, between which the rounding of sums would decide in scikit-learn. Run: /usr/bin/python3 reference.py > reference.json
"""
import json
import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor


def case(name, seed, problem, params, missing=0.0, weighted=False, n=400, d=5, shape=None):
    rng = np.random.default_rng(seed)

    def draw(n):
        x = rng.integers(0, 200, size=(n, d)).astype(np.float32) / 4
        z = x[:, 0] - 0.6 * x[:, 1] + 12 * np.sin(x[:, 2] / 4) + 0.02 * x[:, 3] * x[:, 0] + rng.normal(0, 4, n)
        return x, z

    x, z = draw(n)
    if problem == "binary":
        y = (z > np.median(z)).astype(float)
    elif problem == "multiclass":
        y = np.digitize(z, np.quantile(z, [0.3, 0.7])).astype(float)
    else:
        y = np.round(z if shape is None else shape(z), 3)
    new = draw(100)[0]
    x[rng.random((n, d)) < missing] = np.nan
    w = np.round(rng.uniform(0.5, 2, n), 2) if weighted else None
    kind = HistGradientBoostingRegressor if problem == "regression" else HistGradientBoostingClassifier
    m = kind(early_stopping=False, **params).fit(x, y, sample_weight=w)

    def predict(x):
        if problem == "regression":
            return m.predict(x)
        p = m.predict_proba(x)
        return p[:, 1] if problem == "binary" else p

    def columns(x):
        return [[None if np.isnan(v) else float(v) for v in col] for col in x.T]

    ours = {k: json.dumps(v) if k.endswith("_cst") else v for k, v in params.items()}
    out = {"name": name, "problem": problem, "params": ours, "x": columns(x), "y": y.tolist(), "weights": w.tolist() if weighted else None,
           "pred": predict(x).ravel().tolist()}
    if not missing:  # elsewhere thresholds between values that no row has may differ
        out |= {"new": columns(new), "newPred": predict(new).ravel().tolist()}
    return out


small = {"max_iter": 10, "max_leaf_nodes": 12}
cases = [
    case("regression", 1, "regression", small),
    case("regression, defaults", 2, "regression", {"max_iter": 20}),
    case("regression, depth, L2", 3, "regression", small | {"max_depth": 3, "l2_regularization": 3.0, "min_samples_leaf": 7}),
    case("regression, missing values", 4, "regression", small, missing=0.2),
    case("regression, weights", 5, "regression", small | {"min_samples_leaf": 9}, weighted=True),
    case("regression, interaction", 6, "regression", small | {"interaction_cst": [[0, 1], [1, 2]]}),
    case("binary", 7, "binary", small),
    case("binary, defaults", 20, "binary", {"max_iter": 20}),
    case("binary, missing values, weights", 9, "binary", small | {"min_samples_leaf": 12}, missing=0.15, weighted=True),
    case("multiclass", 10, "multiclass", small),
    case("multiclass, missing values, weights", 11, "multiclass", small | {"learning_rate": 0.3}, missing=0.1, weighted=True),
    case("absolute", 12, "regression", {"max_iter": 1, "max_leaf_nodes": 8, "loss": "absolute_error", "learning_rate": 1.0}),
    case("poisson", 13, "regression", small | {"loss": "poisson"}, shape=lambda z: np.maximum(np.round((z - z.min()) / 8), 0)),
]
json.dump(cases, sys.stdout)
