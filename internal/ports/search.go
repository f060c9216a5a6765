package ports

import (
	"context"
	"crypto/sha256"
	"encoding/base32"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// CardSearch finds cards. A card is found by the words of SearchTerms(Question, Answer) from the moment it is stored.
type CardSearch interface {
	// SearchCards returns cards of a person that have all words of the query, or with Any one of them, those that seem to fit best
	// first, at most limit. When very many have them, the best of some of those.
	SearchCards(ctx context.Context, owner domain.UserID, query domain.SearchQuery, limit int) ([]domain.Card, error)
}

// Search finds what card-generation-service stores, as CardSearch does cards: notes by SearchTerms(Text), and contents that are
// processed by SearchTerms(Title, Raw), where the title is the one they were completed with.
type Search interface {
	// SearchNotes returns the ids of notes whose cards wait yet.
	SearchNotes(ctx context.Context, owner domain.UserID, query domain.SearchQuery, limit int) ([]domain.NoteID, error)
	// SearchContents returns the ids of contents.
	SearchContents(ctx context.Context, owner domain.UserID, query domain.SearchQuery, limit int) ([]domain.ContentID, error)
}

// RemoteCards is deck-management-service, as another service asks it for the cards of a person. Who they are is told by their identity token.
type RemoteCards interface {
	// FindCards returns cards that a query, as the person wrote it, finds, the best first, at most domain.MaxFound. CodeUnavailable when the
	// service does not answer in time.
	FindCards(ctx context.Context, identity, query string) ([]domain.Card, error)
}

// SearchPrefix returns what stands before each term of a person's things of one kind in an index whose lists of terms are shared by
// everybody: 10 characters, small letters and digits. So the list of a term is that of one person. Two people may get the same, though it is
// unlikely: the owner is compared besides.
func SearchPrefix(owner domain.UserID, kind domain.SearchKind) string {
	sum := sha256.Sum256([]byte(string(kind) + "\x00" + string(owner)))
	return searchEncoding.EncodeToString(sum[:6])
}

var searchEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
