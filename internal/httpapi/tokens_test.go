package httpapi_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sadi"
	"sadi/internal/httpapi"
	"sadi/internal/service"
)

func TestTokens(t *testing.T) {
	secrets := map[string]string{}
	file := "# who may do what\n\n"
	for name, role := range map[string]httpapi.Role{"read": httpapi.Read, "submit": httpapi.Submit, "admin": httpapi.Admin} {
		secret, line := httpapi.NewToken(role, "the "+name+" token")
		secrets[name] = secret
		file += line + "\n"
	}
	path := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	tokens, err := httpapi.ReadTokens(path)
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, httpapi.Options{Tokens: tokens}, service.Limits{})
	for _, c := range []struct {
		method, path, body string
		statuses           [4]int // without a token, read, submit, admin
	}{
		{"GET", "/jobs", "", [4]int{401, 200, 200, 200}},
		{"GET", "/status", "", [4]int{401, 200, 200, 200}},
		{"GET", "!/metrics", "", [4]int{401, 200, 200, 200}},
		{"POST", "/submit", `{"input_csv_path":"x"}`, [4]int{401, 403, 422, 422}},
		{"POST", "/datasets", "", [4]int{401, 403, 415, 415}},
		{"POST", "/jobs/none/cancel", "", [4]int{401, 403, 404, 404}},
		{"POST", "/jobs/none/predict", `[{}]`, [4]int{401, 404, 404, 404}},
		{"DELETE", "/jobs/none", "", [4]int{401, 403, 403, 404}},
		{"GET", "!/healthz", "", [4]int{200, 200, 200, 200}},
		{"GET", "!/openapi.json", "", [4]int{200, 200, 200, 200}},
		{"GET", "!/docs", "", [4]int{200, 200, 200, 200}},
	} {
		for i, who := range []string{"", "read", "submit", "admin"} {
			header := []string{"Authorization", "Bearer " + secrets[who]}
			a, text := w.call(c.method, c.path, c.body, header...)
			if a.StatusCode != c.statuses[i] {
				t.Errorf("%s %s as %q: status %d, want %d: %s", c.method, c.path, who, a.StatusCode, c.statuses[i], text)
			}
		}
	}
	w.problem(401, sadi.Unauthorized, "", "GET", "/jobs", nil, "Authorization", "Bearer "+secrets["read"]+"x")
	w.problem(401, sadi.Unauthorized, "", "GET", "/jobs", nil, "Authorization", "Basic "+secrets["read"])
	a, _ := w.call("GET", "/jobs", nil)
	if a.Header.Get("WWW-Authenticate") == "" {
		t.Error("no WWW-Authenticate")
	}
	w.Close()
	for name, secret := range secrets {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log has the token %s", name)
		}
	}
	if !strings.Contains(w.log.String(), `token="the admin token"`) {
		t.Error("the log does not say whose token it was")
	}
}

func TestBadTokensFiles(t *testing.T) {
	sum := sha256.Sum256([]byte("secret"))
	hash := hex.EncodeToString(sum[:])
	for text, place := range map[string]string{
		"": "line 1", "# nothing\n": "line 1", "read " + hash: "line 1", "\nroot " + hash + " x": "line 2", "read secret x": "line 1",
		"read " + hash[:62] + " x": "line 1", "read " + hash + " a\nadmin " + hash + " b": "line 2", "read " + strings.Repeat("a", 1<<17) + " x": "line ?",
	} {
		_, err := httpapi.ParseTokens([]byte(text))
		e, ok := err.(*sadi.Error)
		if !ok || e.Where != place {
			t.Errorf("%.40q: got %v, want an error at %s", text, err, place)
		} else if strings.Contains(e.Error(), "secret") {
			t.Errorf("the error shows what may be a token: %v", e)
		}
	}
}

func FuzzParseTokens(f *testing.F) {
	_, line := httpapi.NewToken(httpapi.Submit, "ana")
	for _, seed := range []string{line, "# x\n" + line + "\n", "read x y", "\x00", "admin  \t", strings.Repeat(line+"\n", 2)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tokens, err := httpapi.ParseTokens(data)
		if (tokens == nil) == (err == nil) {
			t.Errorf("got %v and %v", tokens, err)
		}
		if err != nil && sadi.CodeOf(err) != sadi.BadUsage {
			t.Errorf("got %v", err)
		}
	})
}
