package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// eventRecord is an event. Its _id makes its id unique within the log of its owner.
type eventRecord struct {
	Key             string                   `bson:"_id"`
	User            domain.UserID            `bson:"user_id"`
	ID              domain.EventID           `bson:"id"`
	Seq             int64                    `bson:"seq"`
	Kind            domain.Kind              `bson:"kind"`
	Card            domain.CardID            `bson:"card_id"`
	Deck            domain.DeckID            `bson:"deck_id"`
	Session         domain.LearningSessionID `bson:"session_id"`
	Rating          domain.Rating            `bson:"rating"`
	StartedAt       *bson.DateTime           `bson:"started_at"`
	FinishedAt      *bson.DateTime           `bson:"finished_at"`
	RecordedAt      *bson.DateTime           `bson:"recorded_at"`
	AnsweredAt      *bson.DateTime           `bson:"answered_at"`
	Day             domain.Day               `bson:"day"`
	Zone            string                   `bson:"zone"`
	Rollover        int                      `bson:"rollover"`
	Buttons         int                      `bson:"buttons"`
	ScheduleVersion int                      `bson:"schedule_version"`
	Fuzz            float64                  `bson:"fuzz"`
	After           memoryRecord             `bson:"after"`
}

func newEventRecord(owner domain.UserID, e domain.Event) eventRecord {
	return eventRecord{
		Key: key(owner, e.ID), User: owner, ID: e.ID, Seq: e.Seq, Kind: e.Kind, Card: e.Card, Deck: e.Deck, Session: e.Session,
		Rating: e.Rating, StartedAt: date(e.StartedAt), FinishedAt: date(e.FinishedAt), RecordedAt: date(e.RecordedAt),
		AnsweredAt: date(e.AnsweredAt), Day: e.Day, Zone: e.Zone, Rollover: e.Rollover, Buttons: e.Buttons,
		ScheduleVersion: e.ScheduleVersion, Fuzz: e.Fuzz, After: newMemoryRecord(e.After),
	}
}

func (r eventRecord) event() domain.Event {
	return domain.Event{
		ID: r.ID, User: r.User, Seq: r.Seq, Kind: r.Kind, Card: r.Card, Deck: r.Deck, Session: r.Session, Rating: r.Rating,
		StartedAt: instant(r.StartedAt), FinishedAt: instant(r.FinishedAt), RecordedAt: instant(r.RecordedAt),
		AnsweredAt: instant(r.AnsweredAt), Day: r.Day, Zone: r.Zone, Rollover: r.Rollover, Buttons: r.Buttons,
		ScheduleVersion: r.ScheduleVersion, Fuzz: r.Fuzz, After: r.After.memory(),
	}
}

func eventsOf(records []eventRecord) []domain.Event {
	events := make([]domain.Event, len(records))
	for i, record := range records {
		events[i] = record.event()
	}
	return events
}
