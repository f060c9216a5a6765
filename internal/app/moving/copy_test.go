package moving

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func TestACopyBringsEverything(t *testing.T) {
	from, to := inhabited(9), newMemory()
	var pages atomic.Int64
	from.onRead = func(kind Kind, owner domain.UserID) error {
		if kind == Cards && owner == personID(1) {
			pages.Add(1)
		}
		return nil
	}
	report := copied(t, from, to)
	assert.EqualValues(t, manyCards/cardPage+1, pages.Load(), "each card is read once")
	assert.EqualValues(t, 9, report.People)
	assert.Equal(t, map[Kind]Changes{
		Configs: {Added: 3}, OneTimeTokens: {Added: 3}, Events: {Added: manyEvents + 8*fewEvents}, Cards: {Added: manyCards + 8*fewCards},
		Notes: {Added: 18}, Decks: {Added: 27}, LearningSessions: {Added: 18}, LearningSettings: {Added: 9}, Accounts: {Added: 9}, Sessions: {Added: 18},
		SignInPlaces: {Added: 18}, Audits: {Added: 3 + 18}, Deletions: {Added: 9}, APITokens: {Added: 18},
		Contents: {Added: 18}, Blobs: {Added: 27}, Jobs: {Added: 18},
	}, changesOf(report))
	comparison := requireEqual(t, from, to)
	assert.EqualValues(t, 9, comparison.People)
	for _, kind := range comparison.Kinds {
		assert.NotZero(t, kind.Source.Count, kind.Kind)
		assert.Equal(t, kind.Source, kind.Target)
	}
}

func TestWhatIsLargeIsReadInSmallPages(t *testing.T) {
	from, to := newMemory(), newMemory()
	owner := personID(1)
	for i := range 2*contentPage + 1 {
		content := filled[ports.ArchivedContent](i)
		content.ID, content.Owner = contentID(i), owner
		must(from.contents.put(owner, content))
	}
	for i := range 2*blobPage + 1 {
		must(from.blobs.put(owner, domain.BlobPart{Blob: "a", N: i, Data: []byte{1}}))
	}
	pages := map[Kind]int{}
	from.onRead = func(kind Kind, _ domain.UserID) error {
		pages[kind]++
		return nil
	}
	_, err := newCopier(from, to, Options{Workers: 1, User: owner}).Copy(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 3, pages[Contents])
	assert.Equal(t, 3, pages[Blobs])
	from.onRead = nil
	requireEqual(t, from, to)
	assert.Equal(t, from.blobs.items, to.blobs.items)
}

func TestEachKindIsCopiedInItsTurn(t *testing.T) {
	from, to := inhabited(2), newMemory()
	turns := map[domain.UserID][]Kind{}
	to.onWrite = func(kind Kind, owner domain.UserID) error {
		turns[owner] = append(turns[owner], kind)
		return nil
	}
	_, err := newCopier(from, to, Options{Workers: 1}).Copy(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []Kind{Configs, OneTimeTokens, Audits}, turns[""])
	assert.Equal(t, Kinds()[2:], turns[personID(2)], "an account comes after its deletion, sign-ins and API tokens after their account")
}

