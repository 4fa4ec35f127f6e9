package main

// What pandas does. Each prints rows, the sum of the column amount, and the seconds of read_csv.
const (
	pandasDefault = `
import sys, time
import pandas as pd
begin = time.perf_counter()
d = pd.read_csv(sys.argv[1], engine="c")
seconds = time.perf_counter() - begin
print(len(d), d.amount.sum(), seconds)
`
	pandasTyped = `
import sys, time
import pandas as pd
begin = time.perf_counter()
d = pd.read_csv(sys.argv[1], engine="c", float_precision="round_trip", parse_dates=["date"],
                dtype={"city": "category", "code": "category", "flag": "category", "comment": "category"})
seconds = time.perf_counter() - begin
print(len(d), d.amount.sum(), seconds)
`
)
