package sqlite

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func TestListsInOrderOfCreation(t *testing.T) {
	t.Run("what has no time of creation comes first, and pages go on behind it", func(t *testing.T) {
		s := freshStore(t).Ports()
		times := []time.Time{{}, {}, time.UnixMilli(-5).UTC(), start, start}
		sessions := []domain.Session{}
		for i, at := range times {
			sessions = append(sessions, domain.Session{ID: domain.SessionID(fmt.Sprint(i)), Owner: owner, CreatedAt: at})
			require.NoError(t, s.Sessions.InsertSession(t.Context(), sessions[i]))
		}
		got, after := []domain.Session{}, ports.Cursor{}
		for range times {
			page, err := s.Sessions.SessionsOf(t.Context(), owner, ports.Page{After: after, Limit: 1})
			require.NoError(t, err)
			require.Len(t, page, 1)
			got, after = append(got, page...), ports.Cursor{At: page[0].CreatedAt, ID: string(page[0].ID)}
		}
		require.Equal(t, sessions, got)
	})
}

func TestAccountsInTwoStoresOfOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spacey.db")
	stores := []*Store{openStore(t, path), openStore(t, path)}
	require.NoError(t, stores[0].Migrate(t.Context()))
	const callers, rounds = 8, 10
	// winners returns how many of many calls at once, half of them through each store, were told that they are the first.
	winners := func(t *testing.T, call func(s ports.Storage) (bool, error)) int {
		t.Helper()
		var first atomic.Int64
		got := make([]error, callers)
		var running sync.WaitGroup
		for c := range callers {
			running.Go(func() {
				won, err := call(stores[c%2].Ports())
				if got[c] = err; won {
					first.Add(1)
				}
			})
		}
		running.Wait()
		for _, err := range got {
			require.NoError(t, err)
		}
		return int(first.Load())
	}
	t.Run("one is told that a place is new", func(t *testing.T) {
		for round := range rounds {
			place := domain.SignInPlace{Owner: owner, Network: fmt.Sprint(round), FirstSeen: start, LastSeen: start}
			require.Equal(t, 1, winners(t, func(s ports.Storage) (bool, error) {
				known, err := s.SignInPlaces.SeePlace(t.Context(), place)
				return !known, err
			}))
		}
	})
	t.Run("one is to do a request, and one takes it over", func(t *testing.T) {
		for round := range rounds {
			request := domain.IdempotentRequest{
				Owner: owner, Key: fmt.Sprint(round), Fingerprint: "f", CreatedAt: start, LeaseEnds: start.Add(time.Minute), ExpiresAt: start.Add(time.Hour),
			}
			for _, now := range []time.Time{start, start.Add(time.Minute)} {
				request.LeaseEnds = now.Add(time.Minute)
				require.Equal(t, 1, winners(t, func(s ports.Storage) (bool, error) {
					_, mine, err := s.Idempotency.BeginRequest(t.Context(), request, now)
					return mine, err
				}))
			}
		}
	})
}

func TestUsageInTwoStoresOfOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spacey.db")
	stores := []*Store{openStore(t, path), openStore(t, path)}
	require.NoError(t, stores[0].Migrate(t.Context()))
	t.Run("many at once never get beyond the limit together", func(t *testing.T) {
		const callers, limit = 16, 25
		var granted atomic.Int64
		got := make([]error, callers)
		var running sync.WaitGroup
		for c := range callers {
			running.Go(func() {
				more, err := stores[c%2].Ports().GenerationUsage.CountUsage(t.Context(), owner, 20_000, 3, limit)
				if got[c] = err; more {
					granted.Add(1)
				}
			})
		}
		running.Wait()
		for _, err := range got {
			require.NoError(t, err)
		}
		require.Equal(t, int64(limit/3), granted.Load())
	})
}

func TestListsAreNeverNil(t *testing.T) {
	s := freshStore(t).Ports()
	t.Run("no scopes and no parts come back as empty lists", func(t *testing.T) {
		require.NoError(t, s.APITokens.PutAPIToken(t.Context(), domain.APIToken{ID: "t", Owner: owner, CreatedAt: start}))
		token, err := s.APITokens.APIToken(t.Context(), owner, "t")
		require.NoError(t, err)
		require.Equal(t, []domain.Scope{}, token.Scopes)
		require.NoError(t, s.Deletions.InsertDeletion(t.Context(), domain.Deletion{Owner: owner, RequestedAt: start, Rev: 1}))
		deletion, err := s.Deletions.UpdateDeletion(t.Context(), owner, func(d *domain.Deletion) error {
			require.Equal(t, []domain.Part{}, d.Cleared)
			d.Finished = nil
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, []domain.Part{}, deletion.Finished)
	})
	t.Run("no cards of a note come back as an empty list", func(t *testing.T) {
		require.NoError(t, s.Notes.PutNote(t.Context(), domain.Note{ID: "n", Owner: owner, Deck: "d", Rev: 1}))
		changed, err := s.Notes.UpdateNote(t.Context(), owner, "n", func(n *domain.Note) error {
			require.Equal(t, []domain.NoteCard{}, n.Cards)
			n.Cards = nil
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, []domain.NoteCard{}, changed.Cards)
	})
}