func TestASecondCopyBringsOnlyWhatHasChanged(t *testing.T) {
	from, to := inhabited(4), newMemory()
	copied(t, from, to)
	to.onWrite = func(kind Kind, owner domain.UserID) error {
		t.Errorf("%s of %q are written though nothing has changed", kind, owner)
		return nil
	}
	var pages atomic.Int64
	from.onRead = func(kind Kind, owner domain.UserID) error {
		if kind == Cards && owner == personID(1) {
			pages.Add(1)
		}
		return nil
	}
	assert.Empty(t, changesOf(copied(t, from, to)))
	assert.EqualValues(t, manyCards/cardPage+1, pages.Load(), "each card is read once")
	from.onRead, to.onWrite = nil, nil

	one, two := personID(1), personID(2)
	from.answer(two, 3)
	from.answer(two, 4)
	must(from.cards.Remove(t.Context(), one, []string{string(cardID(0)), string(cardID(cardPage)), string(cardID(manyCards - 1))}))
	from.cards.edit(one, string(cardID(7)), func(c *ports.ArchivedCard) { c.Question, c.Rev = "another one", c.Rev+1 })
	from.cards.edit(one, string(cardID(8)), func(c *ports.ArchivedCard) { c.Suspended = !c.Suspended })
	from.cards.edit(one, string(cardID(9)), func(c *ports.ArchivedCard) { c.Memory.Stability++ })
	from.decks.edit(two, string(deckID(1)), func(d *ports.ArchivedDeck) { d.Name, d.DeletedAt = "", at(1) })
	from.settings.edit(two, string(two), func(s *domain.Settings) { s.TimeZone, s.Rev = "Asia/Kathmandu", s.Rev+1 })
	from.users.edit(two, string(two), func(u *domain.User) { u.Name, u.Rev = "Another Name", u.Rev+2 })
	must(from.sessions.Remove(t.Context(), two, []string{uuid(0x5e5, 1)}))
	from.sittings.edit(one, uuid(0x1ea, 0), func(s *domain.LearningSession) { s.FinishedAt = at(99) })
	must(from.tokens.Remove(t.Context(), "", []string{fmt.Sprintf("%064x", 1)}))
	must(from.apiTokens.Remove(t.Context(), two, []string{uuid(0xa91, 0)}))
	from.places.edit(one, "192.0.1.0/24", func(p *domain.SignInPlace) { p.LastSeen = at(99) })
	must(from.audits.Remove(t.Context(), "", []string{uuid(0xaad, 2)}))
	from.audit(two, 9)
	from.deletions.edit(one, string(one), func(d *domain.Deletion) { d.Finished, d.Rev = d.Finished[:1], d.Rev+1 })
	must(from.deletions.Remove(t.Context(), two, []string{string(two)}))
	from.notes.edit(one, string(deckID(0)), func(n *domain.Note) { n.AddedAt, n.Text, n.Cards, n.Rev = at(99), "", nil, n.Rev+1 })
	from.notes.edit(two, string(deckID(1)), func(n *domain.Note) { n.ID, n.CreatedAt, n.Rev = "another one", n.CreatedAt.Add(time.Hour), 1 })
	must(from.notes.Remove(t.Context(), two, []string{string(deckID(0))}))
	from.contents.edit(one, string(contentID(0)), func(c *ports.ArchivedContent) { c.View, c.Raw, c.Rev = "viewed", "", c.Rev+1 })
	must(from.contents.Remove(t.Context(), two, []string{string(contentID(0))}))
	must(from.blobs.Remove(t.Context(), two, []string{string(contentID(0)) + "/000000", string(contentID(0)) + "/000002"}))
	from.blobs.edit(one, string(contentID(0))+"/000001", func(p *domain.BlobPart) { p.Data = []byte("another part") })
	must(from.blobs.Put(t.Context(), one, []domain.BlobPart{{Blob: "a new one", Data: []byte("1")}}))
	from.jobs.edit(one, firstJob(from, one), func(j *domain.Job) { j.Takes, j.Rev = j.Takes+1, j.Rev+1 })
	must(from.jobs.Remove(t.Context(), two, []string{firstJob(from, two)}))
	from.configs.edit("", "config 2", func(d *domain.ConfigDocument) { d.Value = []byte("[]") })
	from.settle(5, fewCards, fewEvents)

	dry, err := newCopier(from, to, Options{}).DryRun(t.Context())
	require.NoError(t, err)
	report := copied(t, from, to)
	assert.Equal(t, map[Kind]Changes{
		Configs: {Changed: 1}, OneTimeTokens: {Removed: 1}, Events: {Added: 2 + fewEvents}, Cards: {Added: fewCards, Changed: 5, Removed: 3},
		Notes: {Added: 2, Changed: 2, Removed: 1}, Decks: {Added: 3, Changed: 1}, LearningSessions: {Added: 2, Changed: 1}, LearningSettings: {Added: 1, Changed: 1},
		Accounts: {Added: 1, Changed: 1}, Sessions: {Added: 2, Removed: 1}, APITokens: {Added: 2, Removed: 1},
		SignInPlaces: {Added: 2, Changed: 1}, Audits: {Added: 2 + 1, Removed: 1}, Deletions: {Added: 1, Changed: 1, Removed: 1},
		Contents: {Added: 2, Changed: 1, Removed: 1}, Blobs: {Added: 3 + 1, Changed: 1, Removed: 2}, Jobs: {Added: 2, Changed: 1, Removed: 1},
	}, changesOf(report))
	assert.Equal(t, changesOf(report), changesOf(dry), "the dry run said so")
	assert.Equal(t, report.Total().Read, dry.Total().Read)
	requireEqual(t, from, to)
}

