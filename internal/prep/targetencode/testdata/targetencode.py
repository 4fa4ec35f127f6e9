"""Makes targetencode.json: codes, targets, weights and parts, and their smoothed statistics, computed from the formulas
of the package comment with pandas' group-by, independently of the Go code.

/usr/bin/python3 targetencode.py   (pandas 1.5.3)
"""
import json
import numpy as np
import pandas as pd


def case(levels, y, w, part):
    d = pd.DataFrame({"l": levels, "y": y, "w": w, "p": part})
    n, prior = d.w.sum(), np.average(d.y, weights=d.w)
    g = d.assign(wy=d.w * d.y).groupby("l")
    nl, sl = g.w.sum(), g.wy.sum()
    mean = sl / nl
    s2 = (d.w * (d.y - d.l.map(mean)) ** 2).sum() / (n - len(nl))
    t2 = ((nl * (mean - prior) ** 2).sum() - (len(nl) - 1) * s2) / (n - (nl ** 2).sum() / n)
    m = 300.0 if not t2 > 0 else float(np.clip(s2 / t2, 1, 300))
    oof = []
    for row in d.itertuples():
        rest = d[(d.l == row.l) & (d.p != row.p)]
        oof.append(((rest.w * rest.y).sum() + m * prior) / (rest.w.sum() + m))
    return {"codes": levels.tolist(), "y": y.tolist(), "weights": w.tolist(), "parts": part.tolist(), "prior": prior, "m": m,
            "smooth": ((sl + m * prior) / (nl + m)).tolist(), "frequency": (d.l.value_counts().sort_index() / len(d)).tolist(),
            "out_of_fold": oof}


rng = np.random.default_rng(5)
cases = []
for k, noise in [(4, 1.0), (6, 0.01), (5, 100.0)]:
    levels = np.concatenate([np.arange(k), rng.integers(0, k, 80)])
    effect = rng.normal(0, 1, k)
    y = effect[levels] + rng.normal(0, noise, len(levels))
    w = np.ones(len(levels)) if k == 4 else rng.integers(1, 4, len(levels)).astype(float)
    cases.append(case(levels, y, w, rng.integers(0, 5, len(levels))))
json.dump(cases, open("targetencode.json", "w"), indent=0)
