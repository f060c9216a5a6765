package mongo

import (
	"cmp"
	"context"
	"regexp"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var (
	_ ports.CardSearch = (*Store)(nil)
	_ ports.Search     = (*Store)(nil)
)

// candidates is how many documents that have the words are looked at: of more than that the others are not found.
const candidates = 200

// wordCondition returns what a term must be to be meant by a word.
func wordCondition(word domain.SearchWord) any {
	if word.Prefix {
		return bson.Regex{Pattern: "^" + regexp.QuoteMeta(word.Text)}
	}
	return word.Text
}

// found is a document that has words of a query.
type found[R any] struct {
	record R
	// words is how many words it has, as far as was looked.
	words int
}

// find returns documents of a person that have all words of a query, or with Any one of them, those that have most of them first. Words are
// asked for one by one then, the rare ones before those that very many have.
func find[R any](
	ctx context.Context, in *driver.Collection, what string, owner domain.UserID, sought domain.SearchQuery, key func(R) string,
) ([]R, error) {
	if !sought.Any {
		return findTerms[R](ctx, in, what, owner, sought.Words...)
	}
	byWord := make([][]R, len(sought.Words))
	for i, word := range sought.Words {
		var err error
		if byWord[i], err = findTerms[R](ctx, in, what, owner, word); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(byWord, func(a, b []R) int { return cmp.Compare(len(a), len(b)) })
	var all []found[R]
	place := map[string]int{}
	for _, records := range byWord {
		for _, record := range records {
			k := key(record)
			if at, known := place[k]; known {
				all[at].words++
			} else if len(all) < candidates {
				place[k] = len(all)
				all = append(all, found[R]{record, 1})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b found[R]) int { return cmp.Compare(b.words, a.words) })
	records := make([]R, len(all))
	for i, f := range all {
		records[i] = f.record
	}
	return records, nil
}

// findTerms returns documents of a person that have all of some words. The longest word is likely to be the rarest one: it is looked up in the
// index, and the others in the documents that it finds.
func findTerms[R any](ctx context.Context, in *driver.Collection, what string, owner domain.UserID, words ...domain.SearchWord) ([]R, error) {
	sorted := slices.SortedStableFunc(slices.Values(words), func(a, b domain.SearchWord) int { return len(b.Text) - len(a.Text) })
	filter := append(ofOwner(owner), bson.E{Key: termsField, Value: wordCondition(sorted[0])})
	var others bson.A
	for _, word := range sorted[1:] {
		others = append(others, bson.D{{Key: termsField, Value: wordCondition(word)}})
	}
	if others != nil {
		filter = append(filter, bson.E{Key: "$and", Value: others})
	}
	return findList[R](ctx, in, what, filter, options.Find().SetLimit(candidates).SetProjection(withoutTerms))
}

// SearchCards returns cards that have the words of a query, those that seem to fit best first.
func (s *Store) SearchCards(ctx context.Context, owner domain.UserID, sought domain.SearchQuery, limit int) ([]domain.Card, error) {
	records, err := find(ctx, s.cards, "cards", owner, sought, func(r cardRecord) string { return r.Key })
	if err != nil || len(records) == 0 {
		return []domain.Card{}, err
	}
	cards := make([]domain.Card, len(records))
	for i, record := range records {
		cards[i] = record.card()
	}
	// Cards that are being added, and those of deleted decks, are in no deck that is there.
	if cards, err = s.withLiveDecks(ctx, owner, cards); err != nil {
		return nil, err
	}
	domain.RankCards(sought, cards)
	return cards[:min(len(cards), limit)], nil
}

// SearchNotes returns the ids of notes whose cards wait yet.
func (s *Store) SearchNotes(ctx context.Context, owner domain.UserID, sought domain.SearchQuery, limit int) ([]domain.NoteID, error) {
	records, err := find(ctx, s.notes, "notes", owner, sought, func(r noteRecord) string { return r.Key })
	ids := []domain.NoteID{}
	for _, r := range records {
		if r.Content.AddedAt == nil && len(ids) < limit {
			ids = append(ids, r.ID)
		}
	}
	return ids, err
}

// SearchContents returns the ids of contents.
func (s *Store) SearchContents(ctx context.Context, owner domain.UserID, sought domain.SearchQuery, limit int) ([]domain.ContentID, error) {
	records, err := find(ctx, s.contents, "contents", owner, sought, func(r contentRecord) string { return r.Key })
	ids := []domain.ContentID{}
	for _, r := range records {
		if r.DeletedAt == nil && len(ids) < limit {
			ids = append(ids, r.ID)
		}
	}
	return ids, err
}
