"""Reference values of normals truncated to [0, 1], by scipy: python3 truncnorm.py > truncnorm.json"""
import json

from scipy.stats import truncnorm

cases = []
for mu in [0.0, 0.03, 0.5, 0.97, 1.0]:
    for sigma in [0.01, 0.1, 0.2, 1.0]:
        d = truncnorm((0 - mu) / sigma, (1 - mu) / sigma, loc=mu, scale=sigma)
        for x in [0.0, 0.2, 0.5, 0.9, 1.0]:
            cases.append(dict(mu=mu, sigma=sigma, x=x, quantile=d.ppf(x), logpdf=d.logpdf(d.ppf(x)),
                              mass=d.cdf(min(1, x + 0.1)) - d.cdf(x)))
print(json.dumps(cases, indent=0))
