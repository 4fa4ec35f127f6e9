//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// most is how much of a test's output is shown of its beginning and of its end: the serial line is slow.
const most = 2000

// guest is the whole life of the emulated machine: it runs the tests and switches itself off.
func guest() {
	for _, name := range []string{"proc", "tmpfs", "devtmpfs"} {
		at := map[string]string{"proc": "/proc", "tmpfs": "/tmp", "devtmpfs": "/dev"}[name]
		_ = os.MkdirAll(at, 0o755)
		if err := syscall.Mount(name, at, name, 0, ""); err != nil {
			fmt.Println("mount:", at, err)
		}
	}
	run, _ := os.ReadFile("/run")
	all, _ := filepath.Glob("/*.test")
	failed := 0
	for _, test := range all {
		fmt.Println("==", test)
		out, err := exec.Command(test, "-test.v", "-test.failfast", "-test.run", string(run)).CombinedOutput()
		if len(out) > 2*most {
			out = append(append(out[:most:most], " … "...), out[len(out)-most:]...)
		}
		fmt.Printf("%s\n", out)
		if err != nil {
			fmt.Println(err)
			failed++
		}
	}
	fmt.Printf("%s%d of %d\n", done, failed, len(all))
	time.Sleep(3 * time.Second) // until the line has sent everything
	_ = syscall.Reboot(syscall.LINUX_REBOOT_CMD_POWER_OFF)
	select {}
}
