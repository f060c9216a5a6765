package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// textsAge is when nobody can be about to let a content name its new texts, or to remove its old ones.
	textsAge = time.Hour
	// textsTries is how often texts are read or removed while others complete their content.
	textsTries = 10
	// sweepTexts is how many texts one sweep looks at.
	sweepTexts = 100
)

// CompleteContent stores texts, then lets the content name them. Texts that no content names are never seen: new ones until then, old
// ones from then on. Before either can happen they are marked for a sweep, so nothing is left when this is stopped in between, or when
// the content is deleted meanwhile.
func (s *Store) CompleteContent(
	ctx context.Context, owner domain.UserID, id domain.ContentID, texts domain.ContentTexts, edit func(*domain.Content) error,
) (domain.Content, error) {
	added := ""
	return s.updateContent(ctx, owner, id, edit, func(before, changed contentRecord, unchanged bson.D) (bool, error) {
		var err error
		if added == "" {
			if added, err = s.addTexts(ctx, owner, id, texts); err != nil {
				return false, err
			}
		}
		return s.nameTexts(ctx, before, unchanged, struct {
			Changed   contentFields `bson:",inline"`
			Completed completion    `bson:",inline"`
		}{changed.Changed, completion{added, domain.SearchTerms(changed.Changed.Title, texts.Raw)}})
	})
}

// addTexts stores texts that no content names yet, and returns their name.
func (s *Store) addTexts(ctx context.Context, owner domain.UserID, id domain.ContentID, texts domain.ContentTexts) (string, error) {
	record := s.newTexts(owner, id, texts)
	if _, err := s.contentTexts.InsertOne(ctx, record); err != nil {
		return "", failure(ctx, "storing the texts of a content", err)
	}
	return record.ID, s.interrupt(textsStored)
}

// newTexts returns texts under a new name, with the mark for a sweep.
func (s *Store) newTexts(owner domain.UserID, id domain.ContentID, texts domain.ContentTexts) textsRecord {
	name := bson.NewObjectID().Hex()
	return textsRecord{
		Key: key(owner, name), Owner: owner, ID: name, Content: id, View: texts.View, Raw: texts.Raw, SweepAt: date(s.now().Add(textsAge)),
	}
}

// nameTexts sets fields of a content, which name new texts, where a filter still holds, and removes the old ones.
func (s *Store) nameTexts(ctx context.Context, before contentRecord, unchanged bson.D, set any) (bool, error) {
	if err := s.markTexts(ctx, before); err != nil {
		return false, err
	}
	done, err := setWhere(ctx, s.contents, unchanged, set)
	if err != nil || !done {
		return false, failure(ctx, "completing a content", err)
	}
	if err := s.interrupt(textsNamed); err != nil {
		return true, err
	}
	_ = s.removeTexts(ctx, before.Owner, before.Completed.Texts) // else a sweep does
	return true, nil
}

// markTexts lets a sweep look at the texts of a content which is about to be changed.
func (s *Store) markTexts(ctx context.Context, content contentRecord) error {
	if content.Completed.Texts == "" {
		return nil
	}
	_, err := setWhere(ctx, s.contentTexts, ownKey(content.Owner, content.Completed.Texts),
		bson.D{{Key: "sweep_at", Value: date(s.now().Add(textsAge))}})
	return failure(ctx, "marking the texts of a content", err)
}

func (s *Store) removeTexts(ctx context.Context, owner domain.UserID, name string) error {
	if name == "" {
		return nil
	}
	_, err := s.contentTexts.DeleteOne(ctx, ownKey(owner, name))
	return failure(ctx, "removing texts of a content", err)
}

// ContentTexts returns the texts of a content.
func (s *Store) ContentTexts(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.ContentTexts, error) {
	_, texts, err := s.contentWithTexts(ctx, owner, id)
	return texts, err
}

// contentWithTexts returns a content with the texts that it names. When these are gone it has been completed anew meanwhile.
func (s *Store) contentWithTexts(
	ctx context.Context, owner domain.UserID, id domain.ContentID,
) (content contentRecord, texts domain.ContentTexts, err error) {
	for range textsTries {
		content, err = s.contentHead(ctx, owner, id)
		if err != nil || content.Completed.Texts == "" {
			return content, texts, err
		}
		found, err := findOne[textsRecord](ctx, s.contentTexts, "texts", ownKey(owner, content.Completed.Texts))
		if domain.CodeOf(err) != domain.CodeNotFound {
			return content, domain.ContentTexts{View: found.View, Raw: found.Raw}, err
		}
	}
	return content, texts, domain.NewError(domain.CodeBusy, "Others change this content at the same time. Try again.")
}

// DeleteContent removes a content where it still names the texts that were marked for a sweep, then these.
func (s *Store) DeleteContent(ctx context.Context, owner domain.UserID, id domain.ContentID) error {
	for range textsTries {
		content, err := s.contentHead(ctx, owner, id)
		if err != nil {
			return err
		}
		if err = s.markTexts(ctx, content); err != nil {
			return err
		}
		result, err := s.contents.DeleteOne(ctx, append(ownKey(owner, id), bson.E{Key: "texts_id", Value: content.Completed.Texts}))
		if err != nil {
			return failure(ctx, "deleting a content", err)
		}
		if result.DeletedCount == 0 {
			continue
		}
		if err := s.interrupt(contentDeleted); err != nil {
			return err
		}
		_ = s.removeTexts(ctx, owner, content.Completed.Texts) // else a sweep does
		return nil
	}
	return domain.NewError(domain.CodeBusy, "Others change this content at the same time. Try again.")
}

// sweepTexts removes texts that no content names, and takes the mark from those that one names.
func (s *Store) sweepTexts(ctx context.Context, now time.Time) (bool, error) {
	marked, err := findList[textsRecord](ctx, s.contentTexts, "texts", earlier("sweep_at", now),
		options.Find().SetLimit(sweepTexts).SetProjection(fields("user_id", "id", "content_id", "sweep_at")))
	if err != nil {
		return false, err
	}
	for _, texts := range marked {
		// Whoever marks them again is about to change what the content names.
		unchanged := append(ownKey(texts.Owner, texts.ID), bson.E{Key: "sweep_at", Value: texts.SweepAt})
		content, err := s.contentHead(ctx, texts.Owner, texts.Content)
		switch {
		case err != nil && domain.CodeOf(err) != domain.CodeNotFound:
			return false, err
		case content.Completed.Texts == texts.ID:
			_, err = setWhere(ctx, s.contentTexts, unchanged, bson.D{{Key: "sweep_at", Value: nil}})
		default:
			_, err = s.contentTexts.DeleteOne(ctx, unchanged)
		}
		if err != nil {
			return false, failure(ctx, "sweeping texts of contents", err)
		}
	}
	return len(marked) < sweepTexts, nil
}
