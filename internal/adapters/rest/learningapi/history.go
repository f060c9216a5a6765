package learningapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func historySpec() rest.Spec {
	s := spec(http.MethodGet, "/learning/cards/{id}/history", "List the events of a card, newest first")
	s.Description = "By their number in the log. A deleted card keeps its history."
	return s
}

func explainSpec() rest.Spec {
	s := spec(http.MethodGet, "/learning/cards/{id}/explain", "Explain why a card is due when it is")
	s.Description = "The card's events in the order in which they count, that of `answeredAt`, each with what it did as the log is known " +
		"now; undos stand at the end. The whole history is replayed under one version of the schedule, `scheduleVersion` of the answer."
	return s
}

type historyRequest struct {
	cardPath
	pageRequest
}

type historyResponse struct {
	Items      []historyItem `json:"items"`
	NextCursor string        `json:"nextCursor" description:"Empty at the end."`
}

type historyItem struct {
	loggedEvent
	Undone bool `json:"undone" description:"The event was taken back."`
}

func (a *api) history(ctx context.Context, caller domain.Identity, r historyRequest) (historyResponse, error) {
	before, err := r.position()
	if err != nil {
		return historyResponse{}, err
	}
	explained, err := a.learning.Explain(ctx, caller, r.ID)
	if err != nil {
		return historyResponse{}, err
	}
	slices.SortFunc(explained, func(x, y domain.Explained) int { return cmp.Compare(y.Event.Seq, x.Event.Seq) })
	var response historyResponse
	for _, step := range explained {
		switch {
		case before > 0 && step.Event.Seq >= before:
		case len(response.Items) == r.Limit:
			response.NextCursor = strconv.FormatInt(response.Items[r.Limit-1].Seq, 10)
			return response, nil
		default:
			response.Items = append(response.Items, historyItem{newLoggedEvent(step.Event), step.Undone})
		}
	}
	return response, nil
}

type explainResponse struct {
	Items           []explainedEvent `json:"items"`
	NextCursor      string           `json:"nextCursor" description:"Empty at the end."`
	ScheduleVersion int              `json:"scheduleVersion,omitempty" description:"The version that the history is replayed under."`
}

type explainedEvent struct {
	ID                   domain.EventID    `json:"id" format:"uuid"`
	Seq                  int64             `json:"seq"`
	Kind                 domain.Kind       `json:"kind" enum:"review,undo,reset,reschedule,import"`
	AnsweredAt           rest.Time         `json:"answeredAt"`
	Day                  string            `json:"day,omitempty" format:"date"`
	Rating               domain.Rating     `json:"rating,omitempty" minimum:"1" maximum:"4" description:"Of a review."`
	Undone               bool              `json:"undone" description:"The event was taken back, and does nothing."`
	ElapsedDays          int               `json:"elapsedDays" description:"The days since the answer before."`
	RetrievabilityBefore float64           `json:"retrievabilityBefore" description:"The probability of recall just before, by whole days."`
	PhaseBefore          domain.Phase      `json:"phaseBefore" enum:"new,learning,review,relearning"`
	PhaseAfter           domain.Phase      `json:"phaseAfter" enum:"new,learning,review,relearning"`
	StabilityBefore      float64           `json:"stabilityBefore" description:"In days; 0 for a new card."`
	StabilityAfter       float64           `json:"stabilityAfter" description:"In days; 0 for a new card."`
	DifficultyBefore     float64           `json:"difficultyBefore" description:"0 for a new card."`
	DifficultyAfter      float64           `json:"difficultyAfter" description:"0 for a new card."`
	Due                  *rest.Time        `json:"due,omitempty" description:"When the card was to be asked then; left out when it was new."`
	Interval             *intervalResponse `json:"interval,omitempty" description:"How long the card waited; left out of events that set no due time."`
	ScheduleVersion      int               `json:"scheduleVersion" description:"The version of the schedule in force when the event arrived."`
	Why                  string            `json:"why" description:"The same in a sentence."`
}

type intervalResponse struct {
	PauseSeconds int64        `json:"pauseSeconds,omitempty" description:"The pause of a learning step; the rest is left out then."`
	Ideal        float64      `json:"ideal,omitempty" description:"The days after which recall falls to the desired retention."`
	Low          int          `json:"low,omitempty" description:"The fewest days that fuzz may choose."`
	High         int          `json:"high,omitempty" description:"The most days that fuzz may choose."`
	Days         int          `json:"days,omitempty" description:"The days that were chosen, after the bounds."`
	Fuzz         *float64     `json:"fuzz,omitempty" description:"Chose among them, 0 (the fewest) to below 1."`
	Bound        domain.Bound `json:"bound,omitempty" enum:"longer_than_worse_rating,maximum_interval,spread_after_change,imported"`
}

// newIntervalResponse returns nil for an event that set no due time.
func newIntervalResponse(e domain.Event, i domain.Interval) *intervalResponse {
	switch {
	case i == domain.Interval{}:
		return nil
	case i.Pause > 0:
		return &intervalResponse{PauseSeconds: int64(i.Pause / time.Second)}
	}
	response := &intervalResponse{Ideal: i.Ideal, Low: i.Low, High: i.High, Days: i.Days, Bound: i.Bound}
	if i.High > 0 {
		response.Fuzz = &e.Fuzz
	}
	return response
}

func newExplainedEvent(step domain.Explained) explainedEvent {
	e, before, after := step.Event, newMemoryResponse(step.Before), newMemoryResponse(step.After)
	return explainedEvent{
		ID: e.ID, Seq: e.Seq, Kind: e.Kind, AnsweredAt: rest.Time(e.AnsweredAt), Day: eventDay(e), Rating: e.Rating, Undone: step.Undone,
		ElapsedDays: step.Elapsed, RetrievabilityBefore: step.Retrievability, PhaseBefore: before.Phase, PhaseAfter: after.Phase,
		StabilityBefore: before.Stability, StabilityAfter: after.Stability,
		DifficultyBefore: before.Difficulty, DifficultyAfter: after.Difficulty,
		Due: after.Due, Interval: newIntervalResponse(e, step.Interval), ScheduleVersion: e.ScheduleVersion, Why: why(step),
	}
}

func (a *api) explain(ctx context.Context, caller domain.Identity, r historyRequest) (explainResponse, error) {
	position, err := r.position()
	if err != nil {
		return explainResponse{}, err
	}
	explained, err := a.learning.Explain(ctx, caller, r.ID)
	if err != nil {
		return explainResponse{}, err
	}
	var response explainResponse
	for _, step := range explained { // versions never fall along the log, so that of the newest event is the highest
		response.ScheduleVersion = max(response.ScheduleVersion, step.Event.ScheduleVersion)
	}
	from := int(min(position, int64(len(explained))))
	until := min(from+r.Limit, len(explained))
	for _, step := range explained[from:until] {
		response.Items = append(response.Items, newExplainedEvent(step))
	}
	if until < len(explained) {
		response.NextCursor = strconv.Itoa(until)
	}
	return response, nil
}
