#!/usr/bin/python3
"""Prints the margins that a library gives for rows with models: predict.py LIBRARY ROWS.json MODEL…

With LIBRARY = xgboost or lightgbm. The margins of written/margins.json are those of development versions of XGBoost 3.5.0 and LightGBM 4.6.0.99:
    python3 predict.py xgboost written/rows.json written/*.json written/*.ubj   (without rows.json, margins.json)
    python3 predict.py lightgbm written/rows.json written/*.txt
put together into one object.
"""
import json
import os
import sys

import numpy as np

sys.path = sys.path[1:]  # scripts of this folder are called as the libraries are
library, rows, models = sys.argv[1], sys.argv[2], sys.argv[3:]
x = np.array([[np.nan if v is None else v for v in row] for row in json.load(open(rows))], dtype=np.float32)
out = {}
for path in models:
    if library == "xgboost":
        import xgboost

        booster = xgboost.Booster({"nthread": 1})
        booster.load_model(path)
        data = xgboost.DMatrix(x, feature_names=booster.feature_names, feature_types=booster.feature_types, enable_categorical=True)
        margin = booster.predict(data, output_margin=True)
    else:
        import lightgbm

        margin = lightgbm.Booster(model_file=path).predict(x.astype(float), raw_score=True)
    out[os.path.basename(path)] = [[float("%.10g" % v) for v in row] for row in margin.reshape(len(x), -1)]
print(json.dumps(out))
