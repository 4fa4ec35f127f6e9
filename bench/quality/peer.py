"""Fits scikit-learn's HistGradientBoosting with its defaults and scores it and the given predictions on the same rows.

Reads one JSON object from standard input: train, test, target, task, predictions, encoding, delimiter, decimal, missing.
Words become categories (at most 255 levels, the rarest dropped to missing, as scikit-learn 1.2 demands); missing values stay missing.
"""
import json
import sys

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error, r2_score, roc_auc_score

spec = json.load(sys.stdin)


def read(path):
    return pd.read_csv(path, encoding=spec["encoding"].replace("-bom", "-sig"), sep=spec["delimiter"], decimal=spec["decimal"],
                       na_values=spec["missing"] or None)


train, test = read(spec["train"]), read(spec["test"])
target, task = spec["target"], spec["task"]
y, truth = train.pop(target), test.pop(target)
x, z = pd.DataFrame(index=train.index), pd.DataFrame(index=test.index)
categorical = []
for c in train.columns:
    if train[c].dtype == object or train[c].dtype == bool:
        levels = train[c].astype(str).where(train[c].notna()).value_counts().index[:255]
        code = {v: i for i, v in enumerate(levels)}
        x[c] = train[c].astype(str).map(code).astype(float)
        z[c] = test[c].astype(str).map(code).astype(float)
        categorical.append(True)
    else:
        x[c], z[c] = train[c].astype(float), test[c].astype(float)
        categorical.append(False)
kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
model = kind(categorical_features=np.array(categorical), random_state=0).fit(x.to_numpy(), y.to_numpy())
ours = pd.read_csv(spec["predictions"], keep_default_na=False)
if task == "regression":
    score = [r2_score(truth, ours[target]), r2_score(truth, model.predict(z.to_numpy()))]
    metric, a, b = "RMSE", mean_squared_error(truth, ours[target], squared=False), mean_squared_error(truth, model.predict(z.to_numpy()), squared=False)
else:
    labels = [str(c) for c in model.classes_]
    proba = ours[["proba_" + c for c in labels]].to_numpy(float)
    peer = model.predict_proba(z.to_numpy())
    truth = truth.astype(str)
    score = [accuracy_score(truth, ours[target].astype(str)), accuracy_score(truth, model.predict(z.to_numpy()).astype(str))]
    if task == "binary":
        metric, a, b = "ROC AUC", roc_auc_score(truth == labels[1], proba[:, 1]), roc_auc_score(truth == labels[1], peer[:, 1])
    else:
        code = {c: i for i, c in enumerate(labels)}
        t = truth.map(code).to_numpy()
        metric, a, b = "log loss", log_loss(t, proba, labels=range(len(labels))), log_loss(t, peer, labels=range(len(labels)))
print(json.dumps({"Metric": metric, "Ours": a, "Peer": b, "Score": score[0], "PeerScore": score[1]}))
