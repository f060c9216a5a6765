package moving_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/app/moving"
	"github.com/moshrank/spacey-backend/internal/app/simulation"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// fresh returns an empty database.
func fresh(t testing.TB) ports.Storage {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "spacey.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	return store.Ports()
}

// people are the simulated ones.
const people = 2

func learner(n int) domain.UserID { return simulation.NewPerson(1, n).ID }

// learned lets simulated people learn in a storage for some days, and gives it what simulations lack.
func learned(t testing.TB, storage ports.Storage, days, cards int) {
	t.Helper()
	ctx := t.Context()
	options := simulation.Options{Seed: 1, Learners: people, Days: days, Cards: cards, First: 20_000, AtOnce: people}
	require.NoError(t, simulation.Run(ctx, options, simulation.NewStore(storage, "hash"), &simulation.Tally{}))
	now := time.UnixMilli(1_772_000_000_123).UTC()
	for _, document := range domain.DefaultConfigs(now) {
		require.NoError(t, storage.Configs.InsertConfig(ctx, document))
	}
	require.NoError(t, storage.Audits.InsertAudit(ctx, auditOf("", now)))
	for n := 1; n <= people; n++ {
		signedUp(t, storage, learner(n), now)
		id := domain.SessionID(domain.NameID("session", string(learner(n))))
		require.NoError(t, storage.Sessions.InsertSession(ctx, domain.Session{ID: id, Owner: learner(n), CreatedAt: now, ExpiresAt: now.Add(time.Hour)}))
		sitting := domain.LearningSession{ID: domain.LearningSessionID(id), Owner: learner(n), StartedAt: now, FinishedAt: now.Add(time.Minute)}
		require.NoError(t, storage.LearningSessions.InsertLearningSession(ctx, sitting))
		for _, deck := range []string{"one", "two"} {
			require.NoError(t, storage.Notes.PutNote(ctx, noteOf(learner(n), deck, now)))
		}
		kept(t, storage, learner(n), now)
		require.NoError(t, storage.OneTimeTokens.InsertToken(ctx, domain.OneTimeToken{
			Hash: string(id), Owner: learner(n), Purpose: domain.PurposeVerifyEmail, CreatedAt: now, ExpiresAt: now.Add(time.Hour),
		}))
	}
}

// auditOf returns an audit entry about a person, or about nobody.
func auditOf(subject domain.UserID, at time.Time) domain.AuditEntry {
	return domain.AuditEntry{
		ID: domain.AuditEntryID(domain.NameID("audit", string(subject), at.String())), At: at, Subject: subject, Actor: domain.Operator("ada"),
		Action: domain.ActionConfigSet, Object: "frontend", Address: "192.0.2.7",
	}
}

// signedUp gives a person what belongs to an account.
func signedUp(t testing.TB, storage ports.Storage, owner domain.UserID, now time.Time) {
	t.Helper()
	ctx := t.Context()
	for _, name := range []string{"one", "two"} {
		id := domain.APITokenID(domain.NameID("API token", string(owner), name))
		require.NoError(t, storage.APITokens.PutAPIToken(ctx, domain.APIToken{
			ID: id, Owner: owner, Name: name, Hash: "hash of " + name, Scopes: domain.Scopes()[1:3], CreatedAt: now,
		}))
	}
	_, err := storage.SignInPlaces.SeePlace(ctx, domain.SignInPlace{Owner: owner, Network: "192.0.2.0/24", FirstSeen: now, LastSeen: now})
	require.NoError(t, err)
	require.NoError(t, storage.Audits.InsertAudit(ctx, auditOf(owner, now)))
	require.NoError(t, storage.Deletions.InsertDeletion(ctx, domain.NewDeletion(owner, now)))
}

// noteOf returns a note of a person, made at a time.
func noteOf(owner domain.UserID, deck string, at time.Time) domain.Note {
	return domain.Note{
		ID: domain.NoteID(domain.NameID("note", string(owner), deck, at.String())), Owner: owner, Deck: domain.DeckID(domain.NameID("deck of a note", deck)),
		Text: "A note\u00a0\U0001f600 is a text.", Generator: "extractive", CreatedAt: at, UpdatedAt: at, Rev: 1,
		Cards: []domain.NoteCard{
			{Question: "What is a note?", Answer: "A text.", Source: domain.Span{Start: 0, End: 20}}, {Question: "Why?", Unfounded: true, Long: true},
		},
	}
}

