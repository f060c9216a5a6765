package domain

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// APITokenID names an API token of a person.
type APITokenID string

// Scope is something that an API token allows.
type Scope string

// The scopes.
const (
	ScopeDecksRead     Scope = "decks:read"
	ScopeDecksWrite    Scope = "decks:write"
	ScopeLearningRead  Scope = "learning:read"
	ScopeLearningWrite Scope = "learning:write"
)

// Scopes returns all scopes.
func Scopes() []Scope {
	return []Scope{ScopeDecksRead, ScopeDecksWrite, ScopeLearningRead, ScopeLearningWrite}
}

// Limits of API tokens.
const (
	MaxAPITokens    = 50
	MaxAPITokenName = 100
)

// APIToken lets a program do a part of what its owner may do. Its secret is shown once and stored only as a hash.
type APIToken struct {
	ID    APITokenID
	Owner UserID
	Name  string
	// Hash is the hexadecimal SHA-256 of the secret.
	Hash string
	// Scopes is what it allows, in the order of Scopes, each once.
	Scopes    []Scope
	CreatedAt time.Time
	// ExpiresAt is when it ends, zero for never.
	ExpiresAt time.Time
}

// Live reports whether the token may still be used.
func (t APIToken) Live(now time.Time) bool { return t.ExpiresAt.IsZero() || now.Before(t.ExpiresAt) }

// NewAPIToken is what a person asks for.
type NewAPIToken struct {
	Name   string
	Scopes []Scope
	// ExpiresAt is when it shall end, zero for never.
	ExpiresAt time.Time
}

// Check says everything that is wrong with what is asked for.
func (n NewAPIToken) Check(now time.Time) error {
	var p problems
	name := strings.TrimSpace(n.Name)
	p.add(name == "", "name", "A name is required.")
	p.add(utf8.RuneCountInString(name) > MaxAPITokenName, "name", "The name is too long: 100 characters at most.")
	p.storable("name", name)
	p.add(len(n.Scopes) == 0, "scopes", "A token needs at least one scope.")
	for _, scope := range n.Scopes {
		p.add(!slices.Contains(Scopes(), scope), "scopes", "There is no such scope. The scopes are decks:read, decks:write, learning:read, learning:write.")
	}
	p.add(!n.ExpiresAt.IsZero() && !n.ExpiresAt.After(now), "expiresAt", "The expiry must be in the future.")
	return p.err()
}

// Token returns the token for a checked request.
func (n NewAPIToken) Token(owner UserID, id APITokenID, hash string, now time.Time) APIToken {
	scopes := []Scope{}
	for _, scope := range Scopes() {
		if slices.Contains(n.Scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return APIToken{
		ID: id, Owner: owner, Name: strings.TrimSpace(n.Name), Hash: hash, Scopes: scopes, CreatedAt: now, ExpiresAt: n.ExpiresAt,
	}
}

// apiTokenPrefix begins the text of an API token, so that people and programs that look for leaked secrets know it.
const apiTokenPrefix = "spacey_"

// APITokenText returns the text that a program shows: it names its owner and itself, so that it is found by its key.
func APITokenText(owner UserID, id APITokenID, secret string) string {
	plain := func(id string) string { return strings.ReplaceAll(id, "-", "") }
	return apiTokenPrefix + plain(string(owner)) + "_" + plain(string(id)) + "_" + secret
}

// IsAPIToken reports whether a text looks like an API token at a glance, rather than like a session token.
func IsAPIToken(text string) bool { return strings.HasPrefix(text, apiTokenPrefix) }

// ParseAPIToken takes the text of an API token apart; ok is false when it is none. Whether there is such a token is to be
// found out.
func ParseAPIToken(text string) (owner UserID, id APITokenID, secret string, ok bool) {
	rest, found := strings.CutPrefix(text, apiTokenPrefix)
	parts := strings.Split(rest, "_")
	if !found || len(parts) != 3 || len(parts[2]) < 26 || len(parts[2]) > 64 {
		return "", "", "", false
	}
	first, isFirst := dashed(parts[0])
	second, isSecond := dashed(parts[1])
	return UserID(first), APITokenID(second), parts[2], isFirst && isSecond
}

// dashed returns the id whose dashes were left out.
func dashed(plain string) (string, bool) {
	if len(plain) != 32 || strings.ToLower(plain) != plain {
		return "", false
	}
	return ParseID(plain[:8] + "-" + plain[8:12] + "-" + plain[12:16] + "-" + plain[16:20] + "-" + plain[20:])
}
