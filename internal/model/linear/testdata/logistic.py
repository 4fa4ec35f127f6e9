"""Makes logistic.json: logistic regressions by scikit-learn 1.2.1, for the tests of logistic_regression.

    /usr/bin/python3 logistic.py

Column 4 is correlated with 3, column 5 repeats column 0. Values are rounded to float32. Two classes are 0 and the rest.
"""
import json
import warnings

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

assert sklearn.__version__ == "1.2.1"
warnings.simplefilter("error", ConvergenceWarning)  # a fit that did not converge is no reference

rs = np.random.RandomState(11)
n = 150
x = rs.randn(n, 6)
x[:, 1] = 1 + 2 * x[:, 1]
x[:, 4] = 0.9 * x[:, 3] + 0.4 * x[:, 4]
x[:, 5] = x[:, 0]
x = np.round(x, 3).astype(np.float32).astype(np.float64)
score = np.stack([1.2 * x[:, 0] - 0.5, 0.6 * x[:, 1] + 0.4 * x[:, 2], -0.8 * x[:, 3] + 0.3], 1) + rs.gumbel(size=(n, 3))
y = score.argmax(1)
w = np.round(rs.uniform(0, 3, n), 2)
w[:5] = 0

cases = []
for classes in (2, 3):
    t = np.minimum(y, classes - 1)

    def add(weighted, values, **kwargs):
        smooth = kwargs.get("penalty", "l2") in ("l2", None)
        m = LogisticRegression(solver="newton-cg" if smooth else "saga", tol=1e-7 if smooth else 1e-9,
                               max_iter=20000, random_state=0, multi_class="multinomial" if classes > 2 else "ovr", **kwargs)
        m.fit(x, t, sample_weight=w if weighted else None)
        p = m.predict_proba(x)
        coef, intercept = m.coef_, np.broadcast_to(m.intercept_, len(m.coef_))
        if classes > 2:
            intercept = intercept - intercept.mean()  # adding the same to all changes nothing
            if kwargs.get("penalty", "l2") is None:
                coef = coef - coef.mean(0)
        cases.append(dict(model="logistic_regression", values=dict(values, tol=1e-9), weighted=weighted, classes=classes,
                          coef=coef.ravel().tolist(), intercept=intercept.tolist(),
                          prediction=(p[:, 1] if classes == 2 else p.ravel()).tolist()))

    for weighted in (False, True):
        for c in (0.01, 1.0, 100.0):
            add(weighted, dict(C=c), C=c)
        add(weighted, dict(C=1.0, fit_intercept=False), C=1.0, fit_intercept=False)
        add(weighted, dict(penalty="none"), penalty=None)
        for c in (0.03, 1.0):
            add(weighted, dict(penalty="l1", C=c), penalty="l1", C=c)
            add(weighted, dict(penalty="elasticnet", C=c, l1_ratio=0.4), penalty="elasticnet", C=c, l1_ratio=0.4)
    add(False, dict(C=0.5, class_weight="balanced"), C=0.5, class_weight="balanced")

with open("logistic.json", "w") as f:
    json.dump(dict(x=x.T.tolist(), y=y.tolist(), weights=w.tolist(), cases=cases), f)
    f.write("\n")
