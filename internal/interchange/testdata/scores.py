#!/usr/bin/python3
"""Prints get_score of XGBoost in its five types, by feature, for the models of a recorded file.

Run: python3 scores.py xgboost-1.7.4.json > scores.json (recorded with 1.7.4)
"""
import base64
import json
import sys

sys.path = sys.path[1:]  # xgboost.py of this folder is not the library
import xgboost

scores = {}
for case in json.load(open(sys.argv[1])):
    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(bytearray(base64.b64decode(case["bytes"]) if case["bytes"] else case["model"].encode()))
    scores[case["name"]] = {kind: booster.get_score(importance_type=kind) for kind in ("weight", "gain", "total_gain", "cover", "total_cover")}
print(json.dumps(scores, indent=1, sort_keys=True))
