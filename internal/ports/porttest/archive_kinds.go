package porttest

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// archiveKinds returns the cases of the kinds of which a shelf has many.
func archiveKinds() []testCase {
	return slices.Concat(
		configKind().cases(), tokenKind().cases(), sessionKind().cases(), apiTokenKind().cases(), placeKind().cases(),
		auditKind("audit entries", ada, bob).cases(), auditKind("audit entries about nobody", "", ada).cases(),
		deckKind().cases(), cardKind().cases(), sittingKind().cases(), noteKind().cases(),
		contentKind().cases(), blobKind().cases(), jobKind().cases(),
	)
}

// optional returns the time of a version, zero for the even ones.
func optional(version int) time.Time {
	if version%2 == 0 {
		return time.Time{}
	}
	return at(9000 + version)
}

func configKind() kind[domain.ConfigDocument] {
	return kind[domain.ConfigDocument]{
		name:  "documents",
		shelf: func(a ports.Archive) ports.Shelf[domain.ConfigDocument] { return a.Configs },
		item: func(_ domain.UserID, key string, version int) domain.ConfigDocument {
			return domain.ConfigDocument{
				Name: key, Public: version%2 == 0, Value: json.RawMessage(fmt.Sprintf(`{ "b":%d, "a":1e2 }`, version)),
				UpdatedAt: optional(version), Rev: int64(version * 10),
			}
		},
		key:    func(d domain.ConfigDocument) string { return d.Name },
		stored: requireConfig,
		gone: func(t *testing.T, s ports.Storage, d domain.ConfigDocument) {
			_, err := s.Configs.Config(t.Context(), d.Name)
			requireNotFound(t, err)
		},
	}
}

func tokenKind() kind[domain.OneTimeToken] {
	return kind[domain.OneTimeToken]{
		name:  "tokens",
		shelf: func(a ports.Archive) ports.Shelf[domain.OneTimeToken] { return a.OneTimeTokens },
		item: func(_ domain.UserID, key string, version int) domain.OneTimeToken {
			return domain.OneTimeToken{
				Hash: key, Owner: userID(version), Purpose: domain.TokenPurpose(fmt.Sprint("purpose_", version)),
				CreatedAt: optional(version), ExpiresAt: at(version + 9000),
			}
		},
		key: func(o domain.OneTimeToken) string { return o.Hash },
		stored: func(t *testing.T, s ports.Storage, o domain.OneTimeToken) {
			requireConsumed(t, s, o, o.ExpiresAt)
		},
		gone: func(t *testing.T, s ports.Storage, o domain.OneTimeToken) {
			_, err := consume(t, s, o, at(0))
			requireNotFound(t, err)
		},
	}
}

func sessionKind() kind[domain.Session] {
	return kind[domain.Session]{
		name: "sign-ins", owner: ada, other: bob,
		shelf: func(a ports.Archive) ports.Shelf[domain.Session] { return a.Sessions },
		item: func(owner domain.UserID, key string, version int) domain.Session {
			return domain.Session{
				ID: domain.SessionID(key), Owner: owner, CreatedAt: optional(version), ExpiresAt: at(version + 9000),
				Program: fmt.Sprint("Browser ", version), Address: fmt.Sprint("192.0.2.", version),
			}
		},
		key:    func(s domain.Session) string { return string(s.ID) },
		stored: requireSession,
		gone: func(t *testing.T, s ports.Storage, session domain.Session) {
			_, err := s.Sessions.Session(t.Context(), session.Owner, session.ID)
			requireNotFound(t, err)
		},
	}
}

