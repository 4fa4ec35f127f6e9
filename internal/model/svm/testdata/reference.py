"""Makes reference.json: support vector machines of scikit-learn 1.2.1 on random rows, and on the penguins of examples/.

    /usr/bin/python3 reference.py > reference.json
"""
import json

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss
from sklearn.svm import SVC, SVR

TOL = 1e-8


def rounded(a):
    """Numbers that a float32 holds."""
    return np.asarray(a, dtype=np.float32).astype(float)


r = np.random.default_rng(1)
X = rounded(np.column_stack([r.normal(size=(90, 3)), r.integers(0, 2, 90), 0.3 * r.standard_t(4, size=90)]))
new = rounded(np.column_stack([r.normal(size=(25, 3)), r.integers(0, 2, 25), 0.3 * r.standard_t(4, size=25)]))
score = X[:, 0] - np.abs(X[:, 1]) + X[:, 3] * X[:, 2] + 0.4 * r.normal(size=90)
classes = np.digitize(score, np.quantile(score, [0.25, 0.5, 0.8]))
value = 40 + 7 * score
weights = np.where(r.random(90) < 0.1, 0, rounded(r.random(90) * 2 + 0.1))


def classifier(values, n_classes, weighted):
    y = np.minimum(classes, n_classes - 1)
    given = dict(values)
    gamma = given.pop("gamma", "scale")
    if gamma == "number":
        gamma = given.pop("gamma_value")
    if given.get("class_weight") == "none":
        given.pop("class_weight")
    m = SVC(gamma=gamma, tol=TOL, decision_function_shape="ovo", **given)
    # With weights of 0, support_ counts the other rows only.
    keep = np.flatnonzero(weights) if weighted else np.arange(90)
    m.fit(X[keep], y[keep], weights[keep] if weighted else None)
    dual = np.zeros((n_classes - 1, 90))
    dual[:, keep[m.support_]] = m.dual_coef_
    decision = m.decision_function(new).reshape(25, -1)
    if n_classes == 2:  # of class 1, where pairs of more classes have that of the first
        dual, decision = -dual, -decision
    return dict(model="svc", values={**values, "tol": TOL}, classes=n_classes, weighted=weighted, dual=dual.T.tolist(),
                support=m.n_support_.tolist(), decision=decision.tolist())


def regressor(values, weighted):
    given = dict(values)
    gamma = given.pop("gamma", "scale")
    if gamma == "number":
        gamma = given.pop("gamma_value")
    w = weights if weighted else np.ones(90)
    mean = np.average(value, weights=w)
    sd = np.sqrt(np.average((value - mean) ** 2, weights=w))
    m = SVR(gamma=gamma, tol=TOL, **given).fit(X, (value - mean) / sd, weights if weighted else None)
    dual = np.zeros(90)
    dual[m.support_] = m.dual_coef_[0] * sd
    return dict(model="svr", values={**values, "tol": TOL}, classes=0, weighted=weighted, dual=dual.reshape(-1, 1).tolist(),
                support=m.n_support_.tolist(), decision=(mean + sd * m.predict(new)).reshape(-1, 1).tolist())


number = {"gamma": "number", "gamma_value": 0.3}
kernels = [{}, {"gamma": "auto", "C": 30.0}, {"kernel": "linear", "C": 0.5}, {**number, "kernel": "poly", "degree": 2, "coef0": 1.0},
           {**number, "kernel": "sigmoid", "gamma_value": 0.05, "coef0": -0.5}, {**number, "C": 100.0, "shrinking": False}]
cases = [classifier(v, k, False) for v in kernels for k in (2, 4)]
cases += [classifier({**number, "class_weight": "balanced"}, k, False) for k in (2, 4)]
cases += [classifier({**number, "C": 5.0}, k, True) for k in (2, 4)]
cases += [regressor(v, False) for v in kernels + [{"epsilon": 0.0}, {"epsilon": 0.5, "C": 20.0}]]
cases += [regressor({**number, "C": 5.0}, True)]


def probabilities(name, features, target):
    """The log loss of scikit-learn's probabilities on a third of the rows, for the mean of ten divisions for calibration."""
    t = pd.read_csv("../../../../examples/penguins.csv").dropna(subset=features + [target])
    order = np.random.default_rng(2).permutation(len(t))
    x = t[features].to_numpy()[order]
    x = rounded((x - x.mean(0)) / x.std(0))
    y = pd.factorize(t[target].to_numpy()[order], sort=True)[0]
    fit = len(y) * 2 // 3
    loss = [log_loss(y[fit:], SVC(probability=True, random_state=s).fit(x[:fit], y[:fit]).predict_proba(x[fit:])) for s in range(10)]
    return dict(name=name, x=x.T.tolist(), y=y.tolist(), fit=fit, loss=float(np.mean(loss)))


sizes = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
real = [probabilities("sex by flipper and mass", sizes[2:], "sex"), probabilities("species by bill depth and mass", sizes[1::2], "species"),
        probabilities("island by all sizes", sizes, "island")]

print(json.dumps(dict(X=X.T.tolist(), new=new.T.tolist(), y=classes.tolist(), value=value.tolist(), weights=weights.tolist(), cases=cases,
                      real=real)))
