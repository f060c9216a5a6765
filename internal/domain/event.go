package domain

import "time"

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

// The kinds of events.
const (
	// KindReview is an answer to a card.
	KindReview Kind = "review"
	// KindUndo takes an earlier event of the card back: from then on the card's history is what it would be without it.
	KindUndo Kind = "undo"
	// KindReset makes the card new again.
	KindReset Kind = "reset"
	// KindReschedule brings the card under a newer schedule version, and may move its due day.
	KindReschedule Kind = "reschedule"
	// KindImport replaces the card's memory by one from elsewhere.
	KindImport Kind = "import"
)

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
	// Rating and Buttons, how many ratings the client offers (2 or 4), are 0 except for a review.
	Rating  Rating
	Buttons int
	// StartedAt and FinishedAt are the client's word; RecordedAt is the server's clock.
	StartedAt  time.Time
	FinishedAt time.Time
	RecordedAt time.Time
	// AnsweredAt is the earlier of FinishedAt and RecordedAt: a client's clock may be fast.
	AnsweredAt time.Time
	// Day is the person's day of AnsweredAt, by the Zone and Rollover then in force; of an undo it is the day of the event
	// that is taken back, and of a reschedule 0: nobody studied.
	Day      Day
	Zone     string
	Rollover int
	// ScheduleVersion is the version of the person's schedule that the event was made under. The newest event of a card
	// has the version that its whole history is replayed under; it never falls.
	ScheduleVersion int
	// Fuzz chooses the day within the range of fuzz: 0 (earliest) up to but not including 1.
	Fuzz float64
	// Undoes is the event that an undo takes back.
	Undoes EventID
	// DueDay is the day that a reschedule moves a card in review to, 0 for the one that follows from the schedule.
	DueDay Day
	// Imported is the memory that an import brings.
	Imported Imported
	// Asked is what was known of the card when it was asked, at the place of a review in the card's history, as the log stood
	// at this number. Statistics rest on it.
	Asked Asked
	// Latest is the AnsweredAt of the last event, in order of replay, of the card's history as the log stood at this
	// number; zero when everything was taken back. A review after it is one step on.
	Latest time.Time
	// After is the card's memory as the log stood at this number; After.Seq equals Seq.
	After Memory
}

// Asked is what was known of a card just before an answer. It is zero for other events.
type Asked struct {
	// Phase is the phase that the card was in.
	Phase Phase
	// Interval is the number of days between the answer before and the day it was due, 0 unless the card was in review.
	Interval int
	// Recall is the predicted probability of recall, by whole days; 0 for a new card.
	Recall float64
}

// Imported is a memory that another program knew of.
type Imported struct {
	// Stability is the number of days after which the probability of recall is 0.9, above 0; Difficulty is 1..10.
	Stability, Difficulty float64
	// Due is when the card is to be asked again; zero lets the schedule say.
	Due          time.Time
	Reps, Lapses int
}
