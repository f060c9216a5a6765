package accounts

import (
	"context"
	"crypto/rand"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// NamedToken is an API token with its text, which is known only when it is made.
type NamedToken struct {
	domain.APIToken
	Text string
}

// CreateToken makes an API token of the caller. Id, if it is not empty, is the one it gets; when there is one of this id it is
// replaced, since the answer that showed its text was lost. CodeInvalid when the request breaks a rule, CodeConflict when
// there are too many.
func (s *Service) CreateToken(
	ctx context.Context, caller domain.Identity, request domain.NewAPIToken, id domain.APITokenID, client domain.Client,
) (NamedToken, error) {
	now := s.clock.Now()
	if err := request.Check(now); err != nil {
		return NamedToken{}, err
	}
	if err := s.checkTokens(ctx, caller.User, id); err != nil {
		return NamedToken{}, err
	}
	if id == "" {
		id = domain.APITokenID(s.ids.NewID())
	}
	secret := rand.Text()
	token := request.Token(caller.User, id, hashSecret(secret), now)
	if err := s.apiTokens.PutAPIToken(ctx, token); err != nil {
		return NamedToken{}, err
	}
	// Who calls was looked up up to half a minute ago. Whoever ends all sessions removes the tokens afterwards, so one that
	// is made in between is removed either there or here.
	session, err := s.sessions.Session(ctx, caller.User, caller.Session)
	if err == nil && !session.Live(s.clock.Now()) {
		err = errSessionEnded
	}
	if err != nil {
		_ = s.apiTokens.DeleteAPIToken(context.WithoutCancel(ctx), caller.User, id) // its secret was shown to nobody
		return NamedToken{}, ended(err)
	}
	s.note(ctx, domain.ActionTokenCreated, caller.User, string(id), client)
	return NamedToken{token, domain.APITokenText(caller.User, id, secret)}, nil
}

// checkTokens makes sure that there is room for one more. Many at the same time may go a little beyond.
func (s *Service) checkTokens(ctx context.Context, owner domain.UserID, id domain.APITokenID) error {
	tokens, err := s.apiTokens.APITokensOf(ctx, owner, ports.Page{Limit: domain.MaxAPITokens + 1})
	if err != nil {
		return err
	}
	others := 0
	for _, token := range tokens {
		if token.ID != id {
			others++
		}
	}
	if others >= domain.MaxAPITokens {
		return domain.NewError(domain.CodeConflict, "There are 50 API tokens, and no more can be made. Delete one that is not used any more.")
	}
	return nil
}

// Tokens returns a page of the caller's API tokens, and where the next page begins: the zero Cursor at the end.
func (s *Service) Tokens(ctx context.Context, caller domain.Identity, page ports.Page) ([]domain.APIToken, ports.Cursor, error) {
	tokens, err := s.apiTokens.APITokensOf(ctx, caller.User, page)
	if err != nil || len(tokens) < page.Limit {
		return tokens, ports.Cursor{}, err
	}
	last := tokens[len(tokens)-1]
	return tokens, ports.Cursor{At: last.CreatedAt, ID: string(last.ID)}, nil
}

// DeleteToken ends one of the caller's API tokens. CodeNotFound when there is none.
func (s *Service) DeleteToken(ctx context.Context, caller domain.Identity, id domain.APITokenID, client domain.Client) error {
	if err := s.apiTokens.DeleteAPIToken(ctx, caller.User, id); err != nil {
		return err
	}
	s.note(ctx, domain.ActionTokenDeleted, caller.User, string(id), client)
	return nil
}