// noted changes one note of a person, and puts another one in the place of the second.
func noted(t *testing.T, storage ports.Storage, owner domain.UserID, now time.Time) {
	t.Helper()
	notes, err := storage.Notes.NotesOf(t.Context(), owner, "", 10)
	require.NoError(t, err)
	require.Len(t, notes, 2)
	_, err = storage.Notes.UpdateNote(t.Context(), owner, notes[0].ID, func(n *domain.Note) error { n.Close(now); return nil })
	require.NoError(t, err)
	notes[1].ID, notes[1].CreatedAt, notes[1].Rev = domain.NoteID(domain.NameID("note", string(owner), now.String())), now, 1
	require.NoError(t, storage.Notes.PutNote(t.Context(), notes[1]))
}

// moved copies, and fails unless both hold the same in the end.
func moved(t *testing.T, from, to ports.Storage) moving.Report {
	t.Helper()
	copier := moving.NewCopier(from, to, moving.Options{})
	report, err := copier.Copy(t.Context())
	require.NoError(t, err)
	require.Empty(t, report.Failures)
	comparison, err := copier.Compare(t.Context())
	require.NoError(t, err)
	require.True(t, comparison.Equal(), "%+v", comparison.Differences)
	require.EqualValues(t, people, comparison.People)
	return report
}

// usedAccount changes something of all that belongs to an account.
func usedAccount(t *testing.T, storage ports.Storage, owner domain.UserID, now time.Time) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, storage.Sessions.EndSession(ctx, owner, domain.SessionID(domain.NameID("session", string(owner)))))
	token, err := storage.APITokens.APIToken(ctx, owner, domain.APITokenID(domain.NameID("API token", string(owner), "two")))
	require.NoError(t, err)
	token.ExpiresAt = now
	require.NoError(t, storage.APITokens.PutAPIToken(ctx, token))
	_, err = storage.SignInPlaces.SeePlace(ctx, domain.SignInPlace{Owner: owner, Network: "192.0.2.0/24", FirstSeen: now, LastSeen: now})
	require.NoError(t, err)
	require.NoError(t, storage.Audits.InsertAudit(ctx, auditOf(owner, now)))
	_, err = storage.Deletions.UpdateDeletion(ctx, owner, func(d *domain.Deletion) error { d.Removed(domain.PartAccount, now); return nil })
	require.NoError(t, err)
}

// live changes something of everybody: a deck goes with its cards, a text is rewritten, somebody signs out, changes the
// settings, and answers.
func live(t *testing.T, storage ports.Storage) {
	t.Helper()
	ctx := t.Context()
	now := time.Now().UTC().Truncate(time.Millisecond)
	for n := 1; n <= people; n++ {
		owner := learner(n)
		cards, err := storage.Cards.Cards(ctx, owner, "", ports.Page{Limit: 10})
		require.NoError(t, err)
		deck, err := domain.NewDeck(domain.DeckID(domain.NameID("short-lived", string(owner), now.String())), owner, domain.DeckText{Name: "Short-lived"}, now)
		require.NoError(t, err)
		require.NoError(t, storage.Decks.InsertDeck(ctx, deck))
		require.NoError(t, storage.Decks.DeleteDeck(ctx, owner, deck.ID))
		require.NoError(t, storage.Cards.DeleteCard(ctx, owner, cards[0].ID))
		_, err = storage.Cards.UpdateCard(ctx, owner, cards[1].ID, func(c *domain.Card) error {
			return c.Rewrite(domain.CardText{Question: "another question", Answer: "another answer"}, now)
		})
		require.NoError(t, err)
		require.NoError(t, storage.Suspensions.Suspend(ctx, owner, cards[2].ID, true))
		usedAccount(t, storage, owner, now)
		noted(t, storage, owner, now)
		keptOn(t, storage, owner, now)
		service := learning.New(storage, clock{now}, names{owner})
		caller := domain.Identity{User: owner}
		_, err = service.ChangeSettings(ctx, caller, func(s *domain.Settings, _ *domain.Schedule) { s.LoadBalancing = !s.LoadBalancing })
		require.NoError(t, err)
		_, err = service.Record(ctx, caller, domain.Entry{
			Kind: domain.KindReview, Card: cards[3].ID, StartedAt: now.Add(-time.Second), FinishedAt: now, Rating: domain.Good, Buttons: 4,
		})
		require.NoError(t, err)
	}
}

type clock struct{ now time.Time }

func (c clock) Now() time.Time { return c.now }

type names struct{ owner domain.UserID }

func (n names) NewID() string { return domain.NameID("made", string(n.owner), time.Now().String()) }

