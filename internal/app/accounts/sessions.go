package accounts

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Sessions returns a page of the caller's sign-ins, and where the next page begins: the zero Cursor at the end.
func (s *Service) Sessions(ctx context.Context, caller domain.Identity, page ports.Page) ([]domain.Session, ports.Cursor, error) {
	stored, err := s.sessions.SessionsOf(ctx, caller.User, page)
	if err != nil {
		return nil, ports.Cursor{}, err
	}
	live := []domain.Session{}
	for _, session := range stored {
		if session.Live(s.clock.Now()) {
			live = append(live, session)
		}
	}
	if len(stored) < page.Limit {
		return live, ports.Cursor{}, nil
	}
	last := stored[len(stored)-1]
	return live, ports.Cursor{At: last.CreatedAt, ID: string(last.ID)}, nil
}

// EndSession ends one of the caller's sign-ins, also the one by which they call. CodeNotFound when there is none.
func (s *Service) EndSession(ctx context.Context, caller domain.Identity, id domain.SessionID, client domain.Client) error {
	if _, err := s.sessions.Session(ctx, caller.User, id); err != nil {
		return err
	}
	if err := s.sessions.EndSession(ctx, caller.User, id); err != nil {
		return err
	}
	s.note(ctx, domain.ActionSessionEnded, caller.User, string(id), client)
	return nil
}

// EndOtherSessions ends all of the caller's sign-ins but the one by which they call.
func (s *Service) EndOtherSessions(ctx context.Context, caller domain.Identity, client domain.Client) error {
	if err := s.sessions.EndSessions(ctx, caller.User, caller.Session); err != nil {
		return err
	}
	s.note(ctx, domain.ActionSessionsEnded, caller.User, "", client)
	return nil
}