func deckKind() kind[ports.ArchivedDeck] {
	return kind[ports.ArchivedDeck]{
		name: "decks", owner: ada, other: bob,
		shelf: func(a ports.Archive) ports.Shelf[ports.ArchivedDeck] { return a.Decks },
		item: func(owner domain.UserID, key string, version int) ports.ArchivedDeck {
			return ports.ArchivedDeck{Deck: domain.Deck{
				ID: domain.DeckID(key), Owner: owner, Name: fmt.Sprint(" Näme ", version), Description: fmt.Sprint("About\n", version),
				Color: fmt.Sprint("#", version), PublishedAt: optional(version), CreatedAt: at(version), UpdatedAt: optional(version),
				Rev: int64(version * 10),
			}}
		},
		key:    func(d ports.ArchivedDeck) string { return string(d.ID) },
		stored: func(t *testing.T, s ports.Storage, d ports.ArchivedDeck) { requireDeck(t, s, d.Deck) },
		gone: func(t *testing.T, s ports.Storage, d ports.ArchivedDeck) {
			_, err := s.Decks.Deck(t.Context(), d.Owner, d.ID)
			requireNotFound(t, err)
		},
	}
}

func cardKind() kind[ports.ArchivedCard] {
	return kind[ports.ArchivedCard]{
		name: "cards", owner: ada, other: bob,
		shelf: func(a ports.Archive) ports.Shelf[ports.ArchivedCard] { return a.Cards },
		item:  archivedCard,
		key:   func(c ports.ArchivedCard) string { return string(c.ID) },
		stored: func(t *testing.T, s ports.Storage, c ports.ArchivedCard) {
			requireCard(t, s, c.Card)
			got, err := s.Memories.Memory(t.Context(), c.Owner, c.ID)
			require.NoError(t, err)
			require.Equal(t, domain.CardMemory{Card: c.ID, Deck: c.Deck, Memory: c.Memory, Suspended: c.Suspended}, got)
		},
		gone: func(t *testing.T, s ports.Storage, c ports.ArchivedCard) {
			_, err := s.Cards.Card(t.Context(), c.Owner, c.ID)
			requireNotFound(t, err)
			_, err = s.Memories.Memory(t.Context(), c.Owner, c.ID)
			requireNotFound(t, err)
		},
		begin: func(t *testing.T, s ports.Storage) {
			for n := range 2 {
				addDeck(t, s, ada, n)
				addDeck(t, s, bob, n)
			}
		},
	}
}

// archivedCard returns a version of a card. The even ones are new.
func archivedCard(owner domain.UserID, key string, version int) ports.ArchivedCard {
	card := ports.ArchivedCard{
		Card: domain.Card{
			ID: domain.CardID(key), Owner: owner, Deck: deckID(version % 2), Question: fmt.Sprint("Whät ", version, "\n"),
			Answer: fmt.Sprint(" That ", version), CreatedAt: at(version), UpdatedAt: optional(version), Rev: int64(version * 10),
		},
		Memory: domain.NewMemory(), Suspended: version%3 == 0,
	}
	if version%2 == 1 {
		card.Memory = newMemory(int64(version))
	}
	return card
}

func sittingKind() kind[domain.LearningSession] {
	return kind[domain.LearningSession]{
		name: "sittings", owner: ada, other: bob,
		shelf: func(a ports.Archive) ports.Shelf[domain.LearningSession] { return a.LearningSessions },
		item: func(owner domain.UserID, key string, version int) domain.LearningSession {
			return domain.LearningSession{
				ID: domain.LearningSessionID(key), Owner: owner, Deck: deckID(version), StartedAt: at(version), FinishedAt: optional(version),
			}
		},
		key:    func(l domain.LearningSession) string { return string(l.ID) },
		stored: requireSitting,
		gone: func(t *testing.T, s ports.Storage, l domain.LearningSession) {
			_, err := s.LearningSessions.LearningSession(t.Context(), l.Owner, l.ID)
			requireNotFound(t, err)
		},
	}
}

