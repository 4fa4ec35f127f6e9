"""Makes onehot.json: words and what scikit-learn's OneHotEncoder(drop="if_binary", handle_unknown="ignore") makes of them.

/usr/bin/python3 onehot.py   (scikit-learn 1.2.1)
"""
import json
import warnings
import numpy as np
from sklearn.preprocessing import OneHotEncoder

warnings.simplefilter("ignore")
cases = []
for fit, new in [
    (["b", "a", "c", "a", "b"], ["a", "c", "z", "b"]),
    (["yes", "no", "yes"], ["no", "yes", "maybe"]),
    (["é", "z", "A", "a", "Z", "10", "9"], ["a", "A", "é", "", "10"]),
]:
    e = OneHotEncoder(drop="if_binary", handle_unknown="ignore", sparse_output=False).fit(np.array(fit)[:, None])
    names = e.get_feature_names_out(["word"])
    cases.append({"fit": fit, "new": new, "names": [n.replace("word_", "word=", 1) for n in names],
                  "values": e.transform(np.array(new)[:, None]).T.tolist()})
json.dump(cases, open("onehot.json", "w"), indent=0)
