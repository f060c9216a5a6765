package porttest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func (s *memstore) keepUser(u domain.User) domain.User {
	u.Name, u.Email, u.PasswordHash = s.text(u.Name), s.text(u.Email), s.text(u.PasswordHash)
	u.CreatedAt, u.UpdatedAt = s.at(u.CreatedAt), s.at(u.UpdatedAt)
	if s.is("the beta flag of an account is lost") {
		u.Beta = false
	}
	u.Disabled = u.Disabled && !s.is("the disabling of an account is lost")
	return u
}

// emailKey returns the form under which the store holds an address unique.
func (s *memstore) emailKey(email string) string {
	switch {
	case s.is("e-mails are compared with their case"):
		return strings.TrimSpace(email)
	case s.is("only ASCII letters of e-mails are folded"):
		return strings.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 'a' - 'A'
			}
			return r
		}, strings.TrimSpace(email))
	case s.is("e-mails are compared without accents and dots"):
		return strings.NewReplacer("\u0301", "", "\u00e9", "e", ".", "").Replace(domain.EmailKey(email))
	}
	return domain.EmailKey(email)
}

func (s *memstore) emailOwner(emailKey string) (domain.User, bool) {
	for _, user := range s.users {
		stored := s.emailKey(user.Email)
		if stored == s.emailKey(emailKey) || stored == emailKey {
			return user, true
		}
		if s.is("an e-mail is a pattern") && regexp.MustCompile("^"+emailPattern(emailKey)+"$").MatchString(stored) {
			return user, true
		}
	}
	return domain.User{}, false
}

// emailPattern returns a key read as the pattern of a LIKE.
func emailPattern(emailKey string) string {
	return strings.NewReplacer("%", ".*", "_", ".").Replace(regexp.QuoteMeta(emailKey))
}

// unknownIsEmpty is the fault of a store that does not look whether a row was found.
const unknownIsEmpty = "what is unknown is found empty"

var emailTaken = domain.NewError(domain.CodeEmailTaken, "There is an account with this e-mail address.")

func (s *memstore) InsertUser(ctx context.Context, user domain.User) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if _, taken := s.emailOwner(s.emailKey(user.Email)); taken || s.reserved[s.emailKey(user.Email)] {
		s.refusedUsers = append(s.refusedUsers, user)
		return emailTaken
	}
	if _, taken := s.users[user.ID]; taken && !s.is("an account replaces another one of its id") {
		return s.conflict("account")
	}
	s.gap("a sign-up looks for the e-mail, then inserts")
	s.note("account", string(user.ID))
	s.users[user.ID] = s.keepUser(user)
	return nil
}

func (s *memstore) User(ctx context.Context, id domain.UserID) (domain.User, error) {
	if err := s.enter(ctx); err != nil {
		return domain.User{}, err
	}
	defer s.mu.Unlock()
	user, found := s.users[id]
	if !found && !s.is(unknownIsEmpty) {
		return domain.User{}, s.notFound("account")
	}
	return user, nil
}

func (s *memstore) UserByEmail(ctx context.Context, emailKey string) (domain.User, error) {
	if err := s.enter(ctx); err != nil {
		return domain.User{}, err
	}
	defer s.mu.Unlock()
	user, found := s.emailOwner(emailKey)
	if !found {
		return domain.User{}, s.notFound("account")
	}
	return user, nil
}

func (s *memstore) UpdateUser(ctx context.Context, id domain.UserID, edit func(*domain.User) error) (domain.User, error) {
	if err := s.enter(ctx); err != nil {
		return domain.User{}, err
	}
	defer s.mu.Unlock()
	before, found := s.users[id]
	if !found {
		return domain.User{}, s.notFound("account")
	}
	after := before
	store, err := s.changed(edit(&after))
	if !store {
		return domain.User{}, err
	}
	after.ID, after.CreatedAt = before.ID, s.editedAt(before.CreatedAt, after.CreatedAt)
	after.Rev = s.raised(s.editedRev(before.Rev, after.Rev))
	if other, taken := s.emailOwner(s.emailKey(after.Email)); taken && other.ID != id && !s.is("an update takes a taken e-mail") {
		return domain.User{}, emailTaken
	}
	if s.is("an e-mail cannot be changed in its case") && after.Email != before.Email && s.emailKey(after.Email) == s.emailKey(before.Email) {
		return domain.User{}, emailTaken
	}
	s.gap("an update looks for the e-mail, then writes")
	s.gap("an update forgets others at the same time")
	s.users[id] = s.keepUser(after)
	return s.users[id], err
}

