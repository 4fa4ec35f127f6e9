#!/usr/bin/python3
"""Writes isolation.json: how well scikit-learn 1.2's isolation forest finds the rows that isolation_test.go moves away from
the others in the data of forest.py: every 30th, by 1.35 times its distance from the centre. Areas under the ROC curve.

Run: python3 isolation.py > isolation.json
"""
import contextlib
import io
import json
import sys

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

with contextlib.redirect_stdout(io.StringIO()):
    from forest import half, x

x = x[:half].copy()
odd = np.arange(half) % 30 == 0
x[odd] = 5 + np.float32(1.35) * (x[odd] - 5)
scores = []
for seed in range(20):
    forest = IsolationForest(n_estimators=100, random_state=seed).fit(x)
    scores.append(roc_auc_score(odd, -forest.score_samples(x)))
json.dump({"mean": float(np.mean(scores)), "deviation": float(np.std(scores))}, sys.stdout, indent=1)
