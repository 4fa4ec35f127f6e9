#!/usr/bin/python3
"""Writes oob.json: scikit-learn 1.2's out-of-bag scores (accuracy, R²) on the data of forest.py, which oob_test.go makes
again: plain, on samples of 70 %, and with weights of 1, 2 and 3 in turn.

Run: python3 oob.py > oob.json
"""
import contextlib
import io
import json
import sys

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

with contextlib.redirect_stdout(io.StringIO()):
    from forest import half, targets, x

out = []
for problem, y in targets.items():
    model = RandomForestRegressor if problem == "regression" else RandomForestClassifier
    for name, share, weights in [("plain", 1.0, None), ("share", 0.7, None), ("weights", 1.0, 1.0 + np.arange(half) % 3)]:
        scores = []
        for seed in range(5):
            m = model(n_estimators=100, random_state=seed, min_samples_leaf=2, oob_score=True, max_samples=share if share < 1 else None)
            scores.append(m.fit(x[:half], y[:half], sample_weight=weights).oob_score_)
        out.append({"problem": problem, "case": name, "mean": float(np.mean(scores)), "deviation": float(np.std(scores))})
json.dump(out, sys.stdout, indent=1)
