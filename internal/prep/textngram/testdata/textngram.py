"""Makes textngram.json: texts, and the absolute values of U·Σ of the exact singular value decomposition of their tf-idf
matrix by scikit-learn. The order of the terms and the signs of the axes do not matter for these.

/usr/bin/python3 textngram.py   (scikit-learn 1.2.1)
"""
import json
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

rng = np.random.default_rng(4)
words = "casa perro gato río montaña sol luna mar tren 42 Ñandú".split()
texts = [" ".join(rng.choice(words, rng.integers(2, 9), p=np.arange(11, 0, -1) / 66)) + rng.choice(["", ".", " - ok!"]) for _ in range(24)]
v = TfidfVectorizer(ngram_range=(1, 2), min_df=2, max_df=0.95, sublinear_tf=True, token_pattern=r"[^\W_]+")
a = v.fit_transform(texts).toarray()
u, s, vt = np.linalg.svd(a, full_matrices=False)
k = 8
json.dump({"texts": texts, "terms": a.shape[1], "singular": s[:k].tolist(), "projected": np.abs(u[:, :k] * s[:k]).tolist()},
          open("textngram.json", "w"), indent=0, ensure_ascii=False)
