package learningapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func logSpec() rest.Spec {
	s := spec(http.MethodGet, "/learning/log", "List the events of the review log")
	s.Description = "The change feed: events by number, `1`, `2`, `3` ... without gaps, in order of arrival. Whoever has seen " +
		"a number has seen all before it; `nextCursor` is the number of the last event, empty when there is no further one now. " +
		"Of an event, what its kind does not have is left out."
	return s
}

type logRequest struct {
	After int64 `query:"after" validate:"min=0" description:"Only events with a higher number; above 0 it counts instead of cursor."`
	pageRequest
}

type logResponse struct {
	Items      []loggedEvent `json:"items"`
	NextCursor string        `json:"nextCursor"`
}

// loggedEvent is an event of the log.
type loggedEvent struct {
	ID                domain.EventID           `json:"id" format:"uuid"`
	Seq               int64                    `json:"seq" description:"The number of the event in the log."`
	Kind              domain.Kind              `json:"kind" enum:"review,undo,reset,reschedule,import"`
	CardID            domain.CardID            `json:"cardID" format:"uuid"`
	DeckID            domain.DeckID            `json:"deckID" format:"uuid" description:"The deck that the card was in."`
	LearningSessionID domain.LearningSessionID `json:"learningSessionID,omitempty" format:"uuid"`
	Rating            domain.Rating            `json:"rating,omitempty" description:"1 Again, 2 Hard, 3 Good, 4 Easy; of a review."`
	Buttons           int                      `json:"buttons,omitempty" description:"How many ratings the client offers, 2 or 4; of a review."`
	StartedAt         *rest.Time               `json:"startedAt,omitempty" description:"When the card was shown, by the client's clock; of a review."`
	FinishedAt        rest.Time                `json:"finishedAt" description:"When it happened, by the client's clock."`
	RecordedAt        rest.Time                `json:"recordedAt" description:"When it arrived."`
	AnsweredAt        rest.Time                `json:"answeredAt" description:"The earlier of finishedAt and recordedAt."`
	Day               string                   `json:"day" format:"date" description:"The person's day of it; of an undo, that of the event taken back."`
	TimeZone          string                   `json:"timeZone"`
	RolloverHour      int                      `json:"rolloverHour"`
	ScheduleVersion   int                      `json:"scheduleVersion"`
	Fuzz              float64                  `json:"fuzz" description:"Chooses the day within the range of the interval, 0 to below 1."`
	Undoes            domain.EventID           `json:"undoes,omitempty" format:"uuid" description:"The event that an undo takes back."`
	DueDay            string                   `json:"dueDay,omitempty" format:"date" description:"The day that a reschedule moved the card to, where it did."`
	Memory            *importedMemory          `json:"memory,omitempty" description:"The memory that an import brings."`
	Asked             *askedResponse           `json:"asked,omitempty" description:"What was known of the card just before a review, as the log stood then."`
	After             memoryResponse           `json:"after" description:"The card's memory as the log stood at this number."`
}

// askedResponse is what was known of a card just before an answer.
type askedResponse struct {
	Phase    domain.Phase `json:"phase" enum:"new,learning,review,relearning"`
	Interval int          `json:"interval" description:"The days between the answer before and the day it was due; 0 unless the card was in review."`
	Recall   float64      `json:"recall" minimum:"0" maximum:"1" description:"The predicted probability of recall; 0 for a new card."`
}

// importedMemory is a memory that another program knew of.
type importedMemory struct {
	Stability  float64    `json:"stability" description:"The days after which the probability of recall is 0.9, above 0 and at most 36,500."`
	Difficulty float64    `json:"difficulty" description:"1 (easy) to 10 (hard)."`
	Due        *rest.Time `json:"due,omitempty" description:"When the card is to be asked; left out, the schedule says."`
	Reps       int        `json:"reps" description:"The number of answers, 1 at least."`
	Lapses     int        `json:"lapses" description:"How many of them failed a card in review."`
}

type memoryResponse struct {
	Phase      domain.Phase `json:"phase" enum:"new,learning,review,relearning"`
	Step       int          `json:"step" description:"The learning or relearning step that the card is in, from 0."`
	Stability  float64      `json:"stability" description:"In days; 0 for a new card."`
	Difficulty float64      `json:"difficulty" description:"1 to 10; 0 for a new card."`
	Due        *rest.Time   `json:"due,omitempty" description:"Left out for a new card."`
	LastReview *rest.Time   `json:"lastReview,omitempty" description:"Left out for a new card."`
	Reps       int          `json:"reps"`
	Lapses     int          `json:"lapses"`
	Seq        int64        `json:"seq" description:"The number of the event that the memory follows from; 0 when there is none."`
}

func newMemoryResponse(m domain.Memory) memoryResponse {
	phase := m.Phase
	if m.IsNew() {
		phase = domain.PhaseNew
	}
	return memoryResponse{phase, m.Step, m.Stability, m.Difficulty, given(m.Due), given(m.LastReview), m.Reps, m.Lapses, m.Seq}
}

// eventDay returns the day of an event, empty when it belongs to none.
func eventDay(e domain.Event) string {
	if e.Day == 0 {
		return ""
	}
	return date(e.Day)
}

func newLoggedEvent(e domain.Event) loggedEvent {
	logged := loggedEvent{
		ID: e.ID, Seq: e.Seq, Kind: e.Kind, CardID: e.Card, DeckID: e.Deck, LearningSessionID: e.Session, Rating: e.Rating, Buttons: e.Buttons,
		FinishedAt: rest.Time(e.FinishedAt), RecordedAt: rest.Time(e.RecordedAt), AnsweredAt: rest.Time(e.AnsweredAt),
		Day: eventDay(e), TimeZone: e.Zone, RolloverHour: e.Rollover, ScheduleVersion: e.ScheduleVersion, Fuzz: e.Fuzz,
		Undoes: e.Undoes, After: newMemoryResponse(e.After),
	}
	switch e.Kind {
	case domain.KindReview:
		logged.StartedAt = given(e.StartedAt)
		if e.Asked != (domain.Asked{}) {
			logged.Asked = &askedResponse{e.Asked.Phase, e.Asked.Interval, e.Asked.Recall}
		}
	case domain.KindReschedule:
		if e.DueDay > 0 {
			logged.DueDay = date(e.DueDay)
		}
	case domain.KindImport:
		i := e.Imported
		logged.Memory = &importedMemory{i.Stability, i.Difficulty, given(i.Due), i.Reps, i.Lapses}
	case domain.KindUndo, domain.KindReset: // nothing of their own
	}
	return logged
}

func (a *api) log(ctx context.Context, caller domain.Identity, r logRequest) (logResponse, error) {
	after := r.After
	if after == 0 {
		var err error
		if after, err = r.position(); err != nil {
			return logResponse{}, err
		}
	}
	events, err := a.learning.Log(ctx, caller, after, r.Limit)
	if err != nil {
		return logResponse{}, err
	}
	var response logResponse
	for _, event := range events {
		response.Items = append(response.Items, newLoggedEvent(event))
	}
	if len(events) == r.Limit {
		response.NextCursor = strconv.FormatInt(events[len(events)-1].Seq, 10)
	}
	return response, nil
}

// position returns the number that a cursor stands for: 0 for the beginning.
func (p pageRequest) position() (int64, error) {
	if p.Cursor == "" {
		return 0, nil
	}
	position, err := strconv.ParseInt(p.Cursor, 10, 64)
	if err != nil || position < 0 {
		return 0, domain.Invalid("cursor", "This is not a cursor of this list.")
	}
	return position, nil
}
