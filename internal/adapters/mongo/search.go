package mongo

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

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

// candidates is how many things are looked at that have a word, or all words. Of more than that the others are not found.
const candidates = 200

// What a thing is worth that holds a word, and what more when it holds the word itself and not only one that begins with it. How rare
// the words are that it holds adds less than either.
const (
	wordWeight  = 9
	exactWeight = 1
	rareWeight  = 0.05
)

// SearchCards returns cards that have the words of a query, those that seem to fit best first.
func (s *Store) SearchCards(ctx context.Context, owner domain.UserID, sought domain.SearchQuery, limit int) ([]domain.Card, error) {
	hits, err := search(ctx, s.cards, owner, sought)
	if err != nil || len(hits) == 0 {
		return []domain.Card{}, err
	}
	ids := make([]domain.CardID, 0, candidates)
	for _, hit := range hits[:min(len(hits), candidates)] {
		ids = append(ids, domain.CardID(hit.ID))
	}
	records, err := findList[cardRecord](ctx, s.cards, "found cards", ownKeys(owner, ids))
	if err != nil {
		return nil, err
	}
	cards := make([]domain.Card, len(records))
	for i, r := range records {
		cards[i] = r.card()
	}
	if cards, err = s.withLiveDecks(ctx, owner, cards); err != nil {
		return nil, err
	}
	domain.RankCards(sought, cards)
	return cards[:min(len(cards), limit)], nil
}

// SearchNotes returns the ids of notes whose cards wait yet: the others have no words.
func (s *Store) SearchNotes(ctx context.Context, owner domain.UserID, sought domain.SearchQuery, limit int) ([]domain.NoteID, error) {
	hits, err := search(ctx, s.notes, owner, sought)
	ids := []domain.NoteID{}
	for _, hit := range hits[:min(len(hits), limit)] {
		ids = append(ids, domain.NoteID(hit.ID))
	}
	return ids, err
}

// SearchContents returns the ids of contents.
func (s *Store) SearchContents(ctx context.Context, owner domain.UserID, sought domain.SearchQuery, limit int) ([]domain.ContentID, error) {
	hits, err := search(ctx, s.contents, owner, sought)
	hits = slices.DeleteFunc(hits, func(hit foundRecord) bool { return hit.Status != domain.ContentProcessed })
	ids := []domain.ContentID{}
	for _, hit := range hits[:min(len(hits), limit)] {
		ids = append(ids, domain.ContentID(hit.ID))
	}
	return ids, err
}

// foundRecord is what is read of whatever is found.
type foundRecord struct {
	ID        string         `bson:"id"`
	CreatedAt *bson.DateTime `bson:"created_at"`
	// Status is that of a content.
	Status domain.ContentStatus `bson:"status"`
	weight float64
}

// search returns what of a person in a collection has the words of a query: what has most of them first, then what has them as they are,
// then what has rare ones, then the newest.
func search(ctx context.Context, in *driver.Collection, owner domain.UserID, sought domain.SearchQuery) ([]foundRecord, error) {
	all := map[string]foundRecord{}
	for _, l := range lookups(sought) {
		found, err := findList[foundRecord](ctx, in, in.Name()+" by words", l.filter(owner),
			options.Find().SetLimit(candidates).SetProjection(fields("id", "created_at", "status")))
		if err != nil {
			return nil, err
		}
		for _, hit := range found {
			hit.weight = all[hit.ID].weight + l.weight + rareWeight/float64(len(found))
			all[hit.ID] = hit
		}
	}
	hits := make([]foundRecord, 0, len(all))
	for _, hit := range all {
		hits = append(hits, hit)
	}
	slices.SortFunc(hits, func(a, b foundRecord) int {
		newest := instant(b.CreatedAt).Compare(instant(a.CreatedAt))
		return cmp.Or(cmp.Compare(b.weight, a.weight), newest, strings.Compare(b.ID, a.ID))
	})
	return hits, nil
}

// lookup is a question for documents that have all of some words, and what having them is worth.
type lookup struct {
	words  []domain.SearchWord
	weight float64
}

// lookups returns what is asked for a query, each by itself, so that no word that many documents have hides those that have a rare one.
// None are there when nothing can be found.
func lookups(sought domain.SearchQuery) []lookup {
	var words []domain.SearchWord
	for _, word := range sought.Words {
		if mayBeTerm(word.Text) {
			words = append(words, word)
		} else if !sought.Any {
			return nil
		}
	}
	if len(words) == 0 {
		return nil
	}
	asked := []lookup{}
	if !sought.Any {
		asked = append(asked, lookup{words, wordWeight})
	}
	for i, word := range words {
		if sought.Any {
			asked = append(asked, lookup{words[i : i+1], wordWeight})
		}
		exact := domain.SearchWord{Text: word.Text}
		switch {
		case !sought.Any && !word.Prefix: // everything that is found has it
		case sought.Any && !word.Prefix:
			asked[len(asked)-1].weight += exactWeight
		case sought.Any:
			asked = append(asked, lookup{[]domain.SearchWord{exact}, exactWeight})
		default:
			narrower := slices.Clone(words)
			narrower[i] = exact
			asked = append(asked, lookup{narrower, exactWeight})
		}
	}
	return asked
}

// filter returns the filter for the documents. An index is read for one word alone, which is the longest: it seems to be the rarest. The
// others are compared in the documents that it leads to.
func (l lookup) filter(owner domain.UserID) bson.D {
	words := slices.SortedStableFunc(slices.Values(l.words), func(a, b domain.SearchWord) int {
		return cmp.Compare(utf8.RuneCountInString(b.Text), utf8.RuneCountInString(a.Text))
	})
	filter := append(ofOwner(owner), hasWord(words[0]))
	if len(words) == 1 {
		return filter
	}
	others := bson.A{}
	for _, word := range words[1:] {
		others = append(others, bson.D{hasWord(word)})
	}
	return append(filter, bson.E{Key: "$and", Value: others})
}

// hasWord returns the condition that a document has a word. A pattern that says with what a word begins is a part of an index.
func hasWord(word domain.SearchWord) bson.E {
	if word.Prefix {
		return bson.E{Key: "terms", Value: bson.Regex{Pattern: "^" + regexp.QuoteMeta(word.Text)}}
	}
	return bson.E{Key: "terms", Value: word.Text}
}

// maxWord is how many bytes a word has at most that is looked for. The longest term is shorter.
const maxWord = 1000

// mayBeTerm reports whether a text can be asked for. What cannot is no term either.
func mayBeTerm(word string) bool {
	return word != "" && len(word) <= maxWord && utf8.ValidString(word) && !strings.Contains(word, "\x00")
}
