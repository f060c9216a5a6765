package apitest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// values are texts with names, which stand for them in angle brackets: <id:deck> in an Answer is any id where the name is
// new, and has that id from then on, in requests and in answers. <time>, <id> and <request> are any of their kind.
type values map[string]string

// kinds are the forms of values.
var kinds = map[string]string{
	"id":      `[0-9a-f]{8}-[0-9a-f]{4}-[57][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`,
	"time":    `20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z`,
	"token":   `[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+|spacey_[0-9a-f]{32}_[0-9a-f]{32}_[A-Z2-7]{26}`,
	"request": `[A-Za-z0-9]{20,}`,
}

var nameForm = regexp.MustCompile(`<(id|time|token|request)(?::(\w+))?>`)

// fill replaces names by what they stand for.
func (v values) fill(t *testing.T, text string) string {
	t.Helper()
	return nameForm.ReplaceAllStringFunc(text, func(name string) string {
		value, known := v[strings.Trim(name, "<>")]
		require.True(t, known, "%s has no value", name)
		return value
	})
}

// match compares an answer byte for byte, and remembers what new names stand for.
func (v values) match(t *testing.T, want, got string) {
	t.Helper()
	var fresh []string
	form := nameForm.ReplaceAllStringFunc(regexp.QuoteMeta(want), func(name string) string {
		name = strings.Trim(name, "<>")
		kind, _, named := strings.Cut(name, ":")
		value, known := v[name]
		switch {
		case known:
			return regexp.QuoteMeta(value)
		case !named:
			return "(?:" + kinds[kind] + ")"
		}
		require.NotContains(t, fresh, name, "it is new twice in one answer")
		fresh = append(fresh, name)
		return "(" + kinds[kind] + ")"
	})
	found := regexp.MustCompile(`\A` + form + `\z`).FindStringSubmatch(got)
	if found == nil {
		assert.Equal(t, want, got)
		t.FailNow()
	}
	for i, name := range fresh {
		v[name] = found[i+1]
	}
}
