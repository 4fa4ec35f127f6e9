#!/usr/bin/python3
"""Prints what the XGBoost at hand learns from small data and predicts: models as JSON or UBJSON, margins, contributions.

Run: python3 xgboost.py > xgboost-VERSION.json (recorded with 1.7.4 and with a development version of 3.5.0)
"""
import base64
import json
import sys

import numpy as np

sys.path = sys.path[1:]  # this file is called as the module is
import xgboost

NEW = int(xgboost.__version__.split(".")[0]) >= 2


def table(seed, n=60, categories=False, missing=0.15):
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(0, 2, (n, 4)), 1).astype(np.float32)
    x[:, 3] = rng.integers(0, 40 if categories else 5, n)
    z = x[:, 0] - 0.6 * x[:, 1] * x[:, 2] + np.sin(7 * x[:, 3]) * 2 + rng.normal(0, 0.3, n)
    x[rng.random(x.shape) < missing] = np.nan
    return x, z


def digits(a):
    return [[float("%.10g" % v) for v in row] for row in a]


def case(name, seed, params, rounds=6, form="json", categories=False, frame=False):
    x, z = table(seed, categories=categories)
    objective = params["objective"]
    if objective.startswith("multi"):
        y = np.digitize(z, np.quantile(z, [0.3, 0.7])).astype(float)
    elif "logistic" in objective:
        y = (z > np.median(z)).astype(float)
    elif objective.split(":")[1] in ("poisson", "gamma", "tweedie"):
        y = np.round(np.exp(z / 4) + 0.01, 3)
    else:
        y = z + 10
    full = {"nthread": 1, "verbosity": 1, "max_depth": 3, "eta": 0.4, "tree_method": "hist", **params}
    types = ["float", "float", "q", "c" if categories else "int"]
    data = xgboost.DMatrix(x, y, feature_names=["a", "b\"2", "ü", "d"], feature_types=types, enable_categorical=categories)
    if frame:
        import pandas

        words = np.array(["k%02d" % c for c in range(40)])
        d = pandas.Series(pandas.Categorical.from_codes(np.where(np.isnan(x[:, 3]), -1, x[:, 3]).astype(int), categories=words))
        x_frame = pandas.DataFrame({"a": x[:, 0], "b\"2": x[:, 1], "ü": x[:, 2], "d": d})
        data = xgboost.DMatrix(x_frame, y, enable_categorical=True)
    booster = xgboost.train(full, data, rounds)
    raw = bytes(booster.save_raw(form))
    result = {
        "name": name,
        "model": raw.decode() if form == "json" else None,
        "bytes": base64.b64encode(raw).decode() if form != "json" else None,
        "x": [[None if np.isnan(v) else round(float(v), 1) for v in row] for row in x],
        "margin": digits(booster.predict(data, output_margin=True).astype(float).reshape(len(x), -1)),
        "pred": None if objective == "multi:softmax" else digits(booster.predict(data).astype(float).reshape(len(x), -1)),
        # Before 2.0 contributions do not know the weights of DART.
        "contribs": None if params.get("booster") == "dart" else digits(booster.predict(data, pred_contribs=True).astype(float).reshape(len(x), -1)),
    }
    return result


cases = [
    case("binary", 1, {"objective": "binary:logistic", "base_score": 0.3}),
    case("binary, ubj", 2, {"objective": "binary:logistic"}, form="ubj"),
    case("categories", 3, {"objective": "binary:logistic", "max_cat_to_onehot": 4}, categories=True),
    case("categories one by one, ubj", 4, {"objective": "reg:squarederror", "max_cat_to_onehot": 100}, categories=True, form="ubj"),
    case("multiclass", 5, {"objective": "multi:softprob", "num_class": 3}, rounds=4),
    case("multiclass, parallel trees, ubj", 6, {"objective": "multi:softmax", "num_class": 3, "num_parallel_tree": 2, "subsample": 0.7}, rounds=2, form="ubj"),
    case("regression", 7, {"objective": "reg:squarederror", "base_score": 9.5}),
    case("regression, exact, pruned", 8, {"objective": "reg:squarederror", "tree_method": "exact", "gamma": 30.0, "max_depth": 4}),
    case("absolute", 9, {"objective": "reg:absoluteerror"}),
    case("poisson", 10, {"objective": "count:poisson"}),
    case("gamma", 11, {"objective": "reg:gamma", "base_score": 2.0}),
    case("tweedie", 12, {"objective": "reg:tweedie"}),
    case("dart", 13, {"objective": "binary:logistic", "booster": "dart", "rate_drop": 0.5, "seed": 3}),
    case("loss-guided", 14, {"objective": "reg:squarederror", "grow_policy": "lossguide", "max_leaves": 7, "max_depth": 0}),
]
if NEW:
    cases += [
        case("quantile", 15, {"objective": "reg:quantileerror", "quantile_alpha": 0.3}),
        case("named categories", 16, {"objective": "binary:logistic"}, categories=True, frame=True),
        case("named categories, ubj", 17, {"objective": "multi:softprob", "num_class": 3}, rounds=3, categories=True, frame=True, form="ubj"),
    ]
print("[" + ",\n".join(json.dumps(c) for c in cases) + "]")
