package config

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Print writes every setting with its value and its origin, after Read. What is written is a configuration file: secrets
// are masked, and they and what else can not stand in a file are comments.
func (r *Reader) Print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# The settings of sadi %s: name, value, where it comes from.\n", r.role)
	found := map[string]int64{"slots": int64(r.config.Slots), "memory": r.config.Memory}
	section := ""
	for i := range r.settings {
		s := &r.settings[i]
		if s.Section != section {
			section = s.Section
			fmt.Fprintf(&b, "\n# %s\n", section)
		}
		f := r.found[s.Name]
		shown := Redact(f.text)
		if s.Secret {
			shown = Secret(f.text).String()
		}
		entry := s.Name + ": " + scalar(shown)
		if shown != f.text || s.Name == fileSetting {
			entry = "# " + entry
		}
		origin := string(f.origin)
		if n, ok := found[s.Name]; ok && f.text == "auto" {
			origin += fmt.Sprintf(": %d here", n)
		}
		fmt.Fprintf(&b, "%-40s # %s\n", entry, origin)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// scalar writes a text as YAML that parseFile reads back; numbers need no quotes, for it takes them as they stand.
func scalar(text string) string {
	if _, err := strconv.ParseUint(text, 10, 64); err == nil {
		return text
	}
	quoted, err := yaml.Marshal(text)
	if err != nil {
		panic("config: a text is no YAML: " + err.Error()) // every text can be written
	}
	return strings.TrimSuffix(string(quoted), "\n")
}

const pageHead = `# Settings of sadi serve and sadi worker

Made from the declaration in ` + "`internal/config`" + ` by ` + "`go test ./internal/config -update`" + `; do not edit by hand.

A setting is looked for in four places, and the first that has it counts:

1. the flag, ` + "`--max-upload 5GB`" + `;
2. the environment, ` + "`SADI_MAX_UPLOAD=5GB`" + ` (an empty variable counts as none);
3. the file that ` + "`--config FILE` or `SADI_CONFIG`" + ` names, one ` + "`max-upload: 5GB`" + ` a line in YAML;
4. the default.

` + "`sadi serve --print-config`" + ` prints every setting with its value and the place it came from, and ends; what it prints is a
configuration file to begin with. One file can serve both programs: each takes from it what it knows. Paths are
relative to the folder in which the program is started. A value that can not be used ends the program before it
opens anything, with the setting, the place and what is legal.

Flags can be seen by everyone on the machine: give secrets by the environment, or put them in a file and its name in the
variable with ` + "`_FILE`" + ` (` + "`SADI_NATS_TOKEN_FILE=/run/secrets/nats-token`" + `). Secrets are masked wherever they are printed, also
those within URLs. Sizes are decimal (` + "`GB`" + `) or binary (` + "`GiB`" + `).
`

// Page writes docs/configuration.md.
func Page(w io.Writer) error {
	var b strings.Builder
	b.WriteString(pageHead)
	section := ""
	for i := range settings {
		s := &settings[i]
		if s.Section != section {
			section = s.Section
			fmt.Fprintf(&b, "\n## %s\n\n| flag and key | environment | of | default | legal | meaning |\n|---|---|---|---|---|---|\n", section)
		}
		names := "`--" + s.Name + "`"
		if s.Short != "" {
			names += ", `-" + s.Short + "`"
		}
		for _, a := range s.Aliases {
			names += ", `--" + a + "`"
		}
		env := "`" + s.Env() + "`"
		if s.Secret {
			env += ", `" + s.Env() + "_FILE`"
		}
		if s.Also != "" {
			env += ", `" + s.Also + "`"
		}
		standard := "none"
		if s.Default != "" {
			standard = "`" + s.Default + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", names, env, s.Roles, standard, s.Form(), s.Help)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
