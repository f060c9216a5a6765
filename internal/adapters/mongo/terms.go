package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// termsField is the array of the words by which a document is found.
const termsField = "terms"

// terms are words in a document. They are written to be found; when a document is read they are left alone.
type terms []string

// UnmarshalBSONValue reads nothing.
func (*terms) UnmarshalBSONValue(byte, []byte) error { return nil }

func cardTerms(c domain.Card) terms { return domain.SearchTerms(c.Question, c.Answer) }

// withoutTerms is a projection on all other fields: a document is half as large without them.
var withoutTerms = bson.D{{Key: termsField, Value: 0}}

// termsAtATime is how many documents a migration gives terms in one write.
const termsAtATime = 200

// addTerms gives cards and notes of earlier schema versions the words by which they are found.
func (s *Store) addTerms(ctx context.Context) error {
	err := giveTerms(ctx, s.cards, "cards", func(r cardRecord) (string, domain.UserID, terms) {
		return r.Key, r.Owner, cardTerms(r.card())
	})
	if err != nil {
		return err
	}
	return giveTerms(ctx, s.notes, "notes", func(r noteRecord) (string, domain.UserID, terms) {
		return r.Key, r.Owner, domain.SearchTerms(r.Content.Text)
	})
}

// giveTerms goes through a collection in order of its keys. It may be done again.
func giveTerms[R any](ctx context.Context, in *driver.Collection, what string, termsOf func(R) (string, domain.UserID, terms)) error {
	for after := ""; ; {
		part, err := findList[R](ctx, in, what, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}},
			options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(termsAtATime).SetProjection(withoutTerms))
		if err != nil || len(part) == 0 {
			return err
		}
		writes := make([]driver.WriteModel, len(part))
		for i, record := range part {
			key, owner, words := termsOf(record)
			writes[i] = driver.NewUpdateOneModel().SetFilter(bson.D{{Key: "_id", Value: key}, {Key: "user_id", Value: owner}}).
				SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: termsField, Value: words}}}})
			after = key
		}
		if _, err = in.BulkWrite(ctx, writes); err != nil {
			return failure(ctx, "giving terms to "+what, err)
		}
	}
}
