"""Trains the peer on the data that main.go wrote and prints seconds and test AUC as JSON."""
import json
import sys
import time

import numpy as np
from sklearn.metrics import roc_auc_score

what, folder, rows, columns, threads = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])


def read(name):
    a = np.fromfile(f"{folder}/{name}", "<f4").reshape(columns + 1, -1)
    return np.ascontiguousarray(a[:-1].T), a[-1]


x, y = read("fit")
x, y = np.ascontiguousarray(x[:rows]), y[:rows]
test, truth = read("judge")
if what == "forest":
    from sklearn.ensemble import RandomForestClassifier

    start, cpu = time.perf_counter(), time.process_time()
    model = RandomForestClassifier(n_estimators=100, n_jobs=threads, random_state=0).fit(x, y)
    train, cpu = time.perf_counter() - start, time.process_time() - cpu
    start = time.perf_counter()
    p = model.predict_proba(test)[:, 1]
else:
    import xgboost

    params = {"objective": "binary:logistic", "tree_method": "hist", "max_bin": 255, "eta": 0.1, "max_depth": 6, "nthread": threads}
    if what == "xgb-leaves":
        params |= {"max_depth": 0, "max_leaves": 63, "grow_policy": "lossguide"}
    start, cpu = time.perf_counter(), time.process_time()
    data = xgboost.DMatrix(x, y, nthread=threads)
    model = xgboost.train(params, data, 100)
    train, cpu = time.perf_counter() - start, time.process_time() - cpu
    start = time.perf_counter()
    p = model.predict(xgboost.DMatrix(test, nthread=threads))
print(json.dumps({"train": train, "cpu": cpu, "predict": time.perf_counter() - start, "auc": roc_auc_score(truth, p)}))
