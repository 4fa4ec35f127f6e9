"""Makes power.json: skewed columns, the λ of scikit-learn's PowerTransformer (Yeo-Johnson) and the transformed values.

/usr/bin/python3 power.py   (scikit-learn 1.2.1)
"""
import json
import numpy as np
from scipy.stats import skew
from sklearn.preprocessing import PowerTransformer

rng = np.random.default_rng(3)
columns = [
    np.exp(rng.normal(3, 1.5, 300)), rng.pareto(3, 300) * 50, -np.exp(rng.normal(2, 1, 300)),
    np.concatenate([rng.normal(0, 2, 290), rng.exponential(60, 10)]), rng.poisson(0.3, 300) * 5.0,
]
cases = []
for x in columns:
    p = PowerTransformer(standardize=False).fit(x[:, None])
    cases.append({"x": x.tolist(), "skew": skew(x), "lambda": p.lambdas_[0], "z": p.transform(x[:, None])[:, 0].tolist()})
json.dump(cases, open("power.json", "w"), indent=0)
