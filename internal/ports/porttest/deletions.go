package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testDeletions(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a deletion comes back as given", deletionRoundTrip},
		{"times of a deletion come back in UTC to the millisecond", deletionTimes},
		{"a second deletion of a person changes nothing, and is no error", deletionAgain},
		{"of many deletions of a person one is kept", deletionInsertRace},
		{"deletions are listed in order of request, then owner, in pages", deletionPages},
		{"without deletions their list is empty", deletionListEmpty},
		{"an update of a deletion is stored and counted", deletionUpdate},
		{"an update cannot change owner, request and revision of a deletion", deletionFixed},
		{"an update of a deletion that its function refuses stores nothing", deletionRefused},
		{"an update of a deletion that is not there is not found", deletionUnknown},
		{"concurrent updates of a deletion lose nothing", deletionRace},
		{"a removed deletion is gone and removing it again is no error", deletionRemove},
		{"a cancelled context stores, lists, changes and removes no deletion", deletionCancelled},
	})
}

func deletionPlace(d domain.Deletion) ports.Cursor {
	return ports.Cursor{At: d.RequestedAt, ID: string(d.Owner)}
}

func addDeletion(t *testing.T, s ports.Storage, deletion domain.Deletion) domain.Deletion {
	t.Helper()
	require.NoError(t, s.Deletions.InsertDeletion(t.Context(), deletion))
	return deletion
}

// requireDeletions checks all deletions.
func requireDeletions(t *testing.T, s ports.Storage, want ...domain.Deletion) {
	t.Helper()
	got, err := s.Deletions.Deletions(t.Context(), ports.Page{Limit: 1000})
	require.NoError(t, err)
	require.Equal(t, append([]domain.Deletion{}, want...), got)
}

// removed returns an edit function that notes that a part was removed.
func removed(part domain.Part, began time.Time) func(*domain.Deletion) error {
	return func(d *domain.Deletion) error { d.Removed(part, began); return nil }
}

func deletionRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	fresh := addDeletion(t, s, newDeletion(ada, 1))
	half := newDeletion(bob, 2)
	half.Cleared, half.Finished, half.Rev = []domain.Part{domain.PartLearning, domain.PartAccount}, []domain.Part{domain.PartAccount}, 7
	addDeletion(t, s, half)
	requireDeletions(t, s, fresh, half)
}

func deletionTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := []domain.Deletion{}
	for i, instant := range instants() {
		deletion := newDeletion(userID(i), 0)
		deletion.RequestedAt = instant
		addDeletion(t, s, deletion)
		deletion.RequestedAt = instant.UTC()
		want = append(want, deletion)
	}
	requireDeletions(t, s, want...)
}

func deletionAgain(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addDeletion(t, s, newDeletion(ada, 1))
	want, err := s.Deletions.UpdateDeletion(t.Context(), ada, removed(domain.PartDecks, at(2)))
	require.NoError(t, err)
	addDeletion(t, s, newDeletion(ada, 99))
	requireDeletions(t, s, want)
}

func deletionInsertRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for _, err := range race(racers, func(i int) error { return s.Deletions.InsertDeletion(t.Context(), newDeletion(ada, i)) }) {
		require.NoError(t, err)
	}
	got, err := s.Deletions.Deletions(t.Context(), ports.Page{Limit: 1000})
	require.NoError(t, err)
	require.Len(t, got, 1)
	require.Equal(t, domain.NewDeletion(ada, got[0].RequestedAt), got[0])
}

func deletionPages(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := mixed(func(n int, when time.Time) domain.Deletion { return domain.NewDeletion(userID(n), when) })
	for _, i := range shuffled() {
		addDeletion(t, s, list[i])
	}
	requirePages(t, list, deletionPlace, func(page ports.Page) ([]domain.Deletion, error) {
		return s.Deletions.Deletions(t.Context(), page)
	})
	got, err := s.Deletions.Deletions(t.Context(), ports.Page{After: ports.Cursor{At: at(3), ID: string(userID(3))}, Limit: 2})
	require.NoError(t, err)
	require.Equal(t, list[4:6], got, "behind one that is not there")
}

func deletionListEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list, err := s.Deletions.Deletions(t.Context(), ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	deletion := addDeletion(t, s, newDeletion(ada, 1))
	list, err = s.Deletions.Deletions(t.Context(), ports.Page{After: deletionPlace(deletion), Limit: 10})
	requireEmpty(t, list, err)
}

func deletionUpdate(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want, other := addDeletion(t, s, newDeletion(ada, 1)), addDeletion(t, s, newDeletion(bob, 2))
	for _, began := range []time.Time{want.RequestedAt, want.RequestedAt.Add(domain.DeletionGrace)} {
		for _, part := range domain.Parts() {
			got, err := s.Deletions.UpdateDeletion(t.Context(), ada, removed(part, began))
			require.NoError(t, err)
			want.Removed(part, began)
			want.Rev++
			require.Equal(t, want, got)
			requireDeletions(t, s, want, other)
		}
	}
	require.True(t, want.Done())
}

func deletionFixed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addDeletion(t, s, newDeletion(ada, 1))
	got, err := s.Deletions.UpdateDeletion(t.Context(), ada, func(d *domain.Deletion) error {
		d.Owner, d.RequestedAt, d.Rev, d.Cleared = bob, at(99), 77, []domain.Part{domain.PartDecks}
		return nil
	})
	require.NoError(t, err)
	want.Cleared, want.Rev = []domain.Part{domain.PartDecks}, 2
	require.Equal(t, want, got)
	requireDeletions(t, s, want)
}

func deletionRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addDeletion(t, s, newDeletion(ada, 1))
	_, err := s.Deletions.UpdateDeletion(t.Context(), ada, func(d *domain.Deletion) error {
		d.Removed(domain.PartDecks, at(1))
		return errEdit
	})
	require.Same(t, errEdit, err, "the error is returned as it is")
	requireDeletions(t, s, want)
}

func deletionUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addDeletion(t, s, newDeletion(ada, 1))
	_, err := s.Deletions.UpdateDeletion(t.Context(), bob, removed(domain.PartDecks, at(1)))
	requireNotFound(t, err)
	requireDeletions(t, s, want)
}

func deletionRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addDeletion(t, s, newDeletion(ada, 1))
	got := race(racers, func(i int) error {
		_, err := s.Deletions.UpdateDeletion(t.Context(), ada, func(d *domain.Deletion) error {
			d.Cleared = append([]domain.Part{domain.Part(uuid(1, i))}, d.Cleared...)
			return nil
		})
		return err
	})
	done := requireMostDone(t, got)
	stored, err := s.Deletions.Deletions(t.Context(), ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, stored, 1)
	require.Equal(t, want.Rev+int64(done), stored[0].Rev)
	require.Len(t, stored[0].Cleared, done)
	for i, err := range got {
		if err == nil {
			require.Contains(t, stored[0].Cleared, domain.Part(uuid(1, i)))
		}
	}
}

func deletionRemove(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addDeletion(t, s, newDeletion(ada, 1))
	other := addDeletion(t, s, newDeletion(bob, 2))
	for range 2 {
		require.NoError(t, s.Deletions.RemoveDeletion(t.Context(), ada))
		requireDeletions(t, s, other)
	}
	again := addDeletion(t, s, newDeletion(ada, 5))
	requireDeletions(t, s, other, again)
}

func deletionCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addDeletion(t, s, newDeletion(ada, 1))
	ctx := cancelled(t)
	_, list := s.Deletions.Deletions(ctx, ports.Page{Limit: 10})
	_, update := s.Deletions.UpdateDeletion(ctx, ada, removed(domain.PartDecks, at(1)))
	requireCancelled(t, map[string]error{
		"InsertDeletion": s.Deletions.InsertDeletion(ctx, newDeletion(bob, 1)), "Deletions": list, "UpdateDeletion": update,
		"RemoveDeletion": s.Deletions.RemoveDeletion(ctx, ada),
	})
	requireDeletions(t, s, want)
}
