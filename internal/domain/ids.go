package domain

import (
	"crypto/sha1" //nolint:gosec // UUIDv5 is defined on SHA-1; nothing secret depends on it
	"encoding/hex"
	"strings"
)

// Every id is a UUID in its canonical text form: 36 characters, lower case.
type (
	// UserID names an account.
	UserID string
	// SessionID names one sign-in of an account.
	SessionID string
	// DeckID names a deck.
	DeckID string
	// CardID names a card. It stays when the card moves to another deck.
	CardID string
	// LearningSessionID names one sitting in which cards are studied.
	LearningSessionID string
	// EventID names an event of a review log. A client may choose it.
	EventID string
)

// ParseID returns the canonical form of an id; ok is false when the text is not a UUID.
func ParseID(text string) (id string, ok bool) {
	if len(text) != 36 {
		return "", false
	}
	for i := range len(text) {
		c := text[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return "", false
			}
		default:
			if !isHex(c) {
				return "", false
			}
		}
	}
	return strings.ToLower(text), true
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// eventNamespace is the name space of the ids that NameID makes. It is a random UUID and must never change.
const eventNamespace = "8f9f5b0e-3a52-4a0b-9c43-5d0f3c7f6a11"

// NameID returns the UUIDv5 (RFC 9562, section 5.5) of the parts in spacey's own name space: the same parts always
// give the same id, and no two different lists of parts give the same one.
func NameID(parts ...string) string {
	hash := sha1.New() //nolint:gosec // see the import
	space, _ := hex.DecodeString(strings.ReplaceAll(eventNamespace, "-", ""))
	hash.Write(space)
	for _, part := range parts {
		hash.Write([]byte(part))
		hash.Write([]byte{0})
	}
	sum := hash.Sum(nil)[:16]
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	text := hex.EncodeToString(sum)
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
