package sqlite

import (
	"context"
	"encoding/json"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// shelf is one kind of what is stored, in its table.
type shelf[T any] struct {
	store *Store
	// items names what is on the shelf, for errors.
	items string
	// page reads the items of an owner behind a key up to a limit, put writes one, remove deletes those of a list of keys.
	page, put, remove query
	// fields returns where the columns of page go, values returns the columns of put.
	fields func(*T) []any
	values func(domain.UserID, *T) []any
	// refused gives an error of put its code when a unique key beside the one that put replaces was the reason. It may be nil.
	refused func(error) error
	// besides stores what belongs to an item besides, in the same transaction. It may be nil.
	besides func(*transaction, domain.UserID, *T) error
	// found says by which terms an item is found, as one of kind. It may be nil.
	found func(*T) findable
	kind  domain.SearchKind
}

var (
	_ ports.Shelf[domain.User] = (*shelf[domain.User])(nil)
	_ ports.Owners             = (*Owners)(nil)
	_ ports.EventShelf         = (*EventShelf)(nil)
)

// Page returns items of the owner in order of the bytes of their keys.
func (s *shelf[T]) Page(ctx context.Context, owner domain.UserID, after string, limit int) ([]T, error) {
	return list(ctx, s.store, "read "+s.items+" as they are", s.fields, s.page, owner, after, limit)
}

// Put stores items of the owner as they are: all of them, or none.
func (s *shelf[T]) Put(ctx context.Context, owner domain.UserID, items []T) error {
	if len(items) == 0 {
		return nil
	}
	things := s.findables(items)
	err := s.store.transact(ctx, "put "+s.items, func(t *transaction) error {
		for i := range items {
			if _, err := t.exec(s.put, s.values(owner, &items[i])...); err != nil {
				return err
			}
			if s.besides == nil {
				continue
			}
			if err := s.besides(t, owner, &items[i]); err != nil {
				return err
			}
		}
		return t.find(owner, s.kind, things...)
	})
	if s.refused != nil {
		return s.refused(err)
	}
	return err
}

// findables returns items with their terms. Of those with the same id the last one is stored.
func (s *shelf[T]) findables(items []T) []findable {
	if s.found == nil {
		return nil
	}
	things, at := []findable{}, map[string]int{}
	for i := range items {
		thing := s.found(&items[i])
		if earlier, ok := at[thing.id]; ok {
			things[earlier] = thing
			continue
		}
		at[thing.id] = len(things)
		things = append(things, thing)
	}
	return things
}

// Remove removes items of the owner by their keys.
func (s *shelf[T]) Remove(ctx context.Context, owner domain.UserID, keys []string) error {
	named, err := json.Marshal(keys)
	if err != nil {
		return s.store.failure(ctx, "name "+s.items, err)
	}
	_, err = s.store.exec(ctx, "remove "+s.items, s.remove, owner, string(named))
	return err
}

// archive returns the shelves of this database.
func (s *Store) archive() ports.Archive {
	return ports.Archive{
		Owners: &Owners{s},
		Events: &EventShelf{s},
		Configs: &shelf[domain.ConfigDocument]{
			store: s, items: "configuration documents", page: archivedConfigs, put: putConfig, remove: removeConfigs,
			fields: configFields, values: configValues,
		},
		OneTimeTokens: &shelf[domain.OneTimeToken]{
			store: s, items: "one-time tokens", page: archivedTokens, put: putToken, remove: removeTokens,
			fields: tokenFields, values: tokenValues,
		},
		Users: &shelf[domain.User]{
			store: s, items: "users", page: archivedUsers, put: putUser, remove: removeUsers, fields: userFields, values: userValues,
			refused: emailTaken,
		},
		LearningSettings: &shelf[domain.Settings]{
			store: s, items: "learning settings", page: archivedSettings, put: putSettings, remove: removeSettings,
			fields: archivedSettingsFields, values: archivedSettingsValues,
		},
		Sessions: &shelf[domain.Session]{
			store: s, items: "sessions", page: archivedSessions, put: putSession, remove: removeSessions,
			fields: sessionFields, values: sessionValues,
		},
		APITokens: &shelf[domain.APIToken]{
			store: s, items: "API tokens", page: archivedAPITokens, put: putAPIToken, remove: removeAPITokens,
			fields: apiTokenFields, values: apiTokenValues,
		},
		SignInPlaces: &shelf[domain.SignInPlace]{
			store: s, items: "places", page: archivedPlaces, put: putPlace, remove: removePlaces, fields: placeFields, values: placeValues,
		},
		Audits: &shelf[domain.AuditEntry]{
			store: s, items: "audit entries", page: archivedAudits, put: putAudit, remove: removeAudits,
			fields: auditFields, values: auditValues,
		},
		Deletions: &shelf[domain.Deletion]{
			store: s, items: "deletions", page: archivedDeletions, put: putDeletion, remove: removeDeletions,
			fields: deletionFields, values: deletionValues,
		},
		Decks: &shelf[ports.ArchivedDeck]{
			store: s, items: "decks", page: archivedDecks, put: putDeck, remove: removeDecks,
			fields: archivedDeckFields, values: archivedDeckValues,
		},
		Cards: &shelf[ports.ArchivedCard]{
			store: s, items: "cards", page: archivedCards, put: putCard, remove: removeCards,
			fields: archivedCardFields, values: archivedCardValues,
			found: func(c *ports.ArchivedCard) findable { return findableCard(&c.Card) }, kind: domain.SearchCards,
		},
		LearningSessions: &shelf[domain.LearningSession]{
			store: s, items: "learning sessions", page: archivedLearningSessions, put: putLearningSession, remove: removeLearningSessions,
			fields: learningSessionFields, values: learningSessionValues,
		},
		Notes: &shelf[domain.Note]{
			store: s, items: "notes", page: notesOf, put: putNote, remove: removeNotes, fields: noteFields, values: noteValues,
			found: findableNote, kind: domain.SearchNotes,
		},
		Contents: &shelf[ports.ArchivedContent]{
			store: s, items: "contents", page: archivedContents, put: putContent, remove: removeContents,
			fields: archivedContentFields, values: archivedContentValues, besides: putArchivedTexts,
			found: findableArchivedContent, kind: domain.SearchContents,
		},
		Blobs: &shelf[domain.BlobPart]{
			store: s, items: "files", page: archivedBlobs, put: putBlobPart, remove: removeBlobs, fields: blobFields, values: blobValues,
		},
		Jobs: &shelf[domain.Job]{
			store: s, items: "jobs", page: archivedJobs, put: putJob, remove: removeJobs, fields: jobFields, values: jobValues,
		},
	}
}

// EventShelf adds to review logs.
type EventShelf struct{ store *Store }

// PutEvents adds events of one owner as they are, in one transaction.
func (e *EventShelf) PutEvents(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	if len(events) == 0 {
		return nil
	}
	return seqTaken(e.store.transact(ctx, "put events", func(t *transaction) error { return insertEvents(t, owner, events) }))
}

// Owners finds the people of whom anything is stored.
type Owners struct{ store *Store }

// firstOwners are the first owners behind one in each table. An index of every table begins with the owner.
const firstOwners = ` FROM (
		SELECT min(id) AS first FROM users WHERE id > owner.id
		UNION ALL SELECT min(user_id) FROM sessions WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM api_tokens WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM sign_in_places WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM audit_entries WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM deletions WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM decks WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM cards WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM review_events WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM learning_sessions WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM notes WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM contents WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM blob_parts WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM jobs WHERE user_id > owner.id
		UNION ALL SELECT min(user_id) FROM learning_settings WHERE user_id > owner.id
	) AS firsts`

// owners skips from one person to the next in the indexes, whatever lies between. Its first row is the one to be followed.
const owners query = `WITH RECURSIVE owner (id) AS (
		SELECT ?1
		UNION ALL SELECT (SELECT min(first)` + firstOwners + `) FROM owner WHERE id IS NOT NULL LIMIT ?2 + 1
	) SELECT id FROM owner WHERE id IS NOT NULL LIMIT -1 OFFSET 1`

// Owners returns the ids of the people of whom anything is stored, in order.
func (o *Owners) Owners(ctx context.Context, after domain.UserID, limit int) ([]domain.UserID, error) {
	field := func(id *domain.UserID) []any { return []any{(*string)(id)} }
	return list(ctx, o.store, "list owners", field, owners, after, limit)
}
