package porttest_test

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// found names a thing that can be found.
type found struct {
	owner domain.UserID
	kind  domain.SearchKind
	id    string
}

// findBy makes a thing found by the words of texts.
func (s *memstore) findBy(owner domain.UserID, kind domain.SearchKind, id string, texts ...string) {
	terms := domain.SearchTerms(texts...)
	if s.is("things are found by 500 words at most") {
		terms = terms[:min(len(terms), 500)]
	}
	f := found{owner, kind, id}
	if s.is("things stay found by their old words") {
		terms = append(s.index[f], terms...)
	}
	s.index[f] = terms
}

func (s *memstore) forget(owner domain.UserID, kind domain.SearchKind, id string) {
	delete(s.index, found{owner, kind, id})
}

func (s *memstore) findCard(card domain.Card) {
	answer := card.Answer
	if s.is("cards are found by their questions only") {
		answer = ""
	}
	s.findBy(card.Owner, domain.SearchCards, string(card.ID), card.Question, answer)
}

// matches reports whether a word is among terms, as the store understands it.
func (s *memstore) matches(word domain.SearchWord, terms []string) bool {
	if s.is("a star in a word means anything") {
		if begin, star := strings.CutSuffix(word.Text, "*"); star {
			word = domain.SearchWord{Text: begin, Prefix: true}
		}
	}
	switch {
	case s.is("Prefix is ignored"):
		word.Prefix = false
	case s.is("every word may begin a longer one"):
		word.Prefix = true
	}
	return slices.ContainsFunc(terms, func(term string) bool {
		return word.Matches(term) || word.Prefix && s.is("Prefix means anywhere") && strings.Contains(term, word.Text)
	})
}

// search returns the ids of things of a kind that have the words of a query, those with most of them first.
func (s *memstore) search(owner domain.UserID, kind domain.SearchKind, query domain.SearchQuery) []string {
	for _, word := range query.Words {
		if strings.ContainsAny(word.Text, `"()`) && s.is("a quote in a word is an error of syntax") {
			panic("syntax")
		}
	}
	held := map[string]int{}
	for f, terms := range s.index {
		if f.owner != owner && !s.is("searching forgets the owner") || f.kind != kind && !s.is("searching forgets the kind") {
			continue
		}
		n := 0
		for _, word := range query.Words {
			if s.matches(word, terms) {
				n++
			}
		}
		some := query.Any || s.is("one of the words is always enough")
		if s.is("Any is ignored") {
			some = false
		}
		if n == len(query.Words) || some && n > 0 {
			held[f.id] = n
		}
	}
	ids := make([]string, 0, len(held))
	for id := range held {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int {
		if s.is("what is found is in order of ids") {
			return cmp.Compare(a, b)
		}
		return cmp.Or(cmp.Compare(held[b], held[a]), cmp.Compare(b, a))
	})
	return ids
}

// searched enters the store for a search, and searches.
func (s *memstore) searched(ctx context.Context, owner domain.UserID, kind domain.SearchKind, query domain.SearchQuery) (ids []string, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if recover() != nil {
			s.mu.Unlock()
			err = domain.NewError(domain.CodeInternal, "fts5: syntax error")
		}
	}()
	return s.search(owner, kind, query), nil
}

// limited returns how many of some things are returned.
func (s *memstore) limited(n, limit int) int {
	if s.is("searching ignores its limit") {
		return n
	}
	return min(n, limit)
}

func (s *memstore) SearchCards(ctx context.Context, owner domain.UserID, query domain.SearchQuery, limit int) ([]domain.Card, error) {
	ids, err := s.searched(ctx, owner, domain.SearchCards, query)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if s.is("searching looks at some things with each word") && len(query.Words) > 1 {
		first := s.search(owner, domain.SearchCards, domain.SearchQuery{Words: query.Words[:1]})
		ids = slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(first[:min(len(first), 200)], id) })
	}
	cards := none[domain.Card](s)
	for _, id := range ids {
		_, row, there := lookup(s.cards, owner, id, s.is("searching forgets the owner"))
		if there && (!row.suspended || !s.is("cards that are suspended are not found")) {
			cards = append(cards, row.Card)
		} else if s.is("cards that are gone are found") {
			cards = append(cards, domain.Card{ID: domain.CardID(id), Owner: owner})
		}
	}
	if !s.is("cards that are found are in no order") {
		domain.RankCards(query, cards)
	}
	return cards[:s.limited(len(cards), limit)], nil
}

func (s *memstore) SearchNotes(ctx context.Context, owner domain.UserID, query domain.SearchQuery, limit int) ([]domain.NoteID, error) {
	ids, err := s.searched(ctx, owner, domain.SearchNotes, query)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if s.is("closed notes count for the limit") {
		ids = ids[:min(len(ids), limit)]
	}
	notes := none[domain.NoteID](s)
	for _, id := range ids {
		_, note, there := s.noteWithID(owner, domain.NoteID(id), s.is("searching forgets the owner"))
		if there && (note.Open() || s.is("notes whose cards were added are found")) || s.is("notes that are gone are found") {
			notes = append(notes, domain.NoteID(id))
		}
	}
	return notes[:s.limited(len(notes), limit)], nil
}

func (s *memstore) SearchContents(ctx context.Context, owner domain.UserID, query domain.SearchQuery, limit int) ([]domain.ContentID, error) {
	ids, err := s.searched(ctx, owner, domain.SearchContents, query)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	contents := none[domain.ContentID](s)
	for _, id := range ids {
		contents = append(contents, domain.ContentID(id))
	}
	return contents[:s.limited(len(contents), limit)], nil
}
