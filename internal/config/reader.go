package config

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"sadi"
	"sadi/internal/near"
)

// Reader finds the settings of a role: a flag goes before the environment, the environment before the file, the file
// before the default.
type Reader struct {
	PrintOnly bool // the flag --print-config was given

	role     Role
	settings []Setting
	flags    map[string]*flagText
	found    map[string]found // the values as they were typed, by the names of the settings
	config   *Config          // what came of them
	notes    []string
}

// found is the text of a setting and where it comes from.
type found struct {
	text   string
	origin Origin
}

// Origin tells where a value comes from: "--listen", "SADI_LISTEN", "sadi.yaml:3" or "default".
type Origin string

// Default is the origin of a value that nobody gave.
const Default Origin = "default"

// NewReader returns a reader of the role's settings.
func NewReader(r Role) *Reader {
	return &Reader{role: r, settings: Settings(r), flags: map[string]*flagText{}}
}

// flagText is a flag as it was typed; what it means is found out with all the other sources.
type flagText struct {
	text, noun string
	given      bool
}

func (f *flagText) String() string { return f.text }
func (f *flagText) Type() string   { return f.noun }
func (f *flagText) Set(text string) error {
	f.text, f.given = text, true
	return nil
}

// Bind adds the role's flags to a command.
func (r *Reader) Bind(flags *pflag.FlagSet) {
	flags.SortFlags = false // the declaration has the better order
	aliases := map[string]string{}
	for _, s := range r.settings {
		v := s.bind(new(Config))
		f := &flagText{text: s.Default, noun: v.noun()}
		r.flags[s.Name] = f
		flag := flags.VarPF(f, s.Name, s.Short, s.Help)
		if _, ok := v.(boolean); ok {
			flag.NoOptDefVal = "true"
		}
		for _, a := range s.Aliases {
			aliases[a] = s.Name
		}
	}
	flags.BoolVar(&r.PrintOnly, "print-config", false, "print every setting with its value and where it comes from, and end")
	flags.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if to, ok := aliases[name]; ok {
			name = to
		}
		return pflag.NormalizedName(name)
	})
}

// Read finds every setting and checks it. environ is as os.Environ gives it.
func (r *Reader) Read(environ []string) (*Config, error) {
	if err := r.find(environ); err != nil {
		return nil, err
	}
	c := new(Config)
	for i := range r.settings {
		if err := r.set(c, &r.settings[i]); err != nil {
			return nil, err
		}
	}
	if err := r.validate(c); err != nil {
		return nil, err
	}
	r.config = c
	return c, nil
}

// ListenAddress is where a server of this environment listens, as far as no flag of its own says otherwise: what a
// command beside it needs to know.
func ListenAddress(environ []string) (string, error) {
	r := NewReader(Serve)
	if err := r.find(environ); err != nil {
		return "", err
	}
	c := new(Config)
	for i := range r.settings {
		if s := &r.settings[i]; s.Name == "listen" {
			err := r.set(c, s)
			return c.Listen, err
		}
	}
	panic("config: no setting listen")
}

// Tracking are the settings of MLflow as the environment says, for a command that has a flag for their address alone:
// given goes before the environment, unless it is empty.
func Tracking(environ []string, given string) (MLflow, error) {
	r := NewReader(Serve)
	if given != "" {
		r.flags["mlflow-uri"] = &flagText{text: given, given: true}
	}
	if err := r.find(environ); err != nil {
		return MLflow{}, err
	}
	c := new(Config)
	for i := range r.settings {
		if s := &r.settings[i]; strings.HasPrefix(s.Name, "mlflow-") {
			if err := r.set(c, s); err != nil {
				return MLflow{}, err
			}
		}
	}
	for _, check := range []func(*Config) *sadi.Error{r.files, r.credentials} {
		if err := check(c); err != nil {
			return MLflow{}, err
		}
	}
	return c.MLflow, nil
}

