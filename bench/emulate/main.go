//go:build linux

// Command emulate runs the tests of kernels in assembly on an emulated processor, to test instructions that this
// machine's processor lacks. It takes a minute until the system is up and another for the tests.
//
//	apt-get install bochs bochsbios cpio isolinux syslinux-common vgabios xorriso linux-image-cloud-amd64
//	go run ./bench/emulate
//
// The emulated machine starts a Debian kernel from a compact disc, and this program as its only process.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	tests = "^(TestUsable|TestSwitches|TestExp.*|TestLogisticAssembly|TestScan.*|TestSubtract|TestPart|TestAccumulate|FuzzExp|FuzzScan)$"
	done  = "emulate: all packages are done, failed: "
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("emulate: ")
	if os.Getpid() == 1 {
		guest()
	}
	cpu := flag.String("cpu", "corei7_skylake_x", "a processor that Bochs knows (bochs --help cpu)")
	kernel := flag.String("kernel", "", "vmlinuz of a Debian kernel (default: the newest in /boot)")
	packages := flag.String("packages", "isa num loss model/tree", "below internal")
	run := flag.String("run", tests, "which tests")
	flag.Parse()
	if *kernel == "" {
		found, _ := filepath.Glob("/boot/vmlinuz-*")
		if len(found) == 0 {
			log.Fatal("there is no kernel in /boot: name one with -kernel")
		}
		*kernel = slices.Max(found)
	}
	dir, err := os.MkdirTemp("", "emulate")
	if err != nil {
		log.Fatal(err)
	}
	out, err := emulate(dir, *cpu, *kernel, strings.Fields(*packages), *run)
	_ = os.RemoveAll(dir)
	if err != nil {
		log.Fatal(err)
	}
	if !bytes.Contains(out, []byte(done+"0")) {
		os.Exit(1)
	}
}

// emulate returns what the machine wrote to its serial line.
func emulate(dir, cpu, kernel string, packages []string, run string) ([]byte, error) {
	if err := disc(dir, kernel, packages, run); err != nil {
		return nil, err
	}
	files := map[string]string{"bochsrc": fmt.Sprintf(machine, cpu), "continue": "c\n"}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command("bochs", "-q", "-f", "bochsrc", "-rc", "continue") // Debian's begins in its debugger
	cmd.Dir = dir
	var bochs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &bochs, &bochs
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var out []byte
	for {
		var end bool
		select {
		case <-ended: // with an error even when the machine was switched off
			end = true
		case <-time.After(time.Second):
		}
		now, err := os.ReadFile(filepath.Join(dir, "serial"))
		if err == nil && len(now) > len(out) {
			_, _ = os.Stdout.Write(now[len(out):])
			out = now
		}
		if end && len(out) == 0 {
			return nil, fmt.Errorf("the machine said nothing, and Bochs:\n%s", bochs.Bytes())
		} else if end {
			return out, nil
		}
	}
}

const machine = `cpu: model=%s, ips=100000000, reset_on_triple_fault=0
memory: guest=512, host=512
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
display_library: rfb, options="timeout=0"
speaker: enabled=0
ata0-master: type=cdrom, path=disc.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=serial
clock: sync=none
log: bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
`
