package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.LearningSettings = (*Store)(nil)

// learningSettingsRecord is all that one person set, so that one write changes it.
type learningSettingsRecord struct {
	Key           domain.UserID     `bson:"_id"`
	Owner         domain.UserID     `bson:"user_id"`
	TimeZone      string            `bson:"time_zone"`
	RolloverHour  int               `bson:"rollover_hour"`
	Limits        limitsRecord      `bson:",inline"`
	Decks         []deckLimitRecord `bson:"decks"`
	Leech         leechRecord       `bson:"leech"`
	LoadBalancing bool              `bson:"load_balancing"`
	Schedules     []scheduleRecord  `bson:"schedules"`
	Pending       bool              `bson:"pending"`
	UpdatedAt     *bson.DateTime    `bson:"updated_at"`
	Rev           int64             `bson:"rev"`
}

// limitsRecord has null for what the person has not said.
type limitsRecord struct {
	New     *int `bson:"new"`
	Reviews *int `bson:"reviews"`
}

type deckLimitRecord struct {
	Deck   domain.DeckID `bson:"deck_id"`
	Limits limitsRecord  `bson:",inline"`
}

type leechRecord struct {
	Threshold int                `bson:"threshold"`
	Action    domain.LeechAction `bson:"action"`
}

type scheduleRecord struct {
	Version   int         `bson:"version"`
	Algorithm string      `bson:"algorithm"`
	Weights   [21]float64 `bson:"weights"`
	Retention float64     `bson:"retention"`
	// LearningSteps and RelearningSteps are in milliseconds.
	LearningSteps   []int64        `bson:"learning_steps"`
	RelearningSteps []int64        `bson:"relearning_steps"`
	MaxInterval     int            `bson:"max_interval"`
	Restores        int            `bson:"restores"`
	CreatedAt       *bson.DateTime `bson:"created_at"`
}

func newLearningSettingsRecord(s domain.Settings) learningSettingsRecord {
	r := learningSettingsRecord{
		Key: s.Owner, Owner: s.Owner, TimeZone: s.TimeZone, RolloverHour: s.RolloverHour, Limits: limitsRecord(s.Limits),
		Decks: make([]deckLimitRecord, 0, len(s.Decks)), Leech: leechRecord(s.Leech), LoadBalancing: s.LoadBalancing,
		Schedules: make([]scheduleRecord, len(s.Schedules)), Pending: s.Pending, UpdatedAt: date(s.UpdatedAt), Rev: s.Rev,
	}
	for deck, limits := range s.Decks {
		r.Decks = append(r.Decks, deckLimitRecord{deck, limitsRecord(limits)})
	}
	for i, v := range s.Schedules {
		r.Schedules[i] = scheduleRecord{
			Version: v.Version, Algorithm: v.Algorithm, Weights: v.Weights, Retention: v.Retention,
			LearningSteps: milliseconds(v.LearningSteps), RelearningSteps: milliseconds(v.RelearningSteps),
			MaxInterval: v.MaxInterval, Restores: v.Restores, CreatedAt: date(v.CreatedAt),
		}
	}
	return r
}

func (r learningSettingsRecord) settings() domain.Settings {
	s := domain.Settings{
		Owner: r.Owner, TimeZone: r.TimeZone, RolloverHour: r.RolloverHour, Limits: domain.Limits(r.Limits),
		Decks: make(map[domain.DeckID]domain.Limits, len(r.Decks)), Leech: domain.Leech(r.Leech), LoadBalancing: r.LoadBalancing,
		Schedules: make([]domain.Schedule, len(r.Schedules)), Pending: r.Pending, UpdatedAt: instant(r.UpdatedAt), Rev: r.Rev,
	}
	for _, deck := range r.Decks {
		s.Decks[deck.Deck] = domain.Limits(deck.Limits)
	}
	for i, v := range r.Schedules {
		s.Schedules[i] = domain.Schedule{
			Version: v.Version, Algorithm: v.Algorithm, Weights: v.Weights, Retention: v.Retention,
			LearningSteps: durations(v.LearningSteps), RelearningSteps: durations(v.RelearningSteps),
			MaxInterval: v.MaxInterval, Restores: v.Restores, CreatedAt: instant(v.CreatedAt),
		}
	}
	return s
}

// milliseconds returns steps as they are stored: null for none at all, an empty list for an empty list.
func milliseconds(steps []time.Duration) []int64 {
	if steps == nil {
		return nil
	}
	stored := make([]int64, len(steps))
	for i, step := range steps {
		stored[i] = step.Milliseconds()
	}
	return stored
}

// durations returns stored steps.
func durations(stored []int64) []time.Duration {
	if stored == nil {
		return nil
	}
	steps := make([]time.Duration, len(stored))
	for i, step := range stored {
		steps[i] = time.Duration(step) * time.Millisecond
	}
	return steps
}

// settingsKey returns the filter for the settings of a person.
func settingsKey(owner domain.UserID) bson.D {
	return bson.D{{Key: "_id", Value: owner}, {Key: "user_id", Value: owner}}
}

// LearningSettings returns how a person wants to learn.
func (s *Store) LearningSettings(ctx context.Context, owner domain.UserID) (domain.Settings, error) {
	record, err := findOne[learningSettingsRecord](ctx, s.learningSettings, "learning settings", settingsKey(owner))
	if domain.CodeOf(err) == domain.CodeNotFound {
		return domain.DefaultSettings(owner), nil
	}
	if err != nil {
		return domain.Settings{}, err
	}
	return record.settings(), nil
}

// UpdateLearningSettings changes how a person wants to learn.
func (s *Store) UpdateLearningSettings(
	ctx context.Context, owner domain.UserID, edit func(*domain.Settings) error,
) (domain.Settings, error) {
	read := func() (domain.Settings, error) { return s.LearningSettings(ctx, owner) }
	return ports.Update(ctx, "person's learning settings", read, edit, func(before, settings *domain.Settings) (bool, error) {
		settings.Owner, settings.Rev = owner, before.Rev+1
		record := newLearningSettingsRecord(*settings)
		*settings = record.settings()
		return s.replaceSettings(ctx, before.Rev, record)
	})
}

// replaceSettings stores settings in place of those with a revision, 0 for none. It reports whether nobody was faster.
func (s *Store) replaceSettings(ctx context.Context, was int64, record learningSettingsRecord) (bool, error) {
	if was == 0 {
		_, err := s.learningSettings.InsertOne(ctx, record)
		if driver.IsDuplicateKeyError(err) {
			return false, nil
		}
		return err == nil, failure(ctx, "inserting learning settings", err)
	}
	result, err := s.learningSettings.ReplaceOne(ctx, append(settingsKey(record.Owner), bson.E{Key: "rev", Value: was}), record)
	if err != nil {
		return false, failure(ctx, "updating learning settings", err)
	}
	return result.MatchedCount == 1, nil
}

// PendingSettings returns people whose newest schedule version has not reached all cards.
func (s *Store) PendingSettings(ctx context.Context, before time.Time, limit int) ([]domain.UserID, error) {
	filter := append(bson.D{{Key: "pending", Value: true}}, earlier("updated_at", before)...)
	records, err := findList[learningSettingsRecord](ctx, s.learningSettings, "learning settings", filter,
		options.Find().SetLimit(int64(limit)).SetProjection(fields("user_id")))
	owners := make([]domain.UserID, len(records))
	for i, r := range records {
		owners[i] = r.Owner
	}
	return owners, err
}
