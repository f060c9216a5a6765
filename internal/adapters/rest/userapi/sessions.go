package userapi

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func (a *api) sessionRoutes() []rest.Endpoint {
	return []rest.Endpoint{
		rest.Route(rest.Spec{
			Method: http.MethodGet, Path: "/user/sessions", Service: rest.Users, Access: rest.SignedIn,
			Summary: "List the sessions", Description: "All sign-ins that have not ended, oldest first.",
		}, a.sessions),
		rest.Route(rest.Spec{
			Method: http.MethodDelete, Path: "/user/sessions/{id}", Service: rest.Users, Access: rest.SignedIn, WantsClient: true,
			Summary: "End a session", Description: "It may be the one by which this is asked. It takes effect everywhere within 30 seconds.",
		}, a.endSession),
		rest.Route(rest.Spec{
			Method: http.MethodDelete, Path: "/user/sessions", Service: rest.Users, Access: rest.SignedIn, WantsClient: true, Repeatable: true,
			Summary: "End all other sessions", Description: "All but the one by which this is asked.",
		}, a.endOtherSessions),
	}
}

type sessionsResponse struct {
	Items      []sessionResponse `json:"items"`
	NextCursor string            `json:"nextCursor" description:"Empty at the end."`
}

type sessionResponse struct {
	ID        domain.SessionID `json:"id" format:"uuid"`
	CreatedAt rest.Time        `json:"createdAt"`
	ExpiresAt rest.Time        `json:"expiresAt"`
	Program   string           `json:"program" description:"What seems to have signed in, like Firefox on Linux; empty when unknown."`
	Address   string           `json:"address" description:"The IP address it came from; empty when unknown."`
	Current   bool             `json:"current" description:"It is the one by which this is asked."`
}

func newSessionResponse(s domain.Session, current domain.SessionID) sessionResponse {
	return sessionResponse{s.ID, rest.Time(s.CreatedAt), rest.Time(s.ExpiresAt), s.Program, s.Address, s.ID == current}
}

func (a *api) sessions(ctx context.Context, caller domain.Identity, r pageRequest) (sessionsResponse, error) {
	page, err := r.page()
	if err != nil {
		return sessionsResponse{}, err
	}
	sessions, next, err := a.accounts.Sessions(ctx, caller, page)
	if err != nil {
		return sessionsResponse{}, err
	}
	response := sessionsResponse{NextCursor: cursorText(next)}
	for _, session := range sessions {
		response.Items = append(response.Items, newSessionResponse(session, caller.Session))
	}
	return response, nil
}

type sessionPath struct {
	ID domain.SessionID `path:"id" format:"uuid"`
}

func (a *api) endSession(ctx context.Context, caller domain.Identity, r sessionPath) (rest.Empty, error) {
	return rest.Empty{}, a.accounts.EndSession(ctx, caller, r.ID, rest.ClientOf(ctx))
}

func (a *api) endOtherSessions(ctx context.Context, caller domain.Identity, _ rest.Empty) (rest.Empty, error) {
	return rest.Empty{}, a.accounts.EndOtherSessions(ctx, caller, rest.ClientOf(ctx))
}
