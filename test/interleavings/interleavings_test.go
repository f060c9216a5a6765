// Package interleavings holds the review log to its word: whatever devices do at the same time, it has no gaps, loses
// nothing, doubles nothing, and every memory equals its replay.
package interleavings

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/mongo"
	"github.com/moshrank/spacey-backend/internal/adapters/postgres"
	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/engines"
)

// The engine that stands in for MongoDB reads a whole collection for each question, so there are fewer people there, and in
// several databases.
func TestDevicesInterleaveAsTheyLike(t *testing.T) {
	for _, engine := range []struct {
		name           string
		storage        func(*testing.T) ports.Storage
		worlds, people int
		acts           int
	}{
		{"sqlite", openSQLite, 1, 10_000 / slowness, 2},
		{"mongo", openMongo, 20, 15, 1},
		{"postgres", openPostgres, 1, 1_000 / slowness, 2},
	} {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			for range engine.worlds {
				w := newWorld(engine.storage(t), engine.acts)
				w.interleave(t, engine.people)
				w.tamper(t)
			}
		})
	}
}

func openSQLite(t *testing.T) ports.Storage {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(memoryFolder(t), "test.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	return store.Ports()
}

// memoryFolder returns a folder in memory where there is one: this test is about order, not about disks.
func memoryFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "spacey")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

func openMongo(t *testing.T) ports.Storage {
	t.Helper()
	store, err := mongo.Open(t.Context(), engines.Mongo(t), engines.DatabaseName(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close(context.WithoutCancel(t.Context())) })
	require.NoError(t, store.Migrate(t.Context()))
	return store.Ports()
}

func openPostgres(t *testing.T) ports.Storage {
	t.Helper()
	store, err := postgres.Open(t.Context(), engines.PostgresDatabase(t), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	return store.Ports()
}

// world is a storage with two replicas of the service, and a clock that goes on with each look at it.
type world struct {
	storage  ports.Storage
	replicas [2]*learning.Service
	looks    atomic.Int64
	// acts is how often a device does something at least; some do once more.
	acts int
	// owners are the people of the world, by number.
	owners []domain.UserID
}

var began = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// Now goes on by some minutes with each look, so that the days of a card's answers differ.
func (w *world) Now() time.Time {
	return began.Add(time.Duration(w.looks.Add(1)) * 13 * time.Minute).Truncate(time.Millisecond)
}

func newWorld(storage ports.Storage, acts int) *world {
	w := &world{storage: storage, acts: acts}
	for i := range w.replicas {
		w.replicas[i] = learning.New(storage, w, system.IDs{})
	}
	return w
}

// interleave lets many people learn, each with three devices at once.
func (w *world) interleave(t *testing.T, people int) {
	const atOnce = 16
	var next atomic.Int64
	var workers sync.WaitGroup
	w.owners = make([]domain.UserID, people)
	for range atOnce {
		workers.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= people || t.Failed() {
					return
				}
				p := newPerson(w, n)
				w.owners[n] = p.caller.User
				p.learn(t)
				p.check(t)
			}
		})
	}
	workers.Wait()
}

// person has one deck of two cards, and knows what the service has told the devices.
type person struct {
	world  *world
	number int
	caller domain.Identity
	cards  [2]domain.CardID
	mu     sync.Mutex
	// said are the entries that were acknowledged, with the ids of their events.
	said map[domain.EventID]domain.Entry
}

func newPerson(w *world, n int) *person {
	id := func(kind, n int) string { return fmt.Sprintf("0190a000-0000-7000-800%d-%012d", kind, n) }
	return &person{
		world: w, number: n, caller: domain.Identity{User: domain.UserID(id(0, n))},
		cards: [2]domain.CardID{domain.CardID(id(1, 2*n)), domain.CardID(id(1, 2*n+1))}, said: map[domain.EventID]domain.Entry{},
	}
}

// learn adds the cards, then lets three devices do what they like at the same time.
func (p *person) learn(t *testing.T) {
	deck, err := domain.NewDeck(domain.DeckID(fmt.Sprintf("0190a000-0000-7000-8002-%012d", p.number)), p.caller.User, domain.DeckText{Name: "Deck"}, began)
	if !assert.NoError(t, err) || !assert.NoError(t, p.world.storage.Decks.InsertDeck(t.Context(), deck)) {
		return
	}
	cards := []domain.Card{}
	for _, id := range p.cards {
		cards = append(cards, domain.NewCard(id, p.caller.User, deck.ID, domain.CardText{Question: "q", Answer: "a"}, began))
	}
	if !assert.NoError(t, p.world.storage.Cards.InsertCards(t.Context(), p.caller.User, deck.ID, cards)) {
		return
	}
	var devices sync.WaitGroup
	for device := range 3 {
		devices.Go(func() {
			random := rand.New(rand.NewPCG(uint64(p.number), uint64(device)))
			service := p.world.replicas[device%2]
			for range p.world.acts + random.IntN(2) {
				p.act(t, service, random)
			}
		})
	}
	devices.Wait()
}

