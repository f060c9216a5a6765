package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var (
	_ ports.Contents     = (*Store)(nil)
	_ ports.ContentLists = (*Store)(nil)
)

// withoutTerms is the projection that leaves out what only an index reads: of a content that are thousands of words.
var withoutTerms = bson.D{{Key: "terms", Value: 0}}

// InsertContent adds a content without texts.
func (s *Store) InsertContent(ctx context.Context, content domain.Content) error {
	_, err := s.contents.InsertOne(ctx, newContentRecord(content))
	return inserted(ctx, "content", err)
}

// Content returns a content.
func (s *Store) Content(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.Content, error) {
	r, err := s.contentHead(ctx, owner, id)
	if err != nil {
		return domain.Content{}, err
	}
	return r.content(), nil
}

func (s *Store) contentHead(ctx context.Context, owner domain.UserID, id domain.ContentID) (contentRecord, error) {
	return findOne[contentRecord](ctx, s.contents, "content", ownKey(owner, id), options.FindOne().SetProjection(withoutTerms))
}

// UpdateContent changes a content. Its texts, and by what it is found, stay.
func (s *Store) UpdateContent(
	ctx context.Context, owner domain.UserID, id domain.ContentID, edit func(*domain.Content) error,
) (domain.Content, error) {
	return s.updateContent(ctx, owner, id, edit, func(_, changed contentRecord, unchanged bson.D) (bool, error) {
		done, err := setWhere(ctx, s.contents, unchanged, changed.Changed)
		return done, failure(ctx, "updating a content", err)
	})
}

// updateContent lets edit change a content, and write store it where a filter still holds.
func (s *Store) updateContent(
	ctx context.Context, owner domain.UserID, id domain.ContentID, edit func(*domain.Content) error,
	write func(before, changed contentRecord, unchanged bson.D) (bool, error),
) (domain.Content, error) {
	read := func() (contentRecord, error) { return s.contentHead(ctx, owner, id) }
	record, err := ports.Update(ctx, "content", read, func(r *contentRecord) error {
		content := r.content()
		if err := edit(&content); err != nil {
			return err
		}
		r.Changed = newContentRecord(content).Changed
		return nil
	}, func(before, changed *contentRecord) (bool, error) {
		changed.Changed.Rev = before.Changed.Rev + 1
		return write(*before, *changed, append(ownKey(owner, id), bson.E{Key: "rev", Value: before.Changed.Rev}))
	})
	if err != nil {
		return domain.Content{}, err
	}
	return record.content(), nil
}

// Contents returns a part of a person's contents.
func (s *Store) Contents(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Content, error) {
	records, err := findList[contentRecord](ctx, s.contents, "contents", behind(ofOwner(owner), "created_at", "id", page.After),
		inOrder("created_at", "id", page.Limit).SetProjection(withoutTerms))
	contents := make([]domain.Content, len(records))
	for i, r := range records {
		contents[i] = r.content()
	}
	return contents, err
}

// CountContents returns how many contents a person has, up to limit.
func (s *Store) CountContents(ctx context.Context, owner domain.UserID, limit int) (int, error) {
	if limit <= 0 {
		return 0, nil
	}
	count, err := s.contents.CountDocuments(ctx, ofOwner(owner), options.Count().SetLimit(int64(limit)))
	return int(count), failure(ctx, "counting contents", err)
}
