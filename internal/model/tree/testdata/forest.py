#!/usr/bin/python3
"""Writes forest.json: how well scikit-learn 1.2's forests do on data that forest_test.go makes again.

The data come from a small congruential generator, so that both sides have them without a large file.
Run: python3 forest.py > forest.json
"""
import json
import sys

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score


def uniforms(count, seed):
    state, out = seed, np.empty(count)
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        out[i] = state / 2**32
    return out


N, D = 3000, 8
u = uniforms(N * (D + 1), 12345).reshape(N, D + 1)
x = (u[:, :D] * 10).astype(np.float32)
z = 10 * np.sin(x[:, 0].astype(float) * x[:, 1] / 10) + 2 * (x[:, 2].astype(float) - 5) ** 2 / 5 + x[:, 3].astype(float) + 6 * (u[:, D] - 0.5)
targets = {
    "binary": (z > np.median(z)).astype(float),
    "multiclass": np.digitize(z, np.quantile(z, [1 / 3, 2 / 3])).astype(float),
    "regression": z,
}
half = N // 2
out = []
for problem, y in targets.items():
    for name, models in {"random_forest": (RandomForestClassifier, RandomForestRegressor), "extra_trees": (ExtraTreesClassifier, ExtraTreesRegressor)}.items():
        scores = []
        for seed in range(5):
            model = models[problem == "regression"](n_estimators=100, random_state=seed, min_samples_leaf=2).fit(x[:half], y[:half])
            if problem == "regression":
                scores.append(mean_squared_error(y[half:], model.predict(x[half:])) / y[half:].var())
            elif problem == "binary":
                scores.append(roc_auc_score(y[half:], model.predict_proba(x[half:])[:, 1]))
            else:
                scores.append(log_loss(y[half:], model.predict_proba(x[half:])))
        out.append({"model": name, "problem": problem, "mean": float(np.mean(scores)), "deviation": float(np.std(scores))})
json.dump(out, sys.stdout, indent=1)
