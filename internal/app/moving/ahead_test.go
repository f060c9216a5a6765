package moving

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func TestACopyRefusesATargetThatIsAhead(t *testing.T) {
	owner, other := personID(2), personID(3)
	for name, c := range map[string]struct {
		use  func(from, to *memory)
		says []string
	}{
		"its log is longer": {
			func(_, to *memory) { to.answer(owner, 99) },
			[]string{"events, 8", "has 8 events", "log 7"},
		},
		"its log has another event at the end": {
			func(_, to *memory) { to.events[owner][fewEvents-1].Rating++ },
			[]string{"events, 7", "another event"},
		},
		"its log has another event where the source goes on": {
			func(from, to *memory) {
				to.answer(owner, 99)
				from.answer(owner, 98)
				from.answer(owner, 98)
			},
			[]string{"events, 8", "another event"},
		},
		"its account has a higher revision": {
			func(_, to *memory) { to.users.edit(owner, string(owner), func(u *domain.User) { u.Rev = 4 }) },
			[]string{string(Accounts), string(owner), "revision 4 at the target and 3"},
		},
		"its account is another one of the same revision": {
			func(_, to *memory) { to.users.edit(owner, string(owner), func(u *domain.User) { u.Name = "Me" }) },
			[]string{string(Accounts), string(owner), "revision 3 is another one"},
		},
		"its deletion has a higher revision": {
			func(_, to *memory) {
				to.deletions.edit(owner, string(owner), func(d *domain.Deletion) { d.Rev = 8 })
			},
			[]string{string(Deletions), string(owner), "revision 8 at the target and 7"},
		},
		"its deletion is another one of the same revision": {
			func(_, to *memory) {
				to.deletions.edit(owner, string(owner), func(d *domain.Deletion) { d.Cleared = nil })
			},
			[]string{string(Deletions), string(owner), "revision 7 is another one"},
		},
		"its settings have a higher revision": {
			func(_, to *memory) { to.settings.edit(owner, string(owner), func(s *domain.Settings) { s.Rev = 5 }) },
			[]string{string(LearningSettings), "revision 5 at the target and 4"},
		},
		"its deck has a higher revision": {
			func(_, to *memory) {
				to.decks.edit(owner, string(deckID(1)), func(d *ports.ArchivedDeck) { d.Rev = 6 })
			},
			[]string{string(Decks), string(deckID(1)), "revision 6 at the target and 5"},
		},
		"its deck is another one of the same revision": {
			func(_, to *memory) {
				to.decks.edit(owner, string(deckID(1)), func(d *ports.ArchivedDeck) { d.Color = "red" })
			},
			[]string{string(Decks), string(deckID(1)), "revision 5 is another one"},
		},
		"its deck is deleted": {
			func(_, to *memory) {
				to.decks.edit(owner, string(deckID(1)), func(d *ports.ArchivedDeck) { d.DeletedAt = at(1) })
			},
			[]string{string(Decks), string(deckID(1)), "deleted at the target"},
		},
		"its card has a higher revision": {
			func(_, to *memory) {
				to.cards.edit(owner, string(cardID(4)), func(c *ports.ArchivedCard) { c.Rev = 7 })
			},
			[]string{string(Cards), string(cardID(4)), "revision 7 at the target and 6"},
		},
		"its card is another one of the same revision": {
			func(_, to *memory) {
				to.cards.edit(owner, string(cardID(4)), func(c *ports.ArchivedCard) { c.Answer = "42" })
			},
			[]string{string(Cards), string(cardID(4)), "revision 6 is another one"},
		},
		"its card has a newer memory": {
			func(_, to *memory) {
				to.cards.edit(owner, string(cardID(4)), func(c *ports.ArchivedCard) { c.Memory.Seq = 7 })
			},
			[]string{string(Cards), string(cardID(4)), "follows from event 7 at the target and from event 4"},
		},
		"its note has a higher revision": {
			func(_, to *memory) {
				to.notes.edit(owner, string(deckID(1)), func(n *domain.Note) { n.Rev = 9 })
			},
			[]string{string(Notes), string(deckID(1)), "revision 9 at the target and 8"},
		},
		"its note is another one of the same revision": {
			func(_, to *memory) {
				to.notes.edit(owner, string(deckID(1)), func(n *domain.Note) { n.AddedAt = at(1) })
			},
			[]string{string(Notes), string(deckID(1)), "revision 8 is another one"},
		},
		"a newer note is in the place of one": {
			func(_, to *memory) {
				to.notes.edit(owner, string(deckID(1)), func(n *domain.Note) { n.ID, n.CreatedAt, n.Rev = "new", n.CreatedAt.Add(1e9), 1 })
			},
			[]string{string(Notes), string(deckID(1)), "a newer one has taken its place"},
		},
		"its content has a higher revision": {
			func(_, to *memory) {
				to.contents.edit(owner, string(contentID(1)), func(c *ports.ArchivedContent) { c.Rev = 10 })
			},
			[]string{string(Contents), string(contentID(1)), "revision 10 at the target and 9"},
		},
		"its content has other texts of the same revision": {
			func(_, to *memory) {
				to.contents.edit(owner, string(contentID(1)), func(c *ports.ArchivedContent) { c.Raw = "another text" })
			},
			[]string{string(Contents), string(contentID(1)), "revision 9 is another one"},
		},
		"its job has a higher revision": {
			func(_, to *memory) { to.jobs.edit(owner, firstJob(to, owner), func(j *domain.Job) { j.Rev = 3 }) },
			[]string{string(Jobs), string(contentID(0)), "revision 3 at the target and 2"},
		},
		"its job is another one of the same revision": {
			func(_, to *memory) { to.jobs.edit(owner, firstJob(to, owner), func(j *domain.Job) { j.Takes++ }) },
			[]string{string(Jobs), string(contentID(0)), "revision 2 is another one"},
		},
		"a newer job is in the place of one": {
			func(_, to *memory) {
				to.jobs.edit(owner, firstJob(to, owner), func(j *domain.Job) { j.CreatedAt, j.Rev = j.CreatedAt.Add(time.Hour), 1 })
			},
			[]string{string(Jobs), string(contentID(0)), "a newer one has taken its place"},
		},
		"its configuration has a higher revision": {
			func(_, to *memory) { to.configs.edit("", "config 1", func(d *domain.ConfigDocument) { d.Rev += 90 }) },
			[]string{string(Configs), "config 1"},
		},
	} {
		t.Run("because "+name, func(t *testing.T) {
			from, to := inhabited(4), newMemory()
			copied(t, from, to)
			c.use(from, to)
			from.settle(5, 0, 0) // somebody new, so that there is something to do
			must(from.sessions.Remove(t.Context(), owner, []string{uuid(0x5e5, 1)}))
			before := contents(t, to)
			for _, copier := range []func() (Report, error){
				func() (Report, error) { return newCopier(from, to, Options{}).DryRun(t.Context()) },
				func() (Report, error) { return newCopier(from, to, Options{Workers: 1}).Copy(t.Context()) },
			} {
				_, err := copier()
				require.Equal(t, domain.CodeConflict, domain.CodeOf(err), "%v", err)
				assert.ErrorIs(t, err, errAhead)
				assert.ErrorContains(t, err, "used by itself")
				for _, text := range c.says {
					assert.ErrorContains(t, err, text)
				}
			}
			assert.Equal(t, before, contents(t, to), "nothing was changed")
		})
	}
	t.Run("and names several people", func(t *testing.T) {
		from, to := inhabited(4), newMemory()
		copied(t, from, to)
		to.answer(owner, 1)
		to.answer(other, 1)
		_, err := newCopier(from, to, Options{}).Copy(t.Context())
		require.ErrorContains(t, err, "of 2 people ("+string(owner)+", "+string(other)+")")
	})
}

