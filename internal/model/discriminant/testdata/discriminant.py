"""Makes discriminant.json: probabilities by scikit-learn 1.2.1, for the tests of package discriminant.

    /usr/bin/python3 discriminant.py

scikit-learn knows no weights here: those of the fixture are whole numbers, and it sees rows as often as they say.
"""
import json
import warnings

import numpy as np
import sklearn
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis

assert sklearn.__version__ == "1.2.1"
warnings.simplefilter("error")

rs = np.random.RandomState(8)
n, d, m = 100, 6, 20


def rounded(a):
    return np.round(a, 3).astype(np.float32).astype(np.float64)


y = rs.randint(0, 3, n)
x = rs.randn(n, d) * (1 + 0.3 * y[:, None]) + 0.4 * np.outer(y, np.arange(d) - 2)
x[:, 1] = 3 + 2 * x[:, 1]
x[:, 4] = 0.9 * x[:, 3] + 0.4 * x[:, 4]
x = rounded(x)
new = rounded(1.5 * rs.randn(m, d))
w = rs.randint(0, 4, n)

cases = []
for classes in 2, 3:
    t = np.minimum(y, classes - 1)
    for weighted in False, True:
        xx, tt = (np.repeat(x, w, 0), np.repeat(t, w)) if weighted else (x, t)
        for priors in "shares", "uniform":
            p = np.full(classes, 1 / classes) if priors == "uniform" else None
            fits = [("quadratic_discriminant_analysis", {"reg_param": r}, QuadraticDiscriminantAnalysis(priors=p, reg_param=r)) for r in (0.0, 0.2)]
            for values, shrinkage in ({}, None), ({"shrinkage": "auto"}, "auto"), ({"shrinkage": "amount", "shrinkage_amount": 0.3}, 0.3):
                fits.append(("linear_discriminant_analysis", values, LinearDiscriminantAnalysis("lsqr", shrinkage=shrinkage, priors=p)))
            for name, values, fit in fits:
                q = fit.fit(xx, tt).predict_proba(new)
                cases.append({"model": name, "classes": classes, "weighted": weighted, "values": {"priors": priors, **values},
                              "prediction": (q[:, 1] if classes == 2 else q).ravel().tolist()})
with open("discriminant.json", "w") as file:
    json.dump({"x": x.T.tolist(), "new": new.T.tolist(), "y": y.tolist(), "weights": w.tolist(), "cases": cases}, file)
