package learning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func (d desk) queue(t *testing.T, deck domain.DeckID, limit int) learning.Queue {
	t.Helper()
	queue, err := d.service.Queue(t.Context(), caller, deck, limit)
	require.NoError(t, err)
	return queue
}

func ids(queue learning.Queue) []domain.CardID {
	found := []domain.CardID{}
	for _, card := range queue.Cards {
		found = append(found, card.Card.ID)
	}
	return found
}

// fourButtons records an answer of a client with four buttons.
func (d desk) fourButtons(t *testing.T, card domain.CardID, rating domain.Rating) domain.Event {
	t.Helper()
	entry := d.said(card, rating)
	entry.Buttons = 4
	event, err := d.service.Record(t.Context(), caller, entry)
	require.NoError(t, err)
	return event
}

func limited(fresh, reviews int) func(*domain.Settings, *domain.Schedule) {
	return func(s *domain.Settings, _ *domain.Schedule) { s.Limits = domain.Limits{New: &fresh, Reviews: &reviews} }
}

func (d desk) change(t *testing.T, edit func(*domain.Settings, *domain.Schedule)) learning.Change {
	t.Helper()
	change, err := d.service.ChangeSettings(t.Context(), caller, edit)
	require.NoError(t, err)
	return change
}

func TestTheQueueHasStepsThenReviewsThenNewCards(t *testing.T) {
	d := newDesk(t, 30)
	d.fourButtons(t, d.cards[4], domain.Easy)
	d.clock.forward(60 * 24 * time.Hour)
	d.fourButtons(t, d.cards[7], domain.Again)
	d.clock.forward(30 * time.Second)
	d.fourButtons(t, d.cards[2], domain.Good)
	waiting := d.queue(t, d.deck, 3)
	assert.Equal(t, []domain.CardID{d.cards[4], d.cards[0], d.cards[1]}, ids(waiting))
	assert.Equal(t, d.clock.Now().Add(30*time.Second), waiting.NextStep, "card 7 comes back after its first step")

	d.clock.forward(time.Hour)
	for _, deck := range []domain.DeckID{d.deck, ""} {
		queue := d.queue(t, deck, 5)
		assert.Equal(t, []domain.CardID{d.cards[7], d.cards[2], d.cards[4], d.cards[0], d.cards[1]}, ids(queue))
		assert.Equal(t, learning.Counts{Learning: 2, Review: 1, New: 18}, queue.Counts, "two of twenty new cards were taken today")
		assert.Zero(t, queue.NextStep)
		assert.Equal(t, "q", queue.Cards[0].Card.Question)
		assert.Greater(t, queue.Cards[0].Retrievability, 0.9)
		assert.Zero(t, queue.Cards[3].Retrievability)
	}
}

func TestTheQueueKeepsTheLimitsOfTheDay(t *testing.T) {
	d := newDesk(t, 10)
	for _, card := range d.cards[:4] {
		d.answer(t, card, domain.Good)
	}
	d.clock.forward(40 * 24 * time.Hour)
	d.change(t, limited(2, 3))
	queue := d.queue(t, d.deck, 100)
	assert.Equal(t, learning.Counts{Review: 3, New: 2}, queue.Counts)
	assert.Len(t, queue.Cards, 5)
	assert.Len(t, d.due(t), 5, "the list of cards to learn agrees")
	assert.ElementsMatch(t, ids(queue), d.due(t))

	first := d.answer(t, queue.Cards[0].Card.ID, domain.Good)
	fresh := d.answer(t, d.cards[4], domain.Good)
	assert.Equal(t, learning.Counts{Review: 2, New: 1}, d.queue(t, d.deck, 100).Counts)
	assert.Len(t, d.due(t), 3)
	for _, event := range []domain.Event{first, fresh} {
		_, err := d.service.Record(t.Context(), caller, domain.Entry{Kind: domain.KindUndo, Undoes: event.ID})
		require.NoError(t, err)
	}
	assert.Equal(t, learning.Counts{Review: 3, New: 2}, d.queue(t, d.deck, 100).Counts, "what was taken back does not count")

	d.answer(t, d.cards[4], domain.Good)
	d.clock.forward(24 * time.Hour)
	assert.Equal(t, 2, d.queue(t, d.deck, 100).Counts.New, "the next day has its own")
}

