"""Makes neighbors.json: predictions by scikit-learn 1.2.1, for the tests of package neighbors.

    /usr/bin/python3 neighbors.py

Rows are continuous, so that no two neighbours are equally far; some new rows are known ones, at distance 0.
"""
import json

import numpy as np
import sklearn
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

assert sklearn.__version__ == "1.2.1"

rs = np.random.RandomState(11)
n, d, m = 150, 11, 25


def rounded(a):
    return np.round(a, 4).astype(np.float32).astype(np.float64)


x = rounded(rs.randn(n, d) * np.linspace(0.3, 2, d))
new = rounded(rs.randn(m, d) * np.linspace(0.3, 2, d))
new[:4] = x[[3, 50, 51, 149]]
score = x[:, 10] + x[:, 9] * x[:, 8] + 0.3 * rs.randn(n)
y = np.round(score, 3)
classes = np.digitize(score, [-1, 0.2, 1.5])

cases = []
for p in 1, 2:
    for weights in "uniform", "distance":
        for k in 1, 5, 40:
            values = {"n_neighbors": k, "weights": weights, "p": p}
            r = KNeighborsRegressor(algorithm="brute", **values).fit(x, y)
            cases.append({"classes": 0, "values": values, "prediction": r.predict(new).tolist()})
            for count in 2, 4:
                c = KNeighborsClassifier(algorithm="brute", **values).fit(x, np.minimum(classes, count - 1))
                q = c.predict_proba(new)
                cases.append({"classes": count, "values": values, "prediction": (q[:, 1] if count == 2 else q).ravel().tolist()})
json.dump({"x": x.T.tolist(), "new": new.T.tolist(), "y": y.tolist(), "class": classes.tolist(), "cases": cases},
          open("neighbors.json", "w"))
