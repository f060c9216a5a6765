package postgres

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// shelf is one kind of what is stored, in its table.
type shelf[T any] struct {
	store *Store
	// items names what is on the shelf, for errors.
	items string
	// page reads the items of an owner behind a key up to a limit, put writes one, remove deletes those of an array of keys.
	page, put, remove query
	// fields returns where the columns of page go, values returns the parameters of put.
	fields func(*T) []any
	values func(domain.UserID, *T) []any
	// besides queues what is stored besides, in the same transaction. It may be nil.
	besides func(*pgx.Batch, domain.UserID, *T)
}

var (
	_ ports.Shelf[domain.User] = (*shelf[domain.User])(nil)
	_ ports.Owners             = (*Owners)(nil)
	_ ports.EventShelf         = (*EventShelf)(nil)
)

// Page returns items of the owner in order of the bytes of their keys.
func (s *shelf[T]) Page(ctx context.Context, owner domain.UserID, after string, limit int) ([]T, error) {
	return list(ctx, s.store, "read "+s.items+" as they are", s.fields, s.page, string(owner), after, limit)
}

// Put stores items of the owner as they are: all of them, or none.
func (s *shelf[T]) Put(ctx context.Context, owner domain.UserID, items []T) error {
	err := s.store.atOnce(ctx, func(batch *pgx.Batch) {
		for i := range items {
			batch.Queue(string(s.put), s.values(owner, &items[i])...)
			if s.besides != nil {
				s.besides(batch, owner, &items[i])
			}
		}
	})
	return emailTaken(s.store.failure(ctx, "put "+s.items, err))
}

// Remove removes items of the owner by their keys.
func (s *shelf[T]) Remove(ctx context.Context, owner domain.UserID, named []string) error {
	_, err := s.store.exec(ctx, "remove "+s.items, s.remove, string(owner), keys(named))
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
		},
		LearningSettings: &shelf[domain.Settings]{
			store: s, items: "learning settings", page: archivedSettings, put: putSettings, remove: removeSettings,
			fields: archivedSettingsFields, values: archivedSettingsValues,
		},
		Sessions: &shelf[domain.Session]{
			store: s, items: "sessions", page: archivedSessions, put: putSession, remove: removeSessions,
			fields: sessionFields, values: sessionValues,
		},
		Deletions: &shelf[domain.Deletion]{
			store: s, items: "deletions", page: archivedDeletions, put: putDeletion, remove: removeDeletions,
			fields: deletionFields, values: deletionValues,
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
		Decks: &shelf[ports.ArchivedDeck]{
			store: s, items: "decks", page: archivedDecks, put: putDeck, remove: removeDecks,
			fields: archivedDeckFields, values: archivedDeckValues,
		},
		Cards: &shelf[ports.ArchivedCard]{
			store: s, items: "cards", page: archivedCards, put: putCard, remove: removeCards,
			fields: archivedCardFields, values: archivedCardValues, besides: putArchivedTerms,
		},
		LearningSessions: &shelf[domain.LearningSession]{
			store: s, items: "learning sessions", page: archivedLearningSessions, put: putLearningSession, remove: removeLearningSessions,
			fields: learningSessionFields, values: learningSessionValues,
		},
		Notes: &shelf[domain.Note]{
			store: s, items: "notes", page: notesOf, put: putNote, remove: removeNotes, fields: noteFields, values: noteValues,
		},
		Contents: &shelf[ports.ArchivedContent]{
			store: s, items: "contents", page: archivedContents, put: putContent, remove: removeContents,
			fields: archivedContentFields, values: archivedContentValues, besides: putArchivedTexts,
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
	return seqTaken(e.store.transact(ctx, "put events", func(tx pgx.Tx) error {
		return copyEvents(ctx, tx, owner, events)
	}))
}

// copyEvents adds events behind the newest one of a log. Somebody who adds others at the same time has either been seen, or
// meets these in the index of numbers.
func copyEvents(ctx context.Context, tx pgx.Tx, owner domain.UserID, events []domain.Event) error {
	var newest int64
	err := tx.QueryRow(ctx, string(newestSeq), string(owner)).Scan(&newest)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	for i := range events {
		if events[i].Seq != newest+int64(i)+1 {
			return errGap
		}
	}
	columns := strings.FieldsFunc(eventColumns, func(r rune) bool { return strings.ContainsRune(", \t\n", r) })
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"review_events"}, columns, pgx.CopyFromSlice(len(events), func(i int) ([]any, error) {
		return eventValues(owner, &events[i]), nil
	}))
	return err
}

// Owners finds the people of whom anything is stored.
type Owners struct{ store *Store }

// owners skips from one person to the next in the indexes, whatever lies between: an index of every table begins with the
// owner. Its first row is the one to be followed.
const owners query = `WITH RECURSIVE owner (id, n) AS (
		SELECT $1::text COLLATE "C", 0
		UNION ALL SELECT least(
			(SELECT min(id) FROM users WHERE id > owner.id),
			(SELECT min(user_id) FROM sessions WHERE user_id > owner.id),
			(SELECT min(user_id) FROM api_tokens WHERE user_id > owner.id),
			(SELECT min(user_id) FROM sign_in_places WHERE user_id > owner.id),
			(SELECT min(user_id) FROM audit_entries WHERE user_id > owner.id),
			(SELECT min(user_id) FROM deletions WHERE user_id > owner.id),
			(SELECT min(user_id) FROM decks WHERE user_id > owner.id),
			(SELECT min(user_id) FROM cards WHERE user_id > owner.id),
			(SELECT min(user_id) FROM review_events WHERE user_id > owner.id),
			(SELECT min(user_id) FROM learning_sessions WHERE user_id > owner.id),
			(SELECT min(user_id) FROM notes WHERE user_id > owner.id),
			(SELECT min(user_id) FROM contents WHERE user_id > owner.id),
			(SELECT min(user_id) FROM blob_parts WHERE user_id > owner.id),
			(SELECT min(user_id) FROM jobs WHERE user_id > owner.id),
			(SELECT min(user_id) FROM learning_settings WHERE user_id > owner.id)
		), n + 1 FROM owner WHERE id IS NOT NULL AND n < $2
	) SELECT id FROM owner WHERE id IS NOT NULL AND n > 0 ORDER BY n`

// Owners returns the ids of the people of whom anything is stored, in order.
func (o *Owners) Owners(ctx context.Context, after domain.UserID, limit int) ([]domain.UserID, error) {
	field := func(id *domain.UserID) []any { return []any{(*string)(id)} }
	return list(ctx, o.store, "list owners", field, owners, string(after), limit)
}
