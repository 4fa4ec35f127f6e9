"""Lets another program learn from the same rows and predict the same ones: histgb, histgb_numbers, flaml, autogluon
or autogluon_best.

Reads one JSON object from standard input: program, train, test, target, task, seconds, seed, predictions (where to write them), encoding,
delimiter, decimal, missing. The budget and the seed are for flaml and AutoGluon, which are to be installed.
"""
import json
import os
import sys
import tempfile

import numpy as np
import pandas as pd

from files import read, write


def histgb(spec, train, test, y, categorical=True):
    """scikit-learn's HistGradientBoosting with its defaults. Words become categories (at most 255 levels, the rarest dropped to
    missing, as scikit-learn 1.2 demands) or, where categorical is false, plain numbers; missing values stay missing."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    x, z, words = pd.DataFrame(index=train.index), pd.DataFrame(index=test.index), []
    for c in train.columns:
        words.append(train[c].dtype == object or train[c].dtype == bool)
        if words[-1]:
            known = train[c].astype(str).where(train[c].notna())
            levels = known.value_counts().index[:255] if categorical else sorted(known.dropna().unique())
            code = {v: i for i, v in enumerate(levels)}
            x[c], z[c] = known.map(code).astype(float), test[c].astype(str).map(code).astype(float)
        else:
            x[c], z[c] = train[c].astype(float), test[c].astype(float)
    kind = HistGradientBoostingRegressor if spec["task"] == "regression" else HistGradientBoostingClassifier
    model = kind(categorical_features=np.array(words) if categorical else None, random_state=0).fit(x.to_numpy(), y.to_numpy())
    return model, z.to_numpy()


def flaml(spec, train, test, y):
    """FLAML with its defaults and the metric of the task."""
    from flaml import AutoML
    metric = {"regression": "rmse", "binary": "roc_auc", "multiclass": "log_loss"}[spec["task"]]
    model = AutoML()
    model.fit(X_train=train, y_train=y, task="regression" if spec["task"] == "regression" else "classification", metric=metric,
              time_budget=spec["seconds"], seed=spec["seed"], verbose=0)
    return model, test


def autogluon(spec, train, test, y, presets=None):
    """AutoGluon with its defaults, or a preset, and the metric of the task."""
    from autogluon.tabular import TabularPredictor
    metric = {"regression": "root_mean_squared_error", "binary": "roc_auc", "multiclass": "log_loss"}[spec["task"]]
    folder = tempfile.mkdtemp()
    model = TabularPredictor(label=spec["target"], problem_type=spec["task"], eval_metric=metric, path=folder, verbosity=0).fit(
        train.assign(**{spec["target"]: y}), time_limit=spec["seconds"], presets=presets)
    model.classes_ = model.class_labels
    model.predict_proba = lambda x, ask=model.predict_proba: ask(x).to_numpy()
    return model, test


spec = json.load(sys.stdin)
os.chdir(tempfile.mkdtemp())
train, test = read(spec, "train"), read(spec, "test")
y = train.pop(spec["target"])
test = test.drop(columns=spec["target"], errors="ignore")
if spec["program"] == "flaml":
    model, x = flaml(spec, train, test, y)
elif spec["program"] == "autogluon":
    model, x = autogluon(spec, train, test, y)
elif spec["program"] == "autogluon_best":
    model, x = autogluon(spec, train, test, y, "best_quality")
else:
    model, x = histgb(spec, train, test, y, spec["program"] == "histgb")
if spec["task"] == "regression":
    write(spec["predictions"], spec["target"], np.asarray(model.predict(x)))
else:
    write(spec["predictions"], spec["target"], np.asarray(model.predict(x)), list(model.classes_), model.predict_proba(x))
