"""Reads the files of a benchmark as a user of pandas would."""
import pandas as pd


def read(spec, which):
    return pd.read_csv(spec[which], encoding=spec["encoding"].replace("-bom", "-sig"), sep=spec["delimiter"], decimal=spec["decimal"],
                       na_values=spec["missing"] or None)


def write(path, target, predicted, labels=None, proba=None):
    """Writes predictions in the form of `sadi predict --proba`."""
    out = pd.DataFrame({target: predicted})
    for k, c in enumerate(labels or []):
        out["proba_" + str(c)] = proba[:, k]
    out.to_csv(path, index=False)
