// Command trees measures the tree engine beside XGBoost, scikit-learn and, where Python has it, LightGBM.
//
//	go run ./bench/trees [-sets higgs,wide] [-models depth6,leaves255] [-scale 0.1] [-rounds 5] [-data DIR]
//
// In each round every set is drawn anew (or, for a set of DIR, divided anew into rows to learn from and to judge on), and
// each side trains on the same float32 numbers in a process of its own, in turn. Training is everything from the matrix
// to the model, so binning counts on both sides and is also shown alone. Ours runs once for each kind of instructions.
// Printed are medians, and the medians of the ratios of each round: above 1 they are in our favour. Memory is what the
// process grew by while it trained. Of the scores (area under the curve, log loss or root mean square error) the mean
// difference is given with its 95 % interval, positive in our favour.
//
// It waits for a quiet machine, as long as -wait says, and then measures what there is. -scale 1 are the sizes of bench/RESULTS.md: a million rows.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "embed"

	"sadi/bench/internal/quiet"
	"sadi/internal/isa"
)

//go:embed peer.py
var peer string

type bench struct {
	rounds, threads int
	scale           float64
	wait            time.Duration
	python, dir     string
	peers           []string // of boosters: xgboost, lightgbm
	kinds           []string // of instructions
}

func main() {
	var b bench
	sets := flag.String("sets", "", "sets, separated by commas (default: all)")
	models := flag.String("models", "", "of depth6, leaves63, leaves255, forest (default: all that fit the set)")
	kinds := flag.String("instructions", "", "what our kernels may use: some of avx512, avx2, portable (default: all that the machine has)")
	data := flag.String("data", "", "folder with datasets.json and files of real data; empty = generated sets only")
	flag.Float64Var(&b.scale, "scale", 0.1, "size of the generated sets; 1 = 1M × 28, 100k × 200, 500k × 50, 200k × 100, 500k × 54")
	flag.IntVar(&b.rounds, "rounds", 5, "draws of each set")
	flag.DurationVar(&b.wait, "wait", 5*time.Minute, "the longest wait for a quiet machine, before each round")
	flag.IntVar(&b.threads, "threads", runtime.GOMAXPROCS(0), "threads of each side")
	flag.StringVar(&b.python, "python", "/usr/bin/python3", "a Python with xgboost and scikit-learn; empty = ours alone")
	only := flag.String("train", "", "train this model on the folder -data and print the outcome (for the benchmark itself)")
	profile := flag.String("cpuprofile", "", "with -train: write a profile of the training to this file")
	keep := flag.String("keep", "", "write the first draw of the sets to this folder, for -train, and end")
	flag.Parse()
	if *only != "" {
		if err := trainOnly(*data, *only, b.threads, *profile); err != nil {
			log.Fatal(err)
		}
		return
	}
	for _, level := range slices.Backward(isa.Usable()) {
		if *kinds == "" || slices.Contains(strings.Split(*kinds, ","), level.String()) {
			b.kinds = append(b.kinds, level.String())
		}
	}
	if len(b.kinds) == 0 {
		log.Fatalf("this machine has %v, not %s", isa.Usable(), *kinds)
	}
	if err := b.run(split(*sets), split(*models), *data, *keep); err != nil {
		log.Fatal(err)
	}
}

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func (b *bench) run(names, models []string, data, keep string) error {
	sets := generated(b.scale)
	if data != "" {
		real, err := readSets(data)
		if err != nil {
			return err
		}
		sets = append(sets, real...)
	}
	dir, err := os.MkdirTemp("", "trees")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir = dir
	if b.python != "" {
		b.peers = []string{"xgboost"}
		if exec.Command(b.python, "-c", "import lightgbm").Run() == nil {
			b.peers = append(b.peers, "lightgbm")
		}
	}
	fmt.Println("| set | rows × columns | model | instructions | peer | train s | peer | ratio | CPU s | ratio | binning s | peer | grown MB | peer | predict ratio | score | peer | difference |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, s := range sets {
		if names != nil && !slices.Contains(names, s.name) {
			continue
		}
		if keep != "" {
			if err := s.draw(1).write(filepath.Join(keep, s.name)); err != nil {
				return err
			}
			continue
		}
		if err := b.set(s, models); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// set measures all models on one set and prints their lines.
func (b *bench) set(s source, models []string) error {
	type key struct{ model, side string }
	outcomes := map[key][]outcome{}
	folder := filepath.Join(b.dir, "set")
	var shape string
	for round := range b.rounds {
		d := s.draw(uint64(round + 1))
		if err := d.write(folder); err != nil {
			return err
		}
		quiet.Wait(b.wait)
		shape = fmt.Sprintf("%d × %d", d.Fit, len(d.Levels))
		for _, m := range s.models {
			if models != nil && !slices.Contains(models, m) {
				continue
			}
			for _, side := range slices.Concat(b.kinds, b.peersOf(m)) {
				o, err := b.train(folder, m, side)
				if err != nil {
					return err
				}
				outcomes[key{m, side}] = append(outcomes[key{m, side}], o)
			}
		}
	}
	for _, m := range s.models {
		for _, kind := range b.kinds {
			if len(outcomes[key{m, kind}]) == 0 {
				continue
			}
			for _, p := range append(b.peersOf(m), "")[:max(1, len(b.peersOf(m)))] {
				line(s.name, shape, m, kind, p, outcomes[key{m, kind}], outcomes[key{m, p}])
			}
		}
	}
	return nil
}

func (b *bench) peersOf(model string) []string {
	switch {
	case b.python == "":
		return nil
	case model == "forest":
		return []string{"sklearn"}
	}
	return b.peers
}

// train runs one training in a process of its own.
func (b *bench) train(folder, model, side string) (o outcome, err error) {
	var cmd *exec.Cmd
	threads := strconv.Itoa(b.threads)
	if slices.Contains(b.kinds, side) {
		exe, err := os.Executable()
		if err != nil {
			return o, err
		}
		cmd = exec.Command(exe, "-data", folder, "-train", model, "-threads", threads)
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+threads)
		switch side {
		case isa.Portable.String():
			cmd.Env = append(cmd.Env, "GODEBUG=cpu.avx2=off")
		case isa.AVX2.String():
			cmd.Env = append(cmd.Env, "GODEBUG=cpu.avx512f=off")
		}
	} else {
		cmd = exec.Command(b.python, "-c", peer, side, model, folder, threads)
		cmd.Env = append(os.Environ(), "OMP_WAIT_POLICY=PASSIVE", "OMP_NUM_THREADS="+threads)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return o, fmt.Errorf("%s, %s: %w: %s", model, side, err, errs.String())
	}
	return o, json.Unmarshal(out, &o)
}

func line(set, shape, model, kind, peer string, ours, theirs []outcome) {
	train, cpu := func(o outcome) float64 { return o.Train }, func(o outcome) float64 { return o.CPU }
	bin, grown := func(o outcome) float64 { return o.Binning }, func(o outcome) float64 { return o.Grown }
	predict, score := func(o outcome) float64 { return o.Predict }, func(o outcome) float64 { return o.Score }
	mean, half := interval(ours, theirs)
	fmt.Printf("| %s | %s | %s | %s | %s | %.2f | %.2f | %.2f | %.2f | %.2f | %.3f | %.3f | %.0f | %.0f | %.2f | %.4f | %.4f | %+.4f ± %.4f |\n",
		set, shape, model, kind, peer, median(ours, train), median(theirs, train), ratio(theirs, ours, train), median(ours, cpu), ratio(theirs, ours, cpu),
		median(ours, bin), median(theirs, bin), median(ours, grown), median(theirs, grown), ratio(theirs, ours, predict),
		average(ours, score), average(theirs, score), mean, half)
}
