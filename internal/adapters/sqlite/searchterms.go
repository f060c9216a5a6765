package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"strings"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// The numbers go down: FTS5 gives the smallest ones first, and only in this order it skips what lies between two that fit.
	addSearchRow query = `INSERT INTO search_rows (number, user_id, kind, id) SELECT coalesce(min(number), 0) - 1, ?, ?, ? FROM search_rows
		WHERE true ON CONFLICT (user_id, kind, id) DO NOTHING`
	searchRowOf           = "(SELECT number FROM search_rows WHERE user_id = ? AND kind = ? AND id = ?)"
	dropSearchTerms query = "DELETE FROM search_terms WHERE rowid = " + searchRowOf
	addSearchTerms  query = "INSERT INTO search_terms (terms, rowid) VALUES (?, " + searchRowOf + ")"
)

// findBy makes a thing found by terms, and by no others. What is removed is taken out of the index by triggers.
func (t *transaction) findBy(owner domain.UserID, kind domain.SearchKind, id string, terms []string) error {
	added, err := t.exec(addSearchRow, owner, kind, id)
	if err != nil {
		return err
	}
	if added == 0 {
		if _, err := t.exec(dropSearchTerms, owner, kind, id); err != nil {
			return err
		}
	}
	_, err = t.exec(addSearchTerms, indexed(owner, kind, terms), owner, kind, id)
	return err
}

// indexed returns terms as they are indexed: each behind the prefix of the owner, between spaces.
func indexed(owner domain.UserID, kind domain.SearchKind, terms []string) string {
	prefix := ports.SearchPrefix(owner, kind)
	var b strings.Builder
	for _, term := range terms {
		b.WriteString(prefix)
		b.WriteString(term)
		b.WriteByte(' ')
	}
	return b.String()
}

func (t *transaction) findCard(owner domain.UserID, id domain.CardID, text domain.CardText) error {
	return t.findBy(owner, domain.SearchCards, string(id), domain.SearchTerms(text.Question, text.Answer))
}

func (t *transaction) findNote(owner domain.UserID, note *domain.Note) error {
	return t.findBy(owner, domain.SearchNotes, string(note.ID), domain.SearchTerms(note.Text))
}

// contentVersion is the version of the schema with content and search.
const contentVersion = 5

//go:embed content.sql
var contentSchema string

// addContent is the migration to contentVersion: it makes the tables, and makes cards and notes found that were there before.
func addContent(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, contentSchema); err != nil {
		return err
	}
	t := &transaction{ctx: ctx, tx: tx, own: newPool("", 1, nil), unprepared: map[query]bool{}}
	defer t.own.close() //nolint:errcheck // nothing was opened
	err := t.findAll(cardTexts, func(owner domain.UserID, id, question, answer string) error {
		return t.findCard(owner, domain.CardID(id), domain.CardText{Question: question, Answer: answer})
	})
	if err != nil {
		return err
	}
	return t.findAll(noteTexts, func(owner domain.UserID, id, text, _ string) error {
		return t.findNote(owner, &domain.Note{ID: domain.NoteID(id), Text: text})
	})
}

const (
	cardTexts query = "SELECT rowid, user_id, id, question, answer FROM cards WHERE rowid > ? ORDER BY rowid LIMIT ?"
	noteTexts query = "SELECT rowid, user_id, id, text, '' FROM notes WHERE rowid > ? ORDER BY rowid LIMIT ?"
	// findPage is how many texts are read at a time.
	findPage = 500
)

// findAll calls find for each row of a query. A page is read before anything is written: the connection does one thing at a time.
func (t *transaction) findAll(texts query, find func(owner domain.UserID, id, first, second string) error) error {
	type row struct{ owner, id, first, second string }
	for after := int64(-1); ; {
		rows, err := t.tx.QueryContext(t.ctx, string(texts), after, findPage)
		if err != nil {
			return err
		}
		var page []row
		for rows.Next() {
			var r row
			if err := rows.Scan(&after, &r.owner, &r.id, &r.first, &r.second); err != nil {
				_ = rows.Close()
				return err
			}
			page = append(page, r)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, r := range page {
			if err := find(domain.UserID(r.owner), r.id, r.first, r.second); err != nil {
				return err
			}
		}
		if len(page) < findPage {
			return nil
		}
	}
}
