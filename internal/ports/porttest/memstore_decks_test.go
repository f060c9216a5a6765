package porttest_test

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var decksByCreation = listing[deckRow]{
	at:    func(d deckRow) time.Time { return d.CreatedAt },
	id:    func(d deckRow) string { return string(d.ID) },
	order: func(d deckRow) int { return d.order },
}

var decksByPublication = listing[deckRow]{
	at:    func(d deckRow) time.Time { return d.PublishedAt },
	id:    func(d deckRow) string { return string(d.ID) },
	order: func(d deckRow) int { return d.order },
}

func (s *memstore) keepDeck(d domain.Deck, row deckRow) deckRow {
	d.Name, d.Description, d.Color = s.text(d.Name), s.text(d.Description), s.text(d.Color)
	d.PublishedAt, d.CreatedAt, d.UpdatedAt = s.at(d.PublishedAt), s.at(d.CreatedAt), s.at(d.UpdatedAt)
	if s.is("the colour of a deck is lost") {
		d.Color = ""
	}
	row.Deck = d
	row.everPublished = row.everPublished || !d.PublishedAt.IsZero()
	return row
}

// visibleDeck finds a deck that is not deleted. forgetful names the fault of finding other people's.
func (s *memstore) visibleDeck(owner domain.UserID, id domain.DeckID, forgetful string) (key, deckRow, bool) {
	k, row, found := lookup(s.decks, owner, string(id), s.is(forgetful))
	return k, row, found && !row.deleted
}

func (s *memstore) InsertDeck(ctx context.Context, deck domain.Deck) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	_, row, taken := lookup(s.decks, deck.Owner, string(deck.ID), s.is("an id of a deck is unique over all people"))
	if row.deleted && s.is("the id of a deleted deck is free") {
		taken = false
	}
	if taken && !s.is("a deck replaces another one of its id") {
		return s.conflict("deck")
	}
	s.gap("a deck is looked for, then inserted")
	s.inserted++
	s.decks[key{deck.Owner, string(deck.ID)}] = s.keepDeck(deck, deckRow{order: s.inserted})
	return nil
}

func (s *memstore) Deck(ctx context.Context, owner domain.UserID, id domain.DeckID) (domain.Deck, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Deck{}, err
	}
	defer s.mu.Unlock()
	_, row, found := lookup(s.decks, owner, string(id), s.is("Deck forgets the owner"))
	if !found || row.deleted && !s.is("Deck finds deleted decks") {
		return domain.Deck{}, s.notFound("deck")
	}
	return row.Deck, nil
}

func (s *memstore) Decks(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Deck, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	rows := []deckRow{}
	for k, row := range s.decks {
		mine := k.owner == owner || s.is("Decks forgets the owner")
		if mine && (!row.deleted || s.is("Decks lists deleted decks")) {
			rows = append(rows, row)
		}
	}
	return s.onlyDecks(part(s, rows, decksByCreation, page)), nil
}

func (s *memstore) onlyDecks(rows []deckRow) []domain.Deck {
	decks := none[domain.Deck](s)
	for _, row := range rows {
		decks = append(decks, row.Deck)
	}
	return decks
}

func (s *memstore) UpdateDeck(ctx context.Context, owner domain.UserID, id domain.DeckID, edit func(*domain.Deck) error) (domain.Deck, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Deck{}, err
	}
	defer s.mu.Unlock()
	k, row, found := s.visibleDeck(owner, id, "UpdateDeck forgets the owner")
	if !found {
		return domain.Deck{}, s.notFound("deck")
	}
	before, after := row.Deck, row.Deck
	store, err := s.changed(edit(&after))
	if !store {
		return domain.Deck{}, err
	}
	after.CreatedAt, after.Rev = s.editedAt(before.CreatedAt, after.CreatedAt), s.raised(s.editedRev(before.Rev, after.Rev))
	if !s.is("an edit function may change id and owner") {
		after.ID, after.Owner = before.ID, before.Owner
	}
	s.gap("an update forgets others at the same time")
	row = s.keepDeck(after, row)
	s.decks[k] = row
	return row.Deck, err
}

func (s *memstore) DeleteDeck(ctx context.Context, owner domain.UserID, id domain.DeckID) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k, row, found := s.visibleDeck(owner, id, "DeleteDeck forgets the owner")
	if !found {
		if s.is("DeleteDeck finds every deck") {
			return nil
		}
		return s.notFound("deck")
	}
	row.deleted, row.deletedAt = true, time.Now().UTC().Truncate(time.Millisecond)
	s.decks[k] = row
	if s.is("a deleted deck takes its events along") {
		delete(s.logs, owner)
	}
	if s.is("DeleteDeck leaves the cards") {
		return nil
	}
	for k, card := range s.cards {
		mine := k.owner == row.Owner || s.is("DeleteDeck deletes other people's cards")
		inDeck := card.Deck == id || s.is("DeleteDeck deletes all cards")
		if s.is("DeleteDeck deletes the cards that began in it") {
			inDeck = card.born == id
		}
		if mine && inDeck {
			s.buried[k] = card
			delete(s.cards, k)
		}
	}
	return nil
}

func (s *memstore) PublishedDecks(ctx context.Context, page ports.Page) ([]domain.Deck, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	rows := []deckRow{}
	for _, row := range s.decks {
		public := !row.PublishedAt.IsZero() || s.is("private decks are listed as published") ||
			s.is("a deck stays published") && row.everPublished
		if public && (!row.deleted || s.is("a deleted deck stays published")) {
			rows = append(rows, row)
		}
	}
	by := decksByPublication
	if s.is("published decks are in order of creation") {
		by = decksByCreation
	}
	return s.onlyDecks(part(s, rows, by, page)), nil
}
