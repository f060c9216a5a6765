package postgres

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// CardSearch finds cards by their words.
type CardSearch struct{ store *Store }

// Search finds notes and contents by their words.
type Search struct{ store *Store }

var (
	_ ports.CardSearch = (*CardSearch)(nil)
	_ ports.Search     = (*Search)(nil)
)

// candidates is how many things are looked at that have a word, or all words. Of more than that some are not found.
const candidates = 300

// Each of the expressions $2 is looked up in the index of words by itself, with no other condition: the index is the only one that fits, and
// the list of a word is that of one person. The owner is compared afterwards. What fits more of them, by their weights $3, comes first; of
// these what fits one that little fits.
const (
	// The order of cards is made of their texts, which are read anyway.
	foundCards query = `WITH hits AS MATERIALIZED (
			SELECT hit.*, asked.weight FROM unnest($2::text[], $3::integer[]) AS asked (words, weight)
			CROSS JOIN LATERAL (SELECT *, 1.0 / count(*) OVER () AS rareness FROM (SELECT user_id, card_id FROM card_terms
				WHERE terms @@ asked.words::tsquery LIMIT $4) AS one) AS hit
		), best AS MATERIALIZED (
			SELECT card_id FROM hits WHERE user_id = $1 GROUP BY card_id ORDER BY sum(weight) DESC, sum(rareness) DESC, card_id DESC LIMIT $4
		) SELECT card.* FROM best
		CROSS JOIN LATERAL (SELECT ` + cardColumns + ` FROM cards WHERE user_id = $1 AND id = best.card_id LIMIT 1) AS card`
	foundNotes query = `WITH hits AS MATERIALIZED (
			SELECT hit.*, asked.weight FROM unnest($2::text[], $3::integer[]) AS asked (words, weight)
			CROSS JOIN LATERAL (SELECT *, 1.0 / count(*) OVER () AS rareness FROM (SELECT user_id, id, created_at, length(terms) AS length
				FROM notes WHERE terms @@ asked.words::tsquery AND added_at IS NULL LIMIT $4) AS one) AS hit
		) SELECT id FROM hits WHERE user_id = $1 GROUP BY id
		ORDER BY sum(weight) DESC, sum(rareness) DESC, min(length), max(created_at) DESC NULLS LAST, id DESC LIMIT $5`
	foundContents query = `WITH hits AS MATERIALIZED (
			SELECT hit.*, asked.weight FROM unnest($2::text[], $3::integer[]) AS asked (words, weight)
			CROSS JOIN LATERAL (SELECT *, 1.0 / count(*) OVER () AS rareness FROM (SELECT user_id, content_id, length(terms) AS length
				FROM content_texts WHERE terms @@ asked.words::tsquery LIMIT $4) AS one) AS hit
		), best AS MATERIALIZED (
			SELECT content_id, sum(weight) AS held, sum(rareness) AS rareness, min(length) AS length FROM hits WHERE user_id = $1 GROUP BY content_id
		) SELECT content.id FROM best CROSS JOIN LATERAL (SELECT id, created_at FROM contents
			WHERE user_id = $1 AND id = best.content_id AND status = 'processed' LIMIT 1) AS content
		ORDER BY best.held DESC, best.rareness DESC, best.length, content.created_at DESC, content.id DESC LIMIT $5`
	// An index of words is only read through a bitmap, which no other statement wants. It lasts until the transaction ends.
	allowBitmaps query = "SELECT set_config('enable_bitmapscan', 'on', true)"
)

// SearchCards returns cards that have the words of a query, those that seem to fit best first.
func (c *CardSearch) SearchCards(ctx context.Context, owner domain.UserID, sought domain.SearchQuery, limit int) ([]domain.Card, error) {
	cards, err := find(ctx, c.store, "search cards", cardFields, foundCards, owner, domain.SearchCards, sought)
	if err != nil {
		return nil, err
	}
	domain.RankCards(sought, cards)
	return cards[:min(len(cards), limit)], nil
}

// SearchNotes returns the ids of notes whose cards wait yet.
func (s *Search) SearchNotes(ctx context.Context, owner domain.UserID, sought domain.SearchQuery, limit int) ([]domain.NoteID, error) {
	id := func(id *domain.NoteID) []any { return []any{(*string)(id)} }
	return find(ctx, s.store, "search notes", id, foundNotes, owner, domain.SearchNotes, sought, limit)
}

// SearchContents returns the ids of contents.
func (s *Search) SearchContents(ctx context.Context, owner domain.UserID, sought domain.SearchQuery, limit int) ([]domain.ContentID, error) {
	id := func(id *domain.ContentID) []any { return []any{(*string)(id)} }
	return find(ctx, s.store, "search contents", id, foundContents, owner, domain.SearchContents, sought, limit)
}

// find reads all rows of a query that looks for words. It is sent with what allows it to, as one transaction.
func find[T any](ctx context.Context, s *Store, doing string, dest func(*T) []any, q query, owner domain.UserID, kind domain.SearchKind,
	sought domain.SearchQuery, limits ...any) ([]T, error) {
	items := []T{}
	words, weights := expressions(ports.SearchPrefix(owner, kind), sought)
	if len(words) == 0 {
		return items, nil
	}
	err := reading(ctx, func() error {
		items = items[:0]
		batch := &pgx.Batch{}
		batch.Queue(string(allowBitmaps))
		batch.Queue(string(q), append([]any{string(owner), words, weights, candidates}, limits...)...).Query(func(rows pgx.Rows) error {
			var item T
			_, err := pgx.ForEachRow(rows, dest(&item), func() error {
				items = append(items, item)
				return nil
			})
			return err
		})
		return s.pool.SendBatch(ctx, batch).Close()
	})
	if err != nil {
		return nil, s.failure(ctx, doing, err)
	}
	return items, nil
}

// What a thing is worth that holds a word, and what more when it holds the word itself and not only one that begins with it.
const (
	wordWeight  = 9
	exactWeight = 1
)

// expressions returns what is looked up for a query, and what a thing is worth that has it. None are there when nothing can be found.
func expressions(prefix string, sought domain.SearchQuery) (words []string, weights []int32) {
	meant, exact := []string{}, []string{}
	for _, word := range sought.Words {
		if !mayBeTerm(word.Text) {
			if !sought.Any {
				return nil, nil
			}
			continue
		}
		quoted := quotedWord(prefix + word.Text)
		exact = append(exact, quoted)
		if word.Prefix {
			quoted += ":*"
		}
		meant = append(meant, quoted)
	}
	if len(meant) == 0 {
		return nil, nil
	}
	if !sought.Any {
		words, weights = append(words, strings.Join(meant, " & ")), append(weights, wordWeight)
	}
	for i := range meant {
		if sought.Any {
			words, weights = append(words, meant[i]), append(weights, wordWeight)
		}
		if exact[i] == meant[i] && !sought.Any {
			continue // everything that is found has it
		}
		expression := exact[i]
		if !sought.Any {
			expression = strings.Join(meant, " & ") + " & " + exact[i]
		}
		words, weights = append(words, expression), append(weights, exactWeight)
	}
	return words, weights
}

// maxWord is how many bytes a word has at most that can be looked for. The longest term is shorter.
const maxWord = 1000

// mayBeTerm reports whether a text can be sent as a word. What cannot is no term either.
func mayBeTerm(word string) bool {
	return len(word) <= maxWord && utf8.ValidString(word) && !strings.Contains(word, "\x00")
}

// quotedWord returns a word as a tsquery that means just this word, whatever characters it has.
func quotedWord(word string) string {
	return "'" + strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(word) + "'"
}
