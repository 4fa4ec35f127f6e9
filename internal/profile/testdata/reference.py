"""Reference numbers of reference.json: numpy's quantiles and scikit-learn's ROC areas.

python3 reference.py > reference.json   (numpy 1.24, scikit-learn 1.2.1)
"""
import json

import numpy as np
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(7)


def quantiles(name, v):
    v = np.asarray(v, float)
    q = np.quantile(v, [0, .01, .05, .25, .5, .75, .95, .99, 1])
    return {"name": name, "values": v.tolist(), "quantiles": q.tolist(), "mean": float(v.mean()),
            "sd": float(v.std(ddof=1)) if len(v) > 1 else 0.0, "distinct": int(len(np.unique(v)))}


def area(name, bins, classes, rows):
    """Rows of two halves in bins; the score of a bin is the smoothed share of class 0 in the first half."""
    learned = rng.integers(0, rows, (bins, classes))
    judged = rng.integers(0, rows, (bins, classes))
    learned[0] = 0
    prior = learned[:, 0].sum() / learned.sum()
    score = (learned[:, 0] + prior) / (learned.sum(1) + 1)
    y, s = [], []
    for b in range(bins):
        for k in range(classes):
            y += [int(k == 0)] * int(judged[b, k])
            s += [score[b]] * int(judged[b, k])
    return {"name": name, "classes": classes, "learned": learned.ravel().tolist(), "judged": judged.ravel().tolist(),
            "area": float(roc_auc_score(y, s))}


print(json.dumps({
    "quantiles": [
        quantiles("one", [3.5]),
        quantiles("two", [1, 2]),
        quantiles("ties", [1, 1, 1, 2, 2, 9]),
        quantiles("normal", rng.normal(10, 3, 101).round(4)),
        quantiles("skewed", rng.lognormal(0, 2, 57).round(4)),
        quantiles("negative", -rng.integers(0, 1000, 64)),
    ],
    "areas": [area("binary", 12, 2, 20), area("three classes", 9, 3, 15), area("few rows", 5, 2, 4)],
}, indent=1))
