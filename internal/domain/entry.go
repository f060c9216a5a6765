package domain

import (
	"strconv"
	"time"
)

// MaxEntries is how many entries, cards or events one call may name.
const MaxEntries = 500

// Entry is what somebody wants to add to a review log: an answer, or a correction. The log makes it an Event.
type Entry struct {
	// ID is chosen by the client, or empty: then it follows from the content.
	ID   EventID
	Kind Kind
	// Card is the card that the entry is about; an undo may leave it out.
	Card CardID
	// Session, StartedAt, Rating and Buttons (2 or 4) belong to a review.
	Session   LearningSessionID
	StartedAt time.Time
	// FinishedAt is when it happened by the client's clock: the time of the answer, of the reset, or of the last review of
	// an imported memory. Nobody says it of an undo, which happens when it arrives.
	FinishedAt time.Time
	Rating     Rating
	Buttons    int
	// Undoes is the event that an undo takes back.
	Undoes EventID
	// Imported is the memory of an import.
	Imported Imported
	// DueDay is the day that a reschedule moves the card to, 0 for none.
	DueDay Day
}

// Check says everything that is wrong with an entry.
func (e Entry) Check() error {
	var p problems
	switch e.Kind {
	case KindReview:
		p.add(!e.Rating.Valid(), "rating", "The rating must be 1 (Again), 2 (Hard), 3 (Good) or 4 (Easy).")
		p.add(e.Buttons != 2 && e.Buttons != 4, "buttons", "A client has 2 or 4 buttons.")
		p.add(e.StartedAt.IsZero(), "startedAt", "The time at which the card was shown is required.")
		p.add(!inLogRange(e.StartedAt), "startedAt", "The time must lie between the years 1970 and 9999.")
		p.add(e.FinishedAt.Before(e.StartedAt), "finishedAt", "The answer cannot be earlier than the showing of the card.")
		e.checkFinish(&p)
	case KindUndo:
		p.add(e.Undoes == "", "undoes", "The id of the event to take back is required.")
	case KindReset, KindReschedule:
		e.checkFinish(&p)
	case KindImport:
		e.checkFinish(&p)
		e.Imported.check(&p)
	default:
		p.add(true, "kind", "The kind must be review, undo, reset or import.")
	}
	p.add(e.Card == "" && e.Kind != KindUndo, "cardID", "The card is required.")
	return p.err()
}

func (e Entry) checkFinish(p *problems) {
	p.add(e.FinishedAt.IsZero(), "finishedAt", "The time at which it happened is required.")
	p.add(!inLogRange(e.FinishedAt), "finishedAt", "The time must lie between the years 1970 and 9999.")
}

func (i Imported) check(p *problems) {
	p.add(!(i.Stability > 0 && i.Stability <= maxStability), "memory.stability", "The stability is in days, above 0 and at most 36,500.")
	p.add(!(i.Difficulty >= 1 && i.Difficulty <= 10), "memory.difficulty", "The difficulty must be between 1 and 10.")
	p.add(!inLogRange(i.Due), "memory.due", "The time must lie between the years 1970 and 9999.")
	p.add(i.Reps < 1 || i.Reps > 1_000_000, "memory.reps", "The number of reviews must be between 1 and 1,000,000.")
	p.add(i.Lapses < 0 || i.Lapses > i.Reps, "memory.lapses", "There cannot be more lapses than reviews.")
}

func inLogRange(at time.Time) bool {
	return at.IsZero() || at.UTC().Year() >= 1970 && at.UTC().Year() <= 9999
}

// EventID returns the id of the entry's event: the client's, or one that follows from the content, so that the same
// entry sent twice is the same event. To take an event back twice is to do it once.
func (e Entry) EventID(user UserID) EventID {
	switch {
	case e.ID != "":
		return e.ID
	case e.Kind == KindUndo:
		return EventID(NameID(string(user), string(KindUndo), string(e.Undoes)))
	case e.Kind == KindReview:
		return EventID(NameID(string(user), string(e.Card), string(e.Session),
			stamp(e.StartedAt), stamp(e.FinishedAt), strconv.FormatBool(e.Rating != Again)))
	default:
		return EventID(NameID(string(user), string(e.Kind), string(e.Card), stamp(e.FinishedAt)))
	}
}

// stamp returns a time as text with milliseconds, the precision that is stored.
func stamp(at time.Time) string { return at.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano) }

// Says reports whether the event records the same entry: what a client sends again after it lost the reply.
func (e Event) Says(entry Entry) bool {
	if e.Kind != entry.Kind {
		return false
	}
	if e.Kind == KindUndo {
		return e.Undoes == entry.Undoes
	}
	if e.Card != entry.Card || stamp(e.FinishedAt) != stamp(entry.FinishedAt) {
		return false
	}
	switch e.Kind {
	case KindReview:
		return e.Session == entry.Session && e.Rating == entry.Rating && e.Buttons == entry.Buttons && stamp(e.StartedAt) == stamp(entry.StartedAt)
	case KindImport:
		return e.Imported == entry.Imported.rounded()
	default:
		return true
	}
}

// rounded returns the memory as it is stored, its time in milliseconds.
func (i Imported) rounded() Imported {
	if !i.Due.IsZero() {
		i.Due = i.Due.UTC().Truncate(time.Millisecond)
	}
	return i
}

// NewEvent returns the event for an entry about a card in a deck, without its number, fuzz and memory: those depend on
// the log. target is the event that an undo takes back, nil for other kinds.
func NewEvent(user UserID, entry Entry, deck DeckID, target *Event, settings Settings, now time.Time) Event {
	calendar := settings.Calendar()
	event := Event{
		ID: entry.EventID(user), User: user, Kind: entry.Kind, Card: entry.Card, Deck: deck, RecordedAt: now, AnsweredAt: now,
		Zone: calendar.Zone(), Rollover: calendar.Rollover(), ScheduleVersion: settings.Schedule().Version,
	}
	if target != nil {
		event.Card, event.Undoes, event.Day = target.Card, target.ID, target.Day
		event.StartedAt, event.FinishedAt = now, now
		return event
	}
	event.FinishedAt = entry.FinishedAt.UTC().Truncate(time.Millisecond)
	event.StartedAt = event.FinishedAt
	if event.FinishedAt.Before(now) {
		event.AnsweredAt = event.FinishedAt
	}
	event.Day = calendar.DayOf(event.AnsweredAt)
	switch entry.Kind {
	case KindReview:
		event.StartedAt = entry.StartedAt.UTC().Truncate(time.Millisecond)
		event.Session, event.Rating, event.Buttons = entry.Session, entry.Rating, entry.Buttons
	case KindImport:
		event.Imported = entry.Imported.rounded()
	case KindReschedule:
		event.DueDay, event.Day = entry.DueDay, 0
	}
	return event
}
