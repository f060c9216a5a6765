package mongo

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// archive returns the shelves.
func (s *Store) archive() ports.Archive {
	return ports.Archive{
		Owners: s,
		Events: s,
		Configs: &shelf[domain.ConfigDocument, configRecord]{
			in: s.configs, items: "configurations", keys: unowned, record: newConfigRecord, item: configRecord.document,
			key: func(d domain.ConfigDocument) string { return d.Name },
		},
		OneTimeTokens: &shelf[domain.OneTimeToken, tokenRecord]{
			in: s.tokens, items: "tokens", keys: unowned, record: newTokenRecord, item: tokenRecord.token,
			key: func(t domain.OneTimeToken) string { return t.Hash },
		},
		Users: &shelf[domain.User, userRecord]{
			in: s.users, items: "accounts", keys: single(userKey), record: newUserRecord, item: userRecord.user,
			key: func(u domain.User) string { return string(u.ID) },
		},
		LearningSettings: &shelf[domain.Settings, learningSettingsRecord]{
			in: s.learningSettings, items: "learning settings", keys: single(settingsKey),
			record: newLearningSettingsRecord, item: learningSettingsRecord.settings,
			key: func(settings domain.Settings) string { return string(settings.Owner) },
		},
		Deletions: &shelf[domain.Deletion, deletionRecord]{
			in: s.deletions, items: "deletions", keys: single(userKey), record: newDeletionRecord, item: deletionRecord.deletion,
			key: func(d domain.Deletion) string { return string(d.Owner) },
		},
		APITokens: &shelf[domain.APIToken, apiTokenRecord]{
			in: s.apiTokens, items: "API tokens", keys: keyed, record: newAPITokenRecord, item: apiTokenRecord.token,
			key: func(t domain.APIToken) string { return string(t.ID) },
		},
		SignInPlaces: &shelf[domain.SignInPlace, placeRecord]{
			in: s.places, items: "places", keys: keyed, record: newPlaceRecord, item: placeRecord.place,
			key: func(p domain.SignInPlace) string { return p.Network },
		},
		Audits: &shelf[domain.AuditEntry, auditRecord]{
			in: s.audits, items: "audit entries", keys: keyed, record: newAuditRecord, item: auditRecord.entry,
			key: func(e domain.AuditEntry) string { return string(e.ID) },
		},
		Sessions: &shelf[domain.Session, sessionRecord]{
			in: s.sessions, items: "sign-ins", keys: keyed, record: newSessionRecord, item: sessionRecord.session,
			key: func(session domain.Session) string { return string(session.ID) },
		},
		Decks: &shelf[ports.ArchivedDeck, deckRecord]{
			in: s.decks, items: "decks", keys: keyed, record: newArchivedDeckRecord, item: deckRecord.archived,
			key: func(d ports.ArchivedDeck) string { return string(d.ID) },
		},
		Cards: &shelf[ports.ArchivedCard, cardRecord]{
			in: s.cards, items: "cards", keys: keyed, record: newArchivedCardRecord, item: cardRecord.archived,
			key: func(c ports.ArchivedCard) string { return string(c.ID) }, shown: s.shownCards,
		},
		LearningSessions: &shelf[domain.LearningSession, learningSessionRecord]{
			in: s.learningSessions, items: "learning sessions", keys: keyed,
			record: newLearningSessionRecord, item: learningSessionRecord.session,
			key: func(session domain.LearningSession) string { return string(session.ID) },
		},
		Notes: &shelf[domain.Note, noteRecord]{
			in: s.notes, items: "notes", keys: keyed, record: newNoteRecord, item: noteRecord.note,
			key: func(n domain.Note) string { return string(n.Deck) },
		},
		Contents: contentShelf{s},
		Blobs:    blobShelf{s},
		Jobs: &shelf[domain.Job, jobRecord]{
			in: s.jobs, items: "jobs", keys: keyed, record: newJobRecord, item: jobRecord.job,
			key: func(j domain.Job) string { return ports.JobKey(&j) },
		},
	}
}

// userKey returns the filter for an account, and for what everybody has one of.
func userKey(id domain.UserID) bson.D { return bson.D{{Key: "_id", Value: id}} }

func newArchivedDeckRecord(d ports.ArchivedDeck) deckRecord {
	r := newDeckRecord(d.Deck)
	r.DeletedAt = date(d.DeletedAt)
	return r
}

// archived returns a deck as it is stored. A tombstone may hold some of the deck still, which nobody shall see.
func (r deckRecord) archived() ports.ArchivedDeck {
	deck := ports.ArchivedDeck{Deck: r.deck(), DeletedAt: instant(r.DeletedAt)}
	if r.DeletedAt != nil {
		deck.Deck = domain.Deck{ID: deck.ID, Owner: deck.Owner, CreatedAt: deck.CreatedAt, UpdatedAt: deck.UpdatedAt, Rev: deck.Rev}
	}
	return deck
}

func newArchivedCardRecord(c ports.ArchivedCard) cardRecord {
	r := newCardRecord(c.Card)
	r.Memory, r.Suspended = newMemoryRecord(c.Memory), c.Suspended
	return r
}

func (r cardRecord) archived() ports.ArchivedCard {
	return ports.ArchivedCard{Card: r.card(), Memory: r.Memory.memory(), Suspended: r.Suspended}
}

// shownCards returns those of some cards that are neither being added nor in a deck that was deleted. A sweep puts the
// former into their deck or removes them, and removes the latter.
func (s *Store) shownCards(ctx context.Context, owner domain.UserID, records []cardRecord) ([]cardRecord, error) {
	named := []domain.DeckID{}
	for _, r := range records {
		if !isPlace(r.Deck) {
			named = append(named, r.Deck)
		}
	}
	slices.Sort(named)
	named = slices.Compact(named)
	if len(named) == 0 {
		return []cardRecord{}, nil
	}
	decks, err := findList[deckRecord](ctx, s.decks, "decks", ownKeys(owner, named),
		options.Find().SetProjection(fields("id", "deleted_at")))
	if err != nil {
		return nil, err
	}
	deleted := map[domain.DeckID]bool{}
	for _, deck := range decks {
		deleted[deck.ID] = deck.DeletedAt != nil
	}
	return slices.DeleteFunc(records, func(r cardRecord) bool { return isPlace(r.Deck) || deleted[r.Deck] }), nil
}
