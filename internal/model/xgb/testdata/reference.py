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


TARGETS = {
    "count:poisson": lambda z: np.maximum(np.round((z - z.min()) / 8), 0),
    "reg:gamma": lambda z: np.round(np.exp(z / 20), 3),
    "reg:tweedie": lambda z: np.round(np.maximum(z, 0), 3),
}


def base_score(params, y, w):
    """Our constant to begin with, on the scale of predictions."""
    objective = params.get("objective")
    if objective == "reg:absoluteerror":
        order = np.argsort(y, kind="stable")
        return float(y[order][np.searchsorted(np.cumsum(w[order]), w.sum() / 2)])
    if objective == "reg:pseudohubererror":
        d = params["huber_slope"]
        lo, hi = y.min(), y.max()
        for _ in range(100):
            mid = (lo + hi) / 2
            if np.sum(w * (mid - y) / np.sqrt(1 + ((mid - y) / d) ** 2)) < 0:
                lo = mid
            else:
                hi = mid
        return float(hi)
    return float(np.average(y, weights=w))


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
    if problem == "regression":
        y = TARGETS.get(params.get("objective"), lambda z: z)(y)
    data = xgboost.DMatrix(x, y, weight=w)
    full = {"nthread": 1, "verbosity": 1, **params}
    ours = dict(params)
    ours.pop("tree_method")
    for key, value in ours.items():
        if key == "one_drop":
            ours[key] = value == 1
    wp = np.where(y == 1, params.get("scale_pos_weight", 1), 1) * w
    if problem == "binary":
        full |= {"objective": "binary:logistic", "base_score": float(np.average(y, weights=wp))}
    elif problem == "multiclass":
        full |= {"objective": "multi:softprob", "num_class": 3, "base_score": 0}
        shares = np.array([w[y == k].sum() for k in range(3)]) / w.sum()
        data.set_base_margin(np.tile(np.log(shares), (n, 1)))
    else:
        full |= {"objective": params.get("objective", "reg:squarederror"), "base_score": base_score(params, y, w)}
    booster = xgboost.train(full, data, rounds)
    return {
        "name": name, "problem": problem, "method": params.get("booster", params["tree_method"]), "params": ours | {"n_estimators": rounds},
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
    case("binary, monotone", 11, "binary", {"tree_method": "hist", "max_bin": 255, "max_depth": 4, "learning_rate": 0.3, "min_child_weight": 3.0, "monotone_constraints": "(1, -1, 1, 0, 0)"}, 8),
    case("regression, monotone, missing values, weights", 12, "regression", {"tree_method": "hist", "max_bin": 255, "max_depth": 4, "learning_rate": 0.3, "min_child_weight": 6.0, "monotone_constraints": "(1, -1, -1, 0, 1)"}, 8, missing=0.2, weighted=True),
    case("regression, monotone, exact", 13, "regression", {"tree_method": "exact", "max_depth": 4, "learning_rate": 0.3, "min_child_weight": 6.0, "monotone_constraints": "(0, -1, 1)"}, 8),
    case("multiclass, monotone, lossguide", 14, "multiclass", {"tree_method": "hist", "max_bin": 255, "grow_policy": "lossguide", "max_leaves": 8, "max_depth": 0, "learning_rate": 0.3, "min_child_weight": 3.0, "monotone_constraints": "(1, 0, 1, 0, -1)"}, 5),
    case("regression, interaction", 15, "regression", {"tree_method": "hist", "max_bin": 255, "max_depth": 5, "learning_rate": 0.3, "min_child_weight": 6.0, "interaction_constraints": "[[0, 1], [1, 2, 3]]"}, 8),
    case("binary, interaction, monotone", 16, "binary", {"tree_method": "hist", "max_bin": 255, "max_depth": 5, "learning_rate": 0.3, "min_child_weight": 3.0, "interaction_constraints": "[[0, 2], [1, 3, 4]]", "monotone_constraints": "(1, 0, 0, 0, 0)"}, 8),
    # XGBoost 1.7 forgets the learning rate here, so it is 1; with weights there is one median only.
    case("absolute", 28, "regression", {"tree_method": "hist", "max_bin": 255, "max_depth": 4, "learning_rate": 1.0, "min_child_weight": 8.0, "objective": "reg:absoluteerror"}, 1, weighted=True),
    case("pseudo-huber, weights", 18, "regression", {"tree_method": "hist", "max_bin": 255, "max_depth": 3, "learning_rate": 0.3, "min_child_weight": 6.0, "objective": "reg:pseudohubererror", "huber_slope": 9.0}, 8, weighted=True),
    case("poisson", 19, "regression", {"tree_method": "hist", "max_bin": 255, "max_depth": 3, "learning_rate": 0.3, "min_child_weight": 4.0, "objective": "count:poisson"}, 8, missing=0.1),
    case("gamma, weights", 20, "regression", {"tree_method": "hist", "max_bin": 255, "max_depth": 3, "learning_rate": 0.3, "min_child_weight": 4.0, "objective": "reg:gamma"}, 8, weighted=True),
    case("tweedie", 21, "regression", {"tree_method": "hist", "max_bin": 255, "max_depth": 3, "learning_rate": 0.3, "min_child_weight": 9.0, "objective": "reg:tweedie", "tweedie_variance_power": 1.3}, 8),
    # All trees are dropped in every round, which leaves nothing to chance.
    case("dart", 22, "regression", {"tree_method": "hist", "max_bin": 255, "booster": "dart", "rate_drop": 1.0, "max_depth": 3, "learning_rate": 0.3, "min_child_weight": 6.0}, 6),
    case("dart, forest, weights", 23, "binary", {"tree_method": "hist", "max_bin": 255, "booster": "dart", "rate_drop": 1.0, "normalize_type": "forest", "max_depth": 3, "learning_rate": 0.4, "min_child_weight": 4.0}, 6, weighted=True),
    case("dart, multiclass", 24, "multiclass", {"tree_method": "hist", "max_bin": 255, "booster": "dart", "rate_drop": 1.0, "max_depth": 3, "learning_rate": 0.4, "min_child_weight": 4.0}, 4),
    case("dart without drops", 25, "binary", {"tree_method": "hist", "max_bin": 255, "booster": "dart", "rate_drop": 0.0, "one_drop": 0, "max_depth": 3, "learning_rate": 0.4, "min_child_weight": 4.0}, 6, missing=0.1),
]
json.dump(cases, sys.stdout)
