package moving

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func uuid(kind, n int) string          { return fmt.Sprintf("%08x-0000-7000-8000-%012x", kind, n) }
func personID(n int) domain.UserID     { return domain.UserID(uuid(0xacc, n)) }
func deckID(n int) domain.DeckID       { return domain.DeckID(uuid(0xdec, n)) }
func cardID(n int) domain.CardID       { return domain.CardID(uuid(0xca4d, n)) }
func contentID(n int) domain.ContentID { return domain.ContentID(uuid(0xc0e, n)) }
func at(seconds int) time.Time         { return time.UnixMilli(1_772_000_000_123 + 1000*int64(seconds)).UTC() }

// filled returns a value in which every field is set, each one to something of its own that follows from n.
func filled[T any](n int) T {
	var item T
	fill(reflect.ValueOf(&item).Elem(), &n)
	return item
}

func fill(v reflect.Value, n *int) {
	*n++
	switch {
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(at(*n)))
		return
	case v.Type() == reflect.TypeFor[json.RawMessage]():
		v.SetBytes(fmt.Appendf(nil, `{"n":%d}`, *n))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(key, n)
			fill(value, n)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("nothing is known to fill a " + v.Type().String() + " with")
	}
}

// How much a person of the fixture has: a little of everything, and more than is written at once of cards and of events.
const (
	fewCards, manyCards   = 5, shelfPage + cardPage + 30
	fewEvents, manyEvents = 7, shelfPage + 20
)

// inhabited returns a storage in which some people have something of every kind, the first one a lot of it.
func inhabited(people int) *memory {
	m := newMemory()
	for n := range 3 {
		document := filled[domain.ConfigDocument](n)
		document.Name = fmt.Sprintf("config %d", n)
		must(m.configs.put("", document))
		token := filled[domain.OneTimeToken](n)
		token.Hash, token.Owner = fmt.Sprintf("%064x", n), personID(1)
		must(m.tokens.put("", token))
		m.audit("", n)
	}
	for n := 1; n <= people; n++ {
		cards, events := fewCards, fewEvents
		if n == 1 {
			cards, events = manyCards, manyEvents
		}
		m.settle(n, cards, events)
	}
	return m
}

// settle gives a person something of every kind.
func (m *memory) settle(n, cards, events int) {
	owner := personID(n)
	user := filled[domain.User](n)
	user.ID, user.Email, user.Rev = owner, fmt.Sprintf("person%d@example.org", n), 3
	must(m.users.put(owner, user))
	settings := filled[domain.Settings](n)
	settings.Owner, settings.Rev = owner, 4
	must(m.settings.put(owner, settings))
	for i := range 2 {
		session := filled[domain.Session](n + i)
		session.ID, session.Owner = domain.SessionID(uuid(0x5e5, i)), owner
		must(m.sessions.put(owner, session))
		sitting := filled[domain.LearningSession](n + i)
		sitting.ID, sitting.Owner = domain.LearningSessionID(uuid(0x1ea, i)), owner
		must(m.sittings.put(owner, sitting))
		token := filled[domain.APIToken](n + i)
		token.ID, token.Owner = domain.APITokenID(uuid(0xa91, i)), owner
		must(m.apiTokens.put(owner, token))
		place := filled[domain.SignInPlace](n + i)
		place.Network, place.Owner = fmt.Sprintf("192.0.%d.0/24", i), owner
		must(m.places.put(owner, place))
		note := filled[domain.Note](n + i)
		note.ID, note.Owner, note.Deck, note.Rev = domain.NoteID(uuid(0x201e, i)), owner, deckID(i), 8
		must(m.notes.put(owner, note))
		content := filled[ports.ArchivedContent](n + i)
		content.ID, content.Owner, content.Rev = contentID(i), owner, 9
		must(m.contents.put(owner, content))
		job := filled[domain.Job](n + i)
		job.Subject, job.Owner, job.Rev = string(contentID(i)), owner, 2
		must(m.jobs.put(owner, job))
		m.audit(owner, i)
	}
	for i := range 3 {
		must(m.blobs.put(owner, domain.BlobPart{Blob: string(contentID(0)), N: i, Data: fmt.Appendf(nil, "part %d of %d", i, n)}))
	}
	deletion := filled[domain.Deletion](n)
	deletion.Owner, deletion.Rev = owner, 7
	must(m.deletions.put(owner, deletion))
	for i := range 3 {
		deck := filled[ports.ArchivedDeck](n + i)
		deck.ID, deck.Owner, deck.DeletedAt, deck.Rev = deckID(i), owner, time.Time{}, 5
		must(m.decks.put(owner, deck))
	}
	for i := 1; i <= events; i++ {
		m.answer(owner, 0)
	}
	for i := range cards {
		card := filled[ports.ArchivedCard](n + i)
		card.ID, card.Owner, card.Deck, card.Rev = cardID(i), owner, deckID(i%3), 6
		card.Memory.Seq = int64(i % (events + 1))
		must(m.cards.put(owner, card))
	}
}

// audit adds an audit entry about a person, or about nobody.
func (m *memory) audit(subject domain.UserID, n int) {
	entry := filled[domain.AuditEntry](n)
	entry.ID, entry.Subject = domain.AuditEntryID(uuid(0xaad, n)), subject
	must(m.audits.put(subject, entry))
}

// answer adds an event about a card, and gives the card, if it is there, the memory that follows.
func (m *memory) answer(owner domain.UserID, card int) {
	seq := int64(len(m.events[owner]) + 1)
	event := filled[domain.Event](int(seq))
	event.ID, event.User, event.Seq, event.Card, event.After.Seq = domain.EventID(uuid(0xe4e, int(seq))), owner, seq, cardID(card), seq
	m.events[owner] = append(m.events[owner], event)
	if _, there := m.cards.items[owner][string(event.Card)]; there {
		m.cards.edit(owner, string(event.Card), func(c *ports.ArchivedCard) { c.Memory = event.After })
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// newCopier returns a copier that does not wait between tries.
func newCopier(from, to *memory, o Options) *Copier {
	c := NewCopier(from.Storage(), to.Storage(), o)
	c.pause = 0
	return c
}

// copied copies and returns the report, without failures.
func copied(t *testing.T, from, to *memory) Report {
	t.Helper()
	report, err := newCopier(from, to, Options{}).Copy(t.Context())
	require.NoError(t, err)
	require.Empty(t, report.Failures)
	return report
}

// changesOf returns what a report says of the kinds in which something changes.
func changesOf(report Report) map[Kind]Changes {
	found := map[Kind]Changes{}
	for _, kind := range report.Kinds {
		if kind.Any() {
			found[kind.Kind] = Changes{Added: kind.Added, Changed: kind.Changed, Removed: kind.Removed}
		}
	}
	return found
}

// contents returns all that a storage holds.
func contents(t *testing.T, m *memory) Comparison {
	t.Helper()
	comparison, err := newCopier(m, newMemory(), Options{}).Compare(t.Context())
	require.NoError(t, err)
	return comparison
}

// requireEqual fails unless two storages hold the same.
func requireEqual(t *testing.T, from, to *memory) Comparison {
	t.Helper()
	comparison, err := newCopier(from, to, Options{}).Compare(t.Context())
	require.NoError(t, err)
	require.True(t, comparison.Equal(), "%+v", comparison.Differences)
	require.Equal(t, from.users.items, to.users.items)
	require.Equal(t, from.cards.items, to.cards.items)
	require.Equal(t, from.events, to.events)
	return comparison
}
