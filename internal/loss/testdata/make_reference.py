"""Writes reference.json: values, gradients, hessians, links and best constants of losses as scikit-learn 1.2.1 has them.

Run: python3 make_reference.py > reference.json
scikit-learn's losses leave out terms of y alone, as package loss does. Its multinomial loss is the same function; its
Huber loss came with a later version; it, the pseudo-Huber loss and Poisson's longer hessian are written out from
their definitions.
"""

import json
import sys

import numpy as np
from sklearn._loss import loss as L
from scipy.optimize import minimize_scalar

rng = np.random.default_rng(11)
n = 24
cases = []


def add(name, shape, classes, y, raw, w, value, g, h, link, init):
    cases.append({"name": name, "shape": shape, "classes": classes, "y": y.tolist(), "raw": raw.ravel().tolist(), "weights": w.tolist(),
                  "value": value.tolist(), "gradient": g.ravel().tolist(), "hessian": h.ravel().tolist(),
                  "link": link.ravel().tolist(), "init": np.atleast_1d(init).tolist()})


def pointwise(name, loss, y, raw, shape=0.0, init=None):
    w = rng.uniform(0.2, 3, n)
    value = loss.loss(y, raw)
    g, h = loss.gradient_hessian(y, raw, sample_weight=w)
    h = np.broadcast_to(h, g.shape)
    link = loss.predict_proba(raw) if name == "softmax" else loss.link.inverse(raw)
    if init is None:
        init = loss.fit_intercept_only(y, sample_weight=w)
    add(name, shape, raw.shape[1] if raw.ndim > 1 else 0, y, raw, w, value, g, h, link, init)


raw = np.concatenate([rng.normal(0, 3, n - 4), [30.0, -30.0, 0.0, 8.0]])
pointwise("logistic", L.HalfBinomialLoss(), (rng.random(n) < 0.4).astype(float), raw)
pointwise("squared", L.HalfSquaredError(), rng.normal(0, 3, n), raw)
# A constant hessian: scikit-learn leaves the weights out of it, package loss does not, so they are put in below.
y = rng.normal(0, 3, n)
pointwise("absolute", L.AbsoluteError(), y, raw, init=None)
pointwise("quantile", L.PinballLoss(quantile=0.8), y, raw, shape=0.8)
pointwise("poisson", L.HalfPoissonLoss(), rng.poisson(2, n).astype(float), raw)
pointwise("gamma", L.HalfGammaLoss(), rng.exponential(2, n) + 0.01, raw)
pointwise("tweedie", L.HalfTweedieLoss(power=1.3), rng.poisson(1, n) * rng.exponential(2, n), raw, shape=1.3)
for k in (3, 5):
    z = rng.normal(0, 2, (n, k))
    z[0] = 40 * np.eye(k)[0]
    loss = L.HalfMultinomialLoss(n_classes=k)
    y = np.concatenate([np.arange(k), rng.integers(0, k, n - k)]).astype(float)
    w = rng.uniform(0.2, 3, n)
    g, _ = loss.gradient_hessian(y, z, sample_weight=w)
    p = loss.predict_proba(z)
    h = w[:, None] * np.maximum(p * (1 - p), 1e-16)
    share = np.bincount(y.astype(int), weights=w, minlength=k) / w.sum()
    add("softmax", 0.0, k, y, z, w, loss.loss(y, z), g, h, p, np.log(share))
for delta in (1.0, 2.5):
    y, w = rng.normal(0, 3, n), rng.uniform(0.2, 3, n)
    rho = lambda e: np.where(np.abs(e) <= delta, e**2 / 2, delta * (np.abs(e) - delta / 2))
    best = minimize_scalar(lambda c: np.sum(w * rho(c - y)), bounds=(y.min(), y.max()), method="bounded", options={"xatol": 1e-12}).x
    add("huber", delta, 0, y, raw, w, rho(raw - y), w * np.clip(raw - y, -delta, delta), w, raw, best)
for delta in (1.0, 2.5):
    y, w = rng.normal(0, 3, n), rng.uniform(0.2, 3, n)
    rho = lambda e: delta**2 * (np.sqrt(1 + (e / delta) ** 2) - 1)
    best = minimize_scalar(lambda c: np.sum(w * rho(c - y)), bounds=(y.min(), y.max()), method="bounded", options={"xatol": 1e-12}).x
    e = raw - y
    root = np.sqrt(1 + (e / delta) ** 2)
    add("pseudo_huber", delta, 0, y, raw, w, rho(e), w * e / root, w / root**3, raw, best)
y, w = rng.poisson(2, n).astype(float), rng.uniform(0.2, 3, n)
add("poisson", 0.7, 0, y, raw, w, np.exp(raw) - y * raw, w * (np.exp(raw) - y), w * np.exp(raw + 0.7), np.exp(raw), np.log(np.average(y, weights=w)))
for c in cases:
    if c["name"] in ("squared", "absolute", "quantile"):
        c["hessian"] = c["weights"]

json.dump(cases, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
