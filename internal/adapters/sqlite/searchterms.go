package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"strings"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Statements take things as a JSON list of pairs: an id, and the terms as they are indexed.
const (
	// The numbers of later things are smaller: FTS5 gives the smallest ones first, and only in this order it skips what lies between two
	// that fit. Among those that are added together they go up, since FTS5 writes what it has in memory when a number is below the last one.
	addSearchRows query = `INSERT INTO search_rows (number, user_id, kind, id)
		SELECT (SELECT coalesce(min(number), 0) FROM search_rows) - json_array_length(?3) + key, ?1, ?2, value ->> 0 FROM json_each(?3)
		WHERE true ON CONFLICT (user_id, kind, id) DO NOTHING`
	dropSearchTerms query = `DELETE FROM search_terms WHERE rowid IN (SELECT number FROM search_rows WHERE user_id = ?1 AND kind = ?2
		AND id IN (SELECT value ->> 0 FROM json_each(?3)))`
	addSearchTerms query = `INSERT INTO search_terms (rowid, terms) SELECT m.number, asked.value ->> 1 FROM json_each(?3) AS asked
		CROSS JOIN search_rows AS m ON m.user_id = ?1 AND m.kind = ?2 AND m.id = asked.value ->> 0`
	// findBytes is about how many bytes of terms are written at a time.
	findBytes = 1 << 20
)

// findable is a thing and the terms by which it is found.
type findable struct {
	id    string
	terms []string
}

// find makes things of one kind found by their terms, and by no others: each is named once. What is removed is taken out of the index by
// triggers. Many are written together, since FTS5 writes a segment of its index for each statement.
func (t *transaction) find(owner domain.UserID, kind domain.SearchKind, things ...findable) error {
	var pairs [][2]string
	size := 0
	for i, thing := range things {
		pairs = append(pairs, [2]string{thing.id, indexed(owner, kind, thing.terms)})
		if size += len(pairs[len(pairs)-1][1]); size < findBytes && i < len(things)-1 {
			continue
		}
		if err := t.index(owner, kind, pairs); err != nil {
			return err
		}
		pairs, size = nil, 0
	}
	return nil
}

func (t *transaction) index(owner domain.UserID, kind domain.SearchKind, pairs [][2]string) error {
	things, err := asJSON(pairs)
	if err != nil {
		return err
	}
	added, err := t.exec(addSearchRows, owner, kind, things)
	if err != nil {
		return err
	}
	if added < int64(len(pairs)) {
		if _, err := t.exec(dropSearchTerms, owner, kind, things); err != nil {
			return err
		}
	}
	_, err = t.exec(addSearchTerms, owner, kind, things)
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

func findableCard(card *domain.Card) findable {
	return findable{string(card.ID), domain.SearchTerms(card.Question, card.Answer)}
}

func findableNote(note *domain.Note) findable {
	return findable{string(note.ID), domain.SearchTerms(note.Text)}
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
	if err := t.findAll(domain.SearchCards, cardTexts); err != nil {
		return err
	}
	return t.findAll(domain.SearchNotes, noteTexts)
}

const (
	cardTexts query = "SELECT rowid, user_id, id, question, answer FROM cards WHERE rowid > ? ORDER BY rowid LIMIT ?"
	noteTexts query = "SELECT rowid, user_id, id, text, '' FROM notes WHERE rowid > ? ORDER BY rowid LIMIT ?"
	// findPage is how many texts are read at a time.
	findPage = 500
)

// findAll makes found what a query reads. A page is read before anything is written: the connection does one thing at a time.
func (t *transaction) findAll(kind domain.SearchKind, texts query) error {
	for after := int64(-1); ; {
		page, read, err := t.page(texts, &after)
		if err != nil {
			return err
		}
		for owner, things := range page {
			if err := t.find(owner, kind, things...); err != nil {
				return err
			}
		}
		if read < findPage {
			return nil
		}
	}
}

// page reads a page of what is behind the row after, by owner, and how many there are. It moves after to the last row.
func (t *transaction) page(texts query, after *int64) (page map[domain.UserID][]findable, read int, err error) {
	rows, err := t.tx.QueryContext(t.ctx, string(texts), *after, findPage)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	page = map[domain.UserID][]findable{}
	for ; rows.Next(); read++ {
		var owner, id, first, second string
		if err := rows.Scan(after, &owner, &id, &first, &second); err != nil {
			return nil, 0, err
		}
		page[domain.UserID(owner)] = append(page[domain.UserID(owner)], findable{id, domain.SearchTerms(first, second)})
	}
	return page, read, rows.Err()
}