// editedAt and editedRev return what is stored of what an edit function must not change.
func (s *memstore) editedAt(before, after time.Time) time.Time {
	if s.is("an edit function may change the creation") {
		return after
	}
	return before
}

func (s *memstore) editedRev(before, after int64) int64 {
	if s.is("an edit function may change the revision") {
		return after
	}
	return before
}

func (s *memstore) InsertSession(ctx context.Context, session domain.Session) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	_, _, taken := lookup(s.sessions, session.Owner, string(session.ID), s.is("an id of a sign-in is unique over all people"))
	if taken && !s.is("a sign-in replaces another one of its id") {
		return s.conflict("sign-in")
	}
	s.note("sign-in", string(session.ID))
	s.sessions[key{session.Owner, string(session.ID)}] = s.keepSession(session)
	return nil
}

func (s *memstore) Session(ctx context.Context, owner domain.UserID, id domain.SessionID) (domain.Session, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Session{}, err
	}
	defer s.mu.Unlock()
	_, session, found := lookup(s.sessions, owner, string(id), s.is("Session forgets the owner"))
	if !found && s.is(unknownIsEmpty) {
		return domain.Session{}, nil
	}
	if !found || s.is("an expired sign-in is hidden") && session.ExpiresAt.Year() < 2000 {
		return domain.Session{}, s.notFound("sign-in")
	}
	return session, nil
}

func (s *memstore) EndSession(ctx context.Context, owner domain.UserID, id domain.SessionID) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k, _, found := lookup(s.sessions, owner, string(id), s.is("EndSession forgets the owner"))
	if !found && s.is("ending an ended sign-in is an error") {
		return s.notFound("sign-in")
	}
	if !s.is("EndSession does nothing") {
		delete(s.sessions, k)
	}
	return nil
}

func (s *memstore) InsertToken(ctx context.Context, token domain.OneTimeToken) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if _, taken := s.tokens[token.Hash]; taken && !s.is("a token replaces another one of its hash") {
		return s.conflict("token")
	}
	token.CreatedAt, token.ExpiresAt = s.at(token.CreatedAt), s.at(token.ExpiresAt)
	s.tokens[token.Hash] = token
	return nil
}

func (s *memstore) ConsumeToken(
	ctx context.Context, owner domain.UserID, hash string, purpose domain.TokenPurpose, now time.Time,
) (domain.OneTimeToken, error) {
	if err := s.enter(ctx); err != nil {
		return domain.OneTimeToken{}, err
	}
	defer s.mu.Unlock()
	token, found := s.tokens[hash]
	if s.is("a failed try uses a token up") {
		delete(s.tokens, hash)
	}
	fits := (token.Owner == owner || s.is("ConsumeToken forgets the owner")) &&
		(token.Purpose == purpose || s.is("ConsumeToken forgets the purpose")) &&
		(!token.ExpiresAt.Before(now) || s.is("ConsumeToken forgets the expiry"))
	if !found && s.is(unknownIsEmpty) {
		return domain.OneTimeToken{}, nil
	}
	if !found || !fits {
		return domain.OneTimeToken{}, s.notFound("token")
	}
	s.gap("a token is read, then removed")
	if !s.is("ConsumeToken gives a token twice") {
		delete(s.tokens, hash)
	}
	return token, nil
}

func (s *memstore) configName(name string) string {
	switch {
	case s.is("names of documents are compared without case"):
		return strings.ToLower(name)
	case s.is("an unknown document is the first one") && s.configs[name].Name == "":
		for first := range s.configs {
			return first
		}
	}
	return name
}

func (s *memstore) InsertConfig(ctx context.Context, document domain.ConfigDocument) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	name := document.Name
	if !s.is("an unknown document is the first one") {
		name = s.configName(name)
	}
	if _, taken := s.configs[name]; taken && !s.is("a document replaces another one of its name") {
		return s.conflict("document")
	}
	s.gap("a document is looked for, then inserted")
	document.UpdatedAt, document.Value = s.at(document.UpdatedAt), s.clone(document.Value)
	if s.is("the JSON of a document is compacted") {
		var compact bytes.Buffer
		if err := json.Compact(&compact, document.Value); err == nil {
			document.Value = compact.Bytes()
		}
	}
	s.configs[name] = document
	return nil
}

func (s *memstore) Config(ctx context.Context, name string) (domain.ConfigDocument, error) {
	if err := s.enter(ctx); err != nil {
		return domain.ConfigDocument{}, err
	}
	defer s.mu.Unlock()
	document, found := s.configs[s.configName(name)]
	if !found {
		return domain.ConfigDocument{}, s.notFound("document")
	}
	document.Value = s.clone(document.Value)
	return document, nil
}
