"""Makes dateparts.json: seconds since 1970 and the parts that numpy and pandas know of them.

/usr/bin/python3 dateparts.py   (pandas 1.5.3)
"""
import json
import pandas as pd

texts = ["1970-01-01 00:00:00", "1969-12-31 23:59:59", "2000-02-29 12:30:15", "1900-02-28 01:02:03", "1900-03-01 00:00:00",
         "2024-12-31 23:59:00", "2100-03-01 05:06:07", "1752-09-14 10:00:00", "2023-01-01 00:00:00", "2020-07-04 18:45:30"]
cases = []
for t in pd.to_datetime(texts):
    cases.append([t.timestamp(), t.timestamp() / 86400, t.year, t.month, t.day, t.dayofweek, t.hour, t.minute, t.dayofyear])
json.dump(cases, open("dateparts.json", "w"), indent=0)