func TestADatabaseIsCopiedAndWhatChangesLaterToo(t *testing.T) {
	from, to := fresh(t), fresh(t)
	learned(t, from, 8, 150)
	first := moved(t, from, to)
	for _, kind := range first.Kinds {
		assert.NotZero(t, kind.Added, kind.Kind)
	}
	live(t, from)
	second := moved(t, from, to)
	assert.Less(t, second.Total().Added, int64(30))
	assert.NotZero(t, second.Total().Changed)
	assert.NotZero(t, second.Total().Removed)
	assert.False(t, moved(t, from, to).Total().Any(), "there is nothing to do")

	auditor := learning.NewAuditor(to)
	for n := 1; n <= people; n++ {
		report, err := auditor.Verify(t.Context(), learner(n), func(d domain.Difference) { t.Error(d) })
		require.NoError(t, err)
		assert.True(t, report.Clean())
		assert.NotZero(t, report.Events)
	}
	t.Run("and can be copied back", func(t *testing.T) {
		live(t, to)
		moved(t, to, from)
	})
}

// dying is a shelf that dies at random: all calls then fail.
type dying[T any] struct {
	ports.Shelf[T]
	fate *fate
}

// fate counts the calls until a storage dies.
type fate struct{ left atomic.Int64 }

func (f *fate) call() error {
	if f.left.Add(-1) <= 0 {
		return domain.NewError(domain.CodeInternal, "killed")
	}
	return nil
}

// Put stores a part of the items, if it is its last call.
func (d dying[T]) Put(ctx context.Context, owner domain.UserID, items []T) error {
	if err := d.fate.call(); err != nil {
		_ = d.Shelf.Put(ctx, owner, items[:rand.N(len(items)+1)])
		return err
	}
	return d.Shelf.Put(ctx, owner, items)
}

// Remove removes items.
func (d dying[T]) Remove(ctx context.Context, owner domain.UserID, keys []string) error {
	if err := d.fate.call(); err != nil {
		return err
	}
	return d.Shelf.Remove(ctx, owner, keys)
}

type dyingLog struct {
	ports.EventShelf
	fate *fate
}

// PutEvents adds a part of the events, if it is its last call.
func (d dyingLog) PutEvents(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	if err := d.fate.call(); err != nil {
		_ = d.EventShelf.PutEvents(ctx, owner, events[:rand.N(len(events)+1)])
		return err
	}
	return d.EventShelf.PutEvents(ctx, owner, events)
}

// mortal returns the storage as one that dies after some calls.
func mortal(storage ports.Storage, calls int64) ports.Storage {
	f := &fate{}
	f.left.Store(calls)
	a := &storage.Archive
	a.Configs = dying[domain.ConfigDocument]{a.Configs, f}
	a.OneTimeTokens = dying[domain.OneTimeToken]{a.OneTimeTokens, f}
	a.Users = dying[domain.User]{a.Users, f}
	a.LearningSettings = dying[domain.Settings]{a.LearningSettings, f}
	a.Sessions = dying[domain.Session]{a.Sessions, f}
	a.APITokens = dying[domain.APIToken]{a.APITokens, f}
	a.SignInPlaces = dying[domain.SignInPlace]{a.SignInPlaces, f}
	a.Audits = dying[domain.AuditEntry]{a.Audits, f}
	a.Deletions = dying[domain.Deletion]{a.Deletions, f}
	a.Decks = dying[ports.ArchivedDeck]{a.Decks, f}
	a.Cards = dying[ports.ArchivedCard]{a.Cards, f}
	a.Notes = dying[domain.Note]{a.Notes, f}
	a.Contents = dying[ports.ArchivedContent]{a.Contents, f}
	a.Blobs = dying[domain.BlobPart]{a.Blobs, f}
	a.Jobs = dying[domain.Job]{a.Jobs, f}
	a.LearningSessions = dying[domain.LearningSession]{a.LearningSessions, f}
	a.Events = dyingLog{a.Events, f}
	return storage
}

func TestADatabaseIsCopiedHoweverOftenItDies(t *testing.T) {
	from := fresh(t)
	learned(t, from, 8, 150)
	deaths := 0
	for range 3 {
		to := fresh(t)
		for {
			_, err := moving.NewCopier(from, mortal(to, 1+rand.N(int64(5))), moving.Options{}).Copy(t.Context())
			if err == nil {
				break
			}
			require.ErrorContains(t, err, "killed")
			deaths++
		}
		moved(t, from, to)
	}
	assert.Greater(t, deaths, 5)
}

func BenchmarkCopy(b *testing.B) {
	from := fresh(b)
	learned(b, from, 365, 150)
	for b.Loop() {
		report, err := moving.NewCopier(from, fresh(b), moving.Options{}).Copy(b.Context())
		require.NoError(b, err)
		b.ReportMetric(float64(report.Total().Read)/b.Elapsed().Seconds(), "items/s")
	}
}