func TestManyItemsAreRemoved(t *testing.T) {
	from, to := inhabited(1), newMemory()
	copied(t, from, to)
	for n := range shelfPage + 20 {
		must(from.cards.Remove(t.Context(), personID(1), []string{string(cardID(n))}))
	}
	var calls atomic.Int64
	to.onWrite = func(Kind, domain.UserID) error {
		calls.Add(1)
		return nil
	}
	assert.Equal(t, map[Kind]Changes{Cards: {Removed: shelfPage + 20}}, changesOf(copied(t, from, to)))
	assert.EqualValues(t, 2, calls.Load(), "many at a time")
	requireEqual(t, from, to)
}

func TestADryRunChangesNothing(t *testing.T) {
	from, to := inhabited(3), newMemory()
	copied(t, from, to)
	from.answer(personID(2), 1)
	must(from.cards.Remove(t.Context(), personID(1), []string{string(cardID(0))}))
	before := contents(t, to)
	to.onWrite = func(kind Kind, _ domain.UserID) error {
		t.Errorf("%s are written", kind)
		return nil
	}
	report, err := newCopier(from, to, Options{}).DryRun(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[Kind]Changes{Events: {Added: 1}, Cards: {Changed: 1, Removed: 1}}, changesOf(report))
	assert.Equal(t, before, contents(t, to))
}

func TestOnePersonCanBeCopied(t *testing.T) {
	from, to := inhabited(20), newMemory()
	only := Options{User: personID(17)}
	report, err := newCopier(from, to, only).Copy(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 1, report.People)
	assert.Len(t, to.users.items, 1)
	assert.Equal(t, from.events[personID(17)], to.events[personID(17)])
	assert.Empty(t, to.configs.items, "what belongs to nobody stays")
	comparison, err := newCopier(from, to, only).Compare(t.Context())
	require.NoError(t, err)
	assert.True(t, comparison.Equal(), "the others do not count")
	assert.EqualValues(t, 1, comparison.People)

	_, err = newCopier(from, to, Options{User: personID(21)}).Copy(t.Context())
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestProgressIsTold(t *testing.T) {
	from, to := inhabited(6), newMemory()
	told := map[Stage]Progress{}
	ticked := make(chan bool)
	var once sync.Once
	c := newCopier(from, to, Options{Interval: time.Millisecond, Progress: func(p Progress) {
		if p.Stage == Copying && p.PeopleDone < p.People {
			once.Do(func() { close(ticked) })
		}
		told[p.Stage] = p
	}})
	to.onWrite = func(Kind, domain.UserID) error { // nothing is finished before it was told once
		<-ticked
		return nil
	}
	_, err := c.Copy(t.Context())
	require.NoError(t, err)
	_, err = c.Compare(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 6, told[Copying].People)
	assert.EqualValues(t, manyEvents+5*fewEvents, told[Copying].Events)
	assert.EqualValues(t, 2*(manyEvents+5*fewEvents), told[Comparing].Events, "of both sides")
	for _, stage := range []Stage{Copying, Comparing} {
		assert.NotZero(t, told[stage].Items, stage)
		assert.EqualValues(t, 6, told[stage].PeopleDone, "%s ends with all of them", stage)
		assert.Equal(t, told[stage].Events, told[stage].EventsDone, stage)
		assert.NotZero(t, told[stage].Elapsed, stage)
	}
	t.Run("with an estimate of what is left", func(t *testing.T) {
		_, known := Progress{People: 10, Events: 100}.Remaining()
		assert.False(t, known)
		left, known := Progress{People: 10, PeopleDone: 2, Events: 1000, EventsDone: 200, Elapsed: time.Minute}.Remaining()
		assert.True(t, known)
		assert.Equal(t, 4*time.Minute, left)
		assert.InDelta(t, 50, Progress{Items: 100, Elapsed: 2 * time.Second}.Rate(), 0.001)
	})
}
