"""Trains a peer on the draw that draw.go wrote and prints the outcome as JSON."""
import json
import sys
import time

import numpy as np
from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score

peer, model, folder, threads = *sys.argv[1:4], int(sys.argv[4])
draw = json.load(open(f"{folder}/draw.json"))
problem, classes, columns = draw["problem"], draw["classes"], len(draw["levels"])
rounds, rate = 100, 0.1


def read(name):
    a = np.memmap(f"{folder}/{name}", "<f4", "r").reshape(columns + 1, -1)
    return np.ascontiguousarray(a[:-1].T), np.array(a[-1])


def memory(key):
    for line in open("/proc/self/status"):
        if line.startswith(key):
            return int(line.split()[1]) / 1024
    return 0


def boost():
    """Returns the seconds of binning, and a function that predicts."""
    if peer == "xgboost":
        import xgboost

        params = {"tree_method": "hist", "max_bin": 255, "eta": rate, "nthread": threads, "verbosity": 0}
        params["objective"] = {"binary": "binary:logistic", "multiclass": "multi:softprob"}.get(problem, "reg:squarederror")
        if problem == "multiclass":
            params["num_class"] = classes
        if model == "depth6":
            params["max_depth"] = 6
        else:
            params |= {"max_depth": 0, "max_leaves": int(model[6:]), "grow_policy": "lossguide"}
        data = xgboost.QuantileDMatrix(x, y, nthread=threads, max_bin=255)
        binned = time.perf_counter()
        booster = xgboost.train(params, data, rounds)
        return binned, lambda: booster.predict(xgboost.DMatrix(test, nthread=threads))
    import lightgbm

    params = {"learning_rate": rate, "num_threads": threads, "verbose": -1, "max_bin": 255, "lambda_l2": 1, "min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 1}
    params["objective"] = problem
    if problem == "multiclass":
        params["num_class"] = classes
    params |= {"num_leaves": 64, "max_depth": 6} if model == "depth6" else {"num_leaves": int(model[6:])}
    data = lightgbm.Dataset(x, y, params=params).construct()
    binned = time.perf_counter()
    booster = lightgbm.train(params, data, rounds)
    return binned, lambda: booster.predict(test, num_threads=threads)


def forest():
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestRegressor if problem == "regression" else RandomForestClassifier
    values, truth = (np.nan_to_num(x, nan=-1e9), y)
    binned = time.perf_counter()
    fitted = kind(n_estimators=rounds, n_jobs=threads, random_state=0).fit(values, truth)
    if problem == "regression":
        return binned, lambda: fitted.predict(np.nan_to_num(test, nan=-1e9))
    one = slice(1, 2) if problem == "binary" else slice(None)
    return binned, lambda: fitted.predict_proba(np.nan_to_num(test, nan=-1e9))[:, one]


x, y = read("fit")
test, truth = read("judge")
if peer == "xgboost":
    import xgboost  # noqa: F401, so that its loading does not count
elif peer == "lightgbm":
    import lightgbm  # noqa: F401
else:
    import sklearn.ensemble  # noqa: F401
try:
    open("/proc/self/clear_refs", "w").write("5")
except OSError:
    pass
before = memory("VmHWM")
start, cpu = time.perf_counter(), time.process_time()
binned, predict = forest() if model == "forest" else boost()
out = {"train": time.perf_counter() - start, "cpu": time.process_time() - cpu, "binning": binned - start, "grown": memory("VmHWM") - before}
start = time.perf_counter()
p = predict()
out["predict"] = time.perf_counter() - start
out["lower"] = problem != "binary"
if problem == "binary":
    out["score"] = roc_auc_score(truth, p)
elif problem == "multiclass":
    out["score"] = log_loss(truth, p, labels=range(classes))
else:
    out["score"] = mean_squared_error(truth, p) ** 0.5
print(json.dumps(out))
