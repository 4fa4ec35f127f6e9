"""Predicts the rows that main.go wrote with the model that it wrote, and prints nanoseconds a row and predictions as JSON."""
import json
import sys
import time

import numpy as np
import xgboost

folder, columns, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
x = np.fromfile(f"{folder}/rows", "<f4").reshape(-1, columns)
booster = xgboost.Booster({"nthread": threads})
booster.load_model(f"{folder}/model.json")
booster.set_param({"nthread": threads})
names, types = booster.feature_names, booster.feature_types
booster.predict(xgboost.DMatrix(x[:1000], feature_names=names, feature_types=types, nthread=threads, enable_categorical=True))
costs = {}


def timed(kind, f):
    start, cpu = time.perf_counter(), time.process_time()
    result = f()
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    rows = len(result)
    costs[kind] = {"Wall": wall * 1e9 / rows, "CPU": cpu * 1e9 / rows}
    return result


def matrix():
    return xgboost.DMatrix(x, feature_names=names, feature_types=types, nthread=threads, enable_categorical=True)


data = matrix()
pred = timed("predict", lambda: booster.predict(data))
timed("DMatrix and predict", lambda: booster.predict(matrix()))
some = xgboost.DMatrix(x[:2000], feature_names=names, feature_types=types, nthread=threads, enable_categorical=True)
contribs = timed("pred_contribs", lambda: booster.predict(some, pred_contribs=True))
booster.feature_names, booster.feature_types = None, None
timed("inplace_predict", lambda: booster.inplace_predict(x))
print(json.dumps({"pred": pred.astype(float).tolist(), "contribs": contribs.astype(float).ravel().tolist(), "costs": costs}))
