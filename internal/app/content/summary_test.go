package content_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const anything = mock.Anything

// summarizer is what shortens texts, as it is told.
type summarizer func(text string) (string, error)

var _ ports.Summarizer = summarizer(nil)

func (s summarizer) Summarize(_ context.Context, text string) (string, error) { return s(text) }

// budget is a day of which so many characters are left.
type budget struct {
	left  int
	err   error
	asked []int
}

func (b *budget) Grant(_ context.Context, _ domain.UserID, characters int) (bool, int, error) {
	b.asked = append(b.asked, characters)
	return characters <= b.left, b.left, b.err
}

func TestASummaryIsByTheModel(t *testing.T) {
	const byModel, byRules = "It rises in the Alps.", "It is about rivers."
	for name, c := range map[string]struct {
		budget  *budget
		answer  string
		err     error
		summary string
		called  bool
	}{
		"when the person has characters left":            {&budget{left: 9}, byModel, nil, byModel, true},
		"made storable":                                  {&budget{left: 9}, "A\x00B\xff", nil, "AB\uFFFD", true},
		"but by rules when they have not enough left":    {&budget{left: 8}, byModel, nil, byRules, false},
		"but by rules when it is not known what is left": {&budget{left: 9, err: errOff}, byModel, nil, byRules, false},
		"but by rules when it fails":                     {&budget{left: 9}, "", errOff, byRules, true},
		"but by rules when it has nothing to say":        {&budget{left: 9}, "", nil, byRules, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			added(t, w)
			w.read = raw("The Rhine")
			called := false
			w.Model = summarizer(func(text string) (string, error) {
				called = true
				assert.Equal(t, "The Rhine", text)
				return c.answer, c.err
			})
			w.Budget = c.budget
			w.work(t)
			e := w.settled(t)[0]
			assert.Equal(t, domain.ContentProcessed, e.Status)
			assert.Equal(t, c.summary, e.Summary)
			assert.Equal(t, c.called, called)
			assert.Equal(t, []int{9}, c.budget.asked)
		})
	}
}

// raw has the reader find a text.
func raw(text string) func(domain.DocumentFormat, io.Reader) (domain.Document, error) {
	return func(domain.DocumentFormat, io.Reader) (domain.Document, error) {
		return domain.Document{ContentTexts: domain.ContentTexts{Raw: text}}, nil
	}
}

func TestAModelIsGivenTheBeginningOfALongText(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	long := strings.Repeat("🚢", 30_000)
	w.read = raw(long)
	given := ""
	w.Model, w.Budget = summarizer(func(text string) (string, error) { given = text; return "It is about ships.", nil }), &budget{left: 20_000}
	w.work(t)
	assert.Equal(t, "It is about ships.", w.settled(t)[0].Summary)
	assert.Equal(t, 20_000, utf8.RuneCountInString(given))
	assert.True(t, strings.HasPrefix(long, given))
}

func TestAModelIsNotAskedAboutNothing(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	w.read = raw(" \n ")
	day := &budget{left: 100}
	w.Model, w.Budget = summarizer(func(string) (string, error) { return "It is about nothing.", nil }), day
	w.work(t)
	assert.NotEqual(t, "It is about nothing.", w.settled(t)[0].Summary)
	assert.Empty(t, day.asked)
}

func TestAContentOfWhichThereIsNoSummaryIsStillProcessed(t *testing.T) {
	w := newWorld(t)
	added(t, w)
	w.Extractive = summarizer(func(string) (string, error) { return "", errOff })
	w.work(t)
	e := w.settled(t)[0]
	require.Equal(t, domain.ContentProcessed, e.Status)
	assert.Empty(t, e.Summary)
	assert.Equal(t, "The Rhine\uFFFD", e.Raw)
}
