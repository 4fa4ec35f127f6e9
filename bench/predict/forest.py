"""Predicts the rows that forest.go wrote with scikit-learn's forest made of the very trees that it wrote, and prints nanoseconds a row and predictions as JSON."""
import json
import sys
import time

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.tree._tree import Tree

folder, columns, threads, classes = sys.argv[1], *map(int, sys.argv[2:5])
x = np.fromfile(f"{folder}/rows", "<f4").reshape(-1, columns)
counts = np.fromfile(f"{folder}/counts", "<i4")
nodes = np.fromfile(f"{folder}/nodes", [("feature", "<i4"), ("left", "<i4"), ("threshold", "<f4"), ("value", "<f4")])

kind = RandomForestClassifier if classes else RandomForestRegressor
forest = kind(n_estimators=len(counts), max_depth=1, n_jobs=threads).fit(x[:2], [0, 1])
for estimator, count, end in zip(forest.estimators_, counts, np.cumsum(counts)):
    ours = nodes[end - count:end]
    leaf = ours["feature"] < 0
    theirs = np.zeros(count, dtype=estimator.tree_.__getstate__()["nodes"].dtype)
    theirs["left_child"] = np.where(leaf, -1, ours["left"])
    theirs["right_child"] = np.where(leaf, -1, ours["left"] + 1)
    theirs["feature"] = np.where(leaf, -2, ours["feature"])
    # Ours send x < t to the left, theirs x <= t, and x has 32 bits.
    theirs["threshold"] = np.where(leaf, -2, np.nextafter(ours["threshold"], np.float32(-np.inf)))
    theirs["n_node_samples"] = 1
    theirs["weighted_n_node_samples"] = 1
    value = ours["value"].astype(float)
    values = np.stack([1 - value, value] if classes else [value], axis=1)[:, None, :].copy()
    estimator.tree_ = Tree(columns, np.array([max(classes, 1)]), 1)
    estimator.tree_.__setstate__({"max_depth": 1, "node_count": int(count), "nodes": theirs, "values": values})

predict = (lambda rows: forest.predict_proba(rows)[:, 1]) if classes else forest.predict
predict(x[:1000])
start, cpu = time.perf_counter(), time.process_time()
pred = predict(x)
wall, cpu = time.perf_counter() - start, time.process_time() - cpu
print(json.dumps({"pred": pred.tolist(), "costs": {"forest": {"Wall": wall * 1e9 / len(x), "CPU": cpu * 1e9 / len(x)}}}))
