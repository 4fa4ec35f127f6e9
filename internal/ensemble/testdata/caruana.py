"""Greedy selection with replacement (Caruana et al. 2004) in plain NumPy with scikit-learn's metrics:
python3 caruana.py > caruana.json"""
import json

import numpy as np
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss, mean_absolute_error, mean_squared_error, r2_score, roc_auc_score

rng = np.random.default_rng(7)
ROWS, CANDIDATES, STEPS = 60, 7, 25


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def select(preds, score):
    total, path = np.zeros_like(preds[0]), []
    for t in range(STEPS):
        scores = [score((total + p) / (t + 1)) for p in preds]
        rounded = np.round(scores, 12)
        best = [i for i in range(len(preds)) if rounded[i] == rounded.max()]
        used = [i for i in best if i in [c for c, _ in path]]
        c = (used or best)[0]  # of equal ones a member, then the first
        total += preds[c]
        path.append((c, float(scores[c])))
    keep = int(np.argmax(np.round([s for _, s in path], 12))) + 1
    return dict(path=[c for c, _ in path[:keep]], scores=[s for _, s in path[:keep]])


def case(name, problem, classes, y, preds, weights, score):
    preds = [np.round(p, 4) for p in preds]
    if classes > 2:
        preds = [p / p.sum(axis=1, keepdims=True) for p in preds]
    return dict(scorer=name, problem=problem, classes=classes, y=y.astype(float).tolist(),
                weights=None if weights is None else weights.tolist(),
                preds=[p.reshape(-1).tolist() for p in preds], **select(preds, score))


cases = []
w = rng.integers(1, 4, ROWS).astype(float)
y = rng.integers(0, 2, ROWS)
binary = [1 / (1 + np.exp(-(1.2 * (2 * y - 1) + rng.normal(0, s, ROWS)))) for s in rng.uniform(1.5, 4, CANDIDATES)]
for weights in [None, w]:
    cases.append(case("roc_auc", "binary", 2, y, binary, weights, lambda p: roc_auc_score(y, p, sample_weight=weights)))
    cases.append(case("neg_log_loss", "binary", 2, y, binary, weights, lambda p: -log_loss(y, p, sample_weight=weights)))
    cases.append(case("neg_brier_score", "binary", 2, y, binary, weights, lambda p: -brier_score_loss(y, p, sample_weight=weights)))
m = rng.integers(0, 3, ROWS)
multi = [softmax(1.5 * np.eye(3)[m] + rng.normal(0, s, (ROWS, 3))) for s in rng.uniform(1, 3, CANDIDATES)]
for weights in [None, w]:
    cases.append(case("neg_log_loss", "multiclass", 3, m, multi, weights, lambda p: -log_loss(m, p, sample_weight=weights)))
cases.append(case("accuracy", "multiclass", 3, m, multi, None, lambda p: accuracy_score(m, p.argmax(axis=1))))
v = rng.normal(0, 1, ROWS)
numbers = [v + rng.normal(rng.normal(0, 0.3), s, ROWS) for s in rng.uniform(0.5, 1.5, CANDIDATES)]
for weights in [None, w]:
    cases.append(case("neg_root_mean_squared_error", "regression", 0, v, numbers, weights,
                      lambda p: -mean_squared_error(v, p, sample_weight=weights) ** 0.5))
    cases.append(case("r2", "regression", 0, v, numbers, weights, lambda p: r2_score(v, p, sample_weight=weights)))
cases.append(case("neg_mean_absolute_error", "regression", 0, v, numbers, None, lambda p: -mean_absolute_error(v, p)))
print(json.dumps(cases))