func TestADeckMayHaveLimitsOfItsOwn(t *testing.T) {
	d := newDesk(t, 10)
	other := domain.DeckID("0190a000-0000-7000-8000-0000000000e1")
	deck, err := domain.NewDeck(other, caller.User, domain.DeckText{Name: "Other"}, noon)
	require.NoError(t, err)
	require.NoError(t, d.storage.Decks.InsertDeck(t.Context(), deck))
	var rows []domain.Card
	for _, id := range []domain.CardID{"0190a000-0000-7000-8000-000000000901", "0190a000-0000-7000-8000-000000000902"} {
		rows = append(rows, domain.NewCard(id, caller.User, other, domain.CardText{Question: "q", Answer: "a"}, noon))
	}
	require.NoError(t, d.storage.Cards.InsertCards(t.Context(), caller.User, other, rows))
	one := 1
	d.change(t, func(s *domain.Settings, _ *domain.Schedule) { s.Decks[d.deck] = domain.Limits{New: &one} })

	assert.Equal(t, 1, d.queue(t, d.deck, 100).Counts.New)
	assert.Equal(t, 2, d.queue(t, other, 100).Counts.New)
	assert.Equal(t, 3, d.queue(t, "", 100).Counts.New)
	d.answer(t, d.cards[0], domain.Good)
	assert.Equal(t, 0, d.queue(t, d.deck, 100).Counts.New)
	assert.Equal(t, 2, d.queue(t, "", 100).Counts.New, "the deck's own limit leaves the others alone")
	assert.Len(t, d.due(t), 0, "the limit that was set counts for the list of cards to learn, too")
}

func TestASuspendedCardIsNotAsked(t *testing.T) {
	d := newDesk(t, 3)
	require.NoError(t, d.service.Suspend(t.Context(), caller, d.cards[0], true))
	assert.Equal(t, d.cards[1:], ids(d.queue(t, d.deck, 10)))
	assert.Equal(t, d.cards[1:], d.due(t))
	scores, err := d.service.Scores(t.Context(), caller, []domain.DeckID{d.deck})
	require.NoError(t, err)
	assert.Equal(t, 3, scores[d.deck].Cards, "it is a card of the deck still")
	require.NoError(t, d.service.Suspend(t.Context(), caller, d.cards[0], false))
	assert.Equal(t, d.cards, ids(d.queue(t, d.deck, 10)))
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(d.service.Suspend(t.Context(), caller, "0190a000-0000-7000-8000-00000000ffff", true)))
}

func TestALeechIsToldAndSuspendedOnlyOnRequest(t *testing.T) {
	for _, action := range []domain.LeechAction{domain.LeechTag, domain.LeechSuspend} {
		t.Run(string(action), func(t *testing.T) {
			d := newDesk(t, 1)
			d.change(t, func(s *domain.Settings, _ *domain.Schedule) { s.Leech = domain.Leech{Threshold: 2, Action: action} })
			state := func() learning.CardState {
				state, err := d.service.Card(t.Context(), caller, d.cards[0], 4)
				require.NoError(t, err)
				return state
			}
			d.answer(t, d.cards[0], domain.Good)
			for range 2 {
				assert.False(t, state().Leech)
				d.clock.forward(30 * 24 * time.Hour)
				d.answer(t, d.cards[0], domain.Again)
				d.clock.forward(time.Minute)
				d.answer(t, d.cards[0], domain.Good)
			}
			assert.True(t, state().Leech)
			assert.Equal(t, action == domain.LeechSuspend, state().Suspended)
			require.NoError(t, d.service.Suspend(t.Context(), caller, d.cards[0], false))
			for lapses := 3; lapses <= 6; lapses++ {
				assert.False(t, state().Suspended, "%d lapses", lapses-1)
				d.clock.forward(30 * 24 * time.Hour)
				d.answer(t, d.cards[0], domain.Again)
				d.clock.forward(time.Minute)
				d.answer(t, d.cards[0], domain.Good)
			}
			assert.Equal(t, action == domain.LeechSuspend, state().Suspended, "and again four lapses later")
		})
	}
}

func TestACardTellsWhatEachRatingWouldDo(t *testing.T) {
	d := newDesk(t, 1)
	d.change(t, func(s *domain.Settings, _ *domain.Schedule) { s.LoadBalancing = false })
	d.fourButtons(t, d.cards[0], domain.Easy)
	d.clock.forward(9 * 24 * time.Hour)
	for rating := domain.Again; rating <= domain.Easy; rating++ {
		state, err := d.service.Card(t.Context(), caller, d.cards[0], 4)
		require.NoError(t, err)
		require.Len(t, state.Previews, 4)
		told := state.Previews[rating-1]
		event := d.fourButtons(t, d.cards[0], rating)
		told.After.Seq = event.Seq
		assert.Equal(t, event.After, told.After)
		d.clock.forward(time.Second)
		_, err = d.service.Record(t.Context(), caller, domain.Entry{Kind: domain.KindUndo, Undoes: event.ID})
		require.NoError(t, err)
	}
}

func TestCardsOfOneDayAreSpreadOverTheRangeOfFuzz(t *testing.T) {
	d := newDesk(t, 60)
	for _, card := range d.cards {
		d.fourButtons(t, card, domain.Easy) // some 8 days, give or take one or two
		d.clock.forward(time.Second)
	}
	days := map[time.Time]int{}
	for memory, err := range d.storage.Memories.DeckMemories(t.Context(), caller.User, []domain.DeckID{d.deck}) {
		require.NoError(t, err)
		days[memory.Memory.Due]++
	}
	assert.GreaterOrEqual(t, len(days), 3)
	for _, n := range days {
		assert.Equal(t, 60/len(days), n, "each day has as many: %v", days)
	}
}