// archiveHasAll stores one thing of each kind and changes what can be changed.
func archiveHasAll(t *testing.T, engine Engine) {
	s := engine.Open(t)
	user, document, token := addUser(t, s, 1), addConfig(t, s, newConfig("frontend")), addToken(t, s, newToken(ada, 1))
	session, deck := addSession(t, s, newSession(ada, 1)), addDeck(t, s, ada, 1)
	card, fresh := addCard(t, s, deck, 1), addCard(t, s, deck, 2)
	suspend(t, s, card, true)
	require.True(t, settle(t, s, card, newMemory(8)))
	card, err := s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer = "New"; return nil })
	require.NoError(t, err)
	apiToken, deletion := addAPIToken(t, s, newAPIToken(ada, 1)), addDeletion(t, s, newDeletion(ada, 1))
	place, mine, nobodys := newPlace(ada, 1), addAudit(t, s, newAudit(ada, 1)), addAudit(t, s, newAudit("", 2))
	require.False(t, see(t, s, place))
	settings, sitting, note := storeSettings(t, s, newSettings(ada)), newLearningSession(ada, 1), putNote(t, s, newNote(ada, 1))
	require.NoError(t, s.LearningSessions.InsertLearningSession(t.Context(), sitting))
	content, part := addContent(t, s, startedContent(ada, 1)), putPart(t, s, ada, newPart("a", 1))
	complete, job := completeContent(t, s, addContent(t, s, startedContent(ada, 2)), "Title", newTexts(2)), holdJob(t, s, 1)

	requireShelf(t, s.Archive.Contents, ada, []ports.ArchivedContent{{Content: content}, {Content: complete, ContentTexts: newTexts(2)}})
	requireShelf(t, s.Archive.Blobs, ada, []domain.BlobPart{part})
	requireShelf(t, s.Archive.Jobs, ada, []domain.Job{job})
	requireShelf(t, s.Archive.Users, user.ID, []domain.User{user})
	requireShelf(t, s.Archive.Configs, "", []domain.ConfigDocument{document})
	requireShelf(t, s.Archive.OneTimeTokens, "", []domain.OneTimeToken{token})
	requireShelf(t, s.Archive.Sessions, ada, []domain.Session{session})
	requireShelf(t, s.Archive.APITokens, ada, []domain.APIToken{apiToken})
	requireShelf(t, s.Archive.Deletions, ada, []domain.Deletion{deletion})
	requireShelf(t, s.Archive.SignInPlaces, ada, []domain.SignInPlace{place})
	requireShelf(t, s.Archive.Audits, ada, []domain.AuditEntry{mine})
	requireShelf(t, s.Archive.Audits, "", []domain.AuditEntry{nobodys})
	requireShelf(t, s.Archive.Decks, ada, []ports.ArchivedDeck{{Deck: deck}})
	requireShelf(t, s.Archive.Cards, ada, []ports.ArchivedCard{
		{Card: card, Memory: newMemory(8), Suspended: true}, {Card: fresh, Memory: domain.NewMemory()},
	})
	requireShelf(t, s.Archive.LearningSettings, ada, []domain.Settings{settings})
	requireShelf(t, s.Archive.LearningSessions, ada, []domain.LearningSession{sitting})
	requireShelf(t, s.Archive.Notes, ada, []domain.Note{note})
}

func archiveExpires(t *testing.T, engine Engine) {
	s := engine.Open(t)
	session, token := newSession(ada, 1), newToken(ada, 1)
	putItems(t, s.Archive.Sessions, ada, session, newSession(ada, 9000))
	putItems(t, s.Archive.OneTimeTokens, "", token, newToken(ada, 9000))
	expired, kept := newAPIToken(ada, 1), newAPIToken(ada, 2)
	expired.ExpiresAt, kept.ExpiresAt = at(0).AddDate(0, -3, 0), time.Time{}
	putItems(t, s.Archive.APITokens, ada, expired, kept)
	old, late := newPlace(ada, 1), newPlace(ada, 2)
	old.LastSeen = at(0).AddDate(-3, 0, 0)
	putItems(t, s.Archive.SignInPlaces, ada, old, late)
	past, recent := newAudit(ada, 1), newAudit(ada, 2)
	past.At = at(0).AddDate(-3, 0, 0)
	putItems(t, s.Archive.Audits, ada, past, recent)
	sweep(t, s, at(5000))
	requireShelf(t, s.Archive.APITokens, ada, []domain.APIToken{kept})
	requireShelf(t, s.Archive.SignInPlaces, ada, []domain.SignInPlace{late})
	requireShelf(t, s.Archive.Audits, ada, []domain.AuditEntry{recent})
	requireShelf(t, s.Archive.Sessions, ada, []domain.Session{newSession(ada, 9000)})
	requireShelf(t, s.Archive.OneTimeTokens, "", []domain.OneTimeToken{newToken(ada, 9000)})
}

