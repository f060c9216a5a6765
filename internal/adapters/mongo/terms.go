package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// searchTerms are the words by which a document is found. They are written, and then only an index reads them.
type searchTerms []string

// UnmarshalBSONValue skips the words.
func (t *searchTerms) UnmarshalBSONValue(byte, []byte) error { return nil }

// noteTerms returns the words by which a note is found: none when its cards were added.
func noteTerms(n *domain.Note) searchTerms {
	if !n.Open() {
		return searchTerms{}
	}
	return domain.SearchTerms(n.Text)
}

// addTerms makes cards and notes found that were stored by schema version 4 or before.
func (s *Store) addTerms(ctx context.Context) error {
	err := addTermsTo(ctx, s.cards, "cards", func(r cardRecord) (string, searchTerms) {
		return r.Key, domain.SearchTerms(r.Question, r.Answer)
	}, "_id", "question", "answer")
	if err != nil {
		return err
	}
	return addTermsTo(ctx, s.notes, "notes", func(r noteRecord) (string, searchTerms) {
		note := r.note()
		return r.Key, noteTerms(&note)
	}, "_id", "text", "added_at")
}

// addTermsTo gives the documents of a collection their words, where they have none: what was done before a crash is not done again, and
// what a newer program has written meanwhile stays.
func addTermsTo[R any](
	ctx context.Context, in *driver.Collection, what string, termsOf func(R) (string, searchTerms), needed ...string,
) error {
	missing := bson.E{Key: "terms", Value: bson.D{{Key: "$exists", Value: false}}}
	for after := ""; ; {
		part, err := findList[R](ctx, in, what, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}, missing},
			options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(cardsAtATime).SetProjection(fields(needed...)))
		if err != nil || len(part) == 0 {
			return err
		}
		updates := make([]driver.WriteModel, len(part))
		for i, r := range part {
			id, terms := termsOf(r)
			updates[i] = driver.NewUpdateOneModel().SetFilter(bson.D{{Key: "_id", Value: id}, missing}).
				SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: "terms", Value: terms}}}})
			after = id
		}
		if _, err = in.BulkWrite(ctx, updates, options.BulkWrite().SetOrdered(false)); err != nil {
			return failure(ctx, "making "+what+" found by their words", err)
		}
	}
}
