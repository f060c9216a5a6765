package moving

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// sumOf returns the checksum of some items.
func sumOf[T any](items ...T) Checksum {
	var sum Checksum
	for i := range items {
		sum.add(canonical(nil, &items[i]))
	}
	return sum
}

// places yields every place of a value that can be changed: fields of structs, elements, entries and what pointers point to.
func places(v reflect.Value, path string, yield func(path string, v reflect.Value)) {
	switch {
	case v.Type() == timeType:
		yield(path, v)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			places(v.Field(i), path+"."+v.Type().Field(i).Name, yield)
		}
	case v.Kind() == reflect.Pointer:
		yield(path, v)
		places(v.Elem(), path+"*", yield)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8, v.Kind() == reflect.Array:
		if v.Kind() == reflect.Slice {
			yield(path, v)
		}
		for i := range v.Len() {
			places(v.Index(i), path+"[]", yield)
		}
	default:
		yield(path, v)
	}
}

// change gives a place another value.
func change(v reflect.Value) {
	if v.Type() == timeType {
		v.Set(reflect.ValueOf(v.Interface().(time.Time).Add(time.Millisecond)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + " ")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Float64:
		v.SetFloat(math.Nextafter(v.Float(), 1e9))
	case reflect.Pointer:
		v.SetZero()
	case reflect.Slice: // bytes too
		v.Set(v.Slice(0, v.Len()-1))
	case reflect.Map:
		v.SetMapIndex(v.MapKeys()[0], reflect.Value{})
	default:
		panic("nothing is known of how to change a " + v.Type().String())
	}
}

// checkFields changes each field of a kind in turn.
func checkFields[T any](t *testing.T) {
	t.Helper()
	var changed int
	item := filled[T](0)
	places(reflect.ValueOf(&item).Elem(), "", func(path string, v reflect.Value) {
		before, was := sumOf(item), reflect.New(v.Type()).Elem()
		was.Set(v)
		if v.Kind() == reflect.Map { // what is changed is shared
			was = reflect.MakeMap(v.Type())
			for _, key := range v.MapKeys() {
				was.SetMapIndex(key, v.MapIndex(key))
			}
		}
		change(v)
		changed++
		assert.NotEqual(t, before, sumOf(item), "nothing is seen of a change of %T%s", item, path)
		v.Set(was)
		assert.Equal(t, before, sumOf(item), "%T%s", item, path)
	})
	assert.GreaterOrEqual(t, changed, reflect.TypeFor[T]().NumField())
}

func TestAChangeOfAnyFieldChangesTheChecksum(t *testing.T) {
	checkFields[domain.ConfigDocument](t)
	checkFields[domain.OneTimeToken](t)
	checkFields[domain.User](t)
	checkFields[domain.Settings](t)
	checkFields[domain.Session](t)
	checkFields[domain.APIToken](t)
	checkFields[domain.SignInPlace](t)
	checkFields[domain.AuditEntry](t)
	checkFields[domain.Deletion](t)
	checkFields[ports.ArchivedDeck](t)
	checkFields[ports.ArchivedCard](t)
	checkFields[domain.LearningSession](t)
	checkFields[domain.Note](t)
	checkFields[domain.Event](t)
}

func TestEntriesOfMapsCount(t *testing.T) {
	one, two := 1, 2
	settings := func(deck domain.DeckID, limits domain.Limits) domain.Settings {
		return domain.Settings{Decks: map[domain.DeckID]domain.Limits{deck: limits, "z": {}}}
	}
	sums := map[Checksum]bool{}
	for _, s := range []domain.Settings{
		settings("a", domain.Limits{New: &one}), settings("a", domain.Limits{New: &two}), settings("a", domain.Limits{Reviews: &one}),
		settings("b", domain.Limits{New: &one}), settings("z", domain.Limits{}), {},
	} {
		sums[sumOf(s)] = true
	}
	assert.Len(t, sums, 6)
	for range 20 { // a map has another order each time
		assert.Equal(t, sumOf(settings("a", domain.Limits{New: &one})), sumOf(settings("a", domain.Limits{New: &one})))
	}
}

func TestAChecksumDependsOnTheItemsAndNotOnTheirOrder(t *testing.T) {
	var events []domain.Event
	for n := range 50 {
		events = append(events, filled[domain.Event](100*n))
	}
	forward := sumOf(events...)
	slices.Reverse(events)
	assert.Equal(t, forward, sumOf(events...))
	var parts Checksum
	parts.merge(sumOf(events[:20]...))
	parts.merge(sumOf(events[20:]...))
	assert.Equal(t, forward, parts)
	assert.EqualValues(t, 50, forward.Count)
	assert.Len(t, forward.String(), 32)

	assert.NotEqual(t, forward, sumOf(events[1:]...))
	assert.NotEqual(t, forward.String(), sumOf(append(events[1:], events[1])...).String(), "one twice, and one not at all")
	assert.NotEqual(t, sumOf(events[0], events[0]).String(), sumOf[domain.Event]().String(), "the same twice is not nothing")
	t.Run("and carries", func(t *testing.T) {
		sum := Checksum{1, 0, math.MaxUint64}
		sum.merge(Checksum{1, 0, 1})
		assert.Equal(t, Checksum{2, 1, 0}, sum)
		assert.Equal(t, "00000000000000010000000000000000", sum.String())
	})
}

func TestWhatStorageDoesNotTellApartIsTheSame(t *testing.T) {
	zone := time.FixedZone("Kathmandu", 5*3600+45*60)
	for name, c := range map[string]struct{ a, b any }{
		"a time in another zone":   {domain.Session{CreatedAt: at(1)}, domain.Session{CreatedAt: at(1).In(zone)}},
		"less than a millisecond":  {domain.Session{CreatedAt: at(1)}, domain.Session{CreatedAt: at(1).Add(999 * time.Microsecond)}},
		"a negative zero":          {domain.Event{Fuzz: 0}, domain.Event{Fuzz: math.Copysign(0, -1)}},
		"a map that is nil":        {domain.Settings{}, domain.Settings{Decks: map[domain.DeckID]domain.Limits{}}},
		"a list that is nil":       {domain.Settings{}, domain.Settings{Schedules: []domain.Schedule{}}},
		"a value that is nil":      {domain.ConfigDocument{}, domain.ConfigDocument{Value: []byte{}}},
		"steps that are not there": {domain.Schedule{}, domain.Schedule{LearningSteps: []time.Duration{}}},
	} {
		t.Run(name, func(t *testing.T) {
			encode := encoderOf(reflect.TypeOf(c.a))
			assert.Equal(t, encode(nil, reflect.ValueOf(c.a)), encode(nil, reflect.ValueOf(c.b)))
		})
	}
	t.Run("but no time is another time than 1970", func(t *testing.T) {
		assert.NotEqual(t, sumOf(domain.Session{}), sumOf(domain.Session{CreatedAt: time.UnixMilli(0)}))
	})
	t.Run("and bytes that are no UTF-8 are told apart", func(t *testing.T) {
		assert.NotEqual(t, sumOf(domain.Deck{Name: "\xff"}), sumOf(domain.Deck{Name: "\xfe"}))
		assert.NotEqual(t, sumOf(domain.Deck{Name: "\xff"}), sumOf(domain.Deck{Name: "\ufffd"}))
	})
	t.Run("nor do texts run into each other", func(t *testing.T) {
		assert.NotEqual(t, sumOf(domain.Deck{Name: "ab", Description: "c"}), sumOf(domain.Deck{Name: "a", Description: "bc"}))
	})
}

func TestAComparisonFindsEachDifference(t *testing.T) {
	owner := personID(2)
	for kind, differ := range map[Kind]func(m *memory){
		Configs:       func(m *memory) { m.configs.edit("", "config 0", func(d *domain.ConfigDocument) { d.Public = false }) },
		OneTimeTokens: func(m *memory) { clear(m.tokens.items) },
		Events:        func(m *memory) { m.events[owner][3].Rating++ },
		Cards: func(m *memory) {
			m.cards.edit(owner, string(cardID(2)), func(c *ports.ArchivedCard) { c.Memory.Difficulty += 1e-12 })
		},
		Notes: func(m *memory) {
			m.notes.edit(owner, string(deckID(1)), func(n *domain.Note) { n.Cards[1].Source.End++ })
		},
		Contents: func(m *memory) {
			m.contents.edit(owner, string(contentID(1)), func(c *ports.ArchivedContent) { c.Annotations[1].EndPath[0]++ })
		},
		Blobs: func(m *memory) {
			m.blobs.edit(owner, string(contentID(0))+"/000002", func(p *domain.BlobPart) { p.Data = p.Data[1:] })
		},
		Jobs:             func(m *memory) { m.jobs.edit(owner, firstJob(m, owner), func(j *domain.Job) { j.LastError = "" }) },
		Decks:            func(m *memory) { must(m.decks.Remove(t.Context(), owner, []string{string(deckID(0))})) },
		LearningSessions: func(m *memory) { m.sittings.items[owner]["x"] = filled[domain.LearningSession](7) },
		LearningSettings: func(m *memory) {
			m.settings.edit(owner, string(owner), func(s *domain.Settings) { s.Schedules = s.Schedules[:1] })
		},
		SignInPlaces: func(m *memory) {
			m.places.edit(owner, "192.0.1.0/24", func(p *domain.SignInPlace) { p.FirstSeen = at(0) })
		},
		Audits: func(m *memory) {
			m.audits.edit(owner, uuid(0xaad, 1), func(e *domain.AuditEntry) { e.Address = "" })
		},
		Deletions: func(m *memory) {
			m.deletions.edit(owner, string(owner), func(d *domain.Deletion) { d.Finished = d.Finished[:1] })
		},
		APITokens: func(m *memory) {
			m.apiTokens.edit(owner, uuid(0xa91, 1), func(a *domain.APIToken) { a.Scopes = a.Scopes[1:] })
		},
		Accounts: func(m *memory) { m.users.edit(owner, string(owner), func(u *domain.User) { u.Beta = false }) },
		Sessions: func(m *memory) {
			m.sessions.edit(owner, uuid(0x5e5, 1), func(s *domain.Session) { s.ExpiresAt = at(0) })
		},
	} {
		t.Run("of "+string(kind), func(t *testing.T) {
			from, to := inhabited(3), inhabited(3)
			requireEqual(t, from, to)
			differ(to)
			comparison, err := newCopier(from, to, Options{}).Compare(t.Context())
			require.NoError(t, err)
			assert.False(t, comparison.Equal())
			require.Len(t, comparison.Differences, 1)
			found := comparison.Differences[0]
			assert.Equal(t, kind, found.Kind)
			if kind == Configs || kind == OneTimeTokens {
				assert.Empty(t, found.Owner)
			} else {
				assert.Equal(t, owner, found.Owner)
			}
			for _, k := range comparison.Kinds {
				assert.Equal(t, k.Kind != kind, k.Equal(), k.Kind)
			}
		})
	}
}
