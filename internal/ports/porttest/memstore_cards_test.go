package porttest_test

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var cardsByCreation = listing[cardRow]{
	at:    func(c cardRow) time.Time { return c.CreatedAt },
	id:    func(c cardRow) string { return string(c.ID) },
	order: func(c cardRow) int { return c.order },
}

func (s *memstore) keepCard(c domain.Card) domain.Card {
	c.Question, c.Answer = s.text(c.Question), s.text(c.Answer)
	c.CreatedAt, c.UpdatedAt = s.at(c.CreatedAt), s.at(c.UpdatedAt)
	if s.is("question and answer are exchanged") {
		c.Question, c.Answer = c.Answer, c.Question
	}
	return c
}

// takesCards reports whether a deck can take cards of the owner.
func (s *memstore) takesCards(owner domain.UserID, id domain.DeckID, foreign, deleted, missing string) bool {
	_, row, found := lookup(s.decks, owner, string(id), s.is(foreign))
	return found && (!row.deleted || s.is(deleted)) || !found && s.is(missing)
}

func (s *memstore) InsertCards(ctx context.Context, owner domain.UserID, deck domain.DeckID, cards []domain.Card) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if !s.takesCards(owner, deck, "InsertCards takes foreign decks", "InsertCards takes deleted decks", "InsertCards takes missing decks") {
		return s.notFound("deck")
	}
	s.gap("cards are added to a deck that was there before")
	free := []domain.Card{}
	for _, card := range cards {
		_, _, taken := lookup(s.cards, owner, string(card.ID), s.is("an id of a card is unique over all people"))
		if taken && !s.is("a card replaces another one of its id") {
			if s.is("InsertCards keeps the first ones on a conflict") {
				s.writeCards(free)
			}
			return s.conflict("card")
		}
		free = append(free, card)
	}
	s.gap("cards are looked for, then inserted")
	s.writeCards(free)
	return nil
}

func (s *memstore) writeCards(cards []domain.Card) {
	for i, card := range cards {
		if i >= 25 && s.is("InsertCards stores 25 cards at most") {
			return
		}
		s.inserted++
		row := cardRow{Card: s.keepCard(card), memory: domain.NewMemory(), queued: domain.NewMemory(), born: card.Deck, order: s.inserted}
		if s.is("a new card has no phase") {
			row.memory.Phase = ""
		}
		s.cards[key{card.Owner, string(card.ID)}] = row
		if !s.is("new cards are not found") {
			s.findCard(row.Card)
		}
	}
}

func (s *memstore) Card(ctx context.Context, owner domain.UserID, id domain.CardID) (domain.Card, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Card{}, err
	}
	defer s.mu.Unlock()
	_, row, found := lookup(s.cards, owner, string(id), s.is("Card forgets the owner"))
	if !found && !s.is(unknownIsEmpty) {
		return domain.Card{}, s.notFound("card")
	}
	return row.Card, nil
}

func (s *memstore) Cards(ctx context.Context, owner domain.UserID, deck domain.DeckID, page ports.Page) ([]domain.Card, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	rows := []cardRow{}
	for k, row := range s.cards {
		mine := k.owner == owner || s.is("Cards forgets the owner")
		if mine && (deck == "" || row.Deck == deck || s.is("Cards forgets the deck")) {
			rows = append(rows, row)
		}
	}
	cards := none[domain.Card](s)
	for _, row := range part(s, rows, cardsByCreation, page) {
		cards = append(cards, row.Card)
	}
	return cards, nil
}

func (s *memstore) UpdateCard(ctx context.Context, owner domain.UserID, id domain.CardID, edit func(*domain.Card) error) (domain.Card, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Card{}, err
	}
	defer s.mu.Unlock()
	s.gap("a new memory writes the content it has read")
	k, row, found := lookup(s.cards, owner, string(id), s.is("UpdateCard forgets the owner"))
	if !found {
		return domain.Card{}, s.notFound("card")
	}
	before, after := row.Card, row.Card
	store, err := s.changed(edit(&after))
	if !store {
		return domain.Card{}, err
	}
	after.CreatedAt, after.Rev = s.editedAt(before.CreatedAt, after.CreatedAt), s.raised(s.editedRev(before.Rev, after.Rev))
	if !s.is("an edit function may change id and owner") {
		after.ID, after.Owner = before.ID, before.Owner
	}
	if after.Deck != before.Deck {
		if !s.takesCards(owner, after.Deck, "a card moves to a foreign deck", "a card moves to a deleted deck", "a card moves to a missing deck") {
			if s.is("a card that cannot move is changed otherwise") {
				after.Deck = before.Deck
				row.Card = after
				s.cards[k] = row
			}
			return domain.Card{}, s.notFound("deck")
		}
		if s.is("a card that moves is new again") {
			row.memory = domain.NewMemory()
		}
		row.suspended = row.suspended && !s.is("a card that moves may be asked again")
		if s.is("a card does not move") {
			after.Deck = before.Deck
		}
	}
	s.gap("an update forgets others at the same time")
	s.writeContent(k, row, after)
	return s.cards[k].Card, err
}

// writeContent stores the content of a card and leaves its memory.
func (s *memstore) writeContent(k key, read cardRow, after domain.Card) {
	s.gap("an update of content writes the memory it has read")
	row, found := s.cards[k]
	if !found || s.is("an update of content writes the memory it has read") || s.is("a card that moves is new again") ||
		s.is("a card that moves may be asked again") {
		row = read
	}
	row.Card = s.keepCard(after)
	row.suspended = row.suspended && !s.is("a card whose content is updated may be asked again")
	if s.is("an update of content resets the memory") {
		row.memory = domain.NewMemory()
	}
	s.cards[k] = row
	if !s.is("an update of a card leaves by what it is found") {
		s.findCard(row.Card)
	}
}

func (s *memstore) DeleteCard(ctx context.Context, owner domain.UserID, id domain.CardID) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k, row, found := lookup(s.cards, owner, string(id), s.is("DeleteCard forgets the owner"))
	if !found {
		return s.notFound("card")
	}
	if s.is("a deleted card takes its events along") {
		delete(s.logs, owner)
	}
	if s.is("a deleted card leaves its memory") {
		s.orphans[k] = row
	}
	if !s.is("DeleteCard does nothing") {
		delete(s.cards, k)
	}
	return nil
}