// act does one of the things that devices do.
func (p *person) act(t *testing.T, service *learning.Service, random *rand.Rand) {
	entries := []domain.Entry{p.entry(random)}
	if random.IntN(4) == 0 { // comes back online
		for range 1 + random.IntN(3) {
			entries = append(entries, p.entry(random))
		}
	}
	outcomes, err := service.RecordBatch(t.Context(), p.caller, entries)
	if !assert.NoError(t, err) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, outcome := range outcomes {
		if assert.NoError(t, outcome.Err) {
			p.said[outcome.Event.ID] = entries[i]
		}
	}
}

// entry returns an answer, an answer of some time ago, an undo, a reset, or something that was said before.
func (p *person) entry(random *rand.Rand) domain.Entry {
	card := p.cards[random.IntN(2)]
	now := p.world.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.said) > 0 {
		switch random.IntN(6) {
		case 0:
			if id, ok := p.someEvent(random, false); ok {
				return domain.Entry{Kind: domain.KindUndo, Undoes: id}
			}
		case 1:
			id, _ := p.someEvent(random, true)
			return p.said[id]
		case 2:
			return domain.Entry{Kind: domain.KindReset, Card: card, FinishedAt: now}
		}
	}
	if random.IntN(3) == 0 {
		now = now.Add(-time.Duration(random.IntN(20*24*3600*1000)) * time.Millisecond)
	}
	return domain.Entry{
		Kind: domain.KindReview, Card: card, StartedAt: now.Add(-time.Second), FinishedAt: now,
		Rating: domain.Rating(1 + random.IntN(4)), Buttons: 2 + 2*random.IntN(2),
	}
}

// someEvent returns one of the events that were acknowledged, an undo only when asked to.
func (p *person) someEvent(random *rand.Rand, undos bool) (domain.EventID, bool) {
	ids := make([]domain.EventID, 0, len(p.said))
	for id, entry := range p.said {
		if undos || entry.Kind != domain.KindUndo {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return "", false
	}
	return ids[random.IntN(len(ids))], true
}

// check holds the person's log and memories against what was promised.
func (p *person) check(t *testing.T) {
	events, err := p.world.storage.ReviewLog.Events(t.Context(), p.caller.User, 0, 1000)
	if !assert.NoError(t, err) {
		return
	}
	assert.Len(t, events, len(p.said), "every acknowledged entry is one event, and there are no others")
	histories := map[domain.CardID][]domain.Event{}
	for i, event := range events {
		assert.Equal(t, int64(i+1), event.Seq, "the log has no gaps")
		assert.Contains(t, p.said, event.ID)
		histories[event.Card] = append(histories[event.Card], event)
		replayed, err := domain.DefaultSettings(p.caller.User).Projector().Replay(histories[event.Card])
		assert.NoError(t, err)
		assert.Equal(t, replayed, event.After, "an event has the memory as the log stood")
	}
	for _, card := range p.cards {
		memory, err := p.world.storage.Memories.Memory(t.Context(), p.caller.User, card)
		assert.NoError(t, err)
		want := domain.NewMemory()
		if n := len(histories[card]); n > 0 {
			want = histories[card][n-1].After
		}
		assert.Equal(t, want, memory.Memory, "the memory equals the replay")
	}
}

// tamper changes one memory by hand: an audit names that card and no other, and mends it.
func (w *world) tamper(t *testing.T) {
	owner := w.owners[len(w.owners)/2]
	auditor := learning.NewAuditor(w.storage)
	cards, err := w.storage.Projections.MemoriesByCard(t.Context(), owner, "", 10)
	require.NoError(t, err)
	var victim domain.CardMemory
	for _, card := range cards {
		if card.Memory.Seq > 0 {
			victim = card
		}
	}
	require.NotEmpty(t, victim.Card)
	forged := victim.Memory
	forged.Lapses += 3
	forged.Seq += 40 // a number that the log does not have yet would keep out whatever comes
	done, err := w.storage.Projections.Restore(t.Context(), owner, victim.Card, victim.Memory.Seq, forged)
	require.NoError(t, err)
	require.True(t, done)

	for _, person := range []domain.UserID{w.owners[0], w.owners[1], owner} {
		var found []domain.Difference
		report, err := auditor.Verify(t.Context(), person, func(d domain.Difference) { found = append(found, d) })
		require.NoError(t, err)
		if person != owner {
			assert.True(t, report.Clean())
			assert.Empty(t, found)
			continue
		}
		assert.False(t, report.Clean())
		var fields []string
		for _, difference := range found {
			assert.Equal(t, victim.Card, difference.Card)
			fields = append(fields, difference.Field)
		}
		assert.Equal(t, []string{"lapses", "seq"}, fields)
	}
	report, err := auditor.Rebuild(t.Context(), owner, func(domain.Difference) {})
	require.NoError(t, err)
	assert.Equal(t, 1, report.Mended)
	mended, err := w.storage.Memories.Memory(t.Context(), owner, victim.Card)
	require.NoError(t, err)
	assert.Equal(t, victim.Memory, mended.Memory)
	report, err = auditor.Verify(t.Context(), owner, func(d domain.Difference) { t.Error(d) })
	require.NoError(t, err)
	assert.True(t, report.Clean())
}
