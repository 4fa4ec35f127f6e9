package fsx

import "sadi"

// Lock makes sure that one process at a time uses what path stands for. The file is made if need be and stays; the lock
// ends with unlock or with the process, however it ends. A lock that somebody has is an error with code Unavailable.
func Lock(path string) (unlock func(), err error) {
	f, taken, err := lockFile(path)
	if taken {
		return nil, sadi.Errorf(sadi.Unavailable, "another process uses this folder").At("%s", path).
			Advise("end the other process, or choose another folder")
	}
	if err != nil {
		return nil, writeError(path, err)
	}
	return func() { f.Close() }, nil
}