func TestWhatIsSeenAtAGlanceStopsACopyBeforeAnythingIsChanged(t *testing.T) {
	last := personID(3)
	for kind, use := range map[Kind]func(to *memory){
		Accounts:  func(to *memory) { to.users.edit(last, string(last), func(u *domain.User) { u.Rev++ }) },
		Deletions: func(to *memory) { to.deletions.edit(last, string(last), func(d *domain.Deletion) { d.Rev++ }) },
		LearningSettings: func(to *memory) {
			to.settings.edit(last, string(last), func(s *domain.Settings) { s.Rev++ })
		},
	} {
		t.Run("in "+string(kind), func(t *testing.T) {
			from, to := inhabited(3), newMemory()
			copied(t, from, to)
			use(to)
			must(from.sessions.Remove(t.Context(), personID(1), []string{uuid(0x5e5, 1)}))
			before := contents(t, to)
			_, err := newCopier(from, to, Options{Workers: 1}).Copy(t.Context())
			require.ErrorIs(t, err, errAhead)
			assert.Equal(t, before, contents(t, to), "nothing was changed of the others either")
		})
	}
}

func TestACopyTakesWhatIsNotAhead(t *testing.T) {
	owner := personID(2)
	for name, use := range map[string]func(from, to *memory){
		"a deck that was deleted, which keeps its revision": func(from, _ *memory) {
			from.decks.edit(owner, string(deckID(1)), func(d *ports.ArchivedDeck) { d.Name, d.DeletedAt = "", at(1) })
		},
		"a memory that was rebuilt, which keeps its number": func(from, _ *memory) {
			from.cards.edit(owner, string(cardID(1)), func(c *ports.ArchivedCard) { c.Memory.Lapses++ })
		},
		"a note in the place of one of a higher revision": func(_, to *memory) {
			to.notes.edit(owner, string(deckID(1)), func(n *domain.Note) { n.ID, n.CreatedAt, n.Rev = "old", n.CreatedAt.Add(-1e9), 99 })
		},
		"a note that was made again with its id": func(from, _ *memory) {
			from.notes.edit(owner, string(deckID(1)), func(n *domain.Note) { n.Text, n.CreatedAt = "Again", n.CreatedAt.Add(1e9) })
		},
		"a part of a file that is another one": func(_, to *memory) {
			to.blobs.edit(owner, string(contentID(0))+"/000001", func(p *domain.BlobPart) { p.Data = []byte("another part") })
		},
		"a job that was done and is there again": func(from, to *memory) {
			to.jobs.edit(owner, firstJob(to, owner), func(j *domain.Job) { j.Rev = 99 })
			from.jobs.edit(owner, firstJob(to, owner), func(j *domain.Job) { j.CreatedAt, j.Rev = j.CreatedAt.Add(time.Hour), 1 })
		},
		"a configuration that a service of the target made": func(_, to *memory) {
			to.configs.edit("", "config 1", func(d *domain.ConfigDocument) { d.UpdatedAt = d.UpdatedAt.Add(time.Hour) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := inhabited(3), newMemory()
			copied(t, from, to)
			use(from, to)
			assert.EqualValues(t, 1, copied(t, from, to).Total().Changed)
			requireEqual(t, from, to)
		})
	}
}

func TestACopyRefusesATargetWithOtherPeople(t *testing.T) {
	from, to := inhabited(1), newMemory()
	copied(t, from, to)
	for n := 11; n < 18; n++ {
		deck := filled[ports.ArchivedDeck](n) // one thing each: a comparison lists a hundred differences
		deck.ID, deck.Owner = deckID(1), personID(n)
		must(to.decks.put(deck.Owner, deck))
	}
	before := contents(t, to)
	from.answer(personID(1), 1)
	_, err := newCopier(from, to, Options{}).Copy(t.Context())
	require.Equal(t, domain.CodeConflict, domain.CodeOf(err))
	assert.ErrorContains(t, err, "7 people that the source has not: "+string(personID(11)))
	assert.ErrorContains(t, err, ", ...")
	assert.NotContains(t, err.Error(), personID(17), "some are enough")
	assert.Equal(t, before, contents(t, to))

	comparison, err := newCopier(from, to, Options{}).Compare(t.Context())
	require.NoError(t, err, "a comparison names them")
	assert.EqualValues(t, 8, comparison.People)
	assert.False(t, comparison.Equal())
	assert.Contains(t, comparison.Differences, Difference{personID(17), KindComparison{
		Kind: Decks, Target: contents(t, to).of(t, personID(17), Decks),
	}})
}

// of returns what a comparison with an empty storage says of one kind of a person's things.
func (c Comparison) of(t *testing.T, owner domain.UserID, kind Kind) Checksum {
	t.Helper()
	for _, d := range c.Differences {
		if d.Owner == owner && d.Kind == kind {
			return d.Source
		}
	}
	require.Fail(t, "there is none")
	return Checksum{}
}

// firstJob returns the key of the job on the first content of a person.
func firstJob(m *memory, owner domain.UserID) string {
	for key, job := range m.jobs.items[owner] {
		if job.Subject == string(contentID(0)) {
			return key
		}
	}
	panic("there is none")
}
