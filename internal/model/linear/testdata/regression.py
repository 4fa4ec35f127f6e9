"""Makes regression.json: coefficients by scikit-learn 1.2.1, for the tests of the linear regressors.

    /usr/bin/python3 regression.py

Column 4 is correlated with 3, column 5 is constant, column 6 repeats column 0. Values are rounded to float32.
"""
import json
import warnings

import numpy as np
import sklearn
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge

assert sklearn.__version__ == "1.2.1"
warnings.simplefilter("error")  # a fit that did not converge is no reference

rs = np.random.RandomState(7)
n = 60
x = rs.randn(n, 7)
x[:, 1] = 5 + 3 * x[:, 1]
x[:, 4] = 0.95 * x[:, 3] + 0.3 * x[:, 4]
x[:, 5] = 2.5
x[:, 6] = x[:, 0]
x = np.round(x, 3).astype(np.float32).astype(np.float64)
y = np.round(40 + 8 * x[:, 0] - 1.5 * x[:, 1] + 2 * x[:, 3] + 0.1 * x[:, 2] + 3 * rs.randn(n), 3)
w = np.round(rs.uniform(0, 3, n), 2)
w[:5] = 0


def deviation(y, w, center):
    w = np.ones(n) if w is None else w
    m = np.average(y, weights=w) if center else 0
    return float(np.sqrt(np.average((y - m) ** 2, weights=w)))


cases = []
for weighted in (False, True):
    for intercept in (True, False):
        sw = w if weighted else None
        sd = deviation(y, sw, intercept)

        def add(model, values, estimator, scale=1.0):
            estimator.fit(x, y / scale, sample_weight=sw)
            cases.append(dict(model=model, values=dict(values, fit_intercept=intercept), weighted=weighted,
                              coef=(estimator.coef_ * scale).tolist(), intercept=[float(estimator.intercept_) * scale],
                              prediction=(estimator.predict(x) * scale).tolist()))

        add("linear_regression", {}, LinearRegression(fit_intercept=intercept))
        for alpha in (0.01, 1.0, 100.0):
            add("ridge", dict(alpha=alpha), Ridge(alpha=alpha, fit_intercept=intercept, solver="cholesky"))
        # Our alpha is for a target of deviation 1.
        for alpha in (0.003, 0.1, 0.5):
            add("lasso", dict(alpha=alpha, tol=1e-12, max_iter=100000),
                Lasso(alpha=alpha, fit_intercept=intercept, tol=1e-12, max_iter=1000000), sd)
            for ratio in (0.2, 0.9):
                add("elastic_net", dict(alpha=alpha, l1_ratio=ratio, tol=1e-12, max_iter=100000),
                    ElasticNet(alpha=alpha, l1_ratio=ratio, fit_intercept=intercept, tol=1e-12, max_iter=1000000), sd)

with open("regression.json", "w") as f:
    json.dump(dict(x=x.T.tolist(), y=y.tolist(), weights=w.tolist(), cases=cases), f)
    f.write("\n")
