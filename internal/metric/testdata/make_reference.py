"""Writes reference.json: what scikit-learn says about every scorer of package metric.

Run with scikit-learn 1.2.1 and numpy: python3 make_reference.py > reference.json

A case holds y, pred (row-major), weights (or null), the problem, and the score of each scorer; "undefined" where
scikit-learn raises or returns NaN. A scorer that this version can not compute under these weights stands in no list.
What it lacks is built from its parts: a weighted metric without sample_weight is computed on repeated rows where the
weights are whole numbers; the root of the squared log error, D² of log loss and Brier score follow their definitions.
"""

import json
import sys
import warnings

import numpy as np
from sklearn import metrics as m

warnings.simplefilter("ignore")
rng = np.random.default_rng(20240501)
cases = []


def value(fn):
    try:
        v = float(fn())
    except ValueError:
        return "undefined"
    return v if np.isfinite(v) else "undefined"


def repeated(w, *arrays):
    """The arrays with each row repeated by its weight, or None if a weight is not whole."""
    if w is None:
        return arrays
    if not np.array_equal(w, np.round(w)):
        return None
    return tuple(np.repeat(a, w.astype(int), axis=0) for a in arrays)


def labels_scores(y, d, w, binary):
    s = {
        "accuracy": value(lambda: m.accuracy_score(y, d, sample_weight=w)),
        "balanced_accuracy": value(lambda: m.balanced_accuracy_score(y, d, sample_weight=w)),
        "matthews_corrcoef": value(lambda: m.matthews_corrcoef(y, d, sample_weight=w)),
    }
    for name, fn in (("f1", m.f1_score), ("precision", m.precision_score), ("recall", m.recall_score), ("jaccard", m.jaccard_score)):
        if binary:
            s[name] = value(lambda: fn(y, d, sample_weight=w))
        for average in ("macro", "micro", "weighted"):
            s[f"{name}_{average}"] = value(lambda: fn(y, d, sample_weight=w, average=average))
    if binary:
        lr = lambda i: m.class_likelihood_ratios(y, d, sample_weight=w)[i]
        s["positive_likelihood_ratio"] = value(lambda: lr(0))
        s["neg_negative_likelihood_ratio"] = value(lambda: -lr(1))
    return s


def add(name, problem, classes, y, pred, w, scores):
    cases.append({"name": name, "problem": problem, "classes": classes, "y": y.tolist(), "pred": pred.ravel().tolist(),
                  "weights": None if w is None else w.tolist(), "scores": scores})


def binary(name, y, p, w=None):
    d = (p >= 0.5).astype(int)
    s = labels_scores(y, d, w, True)
    both = np.column_stack([1 - p, p])
    auc = value(lambda: m.roc_auc_score(y, p, sample_weight=w))
    for n in ("roc_auc", "roc_auc_ovr", "roc_auc_ovo", "roc_auc_ovr_weighted", "roc_auc_ovo_weighted"):
        s[n] = auc
    present = y if w is None else y[w > 0]
    s["average_precision"] = value(lambda: m.average_precision_score(y, p, sample_weight=w)) if present.any() else "undefined"
    ll = m.log_loss(y, both, labels=[0, 1], sample_weight=w)
    s["neg_log_loss"] = -ll
    brier = m.brier_score_loss(y, p, sample_weight=w, pos_label=1)
    s["neg_brier_score"] = -brier
    f = np.average(y, weights=w)
    if 0 < f < 1:
        s["d2_log_loss_score"] = 1 - ll / m.log_loss(y, np.full(len(y), f), labels=[0, 1], sample_weight=w)
        s["d2_brier_score"] = 1 - brier / m.brier_score_loss(y, np.full(len(y), f), sample_weight=w, pos_label=1)
    else:
        s["d2_log_loss_score"] = s["d2_brier_score"] = "undefined"
    add(name, "binary", 2, y, p, w, s)