// find looks for the text of every setting.
func (r *Reader) find(environ []string) error {
	env := map[string]string{}
	for _, e := range environ {
		if name, text, ok := strings.Cut(e, "="); ok && text != "" { // an empty variable counts as none
			env[name] = text
		}
	}
	r.found, r.notes = map[string]found{}, nil
	inFile := map[string]found{}
	for i := range r.settings {
		s := &r.settings[i]
		f, err := r.look(s, env, inFile)
		if err != nil {
			return err
		}
		r.found[s.Name] = f
		if s.Name == fileSetting && f.text != "" {
			if inFile, err = readFile(f.text, f.origin); err != nil {
				return err
			}
		}
	}
	r.noteUnknown(env)
	return nil
}

// look finds the text of a setting in the first source that has it.
func (r *Reader) look(s *Setting, env map[string]string, inFile map[string]found) (found, error) {
	if f := r.flags[s.Name]; f != nil && f.given {
		return found{f.text, Origin("--" + s.Name)}, nil
	}
	text, ok := env[s.Env()]
	if from := env[s.Env()+"_FILE"]; s.Secret && from != "" {
		if ok {
			return found{}, sadi.Errorf(sadi.BadUsage, "%s is given twice", s.Name).At("%s and %s_FILE", s.Env(), s.Env()).Advise("set one of them")
		}
		b, err := readBounded(from)
		if err != nil {
			return found{}, sadi.Errorf(sadi.BadUsage, "%s can not be read: %w", s.Name, err).At("%s_FILE", s.Env())
		}
		return found{strings.TrimRight(string(b), "\r\n"), Origin(s.Env() + "_FILE")}, nil
	}
	if ok {
		return found{text, Origin(s.Env())}, nil
	}
	if text, ok = env[s.Also]; ok && s.Also != "" {
		return found{text, Origin(s.Also)}, nil
	}
	if f, ok := inFile[s.Name]; ok {
		return f, nil
	}
	return found{s.Default, Default}, nil
}

// set turns the text of a setting into its value.
func (r *Reader) set(c *Config, s *Setting) error {
	f := r.found[s.Name]
	v := s.bind(c)
	if v.set(f.text) {
		return nil
	}
	shown := Redact(f.text)
	if s.Secret {
		shown = mask
	}
	return sadi.Errorf(sadi.BadUsage, "%q is no value of the setting %s", shown, s.Name).At("%s", f.origin).Advise("use %s", v.form())
}

// Origin tells where the value of a setting came from, after Read.
func (r *Reader) Origin(name string) Origin { return r.found[name].origin }

// Notes are remarks for the log, after Read: variables that look like settings and are none.
func (r *Reader) Notes() []string { return r.notes }

// clients are the variables of the commands that call a server.
var clients = []string{"SADI_SERVER", "SADI_TOKEN"}

// noteUnknown finds variables that begin like ours and are nearly one of them. Others that begin so are none of our
// business: Kubernetes makes some of its own for every service.
func (r *Reader) noteUnknown(env map[string]string) {
	known := slices.Clone(clients)
	for _, s := range settings {
		known = append(known, s.Env())
		if s.Secret {
			known = append(known, s.Env()+"_FILE")
		}
	}
	for name := range env {
		if !strings.HasPrefix(name, "SADI_") || slices.Contains(known, name) {
			continue
		}
		var short []string
		for _, k := range known[len(clients):] {
			short = append(short, strings.TrimPrefix(k, "SADI_"))
		}
		if hits := near.Names(strings.TrimPrefix(name, "SADI_"), short); len(hits) > 0 {
			r.notes = append(r.notes, name+" is no setting and has no effect; SADI_"+hits[0]+" is one")
		}
	}
	slices.Sort(r.notes)
}

// readBounded reads a small file.
func readBounded(path string) ([]byte, error) {
	const most = 1 << 20
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, &os.PathError{Op: "read", Path: path, Err: errNotSmall}
	}
	return os.ReadFile(path)
}
