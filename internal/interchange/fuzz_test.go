package interchange

import (
	"strings"
	"testing"

	"sadi"
	"sadi/internal/loss"
)

// seeds are files to begin from: one of each kind of ours and some of the libraries'.
func seeds(t testing.TB) [][]byte {
	var files [][]byte
	for _, l := range []loss.Loss{loss.Logistic{}, loss.Softmax{Classes: 3}} {
		for _, f := range Formats() {
			file, err := Write(drawn(3, l), f)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	for i, c := range records(t) {
		if i%5 == 0 {
			files = append(files, c.bytes())
		}
	}
	return files
}

// readAny is what the fuzz target and the test below hold Read to: an error for people or a model that predicts and that
// can be written and read again.
func readAny(t *testing.T, file []byte) (ok bool) {
	m, err := Read(file)
	if err != nil {
		if c := sadi.CodeOf(err); c != sadi.BadData {
			t.Fatalf("got the code %s: %v", c, err)
		}
		return false
	}
	if m.Booster.Features() != 4 && m.Booster.Features() != 6 || m.Booster.Outputs() > 100 {
		return true
	}
	x := drawnRows(20)
	x.Cols, x.Features = x.Cols[:m.Booster.Features()], x.Features[:m.Booster.Features()]
	if err := m.Booster.Predict(make([]float64, 20*m.Booster.Outputs()), x); err != nil {
		t.Fatal(err)
	}
	for _, f := range Formats() {
		again, err := Write(m, f)
		if err != nil {
			t.Fatal(err)
		}
		if len(again) > 100*len(file)+16<<20 {
			t.Fatalf("%d bytes became %d", len(file), len(again))
		}
		if _, err := Read(again); err != nil && len(m.Booster.Trees) > 0 {
			t.Fatalf("what was read can not be read again as %s: %v", f, err)
		}
	}
	return true
}

func FuzzRead(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, file []byte) { readAny(t, file) })
}

// TestDamagedFiles is the fuzz target on a small scale, in every test run: bytes changed, files cut off.
func TestDamagedFiles(t *testing.T) {
	for _, file := range seeds(t) {
		step := len(file)/12 + 1
		refused := 0
		for at := 0; at < len(file); at += step {
			if !readAny(t, file[:at]) {
				refused++
			}
			for _, c := range []byte{'9', '-', 0xff, '[', ' '} {
				bad := append([]byte(nil), file...)
				bad[at] = c
				if !readAny(t, bad) {
					refused++
				}
			}
		}
		if refused == 0 {
			t.Error("no damage was found")
		}
	}
}

func TestRefusals(t *testing.T) {
	file, err := Write(drawn(1, loss.Squared{}), XGBoostJSON)
	if err != nil {
		t.Fatal(err)
	}
	text, err := Write(drawn(1, loss.Logistic{}), LightGBM)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, file, want string }{
		{"empty", "", "not a model file"},
		{"old binary", "binf\x00\x00", "old binary form"},
		{"pickle", "\x80\x04\x95", "pickle"},
		{"dump", `[{"nodeid":0}]`, "not a model file"},
		{"lightgbm dump", `{"tree_info":[{}]}`, "dump_model"},
		{"ranking", strings.Replace(string(file), "reg:squarederror", "rank:ndcg", 1), "no counterpart"},
		{"linear", strings.Replace(string(file), `"name":"gbtree"`, `"name":"gblinear"`, 1), "not one of trees"},
		{"targets", strings.Replace(string(file), `"num_target":"1"`, `"num_target":"2"`, 1), "targets"},
		{"vector leaves", strings.ReplaceAll(string(file), `"size_leaf_vector":"0"`, `"size_leaf_vector":"3"`), "several outputs"},
		{"no trees", strings.Replace(string(file), `"trees":`, `"tres":`, 1), "lacks a value"},
		{"twice", string(file) + "{}", "after its end"},
		{"deep", `{"a":` + strings.Repeat("[", 10_000), "nested too deep"},
		{"deep ubj", "{i\x01a" + strings.Repeat("[", 10_000), "nested too deep"},
		{"long ubj", "{i\x01a[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff", "beyond its end"},
		{"nothings", "{i\x01a[$Z#L\x00\x00\x7f\xff\xff\xff\xff\xff", "not supported"},
		{"own objective", strings.Replace(string(text), "objective=binary sigmoid:1\n", "", 1), "does not say its objective"},
		{"linear leaves", strings.Replace(string(text), "is_linear=0", "is_linear=1", 1), "linear functions"},
		{"root of target", strings.Replace(string(text), "binary sigmoid:1", "regression sqrt", 1), "reg_sqrt"},
		{"ranks", strings.Replace(string(text), "binary sigmoid:1", "lambdarank", 1), "no counterpart"},
		{"zero is missing", "tree\nnum_tree_per_iteration=1\nmax_feature_idx=0\nobjective=regression\n\nTree=0\nnum_leaves=2\nsplit_feature=0\nthreshold=-1\n" +
			"decision_type=6\nleft_child=-1\nright_child=-2\nleaf_value=1 2\n\nend of trees\n", "zero_as_missing"},
	} {
		_, err := Read([]byte(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) || sadi.CodeOf(err) != sadi.BadData {
			t.Errorf("%s: got %v, want an error that says %q", c.name, err, c.want)
		}
	}
}
