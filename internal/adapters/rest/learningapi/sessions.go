package learningapi

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func sessionSpec(method, summary string, status int) rest.Spec {
	s := olderSpec(method, "/learning/session", summary, status)
	s.Fails = []domain.Code{domain.CodeNotFound} // of the deck, or of the session
	return s
}

type startSessionRequest struct {
	Body struct {
		DeckID    domain.DeckID `json:"deckID" validate:"required,uuid"`
		StartedAt time.Time     `json:"startedAt" required:"true"`
	}
}

type sessionResponse struct {
	ID domain.LearningSessionID `json:"id" format:"uuid"`
}

func (a *api) startSession(ctx context.Context, caller domain.Identity, r startSessionRequest) (sessionResponse, error) {
	session, err := a.learning.StartSession(ctx, caller, rest.Canonical(r.Body.DeckID), r.Body.StartedAt)
	return sessionResponse{session.ID}, err
}

type finishSessionRequest struct {
	Body struct {
		ID         domain.LearningSessionID `json:"id" validate:"required,uuid"`
		FinishedAt time.Time                `json:"finishedAt" required:"true"`
	}
}

func (a *api) finishSession(ctx context.Context, caller domain.Identity, r finishSessionRequest) (rest.Empty, error) {
	return rest.Empty{}, a.learning.FinishSession(ctx, caller, rest.Canonical(r.Body.ID), r.Body.FinishedAt)
}
