//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// boot is the menu of the disc. Bochs misstates the size of compacted registers, and the kernel would then do without
// AVX.
const boot = `DEFAULT tests
LABEL tests
  KERNEL /vmlinuz
  INITRD /initrd
  APPEND console=ttyS0,115200 quiet clearcpuid=xsaves,xsavec mitigations=off tsc=reliable panic=-1
`

// disc writes disc.iso to dir: the kernel, and as its whole file system this program and the tests of the packages.
func disc(dir, kernel string, packages []string, run string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	root, iso := filepath.Join(dir, "root"), filepath.Join(dir, "iso")
	for _, d := range []string{root, iso} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return err
		}
	}
	for _, p := range packages {
		binary := filepath.Join(root, strings.ReplaceAll(p, "/", "_")+".test")
		if err := command("", "go", "test", "-c", "-ldflags=-s -w", "-o", binary, "./internal/"+p); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{root + "/run": run, iso + "/isolinux.cfg": boot} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return err
		}
	}
	for to, from := range map[string]string{root + "/init": self, iso + "/vmlinuz": kernel,
		iso + "/isolinux.bin": "/usr/lib/ISOLINUX/isolinux.bin", iso + "/ldlinux.c32": "/usr/lib/syslinux/modules/bios/ldlinux.c32"} {
		if err := command("", "cp", from, to); err != nil {
			return err
		}
	}
	if err := command(root, "sh", "-c", "find . | cpio -o -H newc --quiet -F ../iso/initrd"); err != nil {
		return err
	}
	return command(dir, "xorriso", "-as", "mkisofs", "-quiet", "-o", "disc.iso", "-b", "isolinux.bin", "-c", "boot.cat",
		"-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", "iso")
}

func command(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}
