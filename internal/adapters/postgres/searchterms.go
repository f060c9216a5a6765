package postgres

import (
	"context"
	_ "embed"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// indexedTerms returns terms as they are sent: each behind the prefix of the owner and kind, with spaces between them. No term holds
// one.
func indexedTerms(owner domain.UserID, kind domain.SearchKind, terms []string) string {
	prefix := ports.SearchPrefix(owner, kind)
	var b strings.Builder
	for i, term := range terms {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(prefix)
		b.WriteString(term)
	}
	return b.String()
}

// cardTerms returns the terms of a card as they are sent.
func cardTerms(owner domain.UserID, text domain.CardText) string {
	return indexedTerms(owner, domain.SearchCards, domain.SearchTerms(text.Question, text.Answer))
}

// noteTerms returns the terms of a note as they are sent.
func noteTerms(owner domain.UserID, text string) string {
	return indexedTerms(owner, domain.SearchNotes, domain.SearchTerms(text))
}

// contentTerms returns the terms of a content as they are sent. One that is not processed has none.
func contentTerms(owner domain.UserID, content *domain.Content, texts domain.ContentTexts) string {
	if content.Status != domain.ContentProcessed {
		return ""
	}
	return indexedTerms(owner, domain.SearchContents, domain.SearchTerms(content.Title, texts.Raw))
}

// contentVersion is the version of the schema with content and search.
const contentVersion = 4

//go:embed content.sql
var contentSchema string

// addContent is the migration to contentVersion: it makes the tables, and makes cards and notes found that were there before. It goes on
// where another one stopped.
func (s *Store) addContent(ctx context.Context) error {
	if _, err := s.pool.Exec(ctx, contentSchema); err != nil {
		return err
	}
	if err := s.fillTerms(ctx, textsOfCards, fillCardTerms, cardTerms); err != nil {
		return err
	}
	return s.fillTerms(ctx, textsOfNotes, fillNoteTerms, func(owner domain.UserID, text domain.CardText) string {
		return noteTerms(owner, text.Question)
	})
}

const (
	// textsOfCards and textsOfNotes find a page of what has no terms yet. The locks keep it there until they are written.
	textsOfCards query = `SELECT user_id, id, question, answer FROM cards WHERE (user_id, id) > ($1, $2)
		AND NOT EXISTS (SELECT 1 FROM card_terms WHERE card_terms.user_id = cards.user_id AND card_terms.card_id = cards.id)
		ORDER BY user_id, id LIMIT $3 FOR SHARE OF cards`
	textsOfNotes query = `SELECT user_id, deck_id, text, '' FROM notes WHERE (user_id, deck_id) > ($1, $2) AND terms IS NULL
		ORDER BY user_id, deck_id LIMIT $3 FOR UPDATE`
	fillCardTerms query = `INSERT INTO card_terms (user_id, card_id, terms)
		SELECT asked.user_id, asked.id, array_to_tsvector(string_to_array(asked.terms, ' '))
		FROM unnest($1::text[], $2::text[], $3::text[]) AS asked (user_id, id, terms)`
	fillNoteTerms query = `UPDATE notes SET terms = array_to_tsvector(string_to_array(asked.terms, ' '))
		FROM unnest($1::text[], $2::text[], $3::text[]) AS asked (user_id, deck_id, terms)
		WHERE notes.user_id = asked.user_id AND notes.deck_id = asked.deck_id`
	// fillPage is how many texts are read at a time.
	fillPage = 500
)

// fillTerms stores the terms of texts that are there, a page at a time, each in a transaction.
func (s *Store) fillTerms(ctx context.Context, page, fill query, terms func(domain.UserID, domain.CardText) string) error {
	var owner, id string
	for {
		var owners, ids, filled []string
		err := patiently(ctx, func() error {
			return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
				owners, ids, filled = nil, nil, nil
				rows, err := tx.Query(ctx, string(page), owner, id, fillPage)
				if err != nil {
					return err
				}
				var of, key string
				var text domain.CardText
				_, err = pgx.ForEachRow(rows, []any{&of, &key, &text.Question, &text.Answer}, func() error {
					owners, ids = append(owners, of), append(ids, key)
					filled = append(filled, terms(domain.UserID(of), text))
					return nil
				})
				if err != nil || len(ids) == 0 {
					return err
				}
				_, err = tx.Exec(ctx, string(fill), owners, ids, filled)
				return err
			})
		})
		if err != nil || len(ids) < fillPage {
			return err
		}
		owner, id = owners[len(owners)-1], ids[len(ids)-1]
	}
}
