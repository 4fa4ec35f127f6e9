package config

import (
	"net"
	"net/netip"
	"os"
	"strings"

	"sadi"
)

// validate checks what no setting can know of itself: that files exist, and that settings go together.
func (r *Reader) validate(c *Config) error {
	for _, check := range []func(*Config) *sadi.Error{r.files, r.credentials, r.work, r.exposure} {
		if err := check(c); err != nil {
			return err
		}
	}
	return nil
}

// fault is an error about a setting that stands at its origin.
func (r *Reader) fault(setting, format string, args ...any) *sadi.Error {
	return sadi.Errorf(sadi.BadUsage, format, args...).At("%s", r.place(setting))
}

// place is the origin of a setting; a default is told by the setting's name.
func (r *Reader) place(setting string) string {
	if o := r.Origin(setting); o != Default && o != "" {
		return string(o)
	}
	return setting + ", by default"
}

func (r *Reader) files(c *Config) *sadi.Error {
	for _, f := range []struct{ setting, path string }{{"tokens", c.Tokens}, {"mlflow-ca", c.MLflow.CA}, {"nats-creds", c.NATS.Creds}, {"nats-ca", c.NATS.CA},
		{"nats-cert", c.NATS.Cert}, {"nats-key", c.NATS.Key}} {
		if f.path == "" {
			continue
		}
		if info, err := os.Stat(f.path); err != nil {
			return r.fault(f.setting, "the file of %s can not be used: %w", f.setting, err)
		} else if info.IsDir() {
			return r.fault(f.setting, "%s names a folder, %s, in place of a file", f.setting, f.path)
		}
	}
	return nil
}

func (r *Reader) credentials(c *Config) *sadi.Error {
	n := &c.NATS
	switch {
	case n.Password != "" && n.User == "":
		return r.fault("nats-password", "nats-password is given without nats-user")
	case n.User != "" && n.Password == "":
		return r.fault("nats-user", "nats-user is given without nats-password").Advise("set SADI_NATS_PASSWORD, or SADI_NATS_PASSWORD_FILE to a file that holds it")
	case n.Token != "" && n.User != "":
		return r.fault("nats-token", "nats-token and nats-user are two ways to one end").Advise("set one of them")
	case n.Creds != "" && (n.User != "" || n.Token != ""):
		return r.fault("nats-creds", "nats-creds stands beside a user or a token").Advise("set one of them")
	case n.Cert != "" && n.Key == "":
		return r.fault("nats-cert", "nats-cert is given without nats-key")
	case n.Key != "" && n.Cert == "":
		return r.fault("nats-key", "nats-key is given without nats-cert")
	case c.MLflow.Insecure && c.MLflow.CA != "":
		return r.fault("mlflow-insecure-tls", "mlflow-insecure-tls takes any certificate, and mlflow-ca says which to take").Advise("set one of them")
	case n.URL != "" && n.Listen != "":
		return r.fault("nats-listen", "nats-listen opens a port of the server within this process, and nats says to use others").Advise("set one of them")
	}
	return nil
}

// work checks that somebody can take the jobs.
func (r *Reader) work(c *Config) *sadi.Error {
	switch {
	case r.role == Worker && c.NATS.URL == "":
		return r.fault("nats", "a worker needs the NATS server that holds the queue").
			Advise("give --nats nats://HOST:4222 or SADI_NATS; on one machine sadi serve works alone, with no worker beside it")
	case r.role == Worker && c.Slots == 0:
		return r.fault("slots", "a worker without slots does nothing").Advise("use a whole number from 1")
	case r.role == Serve && c.Slots == 0 && c.NATS.URL == "" && c.NATS.Listen == "":
		return r.fault("slots", "with 0 slots and no way for a worker to join, no job would ever run").
			Advise("give --slots, or --nats with workers on the same servers, or --nats-listen")
	}
	return nil
}

// exposure refuses to open a port to other machines without a key to it.
func (r *Reader) exposure(c *Config) *sadi.Error {
	if r.role != Serve || c.Insecure {
		return nil
	}
	if c.Tokens == "" && !Loopback(c.Listen) {
		return r.fault("listen", "the API would be open to every machine that reaches %s", c.Listen).
			Advise("give --tokens FILE, or listen on 127.0.0.1, or say --insecure where something else guards the port")
	}
	if n := &c.NATS; n.Listen != "" && !Loopback(n.Listen) && n.User == "" && n.Token == "" {
		return r.fault("nats-listen", "the queue would be open to every machine that reaches %s", n.Listen).
			Advise("give SADI_NATS_TOKEN, or a user and a password, or say --insecure where something else guards the port")
	}
	return nil
}

// Loopback reports whether host:port can be reached from this machine alone. Of names only localhost is known to be so.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return strings.EqualFold(host, "localhost")
	}
	return ip.Unmap().IsLoopback()
}
