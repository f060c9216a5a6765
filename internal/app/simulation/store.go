package simulation

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// DeckSize is how many cards a deck of a simulated person has at most.
const DeckSize = 250

// Store lets people learn straight in a storage, by the use cases of the services. Each has a clock of their own, which
// the simulation moves. Make one with NewStore.
type Store struct {
	storage      ports.Storage
	passwordHash string
}

var _ School = (*Store)(nil)

// NewStore returns the school of a storage. passwordHash is that of all accounts.
func NewStore(storage ports.Storage, passwordHash string) *Store {
	return &Store{storage, passwordHash}
}

// Enrol makes a person's account, settings, decks and cards. Load balancing stays on, as most people have it: it costs
// a fifth more processor time, and the logs are like theirs.
func (s *Store) Enrol(ctx context.Context, person Person, cards []domain.CardText, now time.Time) (Desk, []domain.CardID, error) {
	account := domain.NewUser(person.ID, domain.SignUp{Name: person.Name, Email: person.Email}, s.passwordHash, now)
	account.EmailVerified = true
	if err := s.storage.Users.InsertUser(ctx, account); err != nil {
		return nil, nil, fmt.Errorf("adding the account: %w", err)
	}
	ids, err := s.addDecks(ctx, person, cards, now)
	if err != nil {
		return nil, nil, err
	}
	clock := &clock{now}
	desk := &storeDesk{
		learning: learning.New(s.storage, clock, &names{person: person}), clock: clock, caller: domain.Identity{User: person.ID, EmailVerified: true},
	}
	_, err = desk.learning.ChangeSettings(ctx, desk.caller, func(settings *domain.Settings, _ *domain.Schedule) {
		settings.TimeZone, settings.RolloverHour = person.Calendar.Zone(), person.Calendar.Rollover()
		settings.Limits.New = &person.NewPerDay
	})
	if err != nil {
		return nil, nil, fmt.Errorf("changing the settings: %w", err)
	}
	return desk, ids, nil
}

// addDecks makes a person's decks and cards. A card is created a millisecond after the one before it, so that new cards
// are asked in order.
func (s *Store) addDecks(ctx context.Context, person Person, texts []domain.CardText, now time.Time) ([]domain.CardID, error) {
	ids := make([]domain.CardID, 0, len(texts))
	for number := 1; len(ids) < len(texts); number++ {
		name := domain.DeckText{Name: "Simulated " + strconv.Itoa(number)}
		deck, err := domain.NewDeck(domain.DeckID(domain.NameID("simulation", string(person.ID), "deck", strconv.Itoa(number))), person.ID, name, now)
		if err == nil {
			err = s.storage.Decks.InsertDeck(ctx, deck)
		}
		if err != nil {
			return nil, fmt.Errorf("adding deck %d: %w", number, err)
		}
		var cards []domain.Card
		for len(cards) < DeckSize && len(ids) < len(texts) {
			id := domain.CardID(domain.NameID("simulation", string(person.ID), "card", strconv.Itoa(len(ids)+1)))
			cards = append(cards, domain.NewCard(id, person.ID, deck.ID, texts[len(ids)], now.Add(time.Duration(len(ids))*time.Millisecond)))
			ids = append(ids, id)
		}
		if err := s.storage.Cards.InsertCards(ctx, person.ID, deck.ID, cards); err != nil {
			return nil, fmt.Errorf("adding the cards of deck %d: %w", number, err)
		}
	}
	return ids, nil
}

// storeDesk is the desk of one person at a storage.
type storeDesk struct {
	learning *learning.Service
	clock    *clock
	caller   domain.Identity
}

// Due returns the first cards of the person's queue.
func (d *storeDesk) Due(ctx context.Context, now time.Time, limit int) ([]domain.CardID, error) {
	d.clock.now = now
	queue, err := d.learning.Queue(ctx, d.caller, "", limit)
	if err != nil {
		return nil, fmt.Errorf("reading the queue: %w", err)
	}
	cards := make([]domain.CardID, len(queue.Cards))
	for i := range queue.Cards {
		cards[i] = queue.Cards[i].Card.ID
	}
	return cards, nil
}

// Record appends answers to the person's log.
func (d *storeDesk) Record(ctx context.Context, now time.Time, answers []domain.Entry) ([]time.Time, error) {
	d.clock.now = now
	outcomes, err := d.learning.RecordBatch(ctx, d.caller, answers)
	if err != nil {
		return nil, fmt.Errorf("recording answers: %w", err)
	}
	due := make([]time.Time, len(outcomes))
	for i := range outcomes {
		if outcomes[i].Err != nil {
			return nil, fmt.Errorf("recording an answer to card %s: %w", answers[i].Card, outcomes[i].Err)
		}
		due[i] = outcomes[i].Event.After.Due
	}
	return due, nil
}

// clock shows the time of one person's simulated life.
type clock struct{ now time.Time }

var _ ports.Clock = (*clock)(nil)

// Now returns the simulated time.
func (c *clock) Now() time.Time { return c.now }

// names makes ids that follow from the person.
type names struct {
	person Person
	made   int
}

var _ ports.IDs = (*names)(nil)

// NewID returns another id at each call. It is of version 5: the simulated time, which an id of version 7 begins with,
// stands still for many calls.
func (n *names) NewID() string {
	n.made++
	return domain.NameID("simulation", string(n.person.ID), "made", strconv.Itoa(n.made))
}
