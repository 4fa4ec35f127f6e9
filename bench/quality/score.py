"""Scores predictions of several programs on the same rows.

Reads one JSON object from standard input: test, target, task, predictions (paths by program), encoding, delimiter, decimal, missing.
Prints the metric of the task and, by program, the score by it and scikit-learn's own: the accuracy, or R².
"""
import json
import sys

import pandas as pd
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error, r2_score, roc_auc_score

from files import read

spec = json.load(sys.stdin)
target, task = spec["target"], spec["task"]
truth = read(spec, "test")[target]
metric = {"regression": "RMSE", "binary": "ROC AUC", "multiclass": "log loss"}[task]
scores = {}
for program, path in spec["predictions"].items():
    found = pd.read_csv(path, keep_default_na=False)
    if task == "regression":
        scores[program] = [mean_squared_error(truth, found[target], squared=False), r2_score(truth, found[target])]
        continue
    words = truth.astype(str)
    labels = [c[len("proba_"):] for c in found if c.startswith("proba_")]
    proba = found[["proba_" + c for c in labels]].to_numpy(float)
    if task == "binary":
        by_metric = roc_auc_score(words == labels[1], proba[:, 1])
    else:
        code = {c: i for i, c in enumerate(labels)}
        by_metric = log_loss(words.map(code).to_numpy(), proba, labels=range(len(labels)))
    scores[program] = [by_metric, accuracy_score(words, found[target].astype(str))]
print(json.dumps({"Metric": metric, "Scores": scores}))