def multiclass(name, y, p, w=None):
    k = p.shape[1]
    d = p.argmax(axis=1)
    s = labels_scores(y, d, w, False)
    present = np.unique(y if w is None else y[w > 0])
    share = np.array([np.average(y == c, weights=w) for c in range(k)])
    if len(present) < 2:
        for n in ("roc_auc_ovr", "roc_auc_ovo", "roc_auc_ovr_weighted", "roc_auc_ovo_weighted"):
            s[n] = "undefined"
    elif len(present) == k:
        for a, suffix in (("macro", ""), ("weighted", "_weighted")):
            s["roc_auc_ovr" + suffix] = m.roc_auc_score(y, p, multi_class="ovr", average=a, sample_weight=w)
            rows = repeated(w, y, p)
            if rows is not None:
                s["roc_auc_ovo" + suffix] = m.roc_auc_score(rows[0], rows[1], multi_class="ovo", average=a)
    else:  # scikit-learn refuses; the mean over the classes that have rows
        each = [m.roc_auc_score(y == c, p[:, c], sample_weight=w) for c in present]
        s["roc_auc_ovr"] = np.mean(each)
        s["roc_auc_ovr_weighted"] = np.average(each, weights=share[present])
        if w is None:
            pairs, prevalence = [], []
            for i, a in enumerate(present):
                for b in present[i + 1:]:
                    ab = (y == a) | (y == b)
                    pairs.append((m.roc_auc_score(y[ab] == a, p[ab, a]) + m.roc_auc_score(y[ab] == b, p[ab, b])) / 2)
                    prevalence.append(ab.mean())
            s["roc_auc_ovo"] = np.mean(pairs)
            s["roc_auc_ovo_weighted"] = np.average(pairs, weights=prevalence)
    s["average_precision"] = np.mean([m.average_precision_score(y == c, p[:, c], sample_weight=w) for c in present])
    ll = m.log_loss(y, p, labels=range(k), sample_weight=w)
    s["neg_log_loss"] = -ll
    one = np.eye(k)[y]
    brier = np.average(((one - p) ** 2).sum(axis=1), weights=w)
    s["neg_brier_score"] = -brier
    if len(present) > 1:
        null = np.tile(share, (len(y), 1))
        s["d2_log_loss_score"] = 1 - ll / m.log_loss(y, null, labels=range(k), sample_weight=w)
        s["d2_brier_score"] = 1 - brier / np.average(((one - null) ** 2).sum(axis=1), weights=w)
    else:
        s["d2_log_loss_score"] = s["d2_brier_score"] = "undefined"
    # scikit-learn prefers the greater index among equals, package metric the smaller one
    if not any(len(np.unique(row)) < k for row in p):
        s["top_k_accuracy"] = m.top_k_accuracy_score(y, p, labels=range(k), sample_weight=w, k=2)
    add(name, "multiclass", k, y, p, w, s)


def regression(name, y, p, w=None):
    kept = slice(None) if w is None else w > 0
    s = {
        "neg_root_mean_squared_error": value(lambda: -m.mean_squared_error(y, p, sample_weight=w, squared=False)),
        "neg_mean_squared_error": value(lambda: -m.mean_squared_error(y, p, sample_weight=w)),
        "neg_mean_absolute_error": value(lambda: -m.mean_absolute_error(y, p, sample_weight=w)),
        "neg_mean_absolute_percentage_error": value(lambda: -m.mean_absolute_percentage_error(y, p, sample_weight=w)),
        "neg_mean_squared_log_error": value(lambda: -m.mean_squared_log_error(y, p, sample_weight=w)),
        "neg_root_mean_squared_log_error": value(lambda: -m.mean_squared_log_error(y, p, sample_weight=w, squared=False)),
        "neg_mean_poisson_deviance": value(lambda: -m.mean_poisson_deviance(y, p, sample_weight=w)),
        "neg_mean_gamma_deviance": value(lambda: -m.mean_gamma_deviance(y, p, sample_weight=w)),
        "explained_variance": value(lambda: m.explained_variance_score(y, p, sample_weight=w)),
        "r2": value(lambda: m.r2_score(y, p, sample_weight=w)),
        "max_error": value(lambda: -m.max_error(y[kept], p[kept])),
    }
    # Where half of the weight ends between two rows this version takes the lower one, so whole weights are repeated.
    rows = repeated(w, y, p)
    if rows is not None:
        a, b = rows
        s["neg_median_absolute_error"] = value(lambda: -m.median_absolute_error(a, b))
        s["d2_absolute_error_score"] = value(lambda: m.d2_absolute_error_score(a, b))
    else:
        s["neg_median_absolute_error"] = value(lambda: -m.median_absolute_error(y, p, sample_weight=w))
        s["d2_absolute_error_score"] = value(lambda: m.d2_absolute_error_score(y, p, sample_weight=w))
    add(name, "regression", 0, y, p, w, s)


