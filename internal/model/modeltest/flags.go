package modeltest

import "flag"

// filtered reports whether the command line leaves out some checks, so that an XFail entry may stay unused.
func filtered() bool {
	f := flag.Lookup("test.run")
	return f != nil && f.Value.String() != "" || flag.Lookup("test.skip") != nil && flag.Lookup("test.skip").Value.String() != ""
}
