package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// compareSearch looks for words in the cards of a person with few cards, and of one with many: for one that 20 cards have, and for
// that together with one that all have.
func compareSearch(ctx context.Context, l *lab, e engine) ([]comparison, error) {
	s, people, err := l.collections(ctx, e)
	if err != nil {
		return nil, err
	}
	defer s.close()
	var comparisons []comparison
	for _, text := range []string{rareWord, commonWord + " " + rareWord} {
		query, err := domain.ParseSearch(text)
		if err != nil {
			return nil, err
		}
		for _, ask := range []struct {
			what string
			work func(*person) func(context.Context, time.Duration) (float64, error)
		}{
			{fmt.Sprintf("20 cards found by %q, storage port on %s", text, e.name), s.searching(query)},
			{fmt.Sprintf("GET /cards/search?query=%s on %s", url.QueryEscape(text), e.name), s.askingToSearch(text)},
		} {
			found, err := s.against(ctx, target{atMost: 2},
				column{ask.what + ", of 1,000", ask.work(people[0])}, column{"the same, of 100,000", ask.work(people[1])})
			if err != nil {
				return nil, err
			}
			comparisons = append(comparisons, found...)
		}
	}
	return comparisons, nil
}

// searching looks for cards by the storage port.
func (s *engineStand) searching(query domain.SearchQuery) func(*person) func(context.Context, time.Duration) (float64, error) {
	return func(p *person) func(context.Context, time.Duration) (float64, error) {
		return func(ctx context.Context, d time.Duration) (float64, error) {
			unwatched := context.WithoutCancel(ctx) // the driver starts a goroutine a call for a context that may end
			return inParallel(ctx, d, func(int) error {
				cards, err := s.storage.CardSearch.SearchCards(unwatched, domain.UserID(p.ID), query, domain.MaxFound)
				if err == nil && len(cards) != deckCards {
					err = fmt.Errorf("%d cards were found", len(cards))
				}
				return err
			})
		}
	}
}

// askingToSearch looks for cards by the route.
func (s *engineStand) askingToSearch(text string) func(*person) func(context.Context, time.Duration) (float64, error) {
	return func(p *person) func(context.Context, time.Duration) (float64, error) {
		ask := get(s.spacey.address, "/cards/search?query="+url.QueryEscape(text), p.Token)
		ask.check = func(body []byte) error {
			if n := bytes.Count(body, []byte(`"question":`)); n != deckCards {
				return fmt.Errorf("%d cards were found: %.500s", n, body)
			}
			return nil
		}
		return ask.work
	}
}
