package domain

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// faults returns the names of the fields that an error complains about.
func faults(err error) []string {
	var problem *Error
	names := []string{}
	if errors.As(err, &problem) {
		for _, f := range problem.Fields {
			names = append(names, f.Field)
		}
	}
	return names
}

func TestSignUpNamesEveryFault(t *testing.T) {
	good := SignUp{Name: "Ada", Email: "ada@example.org", Password: "secret"}
	require.NoError(t, good.Check(6))
	for name, c := range map[string]struct {
		change func(*SignUp)
		want   []string
	}{
		"everything empty":      {func(s *SignUp) { *s = SignUp{} }, []string{"name", "email", "password"}},
		"a blank name":          {func(s *SignUp) { s.Name = "  " }, []string{"name"}},
		"a long name":           {func(s *SignUp) { s.Name = strings.Repeat("ä", 101) }, []string{"name"}},
		"no at sign":            {func(s *SignUp) { s.Email = "ada.example.org" }, []string{"email"}},
		"a name in the address": {func(s *SignUp) { s.Email = "Ada <ada@example.org>" }, []string{"email"}},
		"a second header":       {func(s *SignUp) { s.Email = "ada@example.org\r\nBcc: x@example.org" }, []string{"email"}},
		"a short password":      {func(s *SignUp) { s.Password = "12345" }, []string{"password"}},
		"a long password":       {func(s *SignUp) { s.Password = strings.Repeat("x", 129) }, []string{"password"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := good
			c.change(&s)
			assert.Equal(t, c.want, faults(s.Check(6)))
		})
	}
	short := good
	short.Password = "ßßßßßß"
	assert.NoError(t, short.Check(6), "lengths are in characters")
}

func TestTextsWithoutAPlaceInStorageAreRefused(t *testing.T) {
	const nul = "a\x00b"
	message := func(err error) string {
		var problem *Error
		require.ErrorAs(t, err, &problem)
		return problem.Fields[0].Message
	}
	signUp := SignUp{Name: nul, Email: "ada@example.org", Password: "se\x00cret"}
	assert.Equal(t, []string{"name"}, faults(signUp.Check(6)), "of a password only a hash is stored")
	assert.Equal(t, "The text contains the character U+0000, which cannot be stored.", message(signUp.Check(6)))
	signUp = SignUp{Name: "Ada", Email: "a\x00da@example.org", Password: "secret"}
	assert.Equal(t, []string{"email"}, faults(signUp.Check(6)))

	_, err := NewDeck("d", "u", DeckText{Name: nul, Description: nul, Color: nul}, noon)
	assert.Equal(t, []string{"name", "description", "color"}, faults(err))
	deck, _ := NewDeck("d", "u", DeckText{Name: "a"}, noon)
	require.Error(t, deck.Rewrite(DeckText{Name: nul}, noon))
	assert.Equal(t, "a", deck.Name)

	assert.Equal(t, []string{"question", "answer"}, faults(CardText{Question: nul, Answer: nul}.Check("")))
	assert.Equal(t, []string{"[1].answer"}, faults(CheckCards([]CardText{{Question: "q", Answer: "\u0001\u2400"}, {Question: "q", Answer: nul}})))
	card := NewCard("c", "u", "d", CardText{Question: "q", Answer: "a"}, noon)
	require.Error(t, card.Rewrite(CardText{Question: nul, Answer: "a"}, noon))
	assert.Equal(t, "q", card.Question)
}

func TestEmailsAreComparedWithoutCaseAndSpace(t *testing.T) {
	assert.Equal(t, "ada@example.org", EmailKey(" Ada@Example.ORG "))
}

func TestDeckNamesEveryFault(t *testing.T) {
	_, err := NewDeck("d", "u", DeckText{Name: strings.Repeat("ü", 30), Description: strings.Repeat("ü", 200)}, noon)
	require.NoError(t, err)
	_, err = NewDeck("d", "u", DeckText{Description: strings.Repeat("x", 201), Color: strings.Repeat("x", 33)}, noon)
	assert.Equal(t, []string{"name", "description", "color"}, faults(err))
	deck, _ := NewDeck("d", "u", DeckText{Name: "a"}, noon)
	assert.Equal(t, []string{"name"}, faults(deck.Rewrite(DeckText{Name: strings.Repeat("x", 31)}, noon)))
	assert.Equal(t, "a", deck.Name, "a refused change changes nothing")
}

func TestPublishingTwiceKeepsTheFirstDate(t *testing.T) {
	deck, _ := NewDeck("d", "u", DeckText{Name: "a"}, noon)
	deck.Publish(true, noon)
	deck.Publish(true, noon.Add(time.Hour))
	assert.Equal(t, noon, deck.PublishedAt)
	deck.Publish(false, noon)
	assert.True(t, deck.PublishedAt.IsZero())
}

