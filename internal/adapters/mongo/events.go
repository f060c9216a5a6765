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
	// Undoes is nil in documents of schema version 1, where there were reviews only.
	Undoes   *domain.EventID `bson:"undoes"`
	DueDay   domain.Day      `bson:"due_day"`
	Imported *importedRecord `bson:"imported,omitempty"`
	Asked    *askedRecord    `bson:"asked,omitempty"`
	Latest   *bson.DateTime  `bson:"latest"`
	After    memoryRecord    `bson:"after"`
}

type importedRecord struct {
	Stability  float64        `bson:"stability"`
	Difficulty float64        `bson:"difficulty"`
	Due        *bson.DateTime `bson:"due"`
	Reps       int            `bson:"reps"`
	Lapses     int            `bson:"lapses"`
}

// newImportedRecord returns nil for an event that brings no memory.
func newImportedRecord(i domain.Imported) *importedRecord {
	if i == (domain.Imported{}) {
		return nil
	}
	return &importedRecord{i.Stability, i.Difficulty, date(i.Due), i.Reps, i.Lapses}
}

type askedRecord struct {
	Phase    domain.Phase `bson:"phase"`
	Interval int          `bson:"interval"`
	Recall   float64      `bson:"recall"`
}

// newAskedRecord returns nil for an event that is no answer.
func newAskedRecord(a domain.Asked) *askedRecord {
	if a == (domain.Asked{}) {
		return nil
	}
	return &askedRecord{a.Phase, a.Interval, a.Recall}
}

func newEventRecord(owner domain.UserID, e domain.Event) eventRecord {
	return eventRecord{
		Key: key(owner, e.ID), User: owner, ID: e.ID, Seq: e.Seq, Kind: e.Kind, Card: e.Card, Deck: e.Deck, Session: e.Session,
		Rating: e.Rating, StartedAt: date(e.StartedAt), FinishedAt: date(e.FinishedAt), RecordedAt: date(e.RecordedAt),
		AnsweredAt: date(e.AnsweredAt), Day: e.Day, Zone: e.Zone, Rollover: e.Rollover, Buttons: e.Buttons,
		ScheduleVersion: e.ScheduleVersion, Fuzz: e.Fuzz, Undoes: &e.Undoes, DueDay: e.DueDay,
		Imported: newImportedRecord(e.Imported), Asked: newAskedRecord(e.Asked), Latest: date(e.Latest), After: newMemoryRecord(e.After),
	}
}

func (r eventRecord) event() domain.Event {
	event := domain.Event{
		ID: r.ID, User: r.User, Seq: r.Seq, Kind: r.Kind, Card: r.Card, Deck: r.Deck, Session: r.Session, Rating: r.Rating,
		StartedAt: instant(r.StartedAt), FinishedAt: instant(r.FinishedAt), RecordedAt: instant(r.RecordedAt),
		AnsweredAt: instant(r.AnsweredAt), Day: r.Day, Zone: r.Zone, Rollover: r.Rollover, Buttons: r.Buttons,
		ScheduleVersion: r.ScheduleVersion, Fuzz: r.Fuzz, DueDay: r.DueDay, Latest: instant(r.Latest), After: r.After.memory(),
	}
	if i := r.Imported; i != nil {
		event.Imported = domain.Imported{
			Stability: i.Stability, Difficulty: i.Difficulty, Due: instant(i.Due), Reps: i.Reps, Lapses: i.Lapses,
		}
	}
	if a := r.Asked; a != nil {
		event.Asked = domain.Asked{Phase: a.Phase, Interval: a.Interval, Recall: a.Recall}
	}
	if r.Undoes != nil {
		event.Undoes = *r.Undoes
	} else {
		// The last of reviews is the last review. So a log of schema version 1 needs no rewriting, however long it is.
		event.Latest = event.After.LastReview
	}
	return event
}

func eventsOf(records []eventRecord) []domain.Event {
	events := make([]domain.Event, len(records))
	for i, record := range records {
		events[i] = record.event()
	}
	return events
}
