"""Makes impute.json: columns with holes (null) and what scikit-learn's SimpleImputer(strategy="median") makes of them.

/usr/bin/python3 impute.py   (scikit-learn 1.2.1)
"""
import json
import numpy as np
from sklearn.impute import SimpleImputer

rng = np.random.default_rng(2)
columns = [rng.normal(0, 1, n) for n in (1, 2, 5, 8, 101, 500)] + [rng.integers(0, 4, 60).astype(float), np.repeat([2.0, 1.0], 20)]
cases = []
for x in columns:
    x = x.copy()
    if len(x) > 2:
        x[rng.random(len(x)) < 0.25] = np.nan
    z = SimpleImputer(strategy="median").fit_transform(x[:, None])[:, 0]
    cases.append({"x": [None if np.isnan(v) else v for v in x], "z": z.tolist()})
json.dump(cases, open("impute.json", "w"), indent=0)
