#!/usr/bin/python3
"""Writes reference.json: outputs, gradient and one step of AdamW of small networks, in float64 by the definitions.

The gradient is taken by complex steps (Squire & Trapp 1998), which need no derivative and are exact to rounding.
Needs numpy: python3 reference.py > reference.json
"""
import json
import numpy as np

WAVES, LEARNED = 16, 3
rng = np.random.default_rng(7)


def act(name, z):
    if name == "relu":
        return np.where(z.real > 0, z, 0)
    if name == "selu":
        return 1.0507009873554805 * np.where(z.real > 0, z, 1.6732632423543772 * (np.exp(np.where(z.real > 0, 0, z)) - 1))
    return z * np.tanh(np.log(1 + np.exp(z)))


def parts(c):
    """The names and shapes of the parameters, in the order of the list."""
    q, d = c["embedded"], c["inputs"] + LEARNED * c["embedded"]
    yield from [("f", (q, WAVES)), ("phase", (q, WAVES)), ("mix", (q, WAVES, LEARNED)), ("offset", (q, LEARNED)), ("scale", (d,))]
    widths = [d] + c["hidden"] + [c["outputs"]]
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        yield f"W{i}", (a, b)
        yield f"b{i}", (b,)


def unpack(c, w):
    p, at = {}, 0
    for name, shape in parts(c):
        n = int(np.prod(shape))
        p[name], at = w[at:at + n].reshape(shape), at + n
    assert at == len(w)
    return p


def forward(c, w, x):
    p, cols = unpack(c, w), []
    for j in range(c["embedded"]):
        waves = np.cos(2 * np.pi * (x[:, j:j + 1] * p["f"][j] + p["phase"][j]))
        cols += [x[:, j:j + 1], waves @ p["mix"][j] + p["offset"][j]]
    z = np.concatenate(cols + [x[:, c["embedded"]:]], axis=1) * p["scale"]
    for i in range(len(c["hidden"]) + 1):
        z = z @ p[f"W{i}"] / np.sqrt(z.shape[1]) + p[f"b{i}"]
        if i < len(c["hidden"]):
            z = act(c["activation"], z)
    return z


def loss(c, w, x, y, weights):
    z = forward(c, w, x) + c["base"]
    e = c["smoothing"]
    if c["problem"] == "regression":
        each = (z[:, 0] - y) ** 2 / 2
    elif c["problem"] == "binary":
        t = (1 - e) * y + e / 2
        each = np.log(1 + np.exp(z[:, 0])) - t * z[:, 0]
    else:
        t = (1 - e) * np.eye(c["outputs"])[y.astype(int)] + e / c["outputs"]
        each = np.log(np.exp(z).sum(axis=1)) - (t * z).sum(axis=1)
    return (weights * each).mean()


def step(c, w, g):
    """The first step of AdamW: m = (1-b1) g and v = (1-b2) g², both then freed of their bias."""
    rate, decay = np.empty_like(w), np.zeros_like(w)
    at = 0
    for name, shape in parts(c):
        n = int(np.prod(shape))
        kind = name[0] if name not in ("f", "phase", "mix", "offset", "scale") else name
        rate[at:at + n] = c["rate"] * {"W": 1, "b": 0.1, "scale": 6, "phase": 0.1 / (2 * np.pi)}.get(kind, 0.1)
        decay[at:at + n] = c["decay"] if kind == "W" else 0
        at += n
    m, v = 0.1 * g, 0.05 * g * g
    return (1 - rate * decay) * w - rate * (m / (1 - 0.9)) / (np.sqrt(v / (1 - 0.95)) + 1e-8)


cases = []
for problem, activation, outputs, smoothing in [("multiclass", "selu", 3, 0.1), ("binary", "mish", 1, 0.2), ("regression", "mish", 1, 0.0),
                                                ("regression", "relu", 1, 0.0), ("binary", "selu", 1, 0.0)]:
    c = dict(problem=problem, activation=activation, outputs=outputs, smoothing=smoothing, inputs=4, embedded=2, hidden=[9, 8], rate=0.03, decay=0.4)
    c["base"] = [round(float(v), 3) for v in rng.normal(size=outputs)]
    n = sum(int(np.prod(s)) for _, s in parts(c))
    w = np.float32(rng.normal(size=n))
    rows = 7
    x = np.float32(rng.normal(size=(rows, c["inputs"])))
    y = rng.normal(size=rows) if problem == "regression" else np.arange(rows) % max(outputs, 2)
    weights = rng.uniform(0.5, 2, size=rows)
    w64, x64 = w.astype(float), x.astype(float)
    g = np.empty(n)
    for i in range(n):
        z = w64.astype(complex)
        z[i] += 1e-30j
        g[i] = loss(c, z, x64, y, weights).imag / 1e-30
    c.update(w=w.tolist(), x=x.ravel().tolist(), y=[float(v) for v in y], weights=weights.tolist(),
             output=forward(c, w64.astype(complex), x64).real.ravel().tolist(), gradient=g.tolist(), next=step(c, w64, g).tolist())
    cases.append(c)
print(json.dumps(cases, separators=(",", ":")))
