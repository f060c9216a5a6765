package porttest_test

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// keepNote returns a note as the store keeps it.
func (s *memstore) keepNote(n domain.Note) domain.Note {
	n.Text, n.Generator = s.text(n.Text), s.text(n.Generator)
	n.AddingAt, n.AddedAt, n.CreatedAt, n.UpdatedAt = s.at(n.AddingAt), s.at(n.AddedAt), s.at(n.CreatedAt), s.at(n.UpdatedAt)
	switch {
	case s.is("a note forgets what made its cards"):
		n.Generator = ""
	case s.is("a note forgets when somebody began to add its cards"):
		n.AddingAt = time.Time{}
	case s.is("the text of a note is cut at 300,000 bytes"):
		n.Text = n.Text[:min(len(n.Text), 300_000)]
	case s.is("a note keeps 500 cards at most"):
		n.Cards = n.Cards[:min(len(n.Cards), 500)]
	}
	if s.is("cards of a note are shared with callers") {
		return n
	}
	n.Cards = append(none[domain.NoteCard](s), n.Cards...)
	for i := range n.Cards {
		card := &n.Cards[i]
		card.Question, card.Answer = s.text(card.Question), s.text(card.Answer)
		switch {
		case s.is("a card of a note forgets its source"):
			card.Source = domain.Span{}
		case s.is("a card of a note forgets that it is unfounded"):
			card.Unfounded = false
		case s.is("a card of a note forgets that it is long"):
			card.Long = false
		}
	}
	return n
}

// copyNote returns a note that shares nothing with the given one.
func (s *memstore) copyNote(n domain.Note) domain.Note {
	if !s.is("cards of a note are shared with callers") {
		n.Cards = append(none[domain.NoteCard](s), n.Cards...)
	}
	return n
}

// noteWithID finds a note. anyone is the fault to find other people's as well.
func (s *memstore) noteWithID(owner domain.UserID, id domain.NoteID, anyone bool) (key, domain.Note, bool) {
	for k, note := range s.notes {
		if note.ID == id && (k.owner == owner || anyone) {
			return k, note, true
		}
	}
	return key{}, domain.Note{}, false
}

func (s *memstore) PutNote(ctx context.Context, note domain.Note) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k := key{note.Owner, string(note.Deck)}
	other, _, taken := s.noteWithID(note.Owner, note.ID, s.is("an id of a note is unique over all people"))
	if taken && other != k && !s.is("two notes of a person may have one id") {
		return s.conflict("note")
	}
	s.gap("PutNote looks for the id, then stores")
	was, there := s.notes[k]
	s.gap("two notes for a deck at once conflict")
	if _, now := s.notes[k]; now && !there || there && s.is("PutNote conflicts with the note of the deck") {
		return s.conflict("note")
	}
	switch {
	case there && s.is("PutNote leaves the note of the deck"):
		return nil
	case there && s.is("PutNote keeps the id of the note of the deck"):
		note.ID = was.ID
	case there && s.is("PutNote keeps when the note of the deck was made"):
		note.CreatedAt = was.CreatedAt
	case there && s.is("PutNote keeps the cards of the note of the deck"):
		note.Cards = was.Cards
	case there && s.is("PutNote counts the revision on"):
		note.Rev = was.Rev + 1
	}
	s.notes[k] = s.keepNote(note)
	s.findNote(note)
	return nil
}

func (s *memstore) Note(ctx context.Context, owner domain.UserID, id domain.NoteID) (domain.Note, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Note{}, err
	}
	defer s.mu.Unlock()
	_, note, found := s.noteWithID(owner, id, s.is("Note forgets the owner"))
	if !found && s.is(unknownIsEmpty) {
		return domain.Note{}, nil
	}
	if !found || !note.Open() && s.is("Note hides notes whose cards were added") {
		return domain.Note{}, s.notFound("note")
	}
	return s.copyNote(note), nil
}

func (s *memstore) NotesOf(ctx context.Context, owner domain.UserID, after domain.DeckID, limit int) ([]domain.Note, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	notes, gone := none[domain.Note](s), true
	for k, note := range s.notes {
		if k.owner != owner && !s.is("NotesOf forgets the owner") || !note.Open() && s.is("NotesOf leaves out notes whose cards were added") {
			continue
		}
		notes, gone = append(notes, s.copyNote(note)), gone && note.Deck != after
	}
	if gone && s.is("NotesOf begins again where the deck it should follow is gone") {
		after = ""
	}
	notes = slices.DeleteFunc(notes, func(n domain.Note) bool {
		order := s.compareKeys(string(n.Deck), string(after))
		return order < 0 || order == 0 && !s.is("NotesOf begins with the deck it should follow")
	})
	slices.SortFunc(notes, func(a, b domain.Note) int {
		if s.is("NotesOf is in order of ids") {
			return cmp.Compare(a.ID, b.ID)
		}
		if s.is("NotesOf is in order of creation") {
			return a.CreatedAt.Compare(b.CreatedAt)
		}
		return s.compareKeys(string(a.Deck), string(b.Deck))
	})
	if s.is("NotesOf ignores its limit") {
		return notes, nil
	}
	return notes[:min(limit, len(notes))], nil
}

