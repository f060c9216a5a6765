package porttest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func eraseManyCases() []testCase {
	return []testCase{
		{"a long log is erased in pieces", eraseManyEvents},
		{"many cards and decks are erased", eraseManyCards},
		{"many things of an account are erased", eraseManySessions},
		{"many notes and counts are erased", eraseManyNotes},
		{"many contents, files and jobs are erased", eraseManyContents},
		{"many may erase at once", eraseRace},
		{"what others add while it is erased is erased by the next call", eraseWhileAdding},
	}
}

// eraseMany is more than one call erases of a log.
const eraseMany = 1200

func eraseManyEvents(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for _, owner := range []domain.UserID{ada, bob} {
		cards := make([]domain.CardID, eraseMany)
		for i := range cards {
			cards[i] = cardID(i % 90)
		}
		if owner == bob {
			cards = cards[:3]
		}
		putEvents(t, s, newEvents(owner, 1, cards...)...)
	}
	done, err := s.Erasure.EraseLearning(t.Context(), ada)
	require.NoError(t, err)
	require.False(t, done, "there is more to do")
	left, err := s.Projections.CountEvents(t.Context(), ada)
	require.NoError(t, err)
	require.Positive(t, left, "a call does a bounded piece of work")
	require.Less(t, left, int64(eraseMany), "a call does something")
	log, err := s.ReviewLog.Events(t.Context(), ada, 0, eraseMany)
	require.NoError(t, err)
	require.Len(t, log, int(left))
	require.Equal(t, left, log[left-1].Seq, "the newest events go first, so the log has no gaps")
	erase(t, s, ada, domain.PartLearning)
	requireLog(t, s, ada)
	requireNoEvents(t, s, ada, eventID(1), eventID(600), eventID(eraseMany))
	requireLog(t, s, bob, newEvents(bob, 1, cardID(0), cardID(1), cardID(2))...)
	require.NoError(t, s.ReviewLog.Append(t.Context(), ada, newEvents(ada, 1, cardID(1))), "the log begins again")
	requireLog(t, s, ada, newEvents(ada, 1, cardID(1))...)
}

func eraseManyCards(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, theirs := addDeck(t, s, ada, 0), addDeck(t, s, bob, 0)
	cards, decks := make([]ports.ArchivedCard, eraseMany), make([]ports.ArchivedDeck, eraseMany)
	for i := range cards {
		cards[i] = archived(newCard(deck, i), newMemory(int64(i+1)))
		decks[i] = ports.ArchivedDeck{Deck: newDeck(ada, i+1)}
	}
	putItems(t, s.Archive.Cards, ada, cards...)
	putItems(t, s.Archive.Decks, ada, decks...)
	card := addCard(t, s, theirs, 1)
	erase(t, s, ada, domain.PartDecks)
	requireShelf(t, s.Archive.Cards, ada, nil)
	requireShelf(t, s.Archive.Decks, ada, nil)
	requireDeck(t, s, theirs)
	requireCard(t, s, card)
}

func eraseManySessions(t *testing.T, engine Engine) {
	s := engine.Open(t)
	sessions, audits := make([]domain.Session, eraseMany), make([]domain.AuditEntry, eraseMany)
	for i := range sessions {
		sessions[i], audits[i] = newSession(ada, i), newAudit(ada, i)
	}
	putItems(t, s.Archive.Sessions, ada, sessions...)
	putItems(t, s.Archive.Audits, ada, audits...)
	theirs := addSession(t, s, newSession(bob, 1))
	erase(t, s, ada, domain.PartAccount)
	requireShelf(t, s.Archive.Sessions, ada, nil)
	requireShelf(t, s.Archive.Audits, ada, nil)
	requireSession(t, s, theirs)
}

func eraseManyNotes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	notes := make([]domain.Note, eraseMany)
	for i := range notes {
		notes[i] = newNote(ada, i)
	}
	putItems(t, s.Archive.Notes, ada, notes...)
	days := []domain.Day{0, usageDay, usageDay + 1, 99_999}
	for _, day := range days {
		require.True(t, count(t, s, ada, day, 5, 5))
		require.True(t, count(t, s, bob, day, 5, 5))
	}
	theirs := putNote(t, s, newNote(bob, 1))
	erase(t, s, ada, domain.PartGeneration)
	requireShelf(t, s.Archive.Notes, ada, nil)
	requireNotes(t, s, bob, theirs)
	for _, day := range days {
		requireUsed(t, s, 0, ada, day)
		requireUsed(t, s, 5, bob, day)
	}
}

