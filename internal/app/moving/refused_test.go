package moving

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// picky is a shelf that takes no card with a question.
type picky struct {
	ports.Shelf[ports.ArchivedCard]
	question string
}

// Put stores cards, or none of them.
func (p picky) Put(ctx context.Context, owner domain.UserID, cards []ports.ArchivedCard) error {
	for _, card := range cards {
		if card.Question == p.question {
			return domain.NewError(domain.CodeInvalid, "There is a U+0000 in the text.")
		}
	}
	return p.Shelf.Put(ctx, owner, cards)
}

func TestWhatTheTargetRefusesHoldsUpOnlyItsPerson(t *testing.T) {
	from, to := inhabited(5), newMemory()
	for _, n := range []int{2, 4} {
		from.cards.edit(personID(n), string(cardID(3)), func(c *ports.ArchivedCard) { c.Question = "\x00" })
	}
	target := to.Storage()
	target.Archive.Cards = picky{target.Archive.Cards, "\x00"}
	c := NewCopier(from.Storage(), target, Options{})
	report, err := c.Copy(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, report.Failed)
	require.Len(t, report.Failures, 2)
	for i, n := range []int{2, 4} {
		failure := report.Failures[i]
		assert.Equal(t, Failure{personID(n), Cards, string(cardID(3)), failure.Err}, *failure)
		assert.ErrorContains(t, failure, "the target refuses person "+string(personID(n))+", cards, "+string(cardID(3)))
		assert.ErrorContains(t, failure, "U+0000")
		assert.NotContains(t, to.users.items, personID(n), "nobody can sign in who has only a part of what is theirs")
	}
	comparison, err := c.Compare(t.Context())
	require.NoError(t, err)
	for _, d := range comparison.Differences {
		assert.Contains(t, []domain.UserID{personID(2), personID(4)}, d.Owner, "all others are there")
	}

	for _, n := range []int{2, 4} {
		from.cards.edit(personID(n), string(cardID(3)), func(c *ports.ArchivedCard) { c.Question, c.Rev = "mended", c.Rev+1 })
	}
	copied(t, from, to)
	requireEqual(t, from, to)
}

func TestARefusedEventIsNamed(t *testing.T) {
	from, to := inhabited(2), newMemory()
	to.onItem = func(kind Kind, owner domain.UserID) error {
		if kind == Events && owner == personID(2) && len(to.events[owner]) == 4 {
			return domain.NewError(domain.CodeInvalid, "No.")
		}
		return nil
	}
	report, err := newCopier(from, to, Options{Workers: 1}).Copy(t.Context())
	require.NoError(t, err)
	require.Len(t, report.Failures, 1)
	assert.Equal(t, fmt.Sprintf("5 (%s)", uuid(0xe4e, 5)), report.Failures[0].Key)
	assert.Equal(t, from.events[personID(2)][:4], to.events[personID(2)])
}

func TestTheListOfFailuresIsBounded(t *testing.T) {
	from, to := inhabited(0), newMemory()
	for n := range maxListed + 20 {
		from.settle(n+1, 0, 0)
	}
	to.onItem = func(kind Kind, _ domain.UserID) error {
		if kind == Decks {
			return domain.NewError(domain.CodeInvalid, "No.")
		}
		return nil
	}
	report, err := newCopier(from, to, Options{}).Copy(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, maxListed+20, report.Failed)
	assert.Len(t, report.Failures, maxListed)
	comparison, err := newCopier(from, to, Options{}).Compare(t.Context())
	require.NoError(t, err)
	assert.Greater(t, comparison.Differing, int64(maxListed))
	assert.Len(t, comparison.Differences, maxListed)
	assert.True(t, slices.IsSortedFunc(comparison.Differences, func(a, b Difference) int { return compareOwners(a.Owner, b.Owner) }))
}

// rename gives a person of a storage another e-mail address.
func (m *memory) rename(n int, email string) {
	m.users.edit(personID(n), string(personID(n)), func(u *domain.User) { u.Email, u.Rev = email, u.Rev+1 })
}

func TestAddressesThatChangedHandsAreCopied(t *testing.T) {
	for name, change := range map[string]func(from *memory){
		"when one takes what another one gave up": func(from *memory) {
			from.rename(3, "new@example.org")
			from.rename(1, "person3@example.org")
		},
		"when it goes from one to the next": func(from *memory) {
			from.rename(4, "new@example.org")
			from.rename(3, "person4@example.org")
			from.rename(2, "person3@example.org")
			from.rename(1, "person2@example.org")
		},
		"when two have changed theirs for each other's": func(from *memory) {
			from.rename(1, "person2@example.org")
			from.rename(2, "person1@example.org")
		},
	} {
		for workers := 1; workers <= 4; workers += 3 {
			t.Run(fmt.Sprintf("%s, with %d workers", name, workers), func(t *testing.T) {
				from, to := inhabited(4), newMemory()
				copied(t, from, to)
				change(from)
				report, err := newCopier(from, to, Options{Workers: workers}).Copy(t.Context())
				require.NoError(t, err)
				require.Empty(t, report.Failures)
				requireEqual(t, from, to)
			})
		}
	}
	t.Run("but nobody makes room for somebody who is copied alone", func(t *testing.T) {
		from, to := inhabited(2), newMemory()
		copied(t, from, to)
		from.rename(2, "new@example.org")
		from.rename(1, "person2@example.org")
		report, err := newCopier(from, to, Options{User: personID(1)}).Copy(t.Context())
		require.NoError(t, err)
		require.Len(t, report.Failures, 1)
		assert.ErrorContains(t, report.Failures[0], string(domain.CodeEmailTaken))
		assert.Contains(t, to.users.items, personID(2))
	})
	t.Run("but not taken from somebody whose account is not in the source, until that is removed", func(t *testing.T) {
		from, to := inhabited(2), newMemory()
		copied(t, from, to)
		must(from.users.Remove(t.Context(), personID(2), []string{string(personID(2))}))
		from.rename(1, "person2@example.org")
		report, err := newCopier(from, to, Options{Workers: 1}).Copy(t.Context())
		require.NoError(t, err)
		require.Len(t, report.Failures, 1)
		assert.Equal(t, domain.CodeEmailTaken, domain.CodeOf(report.Failures[0]))
		copied(t, from, to)
		requireEqual(t, from, to)
	})
}
