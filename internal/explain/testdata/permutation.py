"""Permutation importance of linear models by scikit-learn: python3 permutation.py > permutation.json"""
import json

import numpy as np
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression

rng = np.random.default_rng(3)
n, d = 300, 4
x = np.round(rng.normal(0, [1, 2, 0.5, 1], (n, d)), 4)
z = x @ [1.5, -1.0, 0.7, 0.0]
cases = []
for model, y, problem, scorers in [
    (LinearRegression(), np.round(z + rng.normal(0, 1, n), 4), "regression", ["neg_root_mean_squared_error", "r2", "neg_mean_absolute_error"]),
    (LogisticRegression(), (z + rng.logistic(0, 1, n) > 0).astype(int), "binary", ["roc_auc", "neg_log_loss", "accuracy"]),
]:
    model.fit(x, y)
    for scorer in scorers:
        r = permutation_importance(model, x, y, scoring=scorer, n_repeats=200, random_state=0)
        cases.append(dict(scorer=scorer, problem=problem, y=y.astype(float).tolist(), coef=model.coef_.reshape(-1).tolist(),
                          intercept=float(np.ravel(model.intercept_)[0]), mean=r.importances_mean.tolist(), std=r.importances_std.tolist()))
print(json.dumps(dict(x=x.T.tolist(), cases=cases)))
