package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// students answer at the same time, one a connection, and have so many cards each.
	students     = connections
	studentCards = 100
	// answerTime is how long a person looks at a card.
	answerTime = 3 * time.Second
)

const eventTarget = 0.6

// compareEvents sends answers to spacey, and writes the same rows by the driver.
func compareEvents(ctx context.Context, l *lab, e engine) ([]comparison, error) {
	s, err := l.newEngineStand(ctx, e)
	if err != nil {
		return nil, err
	}
	defer s.close()
	people, err := signUpMany(ctx, s.spacey.address, students, studentCards)
	if err != nil {
		return nil, err
	}
	beside, err := e.create(ctx, s.stand, "floor")
	if err != nil {
		return nil, err
	}
	floor, err := writeFloor(ctx, beside, people)
	if err != nil {
		return nil, err
	}
	writes := newFloorWrites(people)
	driver := column{e.name + " by the driver: " + e.floor, func(ctx context.Context, d time.Duration) (float64, error) {
		return inParallel(ctx, d, func(client int) error {
			event := writes.next(client)
			return floor.write(ctx, &event)
		})
	}}
	spacey := column{"POST /learning/event of spacey serve on " + e.name, answering(s.spacey.address, people).work}
	err = s.beginLogs(ctx, []database{beside, s.database}, driver, spacey)
	var found []comparison
	if err == nil {
		found, err = s.against(ctx, target{atLeast: eventTarget}, driver, spacey)
	}
	return found, errors.Join(err, floor.close())
}

// beginLogs works for a round, so that no log is empty, and lets the engine see that.
func (s *engineStand) beginLogs(ctx context.Context, databases []database, columns ...column) error {
	for _, c := range columns {
		if _, err := c.work(ctx, s.lab.round); err != nil {
			return fmt.Errorf("beginning: %s: %w", c.name, err)
		}
	}
	for _, d := range databases {
		if err := d.filled(ctx); err != nil {
			return err
		}
	}
	return nil
}

// writeFloor gives an empty database the people's cards, and opens it by the driver.
func writeFloor(ctx context.Context, d database, people []*person) (driver, error) {
	storage, store, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(copyPeople(ctx, storage, people), store.Close()); err != nil {
		return nil, err
	}
	return d.drive(ctx)
}

// answering is people who answer their cards in turn, at a gateway.
func answering(gateway string, people []*person) *load {
	turns := make([]int, len(people))
	return &load{address: gateway, status: fasthttp.StatusCreated, prepare: func(client int, request *fasthttp.Request) {
		p, turn := people[client], turns[client]
		turns[client]++
		if turn == 0 {
			request.SetRequestURI("http://" + gateway + "/learning/event")
			request.Header.SetMethod(fasthttp.MethodPost)
			request.Header.SetContentType("application/json")
			request.Header.Set("Authorization", "Bearer "+p.Token)
		}
		const layout = "2006-01-02T15:04:05.000Z"
		now := time.Now().UTC()
		request.SetBodyString(fmt.Sprintf(
			`{"deckID":%q,"cardID":%q,"learningSessionID":%q,"startedAt":%q,"finishedAt":%q,"correct":%t}`,
			p.Deck, p.Cards[turn%len(p.Cards)], sitting(client), now.Add(-answerTime).Format(layout), now.Format(layout), turn%5 != 0))
	}}
}

func sitting(client int) domain.LearningSessionID {
	return domain.LearningSessionID(domain.NameID("bench sitting", fmt.Sprint(client)))
}

// floorWrites makes the events that a floor writes: of the size of spacey's, with memories that were computed before.
type floorWrites struct {
	people   []*person
	settings domain.Settings
	clock    ports.Clock
	seqs     []atomic.Int64
}

func newFloorWrites(people []*person) *floorWrites {
	return &floorWrites{
		people: people, settings: domain.DefaultSettings(""), clock: system.Clock{}, seqs: make([]atomic.Int64, len(people)),
	}
}

// next returns the next event of a client.
func (f *floorWrites) next(client int) domain.Event {
	p, seq, now := f.people[client], f.seqs[client].Add(1), f.clock.Now()
	event := domain.NewEvent(domain.UserID(p.ID), domain.Entry{
		ID:   domain.EventID(domain.NameID(p.ID, fmt.Sprint(seq))),
		Card: domain.CardID(p.Cards[int(seq)%len(p.Cards)]), Kind: domain.KindReview, Session: sitting(client),
		StartedAt: now.Add(-answerTime), FinishedAt: now, Rating: domain.Good, Buttons: 2,
	}, domain.DeckID(p.Deck), nil, f.settings, now)
	event.Seq = seq
	event.Fuzz = 0.618
	event.Latest = event.AnsweredAt
	event.After = domain.Memory{
		Phase: domain.PhaseReview, Stability: 12.3456789, Difficulty: 5.4321, Due: now.AddDate(0, 0, 12), LastReview: now,
		LastDay: event.Day, Reps: int(seq), Lapses: 1, Seq: seq,
	}
	return event
}

// copyPeople gives storage the decks and cards of people, for a floor that writes to the same rows.
func copyPeople(ctx context.Context, storage ports.Storage, people []*person) error {
	now := system.Clock{}.Now()
	for _, p := range people {
		owner := domain.UserID(p.ID)
		deck, err := domain.NewDeck(domain.DeckID(p.Deck), owner, domain.DeckText{Name: "Deck", Color: "#FFEC87"}, now)
		if err != nil {
			return err
		}
		if err := storage.Decks.InsertDeck(ctx, deck); err != nil {
			return err
		}
		cards := make([]domain.Card, len(p.Cards))
		for i, id := range p.Cards {
			text := domain.CardText{Question: fmt.Sprint("Question ", i), Answer: fmt.Sprint("Answer ", i)}
			cards[i] = domain.NewCard(domain.CardID(id), owner, deck.ID, text, now)
		}
		if err := storage.Cards.InsertCards(ctx, owner, deck.ID, cards); err != nil {
			return err
		}
	}
	return nil
}
