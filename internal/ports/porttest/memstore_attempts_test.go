package porttest_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// attemptsKey returns the form under which attempts are remembered.
func (s *memstore) attemptsKey(key string) string {
	if s.is("keys of attempts are compared without case") {
		return strings.ToLower(key)
	}
	return key
}

func (s *memstore) Attempts(ctx context.Context, key string) (domain.Attempts, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Attempts{}, err
	}
	defer s.mu.Unlock()
	attempts, found := s.attempts[s.attemptsKey(key)]
	switch {
	case found && !(attempts.ExpiresAt.Year() == 1997 && s.is("expired attempts are hidden")):
		return attempts, nil
	case s.is("attempts that are not known have no key"):
		return domain.Attempts{}, nil
	case s.is("attempts that are not known are not found"):
		return domain.Attempts{}, s.notFound("attempts")
	}
	return domain.Attempts{Key: key}, nil
}

func (s *memstore) UpdateAttempts(ctx context.Context, key string, edit func(*domain.Attempts) error) (domain.Attempts, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Attempts{}, err
	}
	defer s.mu.Unlock()
	before, found := s.attempts[s.attemptsKey(key)]
	if !found {
		before = domain.Attempts{Key: key, Rev: s.forgotten[key]}
	}
	after := before
	store, err := s.changed(edit(&after))
	if !store {
		return domain.Attempts{}, err
	}
	if !s.is("an edit function may change the key of attempts") {
		after.Key = key
	}
	after.Rev = s.raised(s.editedRev(before.Rev, after.Rev))
	after.LastAt, after.ExpiresAt = s.at(after.LastAt), s.at(after.ExpiresAt)
	if s.is("failures are stored in 16 bits") {
		after.Failures = int(int16(after.Failures))
	}
	s.gap("attempts are read, then written")
	s.attempts[s.attemptsKey(after.Key)] = after
	return after, err
}

func (s *memstore) ForgetAttempts(ctx context.Context, keys []string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	switch {
	case s.is("ForgetAttempts forgets everything"), len(keys) == 0 && s.is("forgetting no attempts forgets everything"):
		clear(s.attempts)
	case s.is("ForgetAttempts does nothing"):
		return nil
	case len(keys) > 1 && s.is("ForgetAttempts forgets the first key only"):
		keys = keys[:1]
	}
	for _, key := range keys {
		attempts, found := s.attempts[s.attemptsKey(key)]
		if !found && s.is("forgetting attempts that are not there is an error") {
			return s.notFound("attempts")
		}
		if found && s.is("attempts that were forgotten keep their revision") {
			s.forgotten[key] = attempts.Rev
		}
		delete(s.attempts, s.attemptsKey(key))
	}
	return nil
}

func (s *memstore) keepDeletion(d domain.Deletion) domain.Deletion {
	d.RequestedAt = s.at(d.RequestedAt)
	if s.is("a deletion loses what is finished") {
		d.Finished = nil
	}
	if len(d.Cleared) > 1 && s.is("a deletion keeps one part only") {
		d.Cleared = d.Cleared[:1]
	}
	return s.copyDeletion(d)
}

// copyDeletion returns a deletion that shares nothing with the given one.
func (s *memstore) copyDeletion(d domain.Deletion) domain.Deletion {
	d.Cleared, d.Finished = append(none[domain.Part](s), d.Cleared...), append(none[domain.Part](s), d.Finished...)
	return d
}

func (s *memstore) InsertDeletion(ctx context.Context, deletion domain.Deletion) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	_, there := s.deletions[deletion.Owner]
	switch {
	case there && s.is("a second deletion is a conflict"):
		return s.conflict("deletion")
	case there && !s.is("a second deletion replaces the first one"):
		return nil
	}
	s.note("deletion", string(deletion.Owner))
	s.deletions[deletion.Owner] = s.keepDeletion(deletion)
	return nil
}

func (s *memstore) Deletions(ctx context.Context, page ports.Page) ([]domain.Deletion, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	deletions := []domain.Deletion{}
	for _, deletion := range s.deletions {
		deletions = append(deletions, s.copyDeletion(deletion))
	}
	return part(s, deletions, listing[domain.Deletion]{
		at:    func(d domain.Deletion) time.Time { return d.RequestedAt },
		id:    func(d domain.Deletion) string { return string(d.Owner) },
		order: func(d domain.Deletion) int { return s.orders["deletion"+string(d.Owner)] },
	}, page), nil
}

func (s *memstore) UpdateDeletion(
	ctx context.Context, owner domain.UserID, edit func(*domain.Deletion) error,
) (domain.Deletion, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Deletion{}, err
	}
	defer s.mu.Unlock()
	before, found := s.deletions[owner]
	if !found && s.is("an update adds a deletion that is not there") {
		before, found = domain.NewDeletion(owner, time.Time{}), true
	}
	if !found {
		return domain.Deletion{}, s.notFound("deletion")
	}
	after := s.copyDeletion(before)
	store, err := s.changed(edit(&after))
	if !store {
		return domain.Deletion{}, err
	}
	after.Owner, after.RequestedAt = owner, s.editedAt(before.RequestedAt, after.RequestedAt)
	after.Rev = s.raised(s.editedRev(before.Rev, after.Rev))
	s.gap("an update forgets others at the same time")
	s.deletions[owner] = s.keepDeletion(after)
	return s.copyDeletion(s.deletions[owner]), err
}

func (s *memstore) RemoveDeletion(ctx context.Context, owner domain.UserID) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	_, found := s.deletions[owner]
	switch {
	case !found && s.is("removing a deletion that is gone is an error"):
		return s.notFound("deletion")
	case s.is("RemoveDeletion removes all deletions"):
		clear(s.deletions)
	case s.is("RemoveDeletion does nothing"):
		return nil
	}
	delete(s.deletions, owner)
	return nil
}

