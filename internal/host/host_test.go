package host

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

func TestReadBytes(t *testing.T) {
	for text, want := range map[string]int64{"max\n": 0, "1048576\n": 1 << 20, "9223372036854771712\n": 0, "": 0, "x": 0} {
		path := filepath.Join(t.TempDir(), "limit")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if got := readBytes(path); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
	if got := readBytes(filepath.Join(t.TempDir(), "none")); got != 0 {
		t.Errorf("no file: got %d", got)
	}
}

func TestProcKilobytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "status")
	if err := os.WriteFile(path, []byte("Name:\tsadi\nVmHWM:\t   2048 kB\nOdd: 7\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if got := procKilobytes(path, "VmHWM:"); got != 2<<20 {
		t.Errorf("got %d", got)
	}
	if got := procKilobytes(path, "Odd:"); got != 0 {
		t.Errorf("a line of another form: got %d", got)
	}
	if got := procKilobytes(path, "None:"); got != 0 {
		t.Errorf("no line: got %d", got)
	}
}

func TestCoresAreAtLeastOne(t *testing.T) {
	if Cores() < 1 {
		t.Error("no core")
	}
	if Memory() < 0 || PeakMemory() < 0 {
		t.Error("negative memory")
	}
}

func TestPeakOfAProcess(t *testing.T) {
	c := exec.Command(os.Args[0], "-test.run", "^$")
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "linux" && PeakOf(c.ProcessState) < 1<<20 {
		t.Errorf("a process of %d bytes", PeakOf(c.ProcessState))
	}
}
