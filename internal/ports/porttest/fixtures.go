package porttest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// The people of the tests. They own the same ids, since a key begins with its owner.
const (
	ada = domain.UserID("0000ada0-0000-7000-8000-000000000001")
	bob = domain.UserID("00000b0b-0000-7000-8000-000000000001")
)

// start is the time around which things happen. Its milliseconds are odd, so that lost ones are seen.
var start = time.Date(2026, 3, 1, 12, 0, 0, 123_000_000, time.UTC)

// at returns the time some seconds after start.
func at(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

// uuid returns the nth id of a kind. Ids of a kind sort by n.
func uuid(kind, n int) string { return fmt.Sprintf("%08x-0000-7000-8000-%012x", kind, n) }

func userID(n int) domain.UserID       { return domain.UserID(uuid(0xacc, n)) }
func sessionID(n int) domain.SessionID { return domain.SessionID(uuid(0x5e5, n)) }
func deckID(n int) domain.DeckID       { return domain.DeckID(uuid(0xdec, n)) }
func cardID(n int) domain.CardID       { return domain.CardID(uuid(0xca4d, n)) }
func eventID(n int) domain.EventID     { return domain.EventID(uuid(0xe4e, n)) }
func learningSessionID(n int) domain.LearningSessionID {
	return domain.LearningSessionID(uuid(0x1ea, n))
}

func newUser(n int) domain.User {
	return domain.User{
		ID: userID(n), Name: fmt.Sprintf("Person %d", n), Email: fmt.Sprintf("Person%d@Example.org", n),
		PasswordHash: fmt.Sprintf("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$%d", n), EmailVerified: n%2 == 0, Beta: n%2 == 1, Disabled: n%3 == 0,
		CreatedAt: at(n), UpdatedAt: at(n + 1), Rev: 1,
	}
}

func newSession(owner domain.UserID, n int) domain.Session {
	return domain.Session{
		ID: sessionID(n), Owner: owner, CreatedAt: at(n), ExpiresAt: at(n + 3600), Program: fmt.Sprintf("Browser %d on Linux", n),
		Address: fmt.Sprintf("2001:db8::%d", n),
	}
}

func newToken(owner domain.UserID, n int) domain.OneTimeToken {
	return domain.OneTimeToken{
		Hash: fmt.Sprintf("%064x", n), Owner: owner, Purpose: domain.PurposeVerifyEmail, CreatedAt: at(n), ExpiresAt: at(n + 3600),
	}
}

func newConfig(name string) domain.ConfigDocument {
	return domain.ConfigDocument{Name: name, Public: true, Value: json.RawMessage(`{"a":1}`), UpdatedAt: at(1), Rev: 1}
}

func newDeck(owner domain.UserID, n int) domain.Deck {
	return domain.Deck{
		ID: deckID(n), Owner: owner, Name: fmt.Sprintf("Deck %d", n), Description: fmt.Sprintf("About %d", n), Color: "#FFEC87",
		CreatedAt: at(n), UpdatedAt: at(n + 1), Rev: 1,
	}
}

func publishedDeck(owner domain.UserID, n, seconds int) domain.Deck {
	deck := newDeck(owner, n)
	deck.PublishedAt = at(seconds)
	return deck
}

func newCard(deck domain.Deck, n int) domain.Card {
	return domain.Card{
		ID: cardID(n), Owner: deck.Owner, Deck: deck.ID, Question: fmt.Sprintf("Question %d", n), Answer: fmt.Sprintf("Answer %d", n),
		CreatedAt: at(n), UpdatedAt: at(n + 1), Rev: 1,
	}
}

// newMemory returns a memory of a number, in which every field is set and no two are alike.
func newMemory(seq int64) domain.Memory {
	n := int(seq)
	return domain.Memory{
		Phase: domain.PhaseRelearning, Step: n + 100, Stability: 0.1 + float64(n)/3, Difficulty: 1 + 1/(float64(n)+0.7),
		Due: at(n + 90_000), LastReview: at(n), LastDay: domain.Day(20_000 + n), Reps: n + 200, Lapses: n + 300, Seq: seq,
	}
}

// newEvent returns the answer of a number in the owner's log, in which every field is set that an answer has. Its id
// follows from the number.
func newEvent(owner domain.UserID, seq int64, card domain.CardID) domain.Event {
	n := int(seq)
	return domain.Event{
		ID: eventID(n), User: owner, Seq: seq, Kind: domain.KindReview, Card: card, Deck: deckID(1),
		Session: learningSessionID(n), Rating: domain.Rating(n%4 + 1),
		StartedAt: at(n - 9), FinishedAt: at(n + 7), RecordedAt: at(n), AnsweredAt: at(n - 1),
		Day: domain.Day(20_000 + n), Zone: "Asia/Kathmandu", Rollover: 3, Buttons: 4, ScheduleVersion: n + 10,
		Fuzz: 1 - 1/(float64(n)+0.3), Latest: at(n - 2), After: newMemory(seq),
	}
}

// newEventOf returns the event of a number and a kind, in which every field is set that the kind has.
func newEventOf(kind domain.Kind, owner domain.UserID, seq int64, card domain.CardID) domain.Event {
	n := int(seq)
	event := newEvent(owner, seq, card)
	if kind == domain.KindReview {
		event.Asked = domain.Asked{Phase: domain.PhaseRelearning, Interval: n + 600, Recall: 1 / (float64(n) + 1.3)}
		return event
	}
	event.Kind, event.Session, event.Rating, event.Buttons = kind, "", 0, 0
	switch kind {
	case domain.KindUndo:
		event.Undoes = eventID(n + 500)
	case domain.KindReschedule:
		event.DueDay = domain.Day(20_050 + n)
	case domain.KindImport:
		event.Imported = domain.Imported{
			Stability: 0.2 + float64(n)/7, Difficulty: 1 + 1/(float64(n)+0.9), Due: at(n + 77_000), Reps: n + 400, Lapses: n + 500,
		}
	}
	return event
}

// newEvents returns events with the numbers from first, one for each card.
func newEvents(owner domain.UserID, first int64, cards ...domain.CardID) []domain.Event {
	events := make([]domain.Event, len(cards))
	for i, card := range cards {
		events[i] = newEvent(owner, first+int64(i), card)
	}
	return events
}

func newLearningSession(owner domain.UserID, n int) domain.LearningSession {
	return domain.LearningSession{ID: learningSessionID(n), Owner: owner, Deck: deckID(n), StartedAt: at(n)}
}

// instants are times at the edges of what is stored; all but the zero one can be told from zero.
func instants() []time.Time {
	return []time.Time{
		time.UnixMilli(0).UTC(),
		time.UnixMilli(1).UTC(),
		time.Date(1970, 1, 1, 23, 59, 59, 999_000_000, time.UTC),
		time.Date(2026, 10, 25, 2, 30, 0, 1_000_000, time.FixedZone("Kathmandu", 5*3600+45*60)),
		time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC),
	}
}

// texts are what people and attackers write, each of at most 30 characters.
func texts() []string {
	return []string{
		" both ends \t", "\ttab\r\nline\n", "\u00a0no\u2009break\u3000", "ends with a newline\n",
		"👩‍👩‍👧‍👦 🏳️‍🌈 𝕏", "שלום עולם \u202eabc\u202c", "e\u0301 is not \u00e9", "\ufeffbyte order mark", "\u2028 and \u2029",
		`"double" 'single' \back\\`, "$set", `{"$ne":null}`, `'; DROP TABLE cards; --`, "%_.*^$?", "\x01\x1f\x7f", "null", "0",
		"ÄÖÜ äöü ß ẞ İ ı", "\U0010ffff \ufffd",
	}
}

// longText has characters of all of Unicode but NUL, and as many bytes as a side of a card may have.
func longText() string {
	var b strings.Builder
	for r := rune(1); r <= 0x10ffff; r += 67 {
		if r < 0xd800 || r > 0xdfff {
			b.WriteRune(r)
		}
		if b.Len() > domain.MaxCardText-5 {
			break
		}
	}
	return b.String() + strings.Repeat(" ", domain.MaxCardText-b.Len())
}