func (s *memstore) keepRequest(r domain.IdempotentRequest) domain.IdempotentRequest {
	r.CreatedAt, r.LeaseEnds, r.ExpiresAt = s.at(r.CreatedAt), s.at(r.LeaseEnds), s.at(r.ExpiresAt)
	r.Answer = s.clone(r.Answer)
	switch {
	case s.is("the status of an answer is lost") && r.Answered():
		r.Status = 200
	case s.is("answers are text"):
		r.Answer = bytes.ToValidUTF8(r.Answer, []byte("\ufffd"))
	case s.is("answers end with the first zero"):
		r.Answer, _, _ = bytes.Cut(r.Answer, []byte{0})
	}
	return r
}

func (s *memstore) BeginRequest(
	ctx context.Context, request domain.IdempotentRequest, now time.Time,
) (domain.IdempotentRequest, bool, error) {
	if err := s.enter(ctx); err != nil {
		return domain.IdempotentRequest{}, false, err
	}
	defer s.mu.Unlock()
	k, was, found := lookup(s.requests, request.Owner, request.Key, s.is("a request forgets its owner"))
	s.gap("a request is looked for, then stored")
	same := was.Fingerprint == request.Fingerprint
	expired := found && !now.Before(was.ExpiresAt) && !s.is("a request never expires") &&
		(same || !s.is("an expired request is replaced by the same one only"))
	if !found || expired {
		if expired && s.is("an expired request keeps its answer") {
			request.Status, request.Answer = was.Status, was.Answer
		}
		s.requests[k] = s.keepRequest(request)
		return s.begun(s.requests[k], !s.is("no request is the caller's"))
	}
	ended := !now.Before(was.LeaseEnds) && !s.is("a lease never ends") || s.is("a lease ends at once")
	if ended && (same || s.is("another request takes over")) && (!was.Answered() || s.is("an answered request is taken over")) {
		if s.is("who takes a request over replaces it") {
			was = request
		}
		if !s.is("who takes a request over keeps its lease") {
			was.LeaseEnds = request.LeaseEnds
		}
		s.requests[k] = s.keepRequest(was)
		return s.begun(s.requests[k], true)
	}
	if s.is("a begun request is returned as the caller wants it") {
		was = request
	}
	return s.begun(was, s.is("every request is the caller's"))
}

func (s *memstore) begun(request domain.IdempotentRequest, mine bool) (domain.IdempotentRequest, bool, error) {
	request.Answer = s.clone(request.Answer)
	return request, mine, nil
}

func (s *memstore) FinishRequest(ctx context.Context, owner domain.UserID, id string, status int, answer []byte) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k, request, found := lookup(s.requests, owner, id, s.is("FinishRequest forgets the owner"))
	if s.is("FinishRequest does nothing") || !found && !s.is("an answer to a request that is gone is stored") {
		return nil
	}
	if !found {
		request = domain.IdempotentRequest{Owner: owner, Key: id, ExpiresAt: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
	}
	if request.Answered() && !s.is("FinishRequest replaces an answer") {
		return nil
	}
	request.Status, request.Answer = status, answer
	s.requests[k] = s.keepRequest(request)
	return nil
}

func (s *memstore) DropRequest(ctx context.Context, owner domain.UserID, id string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k, request, found := lookup(s.requests, owner, id, s.is("DropRequest forgets the owner"))
	if !found && s.is("dropping a request that is gone is an error") {
		return s.notFound("request")
	}
	if (!request.Answered() || s.is("DropRequest drops answered requests")) && !s.is("DropRequest does nothing") {
		delete(s.requests, k)
	}
	return nil
}

// sweepAccounts removes what has expired of what belongs to accounts.
func (s *memstore) sweepAccounts(now time.Time) {
	month := 30 * 24 * time.Hour
	if s.is("a sweep removes API tokens as they expire") {
		month = 0
	}
	for k, token := range s.apiTokens {
		expired := !token.ExpiresAt.IsZero() && token.ExpiresAt.Add(month).Before(now) && !s.is("a sweep leaves API tokens")
		if expired || token.ExpiresAt.IsZero() && s.is("a sweep removes API tokens that never expire") {
			delete(s.apiTokens, k)
		}
	}
	for k, place := range s.places {
		seen := place.LastSeen
		if s.is("a sweep goes by when a place was first seen") {
			seen = place.FirstSeen
		}
		if seen.Add(domain.SignInPlaceLifetime).Before(now) && !s.is("a sweep leaves places") {
			delete(s.places, k)
		}
	}
	lifetime := domain.AuditLifetime
	if s.is("a sweep removes audit entries of a year") {
		lifetime = 365 * 24 * time.Hour
	}
	for k, entry := range s.audits {
		left := s.is("a sweep leaves audit entries") || k.owner == "" && s.is("a sweep leaves audit entries about nobody")
		if entry.At.Add(lifetime).Before(now) && !left {
			delete(s.audits, k)
		}
	}
	for k, attempts := range s.attempts {
		if attempts.ExpiresAt.Before(now) && !s.is("a sweep leaves attempts") || s.is("a sweep removes live attempts") {
			delete(s.attempts, k)
		}
	}
	for k, request := range s.requests {
		left := s.is("a sweep leaves requests") || k.owner == "" && s.is("a sweep leaves requests of nobody")
		if request.ExpiresAt.Before(now) && !left || s.is("a sweep removes live requests") {
			delete(s.requests, k)
		}
	}
	if s.is("a sweep removes deletions") {
		for owner, deletion := range s.deletions {
			if slices.Contains(deletion.Finished, domain.PartAccount) {
				delete(s.deletions, owner)
			}
		}
	}
}