func TestCardsNameEveryFaultWithItsPlace(t *testing.T) {
	full := CardText{Question: strings.Repeat("x", MaxCardText), Answer: " "}
	require.NoError(t, full.Check(""))
	assert.Equal(t, []string{"question", "answer"}, faults(CardText{Question: full.Question + "x"}.Check("")))
	assert.Equal(t, []string{"[1].answer"}, faults(CheckCards([]CardText{full, {Question: "q"}})))
	assert.Equal(t, CodeTooLarge, CodeOf(CheckCards(make([]CardText, MaxCardBatch+1))))
	big := make([]CardText, 129)
	for i := range big {
		big[i] = full
	}
	assert.Equal(t, CodeTooLarge, CodeOf(CheckCards(big)), "129 cards of 64 KiB are over 8 MiB")
}

func TestAnswerNamesEveryFault(t *testing.T) {
	good := Entry{Kind: KindReview, Card: someCard, StartedAt: noon, FinishedAt: noon, Rating: Good, Buttons: 2}
	require.NoError(t, good.Check())
	assert.Equal(t, []string{"rating", "buttons", "startedAt", "finishedAt"}, faults(Entry{Kind: KindReview, Card: someCard}.Check()))
	backwards := good
	backwards.FinishedAt = noon.Add(-time.Second)
	assert.Equal(t, []string{"finishedAt"}, faults(backwards.Check()))
	ancient := good
	ancient.StartedAt = time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC)
	assert.Equal(t, []string{"startedAt"}, faults(ancient.Check()))
	west := good
	west.FinishedAt = time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("west", -3600))
	assert.Equal(t, []string{"finishedAt"}, faults(west.Check()), "the year in UTC counts")
}

func TestTheSameAnswerIsTheSameEvent(t *testing.T) {
	a := Entry{Kind: KindReview, Card: someCard, Session: "s", StartedAt: noon, FinishedAt: noon.Add(time.Second), Rating: Good, Buttons: 2}
	b := a
	b.StartedAt = noon.In(time.FixedZone("x", 3600)).Add(time.Microsecond)
	assert.Equal(t, a.EventID(someUser), b.EventID(someUser), "zone and microseconds do not count")
	b.Rating = Again
	assert.NotEqual(t, a.EventID(someUser), b.EventID(someUser))
	assert.NotEqual(t, a.EventID(someUser), a.EventID("0190a000-0000-7000-8000-00000000000f"))
	b.ID = "0190a000-0000-7000-8000-0000000000aa"
	assert.Equal(t, b.ID, b.EventID(someUser), "a client's own id wins")

	e := answered(noon, Good, 2)
	said := Entry{Kind: KindReview, Card: someCard, StartedAt: e.StartedAt, FinishedAt: e.FinishedAt, Rating: Good, Buttons: 2}
	assert.True(t, e.Says(said))
	said.Rating = Hard
	assert.False(t, e.Says(said))
}

func TestAFastClientClockDoesNotReachIntoTheFuture(t *testing.T) {
	a := Entry{Kind: KindReview, Card: someCard, StartedAt: noon, FinishedAt: noon.Add(time.Hour), Rating: Good, Buttons: 2}
	e := eventOf(a, nil, noon)
	assert.Equal(t, noon, e.AnsweredAt)
	assert.Equal(t, noon.Add(time.Hour), e.FinishedAt, "the client's word is kept")
}

func TestIDsAreUUIDs(t *testing.T) {
	id, ok := ParseID("0190A000-0000-7000-8000-00000000000F")
	assert.True(t, ok)
	assert.Equal(t, "0190a000-0000-7000-8000-00000000000f", id)
	for _, bad := range []string{"", "x", "0190a000-0000-7000-8000-00000000000", "0190a000-0000-7000-8000-00000000000g",
		"0190a00000000-7000-8000-00000000000ff", "{190a000-0000-7000-8000-00000000000}", "0190a000_0000-7000-8000-00000000000f"} {
		_, ok := ParseID(bad)
		assert.False(t, ok, bad)
	}
	_, ok = ParseID(NameID("a", "b"))
	assert.True(t, ok)
	assert.NotEqual(t, NameID("a", "b"), NameID("ab", ""))
}

func TestErrorsAreFoundInAChain(t *testing.T) {
	err := fmt.Errorf("reading a deck: %w", NotFound("deck"))
	assert.Equal(t, CodeNotFound, CodeOf(err))
	assert.Equal(t, CodeInternal, CodeOf(errors.New("x")))
	assert.Equal(t, Code(""), CodeOf(nil))
	cause := errors.New("cause")
	assert.ErrorIs(t, WrapError(CodeUnavailable, "m", cause), cause)
}

func TestASessionEnds(t *testing.T) {
	s := Session{ExpiresAt: noon}
	assert.True(t, s.Live(noon.Add(-time.Millisecond)))
	assert.False(t, s.Live(noon))
}
