package learningapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// defaultButtons is how many ratings a client offers that does not say.
const defaultButtons = 4

func batchSpec() rest.Spec {
	s := spec(http.MethodPost, "/learning/reviews", "Record up to 500 answers and corrections")
	s.Description = "Each item is answered on its own, in the order in which they were sent; one that cannot be recorded does " +
		"not keep the others out. `recorded` items are new events of the log, `repeated` ones were in it already. " +
		"Without an `id`, the event's follows from the content, so that the whole batch may be sent again after any failure.\n\n" +
		"A `review` needs `cardID`, `rating`, `startedAt` and `finishedAt`; an `undo` needs `undoes`; a `reset` needs `cardID` and " +
		"`finishedAt`; an `import` needs `cardID`, `finishedAt` (the time of the last review) and `memory`."
	s.Repeatable, s.Idempotent = true, true
	s.Fails = []domain.Code{domain.CodeBusy}
	return s
}

func undoReviewSpec() rest.Spec {
	s := spec(http.MethodPost, "/learning/reviews/{id}/undo", "Take an event back")
	s.Description = "From then on the card's history is what it would be without the event. The answer is the event of the undo, " +
		"the same one when the event was taken back before. An undo cannot be taken back."
	s.Repeatable, s.Idempotent = true, true
	s.Fails = []domain.Code{domain.CodeInvalid, domain.CodeConflict, domain.CodeBusy}
	return s
}

type batchRequest struct {
	Body []rest.Each[reviewItem]
}

// reviewItem is an entry of a batch as clients send it.
type reviewItem struct {
	ID                domain.EventID           `json:"id,omitempty" validate:"omitempty,uuid" description:"Chosen by the client, or left out."`
	Kind              domain.Kind              `json:"kind,omitempty" enum:"review,undo,reset,import" default:"review"`
	CardID            domain.CardID            `json:"cardID,omitempty" validate:"omitempty,uuid" description:"Needed for all but an undo."`
	LearningSessionID domain.LearningSessionID `json:"learningSessionID,omitempty" validate:"omitempty,uuid"`
	Rating            domain.Rating            `json:"rating,omitempty" minimum:"1" maximum:"4" example:"3" description:"1 Again, 2 Hard, 3 Good, 4 Easy."`
	Buttons           *int                     `json:"buttons,omitempty" default:"4" validate:"omitempty,oneof=2 4" description:"How many ratings there are."`
	StartedAt         time.Time                `json:"startedAt,omitempty"`
	FinishedAt        time.Time                `json:"finishedAt,omitempty"`
	Undoes            domain.EventID           `json:"undoes,omitempty" validate:"omitempty,uuid" description:"The event to take back."`
	Memory            *memoryItem              `json:"memory,omitempty" description:"The memory of an import."`
}

// memoryItem is the memory of an import as clients send it.
type memoryItem struct {
	Stability  float64   `json:"stability" exclusiveMinimum:"0" maximum:"36500" description:"Days until the probability of recall is 0.9."`
	Difficulty float64   `json:"difficulty" minimum:"1" maximum:"10" description:"1 (easy) to 10 (hard)."`
	Due        time.Time `json:"due,omitempty" description:"When the card is to be asked; left out, the schedule says."`
	Reps       int       `json:"reps" minimum:"1" maximum:"1000000"`
	Lapses     int       `json:"lapses" minimum:"0"`
}

// entry returns what an item wants to be recorded.
func (i reviewItem) entry() domain.Entry {
	entry := domain.Entry{
		ID: rest.Canonical(i.ID), Kind: i.Kind, Card: rest.Canonical(i.CardID), Session: rest.Canonical(i.LearningSessionID),
		StartedAt: i.StartedAt, FinishedAt: i.FinishedAt, Rating: i.Rating, Buttons: defaultButtons, Undoes: rest.Canonical(i.Undoes),
	}
	if entry.Kind == "" {
		entry.Kind = domain.KindReview
	}
	if i.Buttons != nil {
		entry.Buttons = *i.Buttons
	}
	if m := i.Memory; m != nil {
		entry.Imported = domain.Imported{Stability: m.Stability, Difficulty: m.Difficulty, Due: m.Due, Reps: m.Reps, Lapses: m.Lapses}
	}
	return entry
}

// What became of an item.
const (
	statusRecorded = "recorded"
	statusRepeated = "repeated"
	statusRejected = "rejected"
)

type outcomeResponse struct {
	ID     domain.EventID `json:"id,omitempty" format:"uuid" description:"Of the event; of a rejected item the one it had, if any."`
	Status string         `json:"status" enum:"recorded,repeated,rejected"`
	Seq    int64          `json:"seq,omitempty" description:"The number of the event in the log; left out of a rejected item."`
	CardID domain.CardID  `json:"cardID,omitempty" format:"uuid"`
	Due    *rest.Time     `json:"due,omitempty" description:"When the card was to be asked then; left out when it was new."`
	Error  *outcomeError  `json:"error" description:"Why the item was rejected; null when it was not."`
}

type outcomeError struct {
	Code    domain.Code         `json:"code"`
	Message string              `json:"message"`
	Fields  []rest.FieldFailure `json:"fields" description:"What is wrong with each field."`
}

func (a *api) recordBatch(ctx context.Context, caller domain.Identity, r batchRequest) ([]outcomeResponse, error) {
	entries := make([]domain.Entry, len(r.Body))
	for i, item := range r.Body {
		if item.Err == nil {
			entries[i] = item.Value.entry() // else it stays empty, which is rejected too
		}
	}
	outcomes, err := a.learning.RecordBatch(ctx, caller, entries)
	if err != nil {
		return nil, err
	}
	responses := make([]outcomeResponse, len(outcomes))
	for i, outcome := range outcomes {
		if r.Body[i].Err != nil {
			outcome.Err = r.Body[i].Err
		}
		if responses[i], err = newOutcomeResponse(entries[i], outcome); err != nil {
			return nil, err
		}
	}
	return responses, nil
}

// newOutcomeResponse fails with the error of an outcome that no caller may read.
func newOutcomeResponse(entry domain.Entry, outcome learning.Outcome) (outcomeResponse, error) {
	if outcome.Err == nil {
		event := outcome.Event
		response := outcomeResponse{ID: event.ID, Status: statusRecorded, Seq: event.Seq, CardID: event.Card, Due: given(event.After.Due)}
		if outcome.Repeated {
			response.Status = statusRepeated
		}
		return response, nil
	}
	var e *domain.Error
	if !errors.As(outcome.Err, &e) || e.Code == domain.CodeInternal {
		return outcomeResponse{}, outcome.Err
	}
	failure := &outcomeError{Code: e.Code, Message: e.Message}
	for _, field := range e.Fields {
		failure.Fields = append(failure.Fields, rest.FieldFailure(field))
	}
	return outcomeResponse{ID: entry.ID, Status: statusRejected, CardID: entry.Card, Error: failure}, nil
}

type eventPath struct {
	ID domain.EventID `path:"id"`
}

func (a *api) undoReview(ctx context.Context, caller domain.Identity, r eventPath) (loggedEvent, error) {
	event, err := a.learning.Record(ctx, caller, domain.Entry{Kind: domain.KindUndo, Undoes: r.ID})
	return newLoggedEvent(event), err
}
