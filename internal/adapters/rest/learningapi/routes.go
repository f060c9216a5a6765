// Package learningapi declares the routes of learning-service.
package learningapi

import (
	"net/http"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// longDeadline is for calls that read a person's whole log. Clients give up after 60 s.
const longDeadline = 58 * time.Second

type api struct {
	learning *learning.Service
	plots    ports.Plots
}

// Routes returns the routes of learning-service. Where only the declarations matter service and plots may be nil.
func Routes(service *learning.Service, plots ports.Plots) []rest.Endpoint {
	a := &api{service, plots}
	return []rest.Endpoint{
		rest.Route(sessionSpec(http.MethodPost, "Begin a learning session", http.StatusCreated), a.startSession),
		rest.Route(sessionSpec(http.MethodPut, "End a learning session", http.StatusOK), a.finishSession),
		rest.Route(eventSpec(), a.record),
		rest.Route(dueSpec(), a.due),
		rest.Route(scoresSpec(), a.scores),

		rest.Route(logSpec(), a.log),
		rest.Route(batchSpec(), a.recordBatch),
		rest.Route(undoReviewSpec(), a.undoReview),
		rest.Route(settingsSpec(), a.settings),
		rest.Route(changeSettingsSpec(), a.changeSettings),
		rest.Route(undoScheduleSpec(), a.undoSchedule),
		rest.Route(queueSpec(), a.queue),
		rest.Route(cardSpec(), a.card),
		rest.Route(resetSpec(), a.reset),
		rest.Route(suspensionSpec("suspend", "Suspend a card", "It is not asked until it is resumed."), a.suspend),
		rest.Route(suspensionSpec("resume", "Let a suspended card be asked again", ""), a.resume),
		rest.Route(historySpec(), a.history),
		rest.Route(explainSpec(), a.explain),
		rest.Route(verifySpec(), a.verify),
		rest.Route(rebuildSpec(), a.rebuild),
		rest.Route(compareSpec(), a.compare),

		rest.Route(statisticsSpec(), a.statistics),
		rest.Route(progressSpec(), a.progress),
		rest.Route(deckScoreSpec(), a.deckScore),
		rest.Route(calibrationSpec(), a.calibration),
		rest.Route(plotSpec(), a.plot),

		rest.Route(exportSpec(), a.export),
	}
}

// spec returns what all routes of learning have in common.
func spec(method, path, summary string) rest.Spec {
	scope := domain.ScopeLearningWrite
	if method == http.MethodGet {
		scope = domain.ScopeLearningRead
	}
	return rest.Spec{Method: method, Path: path, Service: rest.Learning, Access: rest.Verified, Scope: scope, Summary: summary}
}

// olderSpec returns what the routes have in common that older clients use.
func olderSpec(method, path, summary string, status int) rest.Spec {
	s := spec(method, path, summary)
	s.Status, s.CapitalFields = status, true
	return s
}

// pageRequest asks for a part of a list.
type pageRequest struct {
	Limit  int    `query:"limit" default:"50" validate:"min=1,max=200" description:"How many items there are at most."`
	Cursor string `query:"cursor" description:"The nextCursor of the part before; empty is the beginning."`
}

// given returns a time for an answer, nil where there is none.
func given(at time.Time) *rest.Time {
	if at.IsZero() {
		return nil
	}
	t := rest.Time(at)
	return &t
}

// date returns a day as a date.
func date(day domain.Day) string { return day.Date().Format(time.DateOnly) }
