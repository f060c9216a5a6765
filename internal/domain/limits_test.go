package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

const ownDeck = DeckID("0190a000-0000-7000-8000-00000000000d")

func limit(n int) *int { return &n }

// dayLog is what one person did on a day: two new cards, one of them again, and a review, in one deck; a new card and two
// reviews in a deck with limits of its own.
func dayLog() []Event {
	event := func(id EventID, card CardID, deck DeckID, reps int) Event {
		return Event{ID: id, Kind: KindReview, Card: card, Deck: deck, After: Memory{Reps: reps}}
	}
	return []Event{
		event("1", "new1", someDeck, 1), event("2", "new1", someDeck, 2), event("3", "new2", someDeck, 1),
		event("4", "old1", someDeck, 7), event("5", "new3", ownDeck, 1), event("6", "old2", ownDeck, 3), event("7", "old3", ownDeck, 9),
		{ID: "8", Kind: KindReset, Card: "old4", Deck: someDeck}, {ID: "9", Kind: KindReschedule, Card: "old5", Deck: someDeck, After: Memory{Reps: 4}},
	}
}

func TestACardCountsOnceADay(t *testing.T) {
	studied := StudiedOf(dayLog())
	assert.Equal(t, map[DeckID]int{someDeck: 2, ownDeck: 1}, studied.New)
	assert.Equal(t, map[DeckID]int{someDeck: 1, ownDeck: 2}, studied.Reviews)
}

func TestAnUndoneFirstAnswerGivesTheNewCardBack(t *testing.T) {
	undo := func(target EventID) Event { return Event{ID: "u" + target, Kind: KindUndo, Undoes: target} }
	studied := StudiedOf(append(dayLog(), undo("3"), undo("7")))
	assert.Equal(t, map[DeckID]int{someDeck: 1, ownDeck: 1}, studied.New)
	assert.Equal(t, map[DeckID]int{someDeck: 1, ownDeck: 1}, studied.Reviews)
}

func TestANewCardStaysNewWhenAnyOfItsFirstAnswersIsTakenBack(t *testing.T) {
	first, second := answered(noon, Again, 2), answered(noon.Add(time.Minute), Good, 2)
	first.ID, second.ID = "first", "second"
	undo := func(target Event, at time.Time) Event {
		return eventOf(Entry{Kind: KindUndo, Undoes: target.ID}, &target, at)
	}
	for name, events := range map[string][]Event{
		"nothing taken back":         {first, second},
		"the first, afterwards":      {first, second, undo(first, noon.Add(time.Hour))},
		"the first, before the next": {first, undo(first, noon.Add(time.Second)), second},
		"the second":                 {first, second, undo(second, noon.Add(time.Hour))},
	} {
		t.Run(name, func(t *testing.T) {
			studied := StudiedOf(logOf(t, events...))
			assert.Equal(t, map[DeckID]int{someDeck: 1}, studied.New)
			assert.Empty(t, studied.Reviews)
		})
	}
	t.Run("both are no answer at all", func(t *testing.T) {
		studied := StudiedOf(logOf(t, first, second, undo(first, noon.Add(time.Hour)), undo(second, noon.Add(time.Hour))))
		assert.Empty(t, studied.New)
		assert.Empty(t, studied.Reviews)
	})
}

func TestACardCountsForTheDeckThatItWasInLast(t *testing.T) {
	log := dayLog()
	log[1].Deck = ownDeck // new1 moved between its two answers
	assert.Equal(t, map[DeckID]int{someDeck: 1, ownDeck: 2}, StudiedOf(log).New)
}

func TestTheAllowanceIsWhatIsLeftOfTheDay(t *testing.T) {
	studied := StudiedOf(dayLog())
	settings := DefaultSettings(someUser)
	t.Run("without limits the defaults hold", func(t *testing.T) {
		assert.Equal(t, Allowance{New: 17, Reviews: 197}, settings.Allowance("", studied, false))
		assert.Equal(t, Unlimited, settings.Allowance("", studied, true), "or nothing, where only set limits count")
	})
	t.Run("a person's limits hold for all decks together", func(t *testing.T) {
		settings.Limits = Limits{New: limit(5)}
		assert.Equal(t, Allowance{New: 2, Reviews: 197}, settings.Allowance("", studied, false))
		assert.Equal(t, Allowance{New: 2, Reviews: 197}, settings.Allowance(someDeck, studied, false))
		assert.Equal(t, Allowance{New: 2, Reviews: Unlimited.Reviews}, settings.Allowance(someDeck, studied, true))
	})
	t.Run("a deck with its own limits is counted apart", func(t *testing.T) {
		settings.Decks[ownDeck] = Limits{Reviews: limit(10)}
		assert.Equal(t, Allowance{New: 4, Reviews: 8}, settings.Allowance(ownDeck, studied, false), "what it has not set is the person's")
		assert.Equal(t, Allowance{New: 3, Reviews: 199}, settings.Allowance("", studied, false))
	})
	t.Run("nothing is left below nothing", func(t *testing.T) {
		settings.Limits = Limits{New: limit(0), Reviews: limit(0)}
		assert.Equal(t, Allowance{}, settings.Allowance("", studied, false))
	})
}

func TestLimitsAreKnownToBeSet(t *testing.T) {
	settings := DefaultSettings(someUser)
	assert.False(t, settings.LimitsSet(someDeck))
	settings.Decks[ownDeck] = Limits{New: limit(3)}
	assert.False(t, settings.LimitsSet(someDeck))
	assert.True(t, settings.LimitsSet(ownDeck))
	settings.Limits.Reviews = limit(0)
	assert.True(t, settings.LimitsSet(someDeck))
}

func TestALeechIsNoticedAtTheThresholdAndEveryFourLapsesAfter(t *testing.T) {
	leech := DefaultLeech()
	var noticed []int
	for lapses := range 17 {
		if leech.Noticed(Memory{Lapses: lapses}, Memory{Lapses: lapses + 1}) {
			noticed = append(noticed, lapses+1)
		}
		assert.False(t, leech.Noticed(Memory{Lapses: lapses}, Memory{Lapses: lapses}), "an answer that is no lapse")
		assert.Equal(t, lapses >= 8, leech.Is(Memory{Lapses: lapses}))
	}
	assert.Equal(t, []int{8, 12, 16}, noticed)
}

func TestALapseIsAFailureOfACardInReview(t *testing.T) {
	var events []Event
	for day := range 20 {
		at := noon.AddDate(0, 0, 3*day)
		events = append(events, answered(at, Good, 2), answered(at.AddDate(0, 0, 1), Again, 2), answered(at.AddDate(0, 0, 1).Add(time.Minute), Again, 2))
	}
	log := logOf(t, events...)
	assert.Equal(t, 20, last(log).Lapses, "a failure in relearning is none")
	assert.Equal(t, 60, last(log).Reps)
}
