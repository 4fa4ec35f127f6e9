"""Writes reference.json: confusion matrices, class reports, curves and residual summaries by scikit-learn 1.2.1 and numpy 1.24.

Run: python3 make_reference.py > reference.json
"""

import json
import sys

import numpy as np
from sklearn import metrics as m

rng = np.random.default_rng(5)


def floats(a):
    return np.asarray(a, dtype=float).tolist()


def classes(y, p, w):
    k = 2 if p.ndim == 1 else p.shape[1]
    d = (p >= 0.5).astype(int) if p.ndim == 1 else p.argmax(axis=1)
    precision, recall, f1, support = m.precision_recall_fscore_support(y, d, sample_weight=w, labels=range(k))
    curves = []
    for c in [1] if k == 2 else range(k):
        score, truth = (p if p.ndim == 1 else p[:, c]), y == c
        fpr, tpr, at = m.roc_curve(truth, score, sample_weight=w, drop_intermediate=False)
        pr, rc, pat = m.precision_recall_curve(truth, score, sample_weight=w)
        curves.append({
            "roc_auc": m.roc_auc_score(truth, score, sample_weight=w),
            "average_precision": m.average_precision_score(truth, score, sample_weight=w),
            "fpr": floats(fpr), "tpr": floats(tpr), "threshold": floats(at[1:]),  # the first is a convention
            # scikit-learn goes by falling recall and ends with a point of no threshold
            "precision": floats(pr[:-1][::-1]), "recall": floats(rc[:-1][::-1]), "pr_threshold": floats(pat[::-1]),
        })
    return {"y": floats(y), "pred": floats(p.ravel()), "weights": None if w is None else floats(w), "classes": k,
            "confusion": m.confusion_matrix(y, d, sample_weight=w).astype(float).tolist(), "precision": floats(precision),
            "recall": floats(recall), "f1": floats(f1), "support": floats(support), "curves": curves}


n = 90
y = (rng.random(n) < 0.4).astype(int)
p = np.round(1 / (1 + np.exp(-1.5 * (2 * y - 1) - 1.8 * rng.standard_normal(n))), 2)
w = rng.uniform(0.2, 3, n)
z = np.exp(1.5 * np.eye(4)[(c := rng.integers(0, 4, n))] + rng.standard_normal((n, 4)))
z /= z.sum(axis=1, keepdims=True)

shares = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]
truth = rng.normal(3, 2, 80)
guess = truth + rng.normal(0.2, 1, 80)
e = truth - guess
worst = np.argsort(-np.abs(e), kind="stable")[:10]
order = np.argsort(guess, kind="stable")
bands = np.array_split(order, 16)  # 80 rows, at least 5 in each
out = {
    "classification": [classes(y, p, None), classes(y, p, w), classes(c, z, None), classes(c, z, w)],
    "regression": {
        "y": floats(truth), "pred": floats(guess), "mean": e.mean(), "std": e.std(), "target_mean": truth.mean(), "target_std": truth.std(),
        "shares": shares, "quantiles": floats(np.quantile(e, shares, method="averaged_inverted_cdf")), "worst": worst.tolist(),
        "counts": floats(np.histogram(e, bins=8)[0]), "edges": floats(np.histogram(e, bins=8)[1]),
        "bands": [[guess[b].mean(), truth[b].mean()] + floats(np.quantile(truth[b], [0.1, 0.9], method="averaged_inverted_cdf")) for b in bands],
    },
}
json.dump(out, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
