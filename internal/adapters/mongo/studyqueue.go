package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.StudyQueue = (*Store)(nil)

// studyOrder is the order of what is to be studied.
var studyOrder = bson.D{{Key: "due", Value: 1}, {Key: "created_at", Value: 1}, {Key: "id", Value: 1}}

// studyProjection leaves out the _id and the texts, so that an index alone answers.
var studyProjection = fields("id", "deck_id")

// StudyCards returns cards that are to be studied.
func (s *Store) StudyCards(ctx context.Context, owner domain.UserID, query ports.StudyQuery) ([]domain.StudyCard, error) {
	records, err := s.study(ctx, owner, query, nil)
	cards := make([]domain.StudyCard, len(records))
	for i, r := range records {
		cards[i] = domain.StudyCard{Card: r.card(), Memory: r.Memory.memory()}
	}
	return cards, err
}

// StudyIDs returns the ids of cards that are to be studied. An index alone answers.
func (s *Store) StudyIDs(ctx context.Context, owner domain.UserID, query ports.StudyQuery) ([]domain.CardID, error) {
	records, err := s.study(ctx, owner, query, studyProjection)
	ids := make([]domain.CardID, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	return ids, err
}

// study returns a projection of the cards that are to be studied.
func (s *Store) study(ctx context.Context, owner domain.UserID, query ports.StudyQuery, projection bson.D) ([]cardRecord, error) {
	how := options.Find().SetSort(studyOrder).SetLimit(int64(query.Limit))
	if projection != nil {
		how.SetProjection(projection)
	}
	if query.Deck == "" {
		return s.studyAll(ctx, owner, query, how)
	}
	err := s.requireDeck(ctx, owner, query.Deck)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return []cardRecord{}, nil
	}
	if err != nil {
		return nil, err
	}
	return findList[cardRecord](ctx, s.cards, "cards to study", append(inDeck(owner, query.Deck), toStudy(query)...), how)
}

// studyAll asks again, without the decks that are not there, while it gets cards of such decks. They are few: a deck that
// was deleted keeps its cards for a moment, or until a sweep when a crash came between; cards that are being added have a
// place instead of a deck for a moment.
func (s *Store) studyAll(
	ctx context.Context, owner domain.UserID, query ports.StudyQuery, how options.Lister[options.FindOptions],
) ([]cardRecord, error) {
	except := query.Except[:len(query.Except):len(query.Except)]
	for {
		filter := append(bson.D{{Key: "user_id", Value: owner}}, toStudy(query)...)
		if len(except) > 0 {
			filter = append(filter, bson.E{Key: "deck_id", Value: bson.D{{Key: "$nin", Value: except}}})
		}
		records, err := findList[cardRecord](ctx, s.cards, "cards to study", filter, how)
		if err != nil {
			return nil, err
		}
		hidden, err := s.hiddenDecks(ctx, owner, records)
		if err != nil {
			return nil, err
		}
		if len(hidden) == 0 {
			return records, nil
		}
		except = append(except, hidden...)
	}
}

// toStudy returns the conditions on cards of a phase that are to be studied.
func toStudy(query ports.StudyQuery) bson.D {
	conditions := bson.D{{Key: "suspended", Value: false}, {Key: "phase", Value: query.Phase}}
	if query.Phase == domain.PhaseNew {
		return conditions
	}
	return append(conditions, bson.E{Key: "due", Value: bson.D{{Key: "$lte", Value: bson.NewDateTimeFromTime(query.DueBy)}}})
}

// DueTimes returns when cards in review fall due. An index alone answers, so the cards of a deck that was deleted count
// until they are deleted too.
func (s *Store) DueTimes(ctx context.Context, owner domain.UserID, from, before time.Time, limit int) ([]time.Time, error) {
	records, err := findList[cardRecord](ctx, s.cards, "due times", bson.D{
		{Key: "user_id", Value: owner}, {Key: "suspended", Value: false}, {Key: "phase", Value: domain.PhaseReview},
		{Key: "due", Value: bson.D{
			{Key: "$gte", Value: bson.NewDateTimeFromTime(from)}, {Key: "$lt", Value: bson.NewDateTimeFromTime(before)},
		}},
	}, options.Find().SetSort(bson.D{{Key: "due", Value: 1}}).SetLimit(int64(limit)).SetProjection(fields("due")))
	times := make([]time.Time, len(records))
	for i, r := range records {
		times[i] = instant(r.Memory.Due)
	}
	return times, err
}