// cancelledShelf checks that nothing is done with a shelf in a context that has ended.
func cancelledShelf[T any](t *testing.T, name string, shelf ports.Shelf[T], owner domain.UserID, stored, other T, key string) {
	t.Helper()
	putItems(t, shelf, owner, stored)
	ctx := cancelled(t)
	_, page := shelf.Page(ctx, owner, "", 10)
	requireCancelled(t, map[string]error{
		"Page of " + name: page, "Put of " + name: shelf.Put(ctx, owner, []T{other}),
		"Remove of " + name: shelf.Remove(ctx, owner, []string{key}),
	})
	requireShelf(t, shelf, owner, []T{stored})
}

func archiveCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	a, deck := s.Archive, newDeck(ada, 1)
	user, settings, pending := newUser(1), newSettings(ada), newSettings(ada)
	renamed := user
	renamed.Name, settings.Pending = "Other", false
	cancelledShelf(t, "users", a.Users, user.ID, user, renamed, string(user.ID))
	cancelledShelf(t, "settings", a.LearningSettings, ada, settings, pending, string(ada))
	cancelledShelf(t, "documents", a.Configs, "", newConfig("a"), newConfig("b"), "a")
	cancelledShelf(t, "tokens", a.OneTimeTokens, "", newToken(ada, 1), newToken(ada, 2), newToken(ada, 1).Hash)
	cancelledShelf(t, "sign-ins", a.Sessions, ada, newSession(ada, 1), newSession(ada, 2), string(sessionID(1)))
	cancelledShelf(t, "API tokens", a.APITokens, ada, newAPIToken(ada, 1), newAPIToken(ada, 2), string(apiTokenID(1)))
	cancelledShelf(t, "places", a.SignInPlaces, ada, newPlace(ada, 1), newPlace(ada, 2), network(1))
	cancelledShelf(t, "audit entries", a.Audits, ada, newAudit(ada, 1), newAudit(ada, 2), string(auditID(1)))
	requested := newDeletion(ada, 1)
	cancelledShelf(t, "deletions", a.Deletions, ada, requested, newDeletion(ada, 2), string(ada))
	cancelledShelf(t, "decks", a.Decks, ada, ports.ArchivedDeck{Deck: deck}, ports.ArchivedDeck{Deck: newDeck(ada, 2)}, string(deck.ID))
	cancelledShelf(t, "cards", a.Cards, ada, ports.ArchivedCard{Card: newCard(deck, 1), Memory: newMemory(1)},
		ports.ArchivedCard{Card: newCard(deck, 2), Memory: newMemory(1)}, string(cardID(1)))
	cancelledShelf(t, "sittings", a.LearningSessions, ada, newLearningSession(ada, 1), newLearningSession(ada, 2),
		string(learningSessionID(1)))
	cancelledShelf(t, "notes", a.Notes, ada, newNote(ada, 1), newNote(ada, 2), string(deckID(1)))
	cancelledShelf(t, "contents", a.Contents, ada, ports.ArchivedContent{Content: newContent(ada, 1)},
		ports.ArchivedContent{Content: newContent(ada, 2)}, string(contentID(1)))
	part, job := newPart("a", 1), newJob(ada, 1)
	cancelledShelf(t, "parts of blobs", a.Blobs, ada, part, newPart("a", 2), ports.BlobPartKey(&part))
	cancelledShelf(t, "jobs", a.Jobs, ada, job, newJob(ada, 2), ports.JobKey(&job))
	_, owners := a.Owners.Owners(cancelled(t), "", 10)
	requireCancelled(t, map[string]error{
		"Owners": owners, "PutEvents": a.Events.PutEvents(cancelled(t), ada, newEvents(ada, 1, cardID(1))),
	})
	requireLog(t, s, ada)
}
