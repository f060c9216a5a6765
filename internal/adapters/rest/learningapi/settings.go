package learningapi

import (
	"context"
	"net/http"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func settingsSpec() rest.Spec {
	s := spec(http.MethodGet, "/learning/settings", "Show how the person learns")
	s.Description = "All settings that are in force. `forecast` is null."
	return s
}

func changeSettingsSpec() rest.Spec {
	s := spec(http.MethodPatch, "/learning/settings", "Change how the person learns")
	s.Description = "Send only what is to change: a setting that is left out stays as it is. " +
		"Another `algorithm`, `desiredRetention`, `learningSteps`, `relearningSteps`, `maxInterval` or `weights` is a new version " +
		"of the schedule, under which the history of every card is replayed; cards are spread so that no day gets many more than is " +
		"usual. `forecast` tells how many cards fall due on each day before and after it, and is null when no version is added. " +
		"With `preview=true` the answer is the same, and nothing is changed."
	s.Deadline, s.Repeatable = longDeadline, true
	s.Fails = []domain.Code{domain.CodeConflict, domain.CodeBusy}
	return s
}

// undoScheduleSpec takes no Idempotency-Key: nothing that is stored says which call a version of the schedule comes from, so the
// call made again after a crash would undo the undo.
func undoScheduleSpec() rest.Spec {
	s := spec(http.MethodPost, "/learning/settings/undo", "Undo the last change of the schedule")
	s.Description = "Brings the version of the schedule back that was in force before the newest one, as a new version: every card has " +
		"the due day again that it had, unless it was answered since. With `preview=true` nothing is changed. " +
		"409 when there is no change to undo."
	s.Deadline = longDeadline
	s.Fails = []domain.Code{domain.CodeConflict, domain.CodeBusy}
	return s
}

type changeResponse struct {
	Settings settingsResponse  `json:"settings"`
	Forecast *forecastResponse `json:"forecast" description:"What the change does to the due days; null when it adds no version of the schedule."`
}

type settingsResponse struct {
	TimeZone         string                           `json:"timeZone" example:"Europe/Berlin" description:"An IANA name; UTC when not set."`
	RolloverHour     int                              `json:"rolloverHour" description:"The hour at which the person's day begins; 4 when not set."`
	NewPerDay        *int                             `json:"newPerDay" description:"New cards a day; null when not set, and 20 then."`
	ReviewsPerDay    *int                             `json:"reviewsPerDay" description:"Reviews a day; null when not set, and 200 then."`
	Decks            map[domain.DeckID]limitsResponse `json:"decks" description:"Limits of decks that have their own, by the deck's id."`
	LeechThreshold   int                              `json:"leechThreshold" description:"The number of lapses that makes a leech; 8 when not set."`
	LeechAction      domain.LeechAction               `json:"leechAction" enum:"tag,suspend" description:"What happens to a leech; tag when not set."`
	LoadBalancing    bool                             `json:"loadBalancing" description:"Due days with few cards are preferred; true when not set."`
	Algorithm        string                           `json:"algorithm" enum:"FSRS-6,half-life,SM-2" description:"FSRS-6 when not set."`
	DesiredRetention float64                          `json:"desiredRetention" description:"The recall at which a card falls due; 0.9 when not set."`
	LearningSteps    []int64                          `json:"learningSteps" description:"Pauses in seconds; 60 and 600 when not set."`
	RelearningSteps  []int64                          `json:"relearningSteps" description:"Pauses in seconds; 600 when not set."`
	MaxInterval      int                              `json:"maxInterval" description:"The longest interval in days; 36,500 when not set."`
	Weights          []float64                        `json:"weights" description:"The 21 parameters of FSRS-6; other algorithms do not use them."`
	ScheduleVersion  int                              `json:"scheduleVersion" description:"The version of the schedule in force, from 1."`
	Pending          bool                             `json:"pending" description:"The newest version of the schedule has not reached all cards yet."`
	CanUndo          bool                             `json:"canUndo" description:"There is a change of the schedule to undo."`
}

type limitsResponse struct {
	NewPerDay     *int `json:"newPerDay" description:"null is what holds for all decks."`
	ReviewsPerDay *int `json:"reviewsPerDay" description:"null is what holds for all decks."`
}

type forecastResponse struct {
	Moved int               `json:"moved" description:"How many cards get another memory or due day."`
	Days  []dayLoadResponse `json:"days" description:"Cards in review due on each of the next 30 days; what is overdue counts for the first."`
	Later laterLoadResponse `json:"later" description:"Those that fall due after that."`
}

type dayLoadResponse struct {
	Day    string `json:"day" format:"date"`
	Before int    `json:"before"`
	After  int    `json:"after"`
}

type laterLoadResponse struct {
	Before int `json:"before"`
	After  int `json:"after"`
}

func newSettingsResponse(s domain.Settings) settingsResponse {
	schedule := s.Schedule()
	decks := make(map[domain.DeckID]limitsResponse, len(s.Decks))
	for deck, limits := range s.Decks {
		decks[deck] = limitsResponse{limits.New, limits.Reviews}
	}
	return settingsResponse{
		TimeZone: s.TimeZone, RolloverHour: s.RolloverHour, NewPerDay: s.Limits.New, ReviewsPerDay: s.Limits.Reviews, Decks: decks,
		LeechThreshold: s.Leech.Threshold, LeechAction: s.Leech.Action, LoadBalancing: s.LoadBalancing,
		Algorithm: schedule.Algorithm, DesiredRetention: schedule.Retention,
		LearningSteps: seconds(schedule.LearningSteps), RelearningSteps: seconds(schedule.RelearningSteps),
		MaxInterval: schedule.MaxInterval, Weights: schedule.Weights[:],
		ScheduleVersion: schedule.Version, Pending: s.Pending, CanUndo: len(s.Schedules) > 1,
	}
}

func seconds(steps []time.Duration) []int64 {
	found := make([]int64, len(steps))
	for i, step := range steps {
		found[i] = int64(step / time.Second)
	}
	return found
}

func newChangeResponse(change learning.Change, err error) (changeResponse, error) {
	if err != nil {
		return changeResponse{}, err
	}
	response := changeResponse{Settings: newSettingsResponse(change.Settings)}
	if f := change.Forecast; f != nil {
		response.Forecast = &forecastResponse{Moved: f.Moved, Later: laterLoadResponse{f.Later.Before, f.Later.After}}
		for _, load := range f.Days {
			response.Forecast.Days = append(response.Forecast.Days, dayLoadResponse{date(load.Day), load.Before, load.After})
		}
	}
	return response, nil
}

func (a *api) settings(ctx context.Context, caller domain.Identity, _ rest.Empty) (changeResponse, error) {
	settings, err := a.learning.Settings(ctx, caller)
	return newChangeResponse(learning.Change{Settings: settings}, err)
}

func (a *api) changeSettings(ctx context.Context, caller domain.Identity, r changeSettingsRequest) (changeResponse, error) {
	decks, err := r.Body.limits()
	if err != nil {
		return changeResponse{}, err
	}
	edit := func(settings *domain.Settings, schedule *domain.Schedule) {
		r.Body.changeSettings(settings, decks)
		r.Body.changeSchedule(schedule)
	}
	if r.Preview {
		return newChangeResponse(a.learning.PreviewSettings(ctx, caller, edit))
	}
	return newChangeResponse(a.learning.ChangeSettings(ctx, caller, edit))
}

type undoScheduleRequest struct {
	Preview bool `query:"preview" description:"Only tell what would happen."`
}

func (a *api) undoSchedule(ctx context.Context, caller domain.Identity, r undoScheduleRequest) (changeResponse, error) {
	if r.Preview {
		return newChangeResponse(a.learning.PreviewUndo(ctx, caller))
	}
	return newChangeResponse(a.learning.UndoSchedule(ctx, caller))
}
