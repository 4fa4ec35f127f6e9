"""Makes scale.json: columns and what scikit-learn's StandardScaler makes of them.

/usr/bin/python3 scale.py   (scikit-learn 1.2.1)
"""
import json
import numpy as np
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(1)
columns = [
    rng.normal(5, 2, 40), rng.exponential(1e6, 40), rng.normal(0, 1e-7, 40), 1e9 + rng.integers(0, 9, 40).astype(float),
    np.full(40, 3.0),
]
cases = []
for x in columns:
    s = StandardScaler().fit(x[:, None])
    cases.append({"x": x.tolist(), "mean": s.mean_[0], "scale": s.scale_[0], "z": s.transform(x[:, None])[:, 0].tolist()})
json.dump(cases, open("scale.json", "w"), indent=0)