def weightings(n, keep=()):
    whole = rng.integers(0, 4, n).astype(float)
    whole[list(keep)] = 2
    return (("", None), (" weighted", rng.uniform(0.1, 3, n)), (" whole weights", whole))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# Binary.
n = 60
y = (rng.random(n) < 0.4).astype(int)
p = sigmoid(1.5 * (2 * y - 1) + 1.8 * rng.standard_normal(n))
for label, w in weightings(n, (np.argmax(y), np.argmin(y))):
    binary("smooth" + label, y, p, w)
    binary("ties" + label, y, np.round(p, 1), w)
    binary("constant" + label, y, np.full(n, 0.3), w)
    binary("halves" + label, y, np.where(p > 0.6, 0.5, np.where(p < 0.3, np.nextafter(0.5, 0), 0.75)), w)
    binary("certain and wrong" + label, y, np.where(p > 0.7, 1.0, np.where(p < 0.2, 0.0, p)), w)
n = 400
y = (rng.random(n) < 0.5).astype(int)
binary("scores that differ in their last bits", y, 0.5 + (rng.integers(0, 90, n) + 20 * y) * 2.0**-52)
y = np.zeros(50, dtype=int)
y[17] = 1
binary("one positive row", y, rng.random(50), rng.uniform(0, 2, 50))
binary("perfect", np.array([0, 1, 1, 0, 1]), np.array([0.1, 0.9, 0.8, 0.2, 0.7]), np.array([0.1, 0.2, 0.3, 0.7, 0.9]))
binary("upside down", np.array([0, 1, 1, 0, 1]), np.array([0.9, 0.1, 0.2, 0.8, 0.3]))
binary("only positive rows", np.ones(5, dtype=int), np.array([0.2, 0.9, 0.6, 0.5, 0.4]))
binary("only negative rows", np.zeros(5, dtype=int), np.array([0.2, 0.9, 0.6, 0.5, 0.4]))

# Multiclass.
for k, n in ((3, 60), (6, 120)):
    y = np.concatenate([np.arange(k), rng.choice(k, n - k, p=np.arange(1, k + 1) / (k * (k + 1) / 2))])
    z = 1.2 * np.eye(k)[y] + rng.standard_normal((n, k))
    p = softmax(z)
    for label, w in weightings(n, range(k)):
        multiclass(f"{k} classes" + label, y, p, w)
        q = np.round(p * 8)
        q[:, 0] += 8 - q.sum(axis=1)
        q = np.clip(q, 0, None)
        multiclass(f"{k} classes ties" + label, y, q / q.sum(axis=1, keepdims=True), w)
        multiclass(f"{k} classes constant" + label, y, np.tile(np.arange(1.0, k + 1) / (k * (k + 1) / 2), (n, 1)), w)
y = rng.choice([0, 2], 40)
multiclass("a class without rows", y, softmax(1.5 * np.eye(4)[y] + rng.standard_normal((40, 4))))
multiclass("one class only", np.ones(6, dtype=int), softmax(rng.standard_normal((6, 3))))

# Regression.
n = 50
x = rng.standard_normal(n)
for label, w in weightings(n):
    regression("plain" + label, 3 * x + 1, 3 * x + 0.8 + rng.standard_normal(n), w)
    regression("positive" + label, np.exp(x), np.exp(x + 0.4 * rng.standard_normal(n)), w)
    counts = rng.poisson(np.exp(x)).astype(float)
    regression("counts" + label, counts, np.exp(0.8 * x), w)
    regression("constant truth" + label, np.full(n, 2.5), 2.5 + rng.standard_normal(n), w)
    regression("rounded" + label, np.round(x), np.round(x + 0.3 * rng.standard_normal(n)), w)
regression("large numbers", 1e9 + 1e3 * x, 1e9 + 1e3 * x + rng.standard_normal(n))
regression("small numbers", 1e-9 * np.exp(x), 1e-9 * np.exp(1.1 * x))
regression("an outlier", np.append(x, 1e6), np.append(x * 0.9, 0.0))
regression("perfect", x[:7], x[:7])
regression("perfect constant", np.full(7, 2.5), np.full(7, 2.5))
regression("one row", np.array([3.0]), np.array([2.0]))
regression("two rows", np.array([3.0, 5.0]), np.array([2.0, 7.0]), np.array([1.0, 3.0]))

json.dump(cases, sys.stdout, indent=None, separators=(",", ":"))
sys.stdout.write("\n")
