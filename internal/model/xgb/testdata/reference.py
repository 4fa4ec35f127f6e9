#!/usr/bin/python3
"""Writes reference.json: what XGBoost 1.7.4 learns from small data on settings without chance.

Every column has at most 255 distinct values, so that a histogram loses nothing. Run: python3 reference.py > reference.json
"""
import json
import sys

import numpy as np
import xgboost


def walk(node):
    """The tree as nested lists: [leaf] or [feature, threshold, left, right]."""
    if "leaf" in node:
        return [node["leaf"]]
    children = {c["nodeid"]: c for c in node["children"]}
    return [int(node["split"][1:]), node["split_condition"], walk(children[node["yes"]]), walk(children[node["no"]])]


def case(name, seed, problem, params, rounds, missing=0.0, weighted=False, n=300, d=5):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 200, size=(n, d)).astype(np.float32) / 4
    z = x[:, 0] - 0.6 * x[:, 1] + 12 * np.sin(x[:, 2] / 4) + 0.02 * x[:, 3] * x[:, 0] + rng.normal(0, 4, n)
    if problem == "binary":
        y = (z > np.median(z)).astype(float)
    elif problem == "multiclass":
        y = np.digitize(z, np.quantile(z, [0.3, 0.7])).astype(float)
    else:
        y = np.round(z, 3)
    x[rng.random((n, d)) < missing] = np.nan
    w = np.round(rng.uniform(0.5, 2, n), 2) if weighted else np.ones(n)
    data = xgboost.DMatrix(x, y, weight=w)
    full = {"nthread": 1, "verbosity": 1, **params}
    ours = dict(params)
    ours.pop("tree_method")
    wp = np.where(y == 1, params.get("scale_pos_weight", 1), 1) * w
    if problem == "binary":
        full |= {"objective": "binary:logistic", "base_score": float(np.average(y, weights=wp))}
    elif problem == "multiclass":
        full |= {"objective": "multi:softprob", "num_class": 3, "base_score": 0}
        shares = np.array([w[y == k].sum() for k in range(3)]) / w.sum()
        data.set_base_margin(np.tile(np.log(shares), (n, 1)))
    else:
        full |= {"objective": "reg:squarederror", "base_score": float(np.average(y, weights=w))}
    booster = xgboost.train(full, data, rounds)
    return {
        "name": name, "problem": problem, "method": params["tree_method"], "params": ours | {"n_estimators": rounds},
        "x": [[None if np.isnan(v) else float(v) for v in col] for col in x.T], "y": y.tolist(),
        "weights": w.tolist() if weighted else None,
        "pred": booster.predict(data).astype(float).ravel().tolist(),
        "trees": [walk(json.loads(t)) for t in booster.get_dump(dump_format="json")],
    }


cases = [
    case("binary", 1, "binary", {"tree_method": "exact", "max_depth": 4, "learning_rate": 0.3, "min_child_weight": 2.0}, 8),
    case("binary, missing values, weights", 2, "binary", {"tree_method": "exact", "max_depth": 3, "learning_rate": 0.5, "min_child_weight": 2.0}, 6, missing=0.2, weighted=True),
    case("binary, alpha, gamma, scale_pos_weight", 3, "binary", {"tree_method": "hist", "max_bin": 255, "max_depth": 4, "learning_rate": 0.3, "reg_alpha": 0.7, "reg_lambda": 2.5, "gamma": 0.4, "min_child_weight": 3.0, "scale_pos_weight": 2.0}, 8),
    case("binary, max_delta_step", 4, "binary", {"tree_method": "hist", "max_bin": 255, "max_depth": 3, "learning_rate": 0.4, "max_delta_step": 0.6, "min_child_weight": 3.0}, 8, missing=0.1),
    case("multiclass", 5, "multiclass", {"tree_method": "exact", "max_depth": 3, "learning_rate": 0.3, "min_child_weight": 3.0}, 5),
    case("multiclass, missing values, weights", 6, "multiclass", {"tree_method": "hist", "max_bin": 255, "max_depth": 3, "learning_rate": 0.3, "min_child_weight": 3.0}, 5, missing=0.15, weighted=True),
    case("regression", 7, "regression", {"tree_method": "exact", "max_depth": 5, "learning_rate": 0.3, "min_child_weight": 6.0}, 8),
    case("regression, missing values, weights", 8, "regression", {"tree_method": "exact", "max_depth": 4, "learning_rate": 0.3, "min_child_weight": 8.0}, 8, missing=0.25, weighted=True),
    case("regression, lossguide", 9, "regression", {"tree_method": "hist", "max_bin": 255, "grow_policy": "lossguide", "max_leaves": 9, "max_depth": 0, "learning_rate": 0.3, "min_child_weight": 6.0}, 8),
    case("regression, alpha", 10, "regression", {"tree_method": "exact", "max_depth": 3, "learning_rate": 0.3, "reg_alpha": 20.0, "min_child_weight": 6.0}, 8),
]
json.dump(cases, sys.stdout)
