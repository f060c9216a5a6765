package ports

import (
	"context"
	"fmt"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Archive reads and writes what is stored as it is, in order of its keys, so that it can be moved to another engine and
// compared with what is there. Nothing but moving data uses it: what it writes is not checked against anything else.
//
// What was counted (Statistics) is not in it, since it can be counted again. What an engine keeps for itself until a sweep
// has completed it is not in it either, nor what is remembered for a day at most: failed sign-ins and answers to requests.
type Archive struct {
	Owners Owners
	// Configs and OneTimeTokens belong to nobody: their owner is "". The keys are the names and the hashes.
	Configs       Shelf[domain.ConfigDocument]
	OneTimeTokens Shelf[domain.OneTimeToken]
	// Users and LearningSettings have one item an owner, whose key is the owner.
	Users            Shelf[domain.User]
	LearningSettings Shelf[domain.Settings]
	// Deletions has at most one item an owner, whose key is the owner.
	Deletions Shelf[domain.Deletion]
	Sessions  Shelf[domain.Session]
	APITokens Shelf[domain.APIToken]
	// SignInPlaces are keyed by their networks. Audits that are about nobody have the owner "".
	SignInPlaces     Shelf[domain.SignInPlace]
	Audits           Shelf[domain.AuditEntry]
	Decks            Shelf[ArchivedDeck]
	Cards            Shelf[ArchivedCard]
	LearningSessions Shelf[domain.LearningSession]
	// Notes are keyed by their decks.
	Notes Shelf[domain.Note]
	// Contents are keyed by their ids, and Jobs by JobKey. The key of a part of a blob is BlobPartKey.
	Contents Shelf[ArchivedContent]
	Blobs    Shelf[domain.BlobPart]
	Jobs     Shelf[domain.Job]
	// The events are read with ReviewLog.Events.
	Events EventShelf
}

// ArchivedDeck is a deck as it is stored.
type ArchivedDeck struct {
	domain.Deck
	// DeletedAt is when the deck was deleted, zero for one that is there. Of a deleted deck nothing is left but its id,
	// which stays taken for a day, its owner, its times and Rev.
	DeletedAt time.Time
}

// ArchivedCard is a card as it is stored: content and memory.
type ArchivedCard struct {
	domain.Card
	Memory    domain.Memory
	Suspended bool
}

// ArchivedContent is a content as it is stored, with its texts.
type ArchivedContent struct {
	domain.Content
	domain.ContentTexts
}

// BlobPartKey returns the key of a part of a blob: its name, a slash and its number with six digits.
func BlobPartKey(part *domain.BlobPart) string { return fmt.Sprintf("%s/%06d", part.Blob, part.N) }

// JobKey returns the key of a job: its kind, a slash and its subject. Neither holds a slash.
func JobKey(job *domain.Job) string { return string(job.Kind) + "/" + job.Subject }

// Owners finds the people of whom anything is stored.
type Owners interface {
	// Owners returns the ids of the people who have an account, a sign-in, an API token, a place, an audit entry, a
	// deletion, a deck, a card, an event, a sitting, a note, a content, a part of a blob, a job or settings, in order of the bytes,
	// behind after, at most limit. Fewer than limit is the end.
	Owners(ctx context.Context, after domain.UserID, limit int) ([]domain.UserID, error)
}

// Shelf is one kind of things that are stored.
type Shelf[T any] interface {
	// Page returns items of the owner in order of the bytes of their keys, behind after, at most limit. Fewer than limit is
	// the end.
	Page(ctx context.Context, owner domain.UserID, after string, limit int) ([]T, error)
	// Put stores items of the owner as they are, Rev included. Those of the same keys are replaced. When it is stopped some
	// may be stored and others not, but each is whole. CodeEmailTaken when another account has the address of one.
	Put(ctx context.Context, owner domain.UserID, items []T) error
	// Remove removes items of the owner by their keys, and nothing else; those that are not there are no error.
	Remove(ctx context.Context, owner domain.UserID, keys []string) error
}

// EventShelf adds to review logs.
type EventShelf interface {
	// PutEvents adds events of one owner as they are: with consecutive numbers, of which the first follows the newest one of
	// the log. It touches no memory. Errors are those of ReviewLog.Append; when it is stopped a gapless prefix may be
	// stored.
	PutEvents(ctx context.Context, owner domain.UserID, events []domain.Event) error
}
