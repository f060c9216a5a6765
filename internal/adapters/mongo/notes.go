package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Notes = (*Store)(nil)

// noteRecord is a note. Its _id holds the deck: a person has one note for each.
type noteRecord struct {
	Key     string        `bson:"_id"`
	Owner   domain.UserID `bson:"user_id"`
	Deck    domain.DeckID `bson:"deck_id"`
	ID      domain.NoteID `bson:"id"`
	Content noteContent   `bson:",inline"`
	// CreatedAt stays when the content changes.
	CreatedAt *bson.DateTime `bson:"created_at"`
}

// noteContent is what an update changes.
type noteContent struct {
	Text      string           `bson:"text"`
	Cards     []noteCardRecord `bson:"cards"`
	Generator string           `bson:"generator"`
	AddingAt  *bson.DateTime   `bson:"adding_at"`
	AddedAt   *bson.DateTime   `bson:"added_at"`
	UpdatedAt *bson.DateTime   `bson:"updated_at"`
	Rev       int64            `bson:"rev"`
	Terms     searchTerms      `bson:"terms"`
}

type noteCardRecord struct {
	Question  string `bson:"question"`
	Answer    string `bson:"answer"`
	Start     int    `bson:"source_start"`
	End       int    `bson:"source_end"`
	Unfounded bool   `bson:"unfounded"`
	Long      bool   `bson:"long"`
}

func newNoteRecord(n domain.Note) noteRecord {
	cards := make([]noteCardRecord, len(n.Cards))
	for i, c := range n.Cards {
		cards[i] = noteCardRecord{c.Question, c.Answer, c.Source.Start, c.Source.End, c.Unfounded, c.Long}
	}
	return noteRecord{
		Key: key(n.Owner, n.Deck), Owner: n.Owner, Deck: n.Deck, ID: n.ID, CreatedAt: date(n.CreatedAt),
		Content: noteContent{
			Text: n.Text, Cards: cards, Generator: n.Generator, AddingAt: date(n.AddingAt), AddedAt: date(n.AddedAt),
			UpdatedAt: date(n.UpdatedAt), Rev: n.Rev, Terms: noteTerms(&n),
		},
	}
}

func (r noteRecord) note() domain.Note {
	cards := make([]domain.NoteCard, len(r.Content.Cards))
	for i, c := range r.Content.Cards {
		cards[i] = domain.NoteCard{
			Question: c.Question, Answer: c.Answer, Source: domain.Span{Start: c.Start, End: c.End}, Unfounded: c.Unfounded, Long: c.Long,
		}
	}
	return domain.Note{
		ID: r.ID, Owner: r.Owner, Deck: r.Deck, Text: r.Content.Text, Cards: cards, Generator: r.Content.Generator,
		AddingAt: instant(r.Content.AddingAt), AddedAt: instant(r.Content.AddedAt),
		CreatedAt: instant(r.CreatedAt), UpdatedAt: instant(r.Content.UpdatedAt), Rev: r.Content.Rev,
	}
}

// noteWithID returns the filter for a note whose deck is not known.
func noteWithID(owner domain.UserID, id domain.NoteID) bson.D {
	return append(ofOwner(owner), bson.E{Key: "id", Value: id})
}

// PutNote adds a note, or replaces the one of its deck.
func (s *Store) PutNote(ctx context.Context, note domain.Note) error {
	record := newNoteRecord(note)
	for range putTries {
		result, err := s.notes.ReplaceOne(ctx, ownKey(note.Owner, note.Deck), record)
		if err == nil && result.MatchedCount == 1 {
			return nil
		}
		if err == nil {
			_, err = s.notes.InsertOne(ctx, record)
		}
		if !driver.IsDuplicateKeyError(err) {
			return failure(ctx, "storing a note", err)
		}
		// Either the deck has got a note meanwhile, or the id is taken. Servers word it differently, so the data are asked.
		same, failed := s.Note(ctx, note.Owner, note.ID)
		if failed == nil && same.Deck != note.Deck {
			return inserted(ctx, "note", err)
		}
		if failed != nil && domain.CodeOf(failed) != domain.CodeNotFound {
			return failed
		}
	}
	return domain.NewError(domain.CodeBusy, "Others store this note at the same time. Try again.")
}

// Note returns a note.
func (s *Store) Note(ctx context.Context, owner domain.UserID, id domain.NoteID) (domain.Note, error) {
	r, err := findOne[noteRecord](ctx, s.notes, "note", noteWithID(owner, id))
	if err != nil {
		return domain.Note{}, err
	}
	return r.note(), nil
}

// NotesOf returns a part of a person's notes.
func (s *Store) NotesOf(ctx context.Context, owner domain.UserID, after domain.DeckID, limit int) ([]domain.Note, error) {
	records, err := findList[noteRecord](ctx, s.notes, "notes", ownKeysBehind(owner, after),
		options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)))
	notes := make([]domain.Note, len(records))
	for i, r := range records {
		notes[i] = r.note()
	}
	return notes, err
}

// UpdateNote changes a note. One that was put in its place meanwhile is another one, whatever its revision.
func (s *Store) UpdateNote(
	ctx context.Context, owner domain.UserID, id domain.NoteID, edit func(*domain.Note) error,
) (domain.Note, error) {
	read := func() (domain.Note, error) { return s.Note(ctx, owner, id) }
	return ports.Update(ctx, "note", read, edit, func(before, after *domain.Note) (bool, error) {
		after.ID, after.Owner, after.Deck = before.ID, before.Owner, before.Deck
		after.CreatedAt, after.Rev = before.CreatedAt, before.Rev+1
		record := newNoteRecord(*after)
		*after = record.note()
		unchanged := append(ownKey(owner, before.Deck), bson.E{Key: "id", Value: id}, bson.E{Key: "rev", Value: before.Rev})
		done, err := setWhere(ctx, s.notes, unchanged, record.Content)
		return done, failure(ctx, "updating a note", err)
	})
}
