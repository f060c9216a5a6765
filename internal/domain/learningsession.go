package domain

import "time"

// LearningSession is one sitting in which the cards of a deck are studied. Its end is not always told.
type LearningSession struct {
	ID         LearningSessionID
	Owner      UserID
	Deck       DeckID
	StartedAt  time.Time
	FinishedAt time.Time
}

// NewLearningSession returns a sitting that has begun. The time is the client's word.
func NewLearningSession(id LearningSessionID, owner UserID, deck DeckID, startedAt time.Time) (LearningSession, error) {
	var p problems
	p.add(startedAt.IsZero(), "startedAt", "The beginning of the session is required.")
	p.add(!inLogRange(startedAt), "startedAt", "The time must lie between the years 1970 and 9999.")
	return LearningSession{ID: id, Owner: owner, Deck: deck, StartedAt: startedAt.UTC().Truncate(time.Millisecond)}, p.err()
}

// CheckFinish says what is wrong with the end of a session as a client tells it.
func CheckFinish(finishedAt time.Time) error {
	var p problems
	p.add(finishedAt.IsZero(), "finishedAt", "The end of the session is required.")
	p.add(!inLogRange(finishedAt), "finishedAt", "The time must lie between the years 1970 and 9999.")
	return p.err()
}
