package isa

import (
	"os"
	"os/exec"
	"testing"
)

func TestUsable(t *testing.T) {
	all := Usable()
	t.Logf("this machine has %v", all)
	if all[0] != Portable || all[len(all)-1] != Best() || len(all) != int(Best())+1 {
		t.Errorf("Usable is %v, Best is %v", all, Best())
	}
}

// The switches lower the level to the one below; package cpu reads them when a process starts.
func TestSwitches(t *testing.T) {
	const told = "ISA_TEST_WANT"
	if want := os.Getenv(told); want != "" {
		if Best().String() != want {
			t.Errorf("Best is %v, want %v", Best(), want)
		}
		return
	}
	for _, c := range []struct {
		option string
		most   Level
	}{
		{"cpu.avx2=off", Portable},
		{"cpu.avx512f=off", AVX2},
		{"cpu.avx512=off", AVX2},
		{"cpu.avx512vl=off", AVX2},
		{"cpu.avx512f=off,cpu.avx2=off", Portable},
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSwitches$")
		cmd.Env = append(os.Environ(), "GODEBUG="+os.Getenv("GODEBUG")+","+c.option, told+"="+min(Best(), c.most).String())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", c.option, err, out)
		}
	}
}
