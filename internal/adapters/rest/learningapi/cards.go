package learningapi

import (
	"context"
	"net/http"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func cardSpec() rest.Spec {
	s := spec(http.MethodGet, "/learning/cards/{id}", "Show what is known of a card, and what each rating would do")
	s.Description = "Of the two ratings of a client with two buttons, wrong is `again` and right is `good`; `hard` and `easy` are left out then."
	return s
}

func resetSpec() rest.Spec {
	s := spec(http.MethodPost, "/learning/cards/{id}/reset", "Make a card new again")
	s.Description = "Its history stays, and the reset can be taken back as any event. The answer is the event; with an `id` of the " +
		"client's choice the same call again gives the same event."
	s.Idempotent = true
	s.Fails = []domain.Code{domain.CodeConflict, domain.CodeBusy}
	return s
}

func suspensionSpec(verb, summary, description string) rest.Spec {
	s := spec(http.MethodPost, "/learning/cards/{id}/"+verb, summary)
	s.Description, s.Repeatable, s.Idempotent = description, true, true
	return s
}

type cardPath struct {
	ID domain.CardID `path:"id"`
}

type cardRequest struct {
	cardPath
	Buttons int `query:"buttons" default:"4" validate:"oneof=2 4" description:"How many ratings the client offers."`
}

type cardResponse struct {
	ID             domain.CardID  `json:"id" format:"uuid"`
	DeckID         domain.DeckID  `json:"deckID" format:"uuid"`
	Memory         memoryResponse `json:"memory"`
	Retrievability float64        `json:"retrievability" minimum:"0" maximum:"1" description:"The probability of recall now; 0 for a new card."`
	Suspended      bool           `json:"suspended"`
	Leech          bool           `json:"leech" description:"The card is forgotten again and again, and had better be rewritten."`
	Next           nextResponse   `json:"next"`
}

type nextResponse struct {
	Again *previewResponse `json:"again,omitempty"`
	Hard  *previewResponse `json:"hard,omitempty"`
	Good  *previewResponse `json:"good,omitempty"`
	Easy  *previewResponse `json:"easy,omitempty"`
}

type previewResponse struct {
	Due      rest.Time `json:"due"`
	Seconds  int64     `json:"seconds,omitempty" description:"The pause of a learning step; left out where days count."`
	Days     int       `json:"days,omitempty" description:"The interval; left out where a learning step counts."`
	Earliest string    `json:"earliest,omitempty" format:"date" description:"The first day that the card may fall due on, since due days are spread."`
	Latest   string    `json:"latest,omitempty" format:"date" description:"The last of them."`
}

func newPreviewResponse(p domain.Preview) *previewResponse {
	response := &previewResponse{Due: rest.Time(p.After.Due), Seconds: int64(p.Interval.Pause / time.Second), Days: p.Interval.Days}
	if i := p.Interval; i.Pause == 0 {
		today := p.After.LastDay
		response.Earliest = date(today + domain.Day(min(i.Low, i.Days)))
		response.Latest = date(today + domain.Day(max(i.High, i.Days)))
	}
	return response
}

func (a *api) card(ctx context.Context, caller domain.Identity, r cardRequest) (cardResponse, error) {
	card, err := a.learning.Card(ctx, caller, r.ID, r.Buttons)
	if err != nil {
		return cardResponse{}, err
	}
	response := cardResponse{
		ID: card.Card, DeckID: card.Deck, Memory: newMemoryResponse(card.Memory), Retrievability: card.Retrievability,
		Suspended: card.Suspended, Leech: card.Leech,
	}
	for _, preview := range card.Previews {
		switch next := newPreviewResponse(preview); preview.Rating {
		case domain.Again:
			response.Next.Again = next
		case domain.Hard:
			response.Next.Hard = next
		case domain.Good:
			response.Next.Good = next
		case domain.Easy:
			response.Next.Easy = next
		}
	}
	return response, nil
}

type resetRequest struct {
	cardPath
	Body *struct {
		ID domain.EventID `json:"id,omitempty" validate:"omitempty,uuid" description:"The id of the event, chosen by the client, or left out."`
	}
}

func (a *api) reset(ctx context.Context, caller domain.Identity, r resetRequest) (loggedEvent, error) {
	var id domain.EventID
	if r.Body != nil {
		id = rest.Canonical(r.Body.ID)
	}
	if key := rest.IdempotencyKey(ctx); id == "" && key != "" {
		id = domain.EventID(domain.NameID(string(caller.User), "reset", string(r.ID), key))
	}
	event, err := a.learning.Reset(ctx, caller, r.ID, id)
	return newLoggedEvent(event), err
}

func (a *api) suspend(ctx context.Context, caller domain.Identity, r cardPath) (rest.Empty, error) {
	return rest.Empty{}, a.learning.Suspend(ctx, caller, r.ID, true)
}

func (a *api) resume(ctx context.Context, caller domain.Identity, r cardPath) (rest.Empty, error) {
	return rest.Empty{}, a.learning.Suspend(ctx, caller, r.ID, false)
}
