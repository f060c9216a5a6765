package domain

import (
	"strconv"
	"time"
)

// Rating is how well a card was remembered. The zero Rating is invalid.
type Rating int

// The ratings, from worst to best.
const (
	Again Rating = 1
	Hard  Rating = 2
	Good  Rating = 3
	Easy  Rating = 4
)

// Valid reports whether the rating is one of the four.
func (r Rating) Valid() bool { return Again <= r && r <= Easy }

// RatingOf returns the rating of a client with two buttons: Good when the answer was right, else Again.
func RatingOf(correct bool) Rating {
	if correct {
		return Good
	}
	return Again
}

// Kind says what an event of the log is.
type Kind string

// KindReview is an answer to a card.
const KindReview Kind = "review"

// Event is one entry of a person's review log. It is never changed.
type Event struct {
	ID   EventID
	User UserID
	// Seq is the number of the event in the person's log: 1, 2, 3 ... without gaps, in order of arrival.
	Seq  int64
	Kind Kind
	Card CardID
	// Deck is the deck that the card was in when the event arrived.
	Deck    DeckID
	Session LearningSessionID
	Rating  Rating
	// StartedAt and FinishedAt are the client's word; RecordedAt is the server's clock.
	StartedAt  time.Time
	FinishedAt time.Time
	RecordedAt time.Time
	// AnsweredAt is the earlier of FinishedAt and RecordedAt: a client's clock may be fast.
	AnsweredAt time.Time
	// Day is the person's day of AnsweredAt, by the Zone and Rollover then in force.
	Day      Day
	Zone     string
	Rollover int
	// Buttons is how many ratings the client offers, 2 or 4.
	Buttons int
	// ScheduleVersion is the version of the person's schedule that the event was made under.
	ScheduleVersion int
	// Fuzz chooses the day within the range of fuzz: 0 (earliest) up to but not including 1.
	Fuzz float64
	// After is the card's memory as the log stood at this number; After.Seq equals Seq.
	After Memory
}

// Answer is what a client says about one answer to a card.
type Answer struct {
	// ID is chosen by the client, or empty: then it follows from the content of the answer.
	ID         EventID
	Card       CardID
	Session    LearningSessionID
	StartedAt  time.Time
	FinishedAt time.Time
	Rating     Rating
	// Buttons is how many ratings the client offers, 2 or 4.
	Buttons int
}

// Check says everything that is wrong with an answer.
func (a Answer) Check() error {
	var p problems
	p.add(!a.Rating.Valid(), "rating", "The rating must be 1 (Again), 2 (Hard), 3 (Good) or 4 (Easy).")
	p.add(a.StartedAt.IsZero(), "startedAt", "The time at which the card was shown is required.")
	p.add(a.FinishedAt.IsZero(), "finishedAt", "The time of the answer is required.")
	p.add(!inLogRange(a.StartedAt), "startedAt", "The time must lie between the years 1970 and 9999.")
	p.add(!inLogRange(a.FinishedAt), "finishedAt", "The time must lie between the years 1970 and 9999.")
	p.add(a.FinishedAt.Before(a.StartedAt), "finishedAt", "The answer cannot be earlier than the showing of the card.")
	return p.err()
}

func inLogRange(at time.Time) bool {
	return at.IsZero() || at.Year() >= 1970 && at.Year() <= 9999
}

// EventID returns the id of the answer's event: the client's, or one that follows from the content, so that the same
// answer sent twice is the same event.
func (a Answer) EventID(user UserID) EventID {
	if a.ID != "" {
		return a.ID
	}
	return EventID(NameID(string(user), string(a.Card), string(a.Session),
		stamp(a.StartedAt), stamp(a.FinishedAt), strconv.FormatBool(a.Rating != Again)))
}

// stamp returns a time as text with milliseconds, the precision that is stored.
func stamp(at time.Time) string { return at.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano) }

// Says reports whether the event records the same answer: what a client sends again after it lost the reply.
func (e Event) Says(a Answer) bool {
	return e.Kind == KindReview && e.Card == a.Card && e.Session == a.Session && e.Rating == a.Rating &&
		e.Buttons == a.Buttons && stamp(e.StartedAt) == stamp(a.StartedAt) && stamp(e.FinishedAt) == stamp(a.FinishedAt)
}

// NewReview returns the event for an answer, without its number, fuzz and memory: those depend on the log.
func NewReview(user UserID, a Answer, deck DeckID, calendar Calendar, schedule Schedule, now time.Time) Event {
	finished := a.FinishedAt.UTC().Truncate(time.Millisecond)
	answered := finished
	if now.Before(answered) {
		answered = now
	}
	return Event{
		ID: a.EventID(user), User: user, Kind: KindReview, Card: a.Card, Deck: deck, Session: a.Session,
		Rating: a.Rating, Buttons: a.Buttons,
		StartedAt: a.StartedAt.UTC().Truncate(time.Millisecond), FinishedAt: finished, RecordedAt: now, AnsweredAt: answered,
		Day: calendar.DayOf(answered), Zone: calendar.Zone(), Rollover: calendar.Rollover(),
		ScheduleVersion: schedule.Version,
	}
}
