package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.APITokens = (*Store)(nil)

type apiTokenRecord struct {
	Key       string            `bson:"_id"`
	Owner     domain.UserID     `bson:"user_id"`
	ID        domain.APITokenID `bson:"id"`
	Name      string            `bson:"name"`
	Hash      string            `bson:"hash"`
	Scopes    []domain.Scope    `bson:"scopes"`
	CreatedAt *bson.DateTime    `bson:"created_at"`
	// ExpiresAt is null for a token that never ends.
	ExpiresAt *bson.DateTime `bson:"expires_at"`
}

func newAPITokenRecord(t domain.APIToken) apiTokenRecord {
	return apiTokenRecord{
		Key: key(t.Owner, t.ID), Owner: t.Owner, ID: t.ID, Name: t.Name, Hash: t.Hash, Scopes: append([]domain.Scope{}, t.Scopes...),
		CreatedAt: date(t.CreatedAt), ExpiresAt: date(t.ExpiresAt),
	}
}

func (r apiTokenRecord) token() domain.APIToken {
	return domain.APIToken{
		ID: r.ID, Owner: r.Owner, Name: r.Name, Hash: r.Hash, Scopes: append([]domain.Scope{}, r.Scopes...),
		CreatedAt: instant(r.CreatedAt), ExpiresAt: instant(r.ExpiresAt),
	}
}

// putTries is how often a thing is put that others put or delete at the same time.
const putTries = 5

// PutAPIToken adds a token, or replaces the one of the same owner and id.
func (s *Store) PutAPIToken(ctx context.Context, token domain.APIToken) error {
	record := newAPITokenRecord(token)
	for range putTries {
		result, err := s.apiTokens.ReplaceOne(ctx, ownKey(token.Owner, token.ID), record)
		if err != nil {
			return failure(ctx, "replacing an API token", err)
		}
		if result.MatchedCount == 1 {
			return nil
		}
		_, err = s.apiTokens.InsertOne(ctx, record)
		if !driver.IsDuplicateKeyError(err) {
			return failure(ctx, "inserting an API token", err)
		}
	}
	return domain.NewError(domain.CodeBusy, "Others store this API token at the same time. Try again.")
}

// APIToken returns a token.
func (s *Store) APIToken(ctx context.Context, owner domain.UserID, id domain.APITokenID) (domain.APIToken, error) {
	r, err := findOne[apiTokenRecord](ctx, s.apiTokens, "API token", ownKey(owner, id))
	if err != nil {
		return domain.APIToken{}, err
	}
	return r.token(), nil
}

// APITokensOf returns a part of a person's tokens.
func (s *Store) APITokensOf(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.APIToken, error) {
	filter := behind(ofOwner(owner), "created_at", "id", page.After)
	records, err := findList[apiTokenRecord](ctx, s.apiTokens, "API tokens", filter, inOrder("created_at", "id", page.Limit))
	tokens := make([]domain.APIToken, len(records))
	for i, r := range records {
		tokens[i] = r.token()
	}
	return tokens, err
}

// DeleteAPIToken removes a token.
func (s *Store) DeleteAPIToken(ctx context.Context, owner domain.UserID, id domain.APITokenID) error {
	result, err := s.apiTokens.DeleteOne(ctx, ownKey(owner, id))
	if err == nil && result.DeletedCount == 0 {
		return domain.NotFound("API token")
	}
	return failure(ctx, "deleting an API token", err)
}

// DeleteAPITokens removes all tokens of a person.
func (s *Store) DeleteAPITokens(ctx context.Context, owner domain.UserID) error {
	_, err := s.apiTokens.DeleteMany(ctx, ofOwner(owner))
	return failure(ctx, "deleting API tokens", err)
}
