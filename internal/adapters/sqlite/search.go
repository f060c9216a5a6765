package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// CardSearch finds cards by their words.
type CardSearch struct{ store *Store }

// Search finds notes and contents by their words.
type Search struct{ store *Store }

var (
	_ ports.CardSearch = (*CardSearch)(nil)
	_ ports.Search     = (*Search)(nil)
)

// candidates is how many things that have the words are looked at, the newest first: of more than that the others are not found.
const candidates = 200

const (
	matching query = `SELECT m.id FROM (SELECT rowid AS number FROM search_terms WHERE search_terms MATCH ? LIMIT ?) AS f
		CROSS JOIN search_rows AS m ON m.number = f.number WHERE m.user_id = ?`
	cardsNamed     query = "SELECT " + cardColumns + " FROM cards WHERE user_id = ? AND id IN (SELECT value FROM json_each(?))"
	openNotesNamed query = "SELECT id FROM notes WHERE user_id = ? AND id IN (SELECT value FROM json_each(?)) AND added_at IS NULL"
)

// SearchCards returns cards that have the words of a query, those that seem to fit best first.
func (c *CardSearch) SearchCards(ctx context.Context, owner domain.UserID, sought domain.SearchQuery, limit int) ([]domain.Card, error) {
	ids, err := c.store.find(ctx, owner, domain.SearchCards, sought)
	if err != nil || len(ids) == 0 {
		return []domain.Card{}, err
	}
	cards, err := list(ctx, c.store, "read found cards", cardFields, cardsNamed, owner, named(ids))
	if err != nil {
		return nil, err
	}
	domain.RankCards(sought, cards)
	return cards[:min(len(cards), limit)], nil
}

// SearchNotes returns the ids of notes whose cards wait yet.
func (s *Search) SearchNotes(ctx context.Context, owner domain.UserID, sought domain.SearchQuery, limit int) ([]domain.NoteID, error) {
	ids, err := s.store.find(ctx, owner, domain.SearchNotes, sought)
	if err != nil || len(ids) == 0 {
		return []domain.NoteID{}, err
	}
	open, err := list(ctx, s.store, "read found notes", func(id *string) []any { return []any{id} }, openNotesNamed, owner, named(ids))
	if err != nil {
		return nil, err
	}
	notes := []domain.NoteID{}
	for _, id := range ids {
		if slices.Contains(open, id) && len(notes) < limit {
			notes = append(notes, domain.NoteID(id))
		}
	}
	return notes, nil
}

// SearchContents returns the ids of contents.
func (s *Search) SearchContents(ctx context.Context, owner domain.UserID, sought domain.SearchQuery, limit int) ([]domain.ContentID, error) {
	ids, err := s.store.find(ctx, owner, domain.SearchContents, sought)
	contents := []domain.ContentID{}
	for _, id := range ids[:min(len(ids), limit)] {
		contents = append(contents, domain.ContentID(id))
	}
	return contents, err
}

// find returns the ids of things of a person that have the words of a query: those that have most of them first, of these the ones
// that have rare ones, then the newest.
func (s *Store) find(ctx context.Context, owner domain.UserID, kind domain.SearchKind, sought domain.SearchQuery) ([]string, error) {
	prefix := ports.SearchPrefix(owner, kind)
	var expressions []string
	for _, word := range sought.Words {
		if expression, ok := match(prefix, word); ok {
			expressions = append(expressions, expression)
		} else if !sought.Any {
			return nil, nil
		}
	}
	if len(expressions) == 0 {
		return nil, nil
	}
	if !sought.Any {
		return s.matching(ctx, owner, strings.Join(expressions, " AND "))
	}
	var ids []string
	held := map[string]float64{}
	for _, expression := range expressions {
		found, err := s.matching(ctx, owner, expression)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			if held[id] == 0 {
				ids = append(ids, id)
			}
			// All that rare words can add is less than one word more.
			held[id] += 1 + 0.05/float64(len(found))
		}
	}
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(held[b], held[a]) })
	return ids[:min(len(ids), candidates)], nil
}

// matching returns the ids of what an expression of FTS5 finds, the newest first.
func (s *Store) matching(ctx context.Context, owner domain.UserID, expression string) ([]string, error) {
	return list(ctx, s, "search", func(id *string) []any { return []any{id} }, matching, expression, candidates, owner)
}

// match returns a word as an expression of FTS5. It is false for what is no word: nothing has that.
func match(prefix string, word domain.SearchWord) (string, bool) {
	if word.Text == "" || strings.ContainsFunc(word.Text, func(r rune) bool {
		return r <= unicode.MaxASCII && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return "", false
	}
	expression := `"` + prefix + word.Text + `"`
	if word.Prefix {
		expression += " *"
	}
	return expression, true
}

// named returns ids as JSON.
func named(ids []string) string {
	encoded, _ := json.Marshal(ids) // texts can always be encoded
	return string(encoded)
}
