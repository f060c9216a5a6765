package porttest_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// note remembers the order in which things of a kind are inserted.
func (s *memstore) note(kind, id string) {
	s.inserted++
	s.orders[kind+id] = s.inserted
}

func (s *memstore) ListUsers(ctx context.Context, page ports.Page) ([]domain.User, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	users := []domain.User{}
	for _, user := range s.users {
		if !user.Disabled || !s.is("ListUsers leaves out disabled accounts") {
			users = append(users, user)
		}
	}
	if s.is("who could not sign up is listed") {
		users = append(users, s.refusedUsers...)
	}
	return part(s, users, listing[domain.User]{
		at:    func(u domain.User) time.Time { return u.CreatedAt },
		id:    func(u domain.User) string { return string(u.ID) },
		order: func(u domain.User) int { return s.orders["account"+string(u.ID)] },
	}, page), nil
}

func (s *memstore) SessionsOf(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Session, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	sessions := []domain.Session{}
	for k, session := range s.sessions {
		mine := k.owner == owner || s.is("SessionsOf forgets the owner")
		if mine && !(session.ExpiresAt.Year() < 2000 && s.is("SessionsOf leaves out expired sign-ins")) {
			sessions = append(sessions, session)
		}
	}
	return part(s, sessions, listing[domain.Session]{
		at:    func(session domain.Session) time.Time { return session.CreatedAt },
		id:    func(session domain.Session) string { return string(session.ID) },
		order: func(session domain.Session) int { return s.orders["sign-in"+string(session.ID)] },
	}, page), nil
}

func (s *memstore) EndSessions(ctx context.Context, owner domain.UserID, except domain.SessionID) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	_, _, found := lookup(s.sessions, owner, string(except), false)
	switch {
	case except != "" && !found && s.is("EndSessions wants the one that stays to be there"):
		return s.notFound("sign-in")
	case s.is("EndSessions ends all sign-ins"):
		except = ""
	case s.is("EndSessions does nothing"):
		return nil
	}
	for k := range s.sessions {
		if (k.owner == owner || s.is("EndSessions forgets the owner")) && k.id != string(except) {
			delete(s.sessions, k)
		}
	}
	return nil
}

func (s *memstore) keepSession(session domain.Session) domain.Session {
	session.CreatedAt, session.ExpiresAt = s.at(session.CreatedAt), s.at(session.ExpiresAt)
	session.Program, session.Address = s.text(session.Program), s.text(session.Address)
	if s.is("the program of a sign-in is lost") {
		session.Program = ""
	}
	return session
}

func (s *memstore) keepAPIToken(token domain.APIToken) domain.APIToken {
	token.Name, token.CreatedAt, token.ExpiresAt = s.text(token.Name), s.at(token.CreatedAt), s.at(token.ExpiresAt)
	if len(token.Scopes) > 1 && s.is("an API token has one scope") {
		token.Scopes = token.Scopes[:1]
	}
	return s.copyAPIToken(token)
}

// copyAPIToken returns a token that shares nothing with the given one.
func (s *memstore) copyAPIToken(token domain.APIToken) domain.APIToken {
	if s.is("scopes are shared with callers") {
		return token
	}
	token.Scopes = append(none[domain.Scope](s), token.Scopes...)
	return token
}

func (s *memstore) PutAPIToken(ctx context.Context, token domain.APIToken) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k, was, there := lookup(s.apiTokens, token.Owner, string(token.ID), false)
	if there && s.is("an API token cannot be replaced") {
		return s.conflict("API token")
	}
	if there && s.is("an API token that is put again keeps its expiry") {
		token.ExpiresAt = was.ExpiresAt
	}
	s.note("API token", k.id)
	s.apiTokens[k] = s.keepAPIToken(token)
	return nil
}

func (s *memstore) APIToken(ctx context.Context, owner domain.UserID, id domain.APITokenID) (domain.APIToken, error) {
	if err := s.enter(ctx); err != nil {
		return domain.APIToken{}, err
	}
	defer s.mu.Unlock()
	_, token, found := lookup(s.apiTokens, owner, string(id), s.is("APIToken forgets the owner"))
	if !found && s.is(unknownIsEmpty) {
		return domain.APIToken{}, nil
	}
	if !found || token.ExpiresAt.Year() == 1997 && s.is("expired API tokens are hidden") {
		return domain.APIToken{}, s.notFound("API token")
	}
	return s.copyAPIToken(token), nil
}

func (s *memstore) APITokensOf(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.APIToken, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	tokens := []domain.APIToken{}
	for k, token := range s.apiTokens {
		if k.owner == owner || s.is("APITokensOf forgets the owner") {
			tokens = append(tokens, s.copyAPIToken(token))
		}
	}
	return part(s, tokens, listing[domain.APIToken]{
		at:    func(a domain.APIToken) time.Time { return a.CreatedAt },
		id:    func(a domain.APIToken) string { return string(a.ID) },
		order: func(a domain.APIToken) int { return s.orders["API token"+string(a.ID)] },
	}, page), nil
}

func (s *memstore) DeleteAPIToken(ctx context.Context, owner domain.UserID, id domain.APITokenID) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k, _, found := lookup(s.apiTokens, owner, string(id), s.is("DeleteAPIToken forgets the owner"))
	if !found && !s.is("deleting an API token that is gone is no error") {
		return s.notFound("API token")
	}
	if !s.is("DeleteAPIToken does nothing") {
		delete(s.apiTokens, k)
	}
	return nil
}

func (s *memstore) DeleteAPITokens(ctx context.Context, owner domain.UserID) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	for k := range s.apiTokens {
		if (k.owner == owner || s.is("DeleteAPITokens forgets the owner")) && !s.is("DeleteAPITokens does nothing") {
			delete(s.apiTokens, k)
		}
	}
	return nil
}

