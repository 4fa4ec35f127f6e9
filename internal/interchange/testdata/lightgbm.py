#!/usr/bin/python3
"""Prints what the LightGBM at hand learns from small data and predicts: models as text, margins, contributions.

Run: python3 lightgbm.py > lightgbm-VERSION.json (recorded with 4.6.0.99, a development version)
"""
import json
import re
import sys

import numpy as np

sys.path = sys.path[1:]  # this file is called as the module is
import lightgbm


def table(seed, n=90, categories=False, missing=0.15):
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(0, 2, (n, 4)), 1).astype(np.float32)
    x[:, 3] = rng.integers(0, 40 if categories else 5, n)
    z = x[:, 0] - 0.6 * x[:, 1] * x[:, 2] + np.sin(7 * x[:, 3]) * 2 + rng.normal(0, 0.3, n)
    x[rng.random(x.shape) < missing] = np.nan
    return x, z


def digits(a):
    return [[float("%.10g" % v) for v in row] for row in a]


def case(name, seed, params, rounds=5, categories=False, missing=0.15, frame=False):
    x, z = table(seed, categories=categories, missing=missing)
    objective = params["objective"]
    if objective.startswith("multi"):
        y = np.digitize(z, np.quantile(z, [0.3, 0.7])).astype(float)
    elif objective in ("binary", "cross_entropy"):
        y = (z > np.median(z)).astype(float)
    elif objective in ("poisson", "gamma", "tweedie"):
        y = np.round(np.exp(z / 4) + 0.01, 3)
    else:
        y = z + 10
    full = {"num_threads": 1, "verbosity": -1, "num_leaves": 6, "learning_rate": 0.4, "min_data_in_leaf": 4, "min_data_per_group": 4,
            "cat_smooth": 1, "seed": 5, **params}
    given = x.astype(float)
    if frame:
        import pandas

        words = np.array(["k%02d" % c for c in range(40)])
        d = pandas.Series(pandas.Categorical.from_codes(np.where(np.isnan(x[:, 3]), -1, x[:, 3]).astype(int), categories=words))
        given = pandas.DataFrame({"a": x[:, 0].astype(float), "b": x[:, 1].astype(float), "c": x[:, 2].astype(float), "d": d})
    data = lightgbm.Dataset(given, y, feature_name=["a", "b", "c", "d"], categorical_feature=[3] if categories and not frame else "auto")
    booster = lightgbm.train(full, data, rounds)
    return {
        "name": name,
        "model": re.sub("(parameters:\n).*(\nend of parameters)", r"\1[boosting: gbdt]\2", booster.model_to_string(), flags=re.S),
        "x": [[None if np.isnan(v) else round(float(v), 1) for v in row] for row in x],
        "margin": digits(booster.predict(given, raw_score=True).reshape(len(x), -1)),
        "pred": digits(booster.predict(given).reshape(len(x), -1)),
        "contribs": digits(booster.predict(given, pred_contrib=True).reshape(len(x), -1)),
    }


cases = [
    case("binary", 1, {"objective": "binary"}),
    case("binary, sigmoid", 2, {"objective": "binary", "sigmoid": 0.7}),
    case("categories", 3, {"objective": "binary"}, categories=True),
    case("named categories", 4, {"objective": "regression"}, categories=True, frame=True),
    case("multiclass", 5, {"objective": "multiclass", "num_class": 3}, rounds=3),
    case("regression", 6, {"objective": "regression"}),
    case("nothing missing", 7, {"objective": "regression"}, missing=0.0),
    case("missing values not used", 8, {"objective": "regression", "use_missing": False}),
    case("absolute", 9, {"objective": "regression_l1"}),
    case("huber", 10, {"objective": "huber"}),
    case("quantile", 11, {"objective": "quantile", "alpha": 0.3}),
    case("poisson", 12, {"objective": "poisson"}),
    case("gamma", 13, {"objective": "gamma"}),
    case("tweedie", 14, {"objective": "tweedie"}),
    case("cross entropy", 15, {"objective": "cross_entropy"}),
    case("dart", 16, {"objective": "binary", "boosting": "dart", "drop_rate": 0.5}),
    case("forest", 17, {"objective": "binary", "boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1}),
    case("goss", 18, {"objective": "regression", "data_sample_strategy": "goss"}),
    case("stumps without a split", 19, {"objective": "regression", "min_data_in_leaf": 80}, rounds=2),
]
print("[" + ",\n".join(json.dumps(c) for c in cases) + "]")
