package httpapi

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"strings"

	"sadi"
)

// Role is what a token allows; a higher one includes the lower ones.
type Role uint8

// The roles.
const (
	Open   Role = iota // nothing is asked for
	Read               // see jobs, results, data sets; predict
	Submit             // submit, upload, cancel, answer
	Admin              // delete
)

var roleNames = map[string]Role{"read": Read, "submit": Submit, "admin": Admin}

// String is the role's name in a tokens file.
func (r Role) String() string {
	for name, role := range roleNames {
		if role == r {
			return name
		}
	}
	return "open"
}

// Tokens are the bearer tokens that a server takes. It knows their hashes alone.
type Tokens struct{ all []token }

type token struct {
	role  Role
	hash  [sha256.Size]byte
	label string
}

// ReadTokens reads a tokens file.
func ReadTokens(path string) (*Tokens, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, sadi.Errorf(sadi.Unavailable, "the tokens file can not be read: %w", err).At("%s", path)
	}
	t, err := ParseTokens(data)
	if e, ok := err.(*sadi.Error); ok {
		return nil, e.At("%s, %s", path, e.Where)
	}
	return t, err
}

// ParseTokens reads a tokens file: a line for each token with its role (read, submit, admin), the SHA-256 of the token
// in hexadecimal, and a label for the log. Empty lines and lines that begin with # count for nothing.
func ParseTokens(data []byte) (*Tokens, error) {
	t := &Tokens{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		// A message never shows the line: someone may have written the token itself into it.
		bad := func(format string, args ...any) error {
			return sadi.Errorf(sadi.BadUsage, format, args...).At("line %d", n).
				Advise("a line is: role, SHA-256 of the token in hexadecimal, label; sadi token makes one")
		}
		parts := strings.Fields(line)
		if len(parts) < 3 {
			return nil, bad("the line has %d parts, not 3", len(parts))
		}
		role, ok := roleNames[parts[0]]
		if !ok {
			return nil, bad("the line begins with no role")
		}
		hash, err := hex.DecodeString(parts[1])
		if err != nil || len(hash) != sha256.Size {
			return nil, bad("the second part is no SHA-256 of 64 hexadecimal digits")
		}
		k := token{role: role, label: strings.Join(parts[2:], " ")}
		copy(k.hash[:], hash)
		for _, other := range t.all {
			if other.hash == k.hash {
				return nil, bad("the token stands twice")
			}
		}
		t.all = append(t.all, k)
	}
	if err := lines.Err(); err != nil {
		return nil, sadi.Errorf(sadi.BadUsage, "the tokens file has a line that is too long").At("line ?")
	}
	if len(t.all) == 0 {
		return nil, sadi.Errorf(sadi.BadUsage, "the tokens file has no token").At("line 1").Advise("sadi token makes one")
	}
	return t, nil
}

// NewToken makes a token of 256 random bits and its line for a tokens file.
func NewToken(role Role, label string) (secret, line string) {
	var b [32]byte
	rand.Read(b[:]) // it never fails
	secret = "sadi_" + hex.EncodeToString(b[:])
	sum := sha256.Sum256([]byte(secret))
	return secret, fmt.Sprintf("%s %s %s", role, hex.EncodeToString(sum[:]), strings.Join(strings.Fields(label), " "))
}

// ParseRole reads the name of a role.
func ParseRole(name string) (Role, error) {
	if r, ok := roleNames[name]; ok {
		return r, nil
	}
	return Open, sadi.Errorf(sadi.BadUsage, "%q is no role", name).Advise("use read, submit or admin")
}

// check finds the token of an Authorization header. All hashes are compared, in constant time each, so that time tells
// nothing about them.
func (t *Tokens) check(header string, need Role) (label string, p *Problem) {
	if need == Open {
		return "", nil
	}
	scheme, secret, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		p := newProblem(http.StatusUnauthorized, "a token is needed")
		p.Hint = "send it as Authorization: Bearer TOKEN"
		return "", p
	}
	sum := sha256.Sum256([]byte(strings.TrimSpace(secret)))
	found := -1
	for i := range t.all {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(sum[:], t.all[i].hash[:]), i, found)
	}
	if found < 0 {
		return "", newProblem(http.StatusUnauthorized, "the token is not known")
	}
	k := t.all[found]
	if k.role < need {
		p := newProblem(http.StatusForbidden, fmt.Sprintf("the token has the role %s, and this needs %s", k.role, need))
		return k.label, p
	}
	return k.label, nil
}