func (s *memstore) keepPlace(place domain.SignInPlace) domain.SignInPlace {
	place.FirstSeen, place.LastSeen = s.at(place.FirstSeen), s.at(place.LastSeen)
	return place
}

// network returns the form under which a network is known.
func (s *memstore) network(network string) string {
	if s.is("networks are compared without case") {
		return strings.ToLower(network)
	}
	return network
}

func (s *memstore) KnowsPlace(ctx context.Context, owner domain.UserID, network string) (bool, error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.mu.Unlock()
	_, _, known := lookup(s.places, owner, s.network(network), s.is("KnowsPlace forgets the owner"))
	return known && !s.is("no place is known"), nil
}

func (s *memstore) SeePlace(ctx context.Context, place domain.SignInPlace) (bool, error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.mu.Unlock()
	k, was, known := lookup(s.places, place.Owner, s.network(place.Network), s.is("SeePlace forgets the owner"))
	s.gap("a place is looked for, then stored")
	if known && !s.is("SeePlace changes when somebody was first seen") {
		place.FirstSeen = was.FirstSeen
	}
	if known && s.is("SeePlace leaves when somebody was last seen") {
		place.LastSeen = was.LastSeen
	}
	if !s.is("SeePlace stores nothing") {
		s.places[k] = s.keepPlace(place)
	}
	return known || s.is("every place is known"), nil
}

func (s *memstore) keepAudit(entry domain.AuditEntry) domain.AuditEntry {
	entry.At, entry.Actor, entry.Action = s.at(entry.At), s.text(entry.Actor), domain.Action(s.text(string(entry.Action)))
	entry.Object, entry.Address = s.text(entry.Object), s.text(entry.Address)
	if s.is("the object of an audit entry is lost") {
		entry.Object = ""
	}
	return entry
}

func (s *memstore) InsertAudit(ctx context.Context, entry domain.AuditEntry) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	_, _, taken := lookup(s.audits, entry.Subject, string(entry.ID), s.is("an id of an audit entry is unique over all people"))
	if taken && !s.is("an audit entry replaces another one of its id") {
		return s.conflict("audit entry")
	}
	s.gap("an audit entry is looked for, then inserted")
	s.note("audit entry", string(entry.ID))
	s.audits[key{entry.Subject, string(entry.ID)}] = s.keepAudit(entry)
	return nil
}

func (s *memstore) Audits(ctx context.Context, page ports.Page) ([]domain.AuditEntry, error) {
	return s.auditList(ctx, page, func(subject domain.UserID) bool {
		return subject != "" || !s.is("Audits leaves out those about nobody")
	})
}

func (s *memstore) AuditsOf(ctx context.Context, subject domain.UserID, page ports.Page) ([]domain.AuditEntry, error) {
	return s.auditList(ctx, page, func(about domain.UserID) bool {
		return about == subject || s.is("AuditsOf forgets the subject") || subject == "" && s.is("AuditsOf nobody has those about everybody")
	})
}

func (s *memstore) auditList(ctx context.Context, page ports.Page, wanted func(domain.UserID) bool) ([]domain.AuditEntry, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	entries := []domain.AuditEntry{}
	for k, entry := range s.audits {
		if wanted(k.owner) {
			entries = append(entries, entry)
		}
	}
	return part(s, entries, listing[domain.AuditEntry]{
		at:    func(a domain.AuditEntry) time.Time { return a.At },
		id:    func(a domain.AuditEntry) string { return string(a.ID) },
		order: func(a domain.AuditEntry) int { return s.orders["audit entry"+string(a.ID)] },
	}, page), nil
}

func (s *memstore) UpdateConfig(
	ctx context.Context, name string, edit func(*domain.ConfigDocument) error,
) (domain.ConfigDocument, error) {
	if err := s.enter(ctx); err != nil {
		return domain.ConfigDocument{}, err
	}
	defer s.mu.Unlock()
	name = s.configName(name)
	before, found := s.configs[name]
	if !found && !s.is("UpdateConfig adds a document that is not there") {
		return domain.ConfigDocument{}, s.notFound("document")
	}
	after := before
	after.Value = s.clone(before.Value)
	store, err := s.changed(edit(&after))
	if !store {
		return domain.ConfigDocument{}, err
	}
	after.Rev = s.raised(s.editedRev(before.Rev, after.Rev))
	if !s.is("UpdateConfig renames a document") {
		after.Name = before.Name
	}
	if s.is("UpdateConfig leaves who may read a document") {
		after.Public = before.Public
	}
	s.gap("an update forgets others at the same time")
	after.UpdatedAt, after.Value = s.at(after.UpdatedAt), s.clone(after.Value)
	s.configs[after.Name] = after
	after.Value = s.clone(after.Value)
	return after, err
}

func (s *memstore) ListConfigs(ctx context.Context, after string, limit int) ([]domain.ConfigDocument, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	documents := none[domain.ConfigDocument](s)
	for _, document := range s.configs {
		order := s.compareKeys(document.Name, after)
		behind := order > 0 || order == 0 && s.is("ListConfigs begins with the name it should follow")
		if behind && (document.Public || !s.is("ListConfigs lists public documents only")) {
			document.Value = s.clone(document.Value)
			documents = append(documents, document)
		}
	}
	slices.SortFunc(documents, func(a, b domain.ConfigDocument) int { return s.compareKeys(a.Name, b.Name) })
	if s.is("ListConfigs ignores its limit") {
		return documents, nil
	}
	return documents[:min(limit, len(documents))], nil
}
