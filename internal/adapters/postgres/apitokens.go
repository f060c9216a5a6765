package postgres

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
	putAPIToken     query = "INSERT INTO api_tokens (" + apiTokenColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (user_id, id) DO UPDATE SET name = excluded.name, hash = excluded.hash, scopes = excluded.scopes,
		created_at = excluded.created_at, expires_at = excluded.expires_at`
	apiTokenByID query = "SELECT " + apiTokenColumns + " FROM api_tokens WHERE user_id = $1 AND id = $2"
	apiTokensOf  query = "SELECT " + apiTokenColumns + ` FROM api_tokens WHERE user_id = $1 AND (created_at, id) > ($2, $3)
		ORDER BY created_at, id LIMIT $4`
	deleteAPIToken  query = "DELETE FROM api_tokens WHERE user_id = $1 AND id = $2"
	deleteAPITokens query = "DELETE FROM api_tokens WHERE user_id = $1"
)

// apiTokenFields returns where apiTokenColumns go.
func apiTokenFields(t *domain.APIToken) []any {
	return []any{
		(*string)(&t.Owner), (*string)(&t.ID), &t.Name, &t.Hash, &t.Scopes, instant{&t.CreatedAt}, instant{&t.ExpiresAt},
	}
}

// apiTokenValues returns the apiTokenColumns of a token of the owner.
func apiTokenValues(owner domain.UserID, t *domain.APIToken) []any {
	return []any{string(owner), string(t.ID), t.Name, t.Hash, array(t.Scopes), stored(t.CreatedAt), moment(t.ExpiresAt)}
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

// APITokensOf returns a page of the tokens of a person, in order of creation, then id.
func (a *APITokens) APITokensOf(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.APIToken, error) {
	return list(ctx, a.store, "list API tokens", apiTokenFields, apiTokensOf, string(owner), stored(page.After.At), page.After.ID, page.Limit)
}

// DeleteAPIToken removes a token.
func (a *APITokens) DeleteAPIToken(ctx context.Context, owner domain.UserID, id domain.APITokenID) error {
	rows, err := a.store.exec(ctx, "delete an API token", deleteAPIToken, string(owner), string(id))
	if err == nil && rows == 0 {
		return domain.NotFound("token")
	}
	return err
}

// DeleteAPITokens removes all tokens of a person.
func (a *APITokens) DeleteAPITokens(ctx context.Context, owner domain.UserID) error {
	_, err := a.store.exec(ctx, "delete API tokens", deleteAPITokens, string(owner))
	return err
}
