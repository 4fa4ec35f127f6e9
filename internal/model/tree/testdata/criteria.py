#!/usr/bin/python3
"""Writes criteria.json: how well scikit-learn 1.2's trees and forests do with the parameters that draw or that change what
a split is worth, on the data of forest.py (poisson on the target less its least value). Scores are ROC AUC and R².

No bootstrap where absolute_error is the criterion: scikit-learn 1.2 then misses the best split, because a draw comes as
weights. Run: python3 criteria.py > criteria.json
"""
import contextlib
import io
import json
import sys

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

with contextlib.redirect_stdout(io.StringIO()):
    from forest import half, targets, x

ROUGH = {"n_estimators": 20, "bootstrap": False, "max_features": 0.5, "min_samples_leaf": 5}
cases = [
    ("random_forest", RandomForestRegressor, "regression", {"criterion": "absolute_error", **ROUGH}),
    ("extra_trees", ExtraTreesRegressor, "regression", {"criterion": "absolute_error", **ROUGH}),
    ("random_forest", RandomForestRegressor, "regression", {"criterion": "poisson", **ROUGH, "bootstrap": True}),
    ("extra_trees", ExtraTreesRegressor, "regression", {"criterion": "poisson", **ROUGH}),
    ("random_forest", RandomForestClassifier, "binary", {"min_weight_fraction_leaf": 0.02, "n_estimators": 20}),
    ("decision_tree", DecisionTreeRegressor, "regression", {"splitter": "random", "min_samples_leaf": 5}),
    ("decision_tree", DecisionTreeRegressor, "regression", {"max_features": 0.4, "min_samples_leaf": 5}),
    ("decision_tree", DecisionTreeClassifier, "binary", {"splitter": "random", "max_features": 0.5, "max_depth": 7}),
]
out = []
for name, model, problem, params in cases:
    y = targets[problem]
    if params.get("criterion") == "poisson":
        y = y - y.min()
    scores = []
    for seed in range(60 if name == "decision_tree" else 5):
        m = model(random_state=seed, **params).fit(x[:half], y[:half])
        if problem == "binary":
            scores.append(roc_auc_score(y[half:], m.predict_proba(x[half:])[:, 1]))
        else:
            scores.append(r2_score(y[half:], m.predict(x[half:])))
    out.append({"model": name, "problem": problem, "params": params, "seeds": len(scores),
                "mean": float(np.mean(scores)), "deviation": float(np.std(scores))})
json.dump(out, sys.stdout, indent=1)
