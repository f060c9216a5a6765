package redis

import (
	"net/url"
	"strings"
	"testing"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func FuzzURL(f *testing.F) {
	for _, seed := range []string{
		"", "redis://localhost:6379/0", "rediss://user:hunter2secret@host/1", "redis://user:hunter2%zzsecret@host/0", "redis://:hunter2secret@host/x",
		"http://user:hunter2secret@host", "redis://h?dial_timeout=x", "unix:///tmp/redis.sock?db=1", "redis://[::1", "redis://u:hunter2 secret@h:port/0",
	} {
		f.Add(seed)
	}
	what := CheckURL("").Error()
	f.Fuzz(func(t *testing.T, text string) {
		err := CheckURL(text)
		if err != nil {
			if err.Error() != what || domain.CodeOf(err) != domain.CodeInvalid {
				t.Fatalf("what is wrong with %q depends on it, and may hold a password: %v", text, err)
			}
			if limiter, err := Open(text); err == nil {
				_ = limiter.Close()
				t.Fatalf("%q is opened, and no URL of Redis", text)
			}
			return
		}
		parsed, err := url.Parse(text)
		if err != nil || strings.TrimSpace(parsed.Scheme) == "" {
			t.Fatalf("%q is taken and no URL: %v", text, err)
		}
	})
}
