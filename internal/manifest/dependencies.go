package manifest

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"sadi"
)

// DependenciesName is the name of the dependency snapshot in a job's folder.
const DependenciesName = "dependencies.txt"

// Running is the program that is running and its modules, from what the Go linker wrote into the binary.
func Running() (Program, []Module) {
	info, ok := debug.ReadBuildInfo()
	if !ok { // only a binary that was not built by the go command
		info = &debug.BuildInfo{}
	}
	return describe(info)
}

// Revision is the version-control revision that the running program was built from, with "+changed" when the sources
// were not as committed; "" when it is not known, as with go run.
func Revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	revision := setting(info, "vcs.revision")
	if revision != "" && setting(info, "vcs.modified") == "true" {
		revision += "+changed"
	}
	return revision
}

// Level is the level of the processor that the running program was compiled for; "" when it is not known.
func Level() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return setting(info, "GO"+strings.ToUpper(runtime.GOARCH))
}

func describe(info *debug.BuildInfo) (Program, []Module) {
	// The version of the main module is ours and not the linker's, which differs between go run and go build.
	modules := []Module{{Path: "sadi", Version: "v" + sadi.Version}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		modules = append(modules, Module{Path: m.Path, Version: m.Version, Sum: m.Sum})
	}
	slices.SortStableFunc(modules[1:], func(a, b Module) int { return strings.Compare(a.Path, b.Path) })
	p := Program{Version: sadi.Version, GoVersion: runtime.Version()}
	p.DependenciesSHA256 = hash([]byte(Dependencies(p, modules)))
	return p, modules
}

func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// Dependencies is the text of dependencies.txt: the Go release, then a line "module version checksum" for each module,
// the main one first and without a checksum.
func Dependencies(p Program, modules []Module) string {
	var b strings.Builder
	fmt.Fprintf(&b, "go %s\n", strings.TrimPrefix(p.GoVersion, "go"))
	for _, m := range modules {
		b.WriteString(strings.TrimSpace(m.Path+" "+m.Version+" "+m.Sum) + "\n")
	}
	return b.String()
}
