package moving

import (
	"errors"
	"fmt"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// errAhead is wrapped by errors about a target that knows what the source does not.
var errAhead = errors.New("the target is ahead of the source")

// ahead returns the error for an item in which the target is ahead. why is what is seen of it.
func ahead(owner domain.UserID, kind Kind, key, why string) error {
	return domain.WrapError(domain.CodeConflict, fmt.Sprintf("%s: %s. The target seems to have been used by itself. "+
		"Are source and target the wrong way round? Nothing of %s was changed. If the source is right, empty the target and copy again",
		itemName(owner, kind, key), why, ownerName(owner)), errAhead)
}

// ownerName names a person in a message.
func ownerName(owner domain.UserID) string {
	if owner == "" {
		return "what belongs to nobody"
	}
	return "person " + string(owner)
}

// itemName names an item in a message.
func itemName(owner domain.UserID, kind Kind, key string) string {
	if owner == "" {
		return fmt.Sprintf("%s, %q", kind, key)
	}
	return fmt.Sprintf("person %s, %s, %s", owner, kind, key)
}

// The functions below say why the target is ahead in an item that both have, "" when it is not. Every change of a content
// raises its Rev, so two contents of the same Rev that differ come from a change on either side.

func userAhead(source, target *domain.User) string {
	return contentAhead(source.Rev, target.Rev, source, target)
}

func deletionAhead(source, target *domain.Deletion) string {
	return contentAhead(source.Rev, target.Rev, source, target)
}

func settingsAhead(source, target *domain.Settings) string {
	return contentAhead(source.Rev, target.Rev, source, target)
}

// configAhead lets the first revision of the target be another one: services add the defaults when they start.
func configAhead(source, target *domain.ConfigDocument) string {
	return revAhead(source.Rev, target.Rev)
}

// noteAhead knows that a note may take the place of another one, even of one with its id, and then begins with the first
// revision again.
func noteAhead(source, target *domain.Note) string {
	if source.ID == target.ID && source.CreatedAt.Equal(target.CreatedAt) {
		return contentAhead(source.Rev, target.Rev, source, target)
	}
	if target.CreatedAt.After(source.CreatedAt) {
		return "a newer one has taken its place at the target"
	}
	return ""
}

// deckAhead knows that a deck that was deleted keeps its Rev, and never comes back.
func deckAhead(source, target *ports.ArchivedDeck) string {
	if !target.DeletedAt.IsZero() && source.DeletedAt.IsZero() {
		return "it is deleted at the target"
	}
	if !source.DeletedAt.IsZero() {
		return revAhead(source.Rev, target.Rev)
	}
	return contentAhead(source.Rev, target.Rev, &source.Deck, &target.Deck)
}

// cardAhead looks at content and memory each by its own number. A memory of the same number may differ: it was rebuilt.
func cardAhead(source, target *ports.ArchivedCard) string {
	if target.Memory.Seq > source.Memory.Seq {
		return fmt.Sprintf("its memory follows from event %d at the target and from event %d at the source", target.Memory.Seq, source.Memory.Seq)
	}
	return contentAhead(source.Rev, target.Rev, &source.Card, &target.Card)
}

// archivedContentAhead looks at the texts too: whoever stores others raises the revision of the content.
func archivedContentAhead(source, target *ports.ArchivedContent) string {
	return contentAhead(source.Rev, target.Rev, source, target)
}

// jobAhead knows that a job that was done may be there again, and then counts its revisions anew.
func jobAhead(source, target *domain.Job) string {
	if source.CreatedAt.Equal(target.CreatedAt) {
		return contentAhead(source.Rev, target.Rev, source, target)
	}
	if target.CreatedAt.After(source.CreatedAt) {
		return "a newer one has taken its place at the target"
	}
	return ""
}

func revAhead(source, target int64) string {
	if target > source {
		return fmt.Sprintf("it has revision %d at the target and %d at the source", target, source)
	}
	return ""
}

func contentAhead[T any](sourceRev, targetRev int64, source, target *T) string {
	if sourceRev == targetRev && !same(source, target) {
		return fmt.Sprintf("revision %d is another one at the target than at the source", sourceRev)
	}
	return revAhead(sourceRev, targetRev)
}