func (s *memstore) UpdateNote(
	ctx context.Context, owner domain.UserID, id domain.NoteID, edit func(*domain.Note) error,
) (domain.Note, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Note{}, err
	}
	defer s.mu.Unlock()
	k, before, found := s.noteWithID(owner, id, s.is("UpdateNote forgets the owner"))
	if !found && s.is("UpdateNote adds a note that is not there") {
		k, before, found = key{owner, string(id)}, domain.Note{ID: id, Owner: owner}, true
	}
	if !found {
		return domain.Note{}, s.notFound("note")
	}
	after := s.copyNote(before)
	store, err := s.changed(edit(&after))
	if !store {
		return domain.Note{}, err
	}
	after.CreatedAt, after.Rev = s.editedAt(before.CreatedAt, after.CreatedAt), s.raised(s.editedRev(before.Rev, after.Rev))
	if !s.is("an edit function may change id and owner") {
		after.ID, after.Owner = before.ID, before.Owner
	}
	if !s.is("UpdateNote moves a note to another deck") {
		after.Deck = before.Deck
	}
	switch {
	case s.is("UpdateNote leaves the text"):
		after.Text = before.Text
	case s.is("UpdateNote leaves when the cards were added"):
		after.AddedAt = before.AddedAt
	}
	s.gap("an update forgets others at the same time")
	s.notes[k] = s.keepNote(after)
	if !s.is("an update of a note leaves by what it is found") {
		s.findNote(after)
	}
	if s.is("UpdateNote returns a note as its function leaves it") {
		return after, err
	}
	return s.copyNote(s.notes[k]), err
}

func (s *memstore) noteShelf() *memshelf[domain.Note] {
	shelf := shelfOf(s, s.notes, func(n domain.Note) string { return string(n.Deck) }, s.keepNote)
	shelf.rev = func(n *domain.Note) *int64 { return &n.Rev }
	shelf.put = func(k key, note domain.Note) error {
		s.notes[k] = s.keepNote(note)
		if !s.is("what is put is not found") {
			s.findNote(note)
		}
		return nil
	}
	return shelf
}

func (s *memstore) findNote(note domain.Note) {
	s.findBy(note.Owner, domain.SearchNotes, string(note.ID), note.Text)
}

var _ ports.GenerationUsage = (*memstore)(nil)

// firstUseFails is the fault of a store that does not expect another first use at the same time.
const firstUseFails = "a first use of many at once is an error"

func (s *memstore) CountUsage(ctx context.Context, owner domain.UserID, day domain.Day, amount, limit int) (bool, error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.mu.Unlock()
	k := key{owner, strconv.Itoa(int(day))}
	if s.is("use forgets the owner") {
		k.owner = ""
	}
	if s.is("use forgets the day") {
		k.id = ""
	}
	used, there := s.usage[k]
	s.gap("use is read, then written")
	granted := amount <= limit-used
	switch {
	case s.is("use may go beyond the limit once"):
		granted = used < limit
	case s.is("use stays below the limit"):
		granted = amount < limit-used
	case !there && s.is("the first use is always granted"):
		granted = true
	case s.is("use is always granted"):
		granted = true
	case s.is("use is never granted"):
		return false, nil
	}
	s.gap(firstUseFails)
	if _, now := s.usage[k]; now && !there && s.is(firstUseFails) {
		return false, s.conflict("count")
	}
	switch {
	case granted && s.is("use is counted once, whatever the amount"):
		s.usage[k] = used + 1
	case granted && s.is("use is counted in 32 bits"):
		s.usage[k] = int(int32(used + amount))
	case granted || s.is("refused use is counted"):
		s.usage[k] = used + amount
	}
	return granted, nil
}

// sweepGeneration removes old counts.
func (s *memstore) sweepGeneration(now time.Time) {
	first := domain.Day(now.Unix()/86_400) - 2
	if s.is("a sweep removes yesterday's use") {
		first += 2
	}
	for k := range s.usage {
		day, err := strconv.Atoi(k.id)
		if err == nil && domain.Day(day) < first && !s.is("a sweep leaves old use") || s.is("a sweep removes all use") {
			delete(s.usage, k)
		}
	}
	for k, note := range s.notes {
		if !note.Open() && s.is("a sweep removes notes whose cards were added") {
			delete(s.notes, k)
		}
	}
}

func (s *memstore) EraseGeneration(ctx context.Context, owner domain.UserID) (bool, error) {
	return s.erase(ctx, owner, domain.PartGeneration, func(e *erasing) {
		eraseRows(e, s.notes, "erasing leaves notes", func(n domain.Note) bool {
			return n.Open() || !s.is("erasing leaves notes whose cards were added")
		})
		eraseRows(e, s.usage, "erasing leaves use", nil)
		eraseRows(e, s.blobs, "erasing leaves blobs", nil)
		eraseRows(e, s.jobs, "erasing leaves jobs", nil)
		for k := range s.contents {
			if e.left > 0 && e.of(k.owner) && !s.is("erasing leaves contents") {
				delete(s.contents, k)
				e.left--
				if !s.is("erasing leaves by what contents are found") {
					s.forget(k.owner, domain.SearchContents, k.id)
				}
			}
		}
		if s.is("erasing notes takes decks along") {
			e.eraseDecks()
		}
	})
}
