package userapi

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func (a *api) leavingRoutes() []rest.Endpoint {
	export := rest.ExportSpec(rest.Users, "/export/account", "Export the account")
	export.WantsClient = true
	return []rest.Endpoint{
		rest.Route(rest.Spec{
			Method: http.MethodDelete, Path: "/user", Service: rest.Users, Access: rest.SignedIn,
			Summary: "Delete the account", Throttled: true, Session: rest.LeavesSession,
			Description: "Removes the account at once, and everything else of the person from every service within about a quarter of an " +
				"hour: decks, cards, the whole review log. There is no way back; `GET /user/export` gives a copy before.",
			Fails: []domain.Code{domain.CodeTooManyAttempts},
		}, a.delete),
		rest.Route(export, a.export),
	}
}

type deleteRequest struct {
	Body struct {
		Password string `json:"password" validate:"required" maxLength:"128" description:"The password of the account, once more."`
	}
}

func (a *api) delete(ctx context.Context, caller domain.Identity, r deleteRequest) (rest.Empty, error) {
	return rest.Empty{}, a.accounts.Delete(ctx, caller, r.Body.Password)
}

// The lines of the account's part of an export.
type (
	exportedAccount struct {
		Type string `json:"type"`
		accountResponse
		CreatedAt rest.Time `json:"createdAt"`
		UpdatedAt rest.Time `json:"updatedAt"`
	}
	exportedSession struct {
		Type string `json:"type"`
		sessionResponse
	}
	exportedToken struct {
		Type string `json:"type"`
		tokenResponse
	}
	exportedPlace struct {
		Type      string    `json:"type"`
		Network   string    `json:"network"`
		FirstSeen rest.Time `json:"firstSeen"`
		LastSeen  rest.Time `json:"lastSeen"`
	}
	exportedAudit struct {
		Type    string              `json:"type"`
		ID      domain.AuditEntryID `json:"id"`
		At      rest.Time           `json:"at"`
		Actor   string              `json:"actor"`
		Action  domain.Action       `json:"action"`
		Object  string              `json:"object,omitempty"`
		Address string              `json:"address,omitempty"`
	}
)

func (a *api) export(ctx context.Context, caller domain.Identity, _ rest.Empty) (rest.Stream, error) {
	client := rest.ClientOf(ctx)
	return func(ctx context.Context, write func(any) error) error {
		return a.accounts.Export(ctx, caller, client, func(item accounts.ExportedItem) error { return write(newExported(item, caller.Session)) })
	}, nil
}

func newExported(item accounts.ExportedItem, current domain.SessionID) any {
	switch {
	case item.Account != nil:
		u := *item.Account
		return exportedAccount{"account", newAccountResponse(u), rest.Time(u.CreatedAt), rest.Time(u.UpdatedAt)}
	case item.Session != nil:
		return exportedSession{"session", newSessionResponse(*item.Session, current)}
	case item.Token != nil:
		return exportedToken{"api_token", newTokenResponse(*item.Token)}
	case item.Place != nil:
		p := item.Place
		return exportedPlace{"sign_in_place", p.Network, rest.Time(p.FirstSeen), rest.Time(p.LastSeen)}
	default:
		e := item.Audit
		return exportedAudit{"audit_entry", e.ID, rest.Time(e.At), e.Actor, e.Action, e.Object, e.Address}
	}
}
