"""Makes gaussianprocess.json by scikit-learn 1.2.1: log marginal likelihoods, their gradients, and predictions.

    /usr/bin/python3 gaussianprocess.py

Of classes scikit-learn knows the mean and the variance of the function; its probabilities approximate the integral, which
scipy.integrate.quad does here.
"""
import json

import numpy as np
import sklearn
from scipy.integrate import quad
from scipy.linalg import cho_solve, solve_triangular
from scipy.special import expit
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel

assert sklearn.__version__ == "1.2.1"

rs = np.random.RandomState(5)
n, d, m = 70, 3, 15


def rounded(a):
    return np.round(a, 3).astype(np.float32).astype(np.float64)


x, new = rounded(rs.randn(n, d)), rounded(rs.randn(m, d))
score = np.sin(2 * x[:, 0]) + 0.5 * x[:, 1] ** 2
y = score + 0.2 * rs.randn(n)
y = np.round(y, 3)
labels = (score + 0.3 * rs.randn(n) > 0.4).astype(int)


def form(name, scales):
    if name == "rbf":
        return RBF(scales, (1e-5, 1e5))
    return Matern(scales, (1e-5, 1e5), nu={"matern32": 1.5, "matern52": 2.5}[name])


cases = []
for name in "rbf", "matern32", "matern52":
    for ard in False, True:
        for c, l, noise in (1, 1.7, 0.1), (3.2, 0.6, 0.02), (0.5, 4, 1.3):
            scales = l * np.array([1, 1.5, 0.7]) if ard else l
            k = ConstantKernel(c, (1e-5, 1e5)) * form(name, scales) + WhiteKernel(noise, (1e-6, 1e5))
            z = (y - y.mean()) / y.std()
            g = GaussianProcessRegressor(k, optimizer=None).fit(x, z)
            value, gradient = g.log_marginal_likelihood(g.kernel_.theta, eval_gradient=True)
            cases.append({"kernel": name, "constant": c, "scales": np.atleast_1d(scales).tolist(), "noise": noise,
                          "value": value, "gradient": gradient.tolist()})
            k = ConstantKernel(c, (1e-5, 1e5)) * form(name, scales)
            g = GaussianProcessClassifier(k, optimizer=None).fit(x, labels).base_estimator_
            value, gradient = g.log_marginal_likelihood(g.kernel_.theta, eval_gradient=True)
            cases.append({"kernel": name, "constant": c, "scales": np.atleast_1d(scales).tolist(), "noise": 0,
                          "value": value, "gradient": gradient.tolist()})

found = []
for name, ard in ("rbf", False), ("matern52", False), ("rbf", True):
    scales = np.full(d, d**0.5) if ard else d**0.5
    k = ConstantKernel(1, (1e-5, 1e5)) * form(name, scales) + WhiteKernel(0.1, (1e-6, 1e5))
    g = GaussianProcessRegressor(k, normalize_y=True).fit(x, y)
    found.append({"kernel": name, "ard": ard, "classes": 0, "theta": g.kernel_.theta.tolist(), "prediction": g.predict(new).tolist()})
    k = ConstantKernel(1, (1e-5, 1e5)) * form(name, scales)
    g = GaussianProcessClassifier(k).fit(x, labels).base_estimator_
    star = g.kernel_(x, new)
    mean = star.T @ (labels - g.pi_)
    v = solve_triangular(g.L_, g.W_sr_[:, None] * star, lower=True)
    sd = np.sqrt(g.kernel_.diag(new) - np.einsum("ij,ij->j", v, v))
    p = [quad(lambda t: expit(a + b * t) * np.exp(-t * t / 2) / np.sqrt(2 * np.pi), -12, 12, epsabs=1e-12)[0] for a, b in zip(mean, sd)]
    found.append({"kernel": name, "ard": ard, "classes": 2, "theta": g.kernel_.theta.tolist(), "prediction": p})

json.dump({"x": x.T.tolist(), "new": new.T.tolist(), "y": y.tolist(), "labels": labels.tolist(), "cases": cases, "found": found},
          open("gaussianprocess.json", "w"))