func eraseManyContents(t *testing.T, engine Engine) {
	s := engine.Open(t)
	const many = eraseMany / 2
	contents, parts, jobs := make([]ports.ArchivedContent, many), make([]domain.BlobPart, many), make([]domain.Job, many)
	for i := range contents {
		contents[i] = ports.ArchivedContent{Content: newContent(ada, i), ContentTexts: newTexts(i)}
		parts[i], jobs[i] = newPart(fmt.Sprint("blob", i%3), i/3), newJob(ada, i)
	}
	putItems(t, s.Archive.Contents, ada, contents...)
	putItems(t, s.Archive.Blobs, ada, parts...)
	putItems(t, s.Archive.Jobs, ada, jobs...)
	theirs, part := addContent(t, s, newContent(bob, 1)), putPart(t, s, bob, parts[0])
	job := addJob(t, s, newJob(bob, 1))
	erase(t, s, ada, domain.PartGeneration)
	requireShelf(t, s.Archive.Contents, ada, nil)
	requireShelf(t, s.Archive.Blobs, ada, nil)
	requireShelf(t, s.Archive.Jobs, ada, nil)
	requireFoundContents(t, s, ada, "|title raw")
	requireContents(t, s, bob, theirs)
	requirePart(t, s, bob, part)
	requireTaken(t, s, job, many)
}

func eraseRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	owner, other, _, theirs := inhabitTwo(t, s)
	parts := domain.Parts()
	for _, err := range race(3*len(parts), func(i int) error {
		_, err := erasure(s, parts[i%len(parts)])(t.Context(), owner)
		return err
	}) {
		require.NoError(t, err)
	}
	erase(t, s, owner, parts...)
	require.NoError(t, s.Deletions.RemoveDeletion(t.Context(), owner))
	require.Equal(t, nothing(), belongingsOf(t, s, owner))
	requireOthers(t, s, other, theirs)
}

func eraseWhileAdding(t *testing.T, engine Engine) {
	s := engine.Open(t)
	owner, other, _, theirs := inhabitTwo(t, s)
	ctx := t.Context()
	adders := []func(n int) error{
		func(n int) error { return s.Sessions.InsertSession(ctx, newSession(owner, n)) },
		func(n int) error { return s.APITokens.PutAPIToken(ctx, newAPIToken(owner, n)) },
		func(n int) error { return s.Audits.InsertAudit(ctx, newAudit(owner, n)) },
		func(n int) error { return s.Decks.InsertDeck(ctx, newDeck(owner, n)) },
		func(n int) error {
			deck := newDeck(owner, 3)
			return s.Cards.InsertCards(ctx, owner, deck.ID, []domain.Card{newCard(deck, n), newCard(deck, n+1000)})
		},
		func(n int) error { return s.Notes.PutNote(ctx, newNote(owner, n)) },
		func(n int) error { return s.Contents.InsertContent(ctx, newContent(owner, n)) },
		func(int) error {
			edit := func(c *domain.Content) error { c.Title = "Late"; return nil }
			_, err := s.Contents.CompleteContent(ctx, owner, contentID(2), newTexts(9), edit)
			return err
		},
		func(n int) error { return s.Blobs.PutBlobPart(ctx, owner, newPart("late", n)) },
		func(n int) error { return s.Jobs.AddJob(ctx, newJob(owner, n)) },
		func(n int) error { return s.LearningSessions.InsertLearningSession(ctx, newLearningSession(owner, n)) },
		func(n int) error {
			event := newEvent(owner, 1, cardID(4))
			event.ID = eventID(n)
			return s.ReviewLog.Append(ctx, owner, []domain.Event{event})
		},
	}
	parts := domain.Parts()
	got := race(4*len(adders), func(i int) error {
		if i%2 == 0 {
			_, err := erasure(s, parts[i/2%len(parts)])(ctx, owner)
			return err
		}
		return adders[i/2%len(adders)](100 + i)
	})
	for i, err := range got {
		if err != nil && i%2 == 1 {
			require.Containsf(t, []domain.Code{domain.CodeNotFound, domain.CodeSeqTaken, domain.CodeBusy}, domain.CodeOf(err), "the code of: %v", err)
			continue
		}
		require.NoError(t, err)
	}
	erase(t, s, owner, parts...)
	require.NoError(t, s.Deletions.RemoveDeletion(t.Context(), owner))
	require.Equal(t, nothing(), belongingsOf(t, s, owner))
	requireOthers(t, s, other, theirs)
}
