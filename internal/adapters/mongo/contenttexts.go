package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// textsRecord is the texts of a content under a name of their own. Those are valid that the content names: the others were left by a call that
// was cut off, or lost to another one, and nobody sees them.
type textsRecord struct {
	Key   string        `bson:"_id"`
	Owner domain.UserID `bson:"user_id"`
	View  string        `bson:"view"`
	Raw   string        `bson:"raw"`
}

// textsTries is how often texts are looked up that others replace at the same time.
const textsTries = 20

// textsID names texts of a content.
func textsID(content domain.ContentID, name string) string { return string(content) + "/" + name }

// CompleteContent stores texts under a new name, and then the change, which says the name.
func (s *Store) CompleteContent(
	ctx context.Context, owner domain.UserID, id domain.ContentID, texts domain.ContentTexts, edit func(*domain.Content) error,
) (domain.Content, error) {
	name := bson.NewObjectID().Hex()
	stored := false
	content, err := s.updateContent(ctx, owner, id, edit, func(r contentRecord) (bson.D, error) {
		if !stored {
			record := textsRecord{key(owner, textsID(id, name)), owner, texts.View, texts.Raw}
			if _, err := s.contentTexts.InsertOne(ctx, record); err != nil {
				return nil, failure(ctx, "storing the texts of a content", err)
			}
			stored = true
		}
		if err := s.interrupt(textsStored); err != nil {
			return nil, err
		}
		return bson.D{
			{Key: "texts", Value: name}, {Key: termsField, Value: terms(domain.SearchTerms(r.Head.Title, texts.Raw))},
		}, nil
	})
	if err != nil {
		return content, err
	}
	return content, s.removeTexts(ctx, owner, id, name)
}

// ContentTexts returns the texts of a content. Those that were replaced meanwhile are looked up anew.
func (s *Store) ContentTexts(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.ContentTexts, error) {
	for range textsTries {
		content, err := s.liveContent(ctx, owner, id)
		if err != nil || content.Texts == "" {
			return domain.ContentTexts{}, err
		}
		texts, err := findOne[textsRecord](ctx, s.contentTexts, "texts", ownKey(owner, textsID(id, content.Texts)))
		if domain.CodeOf(err) != domain.CodeNotFound {
			return domain.ContentTexts{View: texts.View, Raw: texts.Raw}, err
		}
	}
	return domain.ContentTexts{}, domain.NewError(domain.CodeBusy, "Others change this content at the same time. Try again.")
}

// removeTexts removes texts of a content but those of one name.
func (s *Store) removeTexts(ctx context.Context, owner domain.UserID, id domain.ContentID, but string) error {
	filter := bson.D{{Key: "_id", Value: bson.D{
		{Key: "$gt", Value: key(owner, textsID(id, ""))}, {Key: "$lt", Value: key(owner, string(id)+behindSlash)}, {Key: "$ne", Value: key(owner, textsID(id, but))},
	}}, {Key: "user_id", Value: owner}}
	_, err := s.contentTexts.DeleteMany(ctx, filter)
	return failure(ctx, "removing texts of a content", err)
}

// behindSlash is the character after the slash: what begins with a name and a slash lies before the name with it.
const behindSlash = "0"
