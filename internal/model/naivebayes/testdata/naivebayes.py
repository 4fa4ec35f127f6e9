"""Makes naivebayes.json: probabilities by scikit-learn 1.2.1, for the tests of package naivebayes.

    /usr/bin/python3 naivebayes.py
"""
import json

import numpy as np
import sklearn
from sklearn.naive_bayes import GaussianNB

assert sklearn.__version__ == "1.2.1"

rs = np.random.RandomState(3)
n, d, m = 90, 5, 20


def rounded(a):
    return np.round(a, 3).astype(np.float32).astype(np.float64)


y = rs.randint(0, 3, n)
x = rounded(rs.randn(n, d) * (1 + 0.4 * y[:, None]) + 0.7 * np.outer(y, np.arange(d) - 2))
x[:, 4] = 2.5
new = rounded(2 * rs.randn(m, d))
new[:, 4] = 2.5
w = np.round(rs.uniform(0, 3, n), 2)
w[:6] = 0

cases = []
for classes in 2, 3:
    for weighted in False, True:
        for smoothing in 1e-9, 0.01, 1:
            for priors in "shares", "uniform":
                p = np.full(classes, 1 / classes) if priors == "uniform" else None
                # scikit-learn smooths by the variance without weights; only what is weighted equally is compared there.
                if weighted and smoothing > 1e-9:
                    continue
                g = GaussianNB(priors=p, var_smoothing=smoothing).fit(x, np.minimum(y, classes - 1), w if weighted else None)
                q = g.predict_proba(new)
                cases.append({"classes": classes, "weighted": weighted, "values": {"var_smoothing": smoothing, "priors": priors},
                              "prediction": (q[:, 1] if classes == 2 else q).ravel().tolist()})
json.dump({"x": x.T.tolist(), "new": new.T.tolist(), "y": y.tolist(), "weights": w.tolist(), "cases": cases}, open("naivebayes.json", "w"))
