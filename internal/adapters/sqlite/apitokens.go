package sqlite

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// APITokens stores the tokens of programs.
type APITokens struct{ store *Store }

var _ ports.APITokens = (*APITokens)(nil)

const (
	apiTokenColumns       = "user_id, id, name, hash, scopes, created_at, expires_at"
	putAPIToken     query = "INSERT INTO api_tokens (" + apiTokenColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user_id, id) DO UPDATE SET name = excluded.name, hash = excluded.hash, scopes = excluded.scopes,
		created_at = excluded.created_at, expires_at = excluded.expires_at`
	apiTokenByID      query = "SELECT " + apiTokenColumns + " FROM api_tokens WHERE user_id = ? AND id = ?"
	apiTokensOf       query = "SELECT " + apiTokenColumns + " FROM api_tokens WHERE user_id = ?4 AND " + behindInCreation
	deleteAPIToken    query = "DELETE FROM api_tokens WHERE user_id = ? AND id = ?"
	deleteAPITokensOf query = "DELETE FROM api_tokens WHERE user_id = ?"
)

// apiTokenFields returns where apiTokenColumns go.
func apiTokenFields(a *domain.APIToken) []any {
	return []any{
		(*string)(&a.Owner), (*string)(&a.ID), &a.Name, &a.Hash, textsColumn[domain.Scope]{&a.Scopes},
		instant{&a.CreatedAt}, instant{&a.ExpiresAt},
	}
}

// apiTokenValues returns the apiTokenColumns of a token of the owner.
func apiTokenValues(owner domain.UserID, a *domain.APIToken) []any {
	return []any{
		owner, a.ID, a.Name, a.Hash, textsColumn[domain.Scope]{&a.Scopes}, millis(a.CreatedAt), millis(a.ExpiresAt),
	}
}

// PutAPIToken adds a token, or replaces the one of the same owner and id.
func (a *APITokens) PutAPIToken(ctx context.Context, token domain.APIToken) error {
	_, err := a.store.exec(ctx, "put an API token", putAPIToken, apiTokenValues(token.Owner, &token)...)
	return err
}

// APIToken returns a token, expired or not.
func (a *APITokens) APIToken(ctx context.Context, owner domain.UserID, id domain.APITokenID) (domain.APIToken, error) {
	var token domain.APIToken
	found, err := a.store.row(ctx, "read an API token", apiTokenByID, []any{string(owner), string(id)}, apiTokenFields(&token)...)
	if err == nil && !found {
		err = domain.NotFound("token")
	}
	if err != nil {
		return domain.APIToken{}, err
	}
	return token, nil
}

// APITokensOf returns a page of the tokens of a person.
func (a *APITokens) APITokensOf(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.APIToken, error) {
	return list(ctx, a.store, "list API tokens", apiTokenFields, apiTokensOf, page.After.At.UnixMilli(), page.After.ID, page.Limit, owner)
}

// DeleteAPIToken removes a token.
func (a *APITokens) DeleteAPIToken(ctx context.Context, owner domain.UserID, id domain.APITokenID) error {
	rows, err := a.store.exec(ctx, "delete an API token", deleteAPIToken, owner, id)
	if err == nil && rows == 0 {
		return domain.NotFound("token")
	}
	return err
}

// DeleteAPITokens removes all tokens of a person.
func (a *APITokens) DeleteAPITokens(ctx context.Context, owner domain.UserID) error {
	_, err := a.store.exec(ctx, "delete the API tokens of a person", deleteAPITokensOf, owner)
	return err
}
