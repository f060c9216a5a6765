// Package searching finds what people have by its words: cards, notes and contents, with an answer from them.
package searching

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/moshrank/spacey-backend/internal/app/modeluse"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Clients give up after a minute: that is how long finding and answering may take together.
const (
	// findTimeout is how long everything but the model may take.
	findTimeout = 30 * time.Second
	// modelTimeout is how long a language model may take: without it there is still an answer.
	modelTimeout = 20 * time.Second
)

// Needs is what the use cases need of the outside.
type Needs struct {
	Storage ports.Storage
	Cards   ports.RemoteCards
	// Answerer is a language model, nil when there is none; then Budget may be nil, too.
	Answerer ports.Answerer
	Budget   *modeluse.Budget
	// Logger is told why something could not be done.
	Logger *slog.Logger
}

// Service is the use cases of searching. Make one with New.
type Service struct{ Needs }

// New returns the use cases of searching.
func New(needs Needs) *Service {
	if needs.Logger == nil {
		needs.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{needs}
}

// Caller is a person with their identity token, by which other services are asked for them.
type Caller struct {
	domain.Identity
	Token string
}

// Found is what a search finds: of each kind domain.MaxFound at most, the best first.
type Found struct {
	Cards    []domain.CardID
	Notes    []domain.NoteID
	Contents []domain.ContentID
	// Answer answers the query from what was found, or quotes it; it is never empty.
	Answer string
	// Remarks are sentences for the person about what could not be done.
	Remarks []string
}

// Search finds what the caller has by the words of a query. Of a kind of which nothing has all words, what a wider query finds is there.
// While deck-management-service is away the rest is found, and the remarks say so. CodeInvalid when the query holds no word, or too much.
func (s *Service) Search(ctx context.Context, caller Caller, query string) (Found, error) {
	sought, err := domain.ParseSearch(query)
	if err != nil {
		return Found{}, err
	}
	finding, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	cards, found, err := s.find(finding, caller, query, sought)
	if err != nil {
		return Found{}, err
	}
	sources, err := s.sources(finding, caller.User, cards, &found)
	if err != nil {
		return Found{}, err
	}
	found.Answer = s.answer(ctx, caller.User, query, sources.quotes(widest(sought)), len(sources.texts) > 0)
	return found, ctx.Err()
}

// find looks for everything at once.
func (s *Service) find(ctx context.Context, caller Caller, query string, sought domain.SearchQuery) ([]domain.Card, Found, error) {
	found := Found{Cards: []domain.CardID{}, Notes: []domain.NoteID{}, Contents: []domain.ContentID{}, Remarks: []string{}}
	var cards []domain.Card
	var ofCards, ofNotes, ofContents error
	var running sync.WaitGroup
	running.Go(func() { cards, ofCards = s.Cards.FindCards(ctx, caller.Token, query) })
	running.Go(func() { found.Notes, ofNotes = wider(ctx, caller.User, sought, s.Storage.Search.SearchNotes) })
	running.Go(func() { found.Contents, ofContents = wider(ctx, caller.User, sought, s.Storage.Search.SearchContents) })
	running.Wait()
	if ofCards != nil && ctx.Err() == nil && !mistake(ofCards) {
		s.Logger.WarnContext(ctx, "cards could not be searched", "code", domain.CodeOf(ofCards), "error", ofCards)
		found.Remarks = append(found.Remarks, "Your cards could not be searched now; the rest was.")
		cards, ofCards = nil, nil
	}
	for _, err := range []error{ofCards, ofNotes, ofContents} {
		if err != nil {
			return nil, Found{}, err
		}
	}
	cards = cards[:min(len(cards), domain.MaxFound)]
	for i := range cards {
		found.Cards = append(found.Cards, cards[i].ID)
	}
	return cards, found, nil
}

// mistake reports whether an error of another service is about the caller, and not about that service.
func mistake(err error) bool {
	switch domain.CodeOf(err) {
	case domain.CodeInvalid, domain.CodeUnauthenticated, domain.CodeEmailNotVerified, domain.CodeMissingScope:
		return true
	default:
		return false
	}
}

// wider looks for things of one kind by wider and wider queries, until there are some.
func wider[ID any](ctx context.Context, owner domain.UserID, sought domain.SearchQuery,
	search func(context.Context, domain.UserID, domain.SearchQuery, int) ([]ID, error)) ([]ID, error) {
	for more := true; more; sought, more = sought.Wider() {
		ids, err := search(ctx, owner, sought, domain.MaxFound)
		if err != nil || len(ids) > 0 {
			return ids, err
		}
	}
	return []ID{}, nil
}

// widest returns the query that finds the most.
func widest(sought domain.SearchQuery) domain.SearchQuery {
	for next, more := sought.Wider(); more; next, more = sought.Wider() {
		sought = next
	}
	return sought
}
