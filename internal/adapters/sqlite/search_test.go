package sqlite

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// sought returns what a text looks for.
func sought(t *testing.T, text string) domain.SearchQuery {
	t.Helper()
	query, err := domain.ParseSearch(text)
	require.NoError(t, err)
	return query
}

// requireFound says by their ids which cards, notes and contents of the owner a text finds.
func requireFound(t *testing.T, s ports.Storage, text string, ids ...string) {
	t.Helper()
	found := []string{}
	cards, err := s.CardSearch.SearchCards(t.Context(), owner, sought(t, text), 9)
	require.NoError(t, err)
	for _, card := range cards {
		found = append(found, string(card.ID))
	}
	notes, err := s.Search.SearchNotes(t.Context(), owner, sought(t, text), 9)
	require.NoError(t, err)
	for _, note := range notes {
		found = append(found, string(note))
	}
	contents, err := s.Search.SearchContents(t.Context(), owner, sought(t, text), 9)
	require.NoError(t, err)
	for _, content := range contents {
		found = append(found, string(content))
	}
	require.ElementsMatch(t, ids, found)
}

// requireIndexed says how many things the index of words holds, and that nothing else is in it.
func requireIndexed(t *testing.T, store *Store, want int) {
	t.Helper()
	var rows, terms, stray int
	require.NoError(t, store.reader.db.QueryRow(`SELECT (SELECT count(*) FROM search_rows), (SELECT count(*) FROM search_terms),
		(SELECT count(*) FROM search_terms WHERE rowid NOT IN (SELECT number FROM search_rows))`).Scan(&rows, &terms, &stray))
	require.Equal(t, want, rows)
	require.Equal(t, want, terms)
	require.Zero(t, stray)
}

// library returns a store with a card, an open note and a processed content, all about rivers.
func library(t *testing.T) *Store {
	t.Helper()
	store := freshStore(t)
	s := store.Ports()
	addDeck(t, s, "d")
	card := domain.Card{ID: "card", Owner: owner, Deck: "d", Question: "River", Answer: "Danube", CreatedAt: start, Rev: 1}
	require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "d", []domain.Card{card}))
	note := domain.Note{ID: "note", Owner: owner, Deck: "d", Text: "A river", CreatedAt: start, Rev: 1}
	require.NoError(t, s.Notes.PutNote(t.Context(), note))
	content := domain.Content{ID: "content", Owner: owner, Status: domain.ContentProcessing, CreatedAt: start, Rev: 1}
	require.NoError(t, s.Contents.InsertContent(t.Context(), content))
	texts := domain.ContentTexts{View: "<p>Long river</p>", Raw: "Long river"}
	_, err := s.Contents.CompleteContent(t.Context(), owner, "content", texts, func(c *domain.Content) error {
		c.Complete(domain.Document{Title: "Water", ContentTexts: texts}, "", start)
		return nil
	})
	require.NoError(t, err)
	requireFound(t, s, "river", "card", "note", "content")
	return store
}

func TestIndexOfWords(t *testing.T) {
	t.Run("what is removed leaves nothing in it, whoever removes it", func(t *testing.T) {
		for outcome, remove := range map[string]func(s ports.Storage) error{
			"by its owner": func(s ports.Storage) error {
				if err := s.Contents.DeleteContent(t.Context(), owner, "content"); err != nil {
					return err
				}
				if err := s.Decks.DeleteDeck(t.Context(), owner, "d"); err != nil {
					return err
				}
				return s.Archive.Notes.Remove(t.Context(), owner, []string{"d"})
			},
			"by an erasure": func(s ports.Storage) error {
				if _, err := s.Erasure.EraseGeneration(t.Context(), owner); err != nil {
					return err
				}
				_, err := s.Erasure.EraseDecks(t.Context(), owner)
				return err
			},
			"by the archive": func(s ports.Storage) error {
				if err := s.Archive.Notes.Remove(t.Context(), owner, []string{"d"}); err != nil {
					return err
				}
				if err := s.Archive.Contents.Remove(t.Context(), owner, []string{"content"}); err != nil {
					return err
				}
				return s.Archive.Cards.Remove(t.Context(), owner, []string{"card"})
			},
		} {
			t.Run(outcome, func(t *testing.T) {
				store := library(t)
				requireIndexed(t, store, 3)
				require.NoError(t, remove(store.Ports()))
				requireIndexed(t, store, 0)
				requireFound(t, store.Ports(), "river")
				var texts int
				require.NoError(t, store.reader.db.QueryRow("SELECT count(*) FROM content_texts").Scan(&texts))
				require.Zero(t, texts)
			})
		}
	})
	t.Run("a note that takes the place of another one leaves nothing of that", func(t *testing.T) {
		store := library(t)
		other := domain.Note{ID: "other", Owner: owner, Deck: "d", Text: "A lake", CreatedAt: start, Rev: 1}
		require.NoError(t, store.Ports().Notes.PutNote(t.Context(), other))
		requireIndexed(t, store, 3)
		requireFound(t, store.Ports(), "river", "card", "content")
		requireFound(t, store.Ports(), "lake", "other")
	})
	t.Run("a content that the archive puts back to processing is not found any more", func(t *testing.T) {
		store := library(t)
		s := store.Ports()
		contents, err := s.Archive.Contents.Page(t.Context(), owner, "", 9)
		require.NoError(t, err)
		require.Len(t, contents, 1)
		contents[0].Status = domain.ContentProcessing
		require.NoError(t, s.Archive.Contents.Put(t.Context(), owner, contents))
		requireFound(t, s, "river", "card", "note")
	})
	t.Run("an answer, a suspension and a move write nothing to it", func(t *testing.T) {
		store := library(t)
		s := store.Ports()
		addDeck(t, s, "e")
		before := rowsOf(t, store.path)["search_terms_data"]
		require.NotEmpty(t, before)
		require.NoError(t, s.ReviewLog.Append(t.Context(), owner, []domain.Event{event(1, "e1", "card")}))
		require.NoError(t, s.Suspensions.Suspend(t.Context(), owner, "card", true))
		_, err := s.Cards.UpdateCard(t.Context(), owner, "card", func(c *domain.Card) error { c.Deck = "e"; return nil })
		require.NoError(t, err)
		require.Equal(t, before, rowsOf(t, store.path)["search_terms_data"])
		_, err = s.Cards.UpdateCard(t.Context(), owner, "card", func(c *domain.Card) error { c.Answer = "Rhine"; return nil })
		require.NoError(t, err)
		require.NotEqual(t, before, rowsOf(t, store.path)["search_terms_data"])
	})
	t.Run("a card that was not stored is not in it", func(t *testing.T) {
		store := library(t)
		twice := []domain.Card{{ID: "new", Question: "Estuary", CreatedAt: start, Rev: 1}, {ID: "card", CreatedAt: start, Rev: 1}}
		err := store.Ports().Cards.InsertCards(t.Context(), owner, "d", twice)
		require.Equal(t, domain.CodeConflict, domain.CodeOf(err))
		requireIndexed(t, store, 3)
		requireFound(t, store.Ports(), "estuary")
	})
	t.Run("a backup finds what the database finds, and what has the same number does not get its words", func(t *testing.T) {
		store := library(t)
		s := store.Ports()
		require.NoError(t, s.Cards.DeleteCard(t.Context(), owner, "card"))
		lake := domain.Card{ID: "lake", Owner: owner, Deck: "d", Question: "Lake", CreatedAt: start, Rev: 1}
		require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "d", []domain.Card{lake}))
		file := filepath.Join(t.TempDir(), "b.db")
		_, err := store.Backup(t.Context(), file, BackupOptions{})
		require.NoError(t, err)
		for _, found := range []ports.Storage{s, openStore(t, file).Ports()} {
			requireFound(t, found, "river", "note", "content")
			requireFound(t, found, "lake", "lake")
		}
	})
}

func TestSearchAmongMany(t *testing.T) {
	s := freshStore(t).Ports()
	addDeck(t, s, "d")
	cards := make([]domain.Card, 2*candidates)
	for i := range cards {
		cards[i] = domain.Card{ID: domain.CardID(fmt.Sprintf("c%04d", i)), Question: "number", CreatedAt: start, Rev: 1}
		if i < candidates/2 || i >= candidates+candidates/2 {
			cards[i].Answer = "side"
		}
	}
	cards[0].Answer += " peculiar"
	cards[len(cards)-1].Answer += " odd"
	require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "d", cards))
	t.Run("the one that has a rare word too is found, first or last", func(t *testing.T) {
		requireFound(t, s, "number peculiar", "c0000")
		requireFound(t, s, "side odd number", fmt.Sprintf("c%04d", len(cards)-1))
	})
	t.Run("so many are found as were asked for", func(t *testing.T) {
		found, err := s.CardSearch.SearchCards(t.Context(), owner, sought(t, "number side"), 50)
		require.NoError(t, err)
		require.Len(t, found, 50)
		for _, card := range found {
			require.Contains(t, card.Answer, "side")
		}
	})
	t.Run("what has one of two words is behind what has both", func(t *testing.T) {
		query := sought(t, "peculiar number")
		query.Any = true
		found, err := s.CardSearch.SearchCards(t.Context(), owner, query, 50)
		require.NoError(t, err)
		require.Len(t, found, 50)
		require.Equal(t, domain.CardID("c0000"), found[0].ID)
	})
}

func TestSearchForOneOfManyWords(t *testing.T) {
	s := freshStore(t).Ports()
	addDeck(t, s, "d")
	words := strings.Fields("alpha beta gamma delta epsilon")
	var cards []domain.Card
	for i := range 3 * candidates {
		id := domain.CardID(fmt.Sprintf("c%04d", i))
		cards = append(cards, domain.Card{ID: id, Question: words[i%3], CreatedAt: start, Rev: 1})
	}
	cards[0].Question, cards[1].Question = "epsilon", "delta beta"
	require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "d", cards))
	query := sought(t, strings.Join(words, " "))
	query.Any = true
	found, err := s.CardSearch.SearchCards(t.Context(), owner, query, 3*candidates)
	require.NoError(t, err)
	t.Run("the one that has two of them comes first", func(t *testing.T) { require.Equal(t, domain.CardID("c0001"), found[0].ID) })
	t.Run("the one that has a rare one is there, though very many have others", func(t *testing.T) {
		require.Len(t, found, candidates)
		require.True(t, slices.ContainsFunc(found, func(c domain.Card) bool { return c.ID == "c0000" }))
	})
}

func TestSearchForWordsThatAreNone(t *testing.T) {
	s := library(t).Ports()
	for _, text := range []string{`"`, `river" OR "danube`, "river*", "NEAR(river)", "^river", "terms:river", "river\x00", "", " "} {
		t.Run(fmt.Sprintf("%q finds nothing and fails nowhere", text), func(t *testing.T) {
			query := domain.SearchQuery{Words: []domain.SearchWord{{Text: text, Prefix: true}}}
			cards, err := s.CardSearch.SearchCards(t.Context(), owner, query, 9)
			require.NoError(t, err)
			require.Empty(t, cards)
		})
	}
}

// rowsAtVersion4 are two people's cards and notes, one of which is closed.
const rowsAtVersion4 = `
INSERT INTO decks (user_id, id, name, description, color, created_at, rev) VALUES ('u', 'd', 'Deck', '', '', 5, 1);
INSERT INTO cards (user_id, id, deck_id, created_at, updated_at, rev, suspended, phase, step, stability, difficulty, due, last_review,
	last_day, reps, lapses, seq, question, answer) VALUES
	('u', 'c1', 'd', 10, 11, 3, 1, 'review', 0, 2.5, 2.25, 5000, 2000, 20000, 2, 1, 2, 'Where does the Danube end?', 'Black Sea'),
	('v', 'c1', 'd', 10, 11, 3, 1, 'new', 0, 0, 0, NULL, NULL, 0, 0, 0, 0, 'Black', 'noir');
INSERT INTO notes (user_id, deck_id, id, generator, adding_at, added_at, created_at, updated_at, rev, text, cards) VALUES
	('u', 'd', 'n1', 'extractive', NULL, NULL, 20, 20, 1, 'The Black Forest', '[]'),
	('u', 'e', 'n2', 'extractive', 21, 22, 20, 22, 2, '', '[]');`

func TestMigrationToVersion5(t *testing.T) {
	store := storeAt(t, 4)
	_, err := store.writer.db.Exec(rowsAtVersion4)
	require.NoError(t, err)
	// More cards than are read at a time, each with a word of its own.
	const many = 2*findPage + 1
	_, err = store.writer.db.Exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO cards (user_id, id, deck_id, created_at, rev, suspended, phase, step, stability, difficulty, last_day, reps, lapses, seq,
			question, answer) SELECT 'u', 'm' || i, 'd', 30, 1, 0, 'new', 0, 0, 0, 0, 0, 0, 0, 'Word' || i, '' FROM n`, many)
	require.NoError(t, err)
	requireRefused(t, store.CheckSchema(t.Context()), "spacey migrate")
	require.NoError(t, store.Migrate(t.Context()))
	require.NoError(t, store.CheckSchema(t.Context()))
	s := store.Ports()

	t.Run("cards that there were are found, each by its owner", func(t *testing.T) {
		for person, question := range map[domain.UserID]string{"u": "Where does the Danube end?", "v": "Black"} {
			cards, err := s.CardSearch.SearchCards(t.Context(), person, sought(t, "black"), 9)
			require.NoError(t, err)
			require.Len(t, cards, 1)
			require.Equal(t, question, cards[0].Question)
		}
		for _, i := range []int{1, findPage, findPage + 1, many} {
			cards, err := s.CardSearch.SearchCards(t.Context(), "u", sought(t, fmt.Sprint("word", i)), 9)
			require.NoError(t, err)
			require.Len(t, cards, 1, i)
		}
	})
	t.Run("notes that wait are found", func(t *testing.T) {
		notes, err := s.Search.SearchNotes(t.Context(), "u", sought(t, "forest"), 9)
		require.NoError(t, err)
		require.Equal(t, []domain.NoteID{"n1"}, notes)
	})
	t.Run("memories are as they were", func(t *testing.T) {
		memory, err := s.Memories.Memory(t.Context(), "u", "c1")
		require.NoError(t, err)
		require.True(t, memory.Suspended)
		require.Equal(t, int64(2), memory.Memory.Seq)
	})
	t.Run("a content, its file and its job can be stored", func(t *testing.T) {
		content := domain.Content{
			ID: "x", Owner: "u", Source: "a.pdf", SourceType: domain.SourcePDF, Status: domain.ContentProcessing,
			Annotations: []domain.Annotation{{StartPath: []int{0, 1}, EndPath: []int{2}, StartOffset: 3, EndOffset: 4, Color: "c", Comment: "d", Text: "e"}},
			CreatedAt:   instantAt(40), UpdatedAt: instantAt(40), Rev: 1,
		}
		require.NoError(t, s.Contents.InsertContent(t.Context(), content))
		stored, err := s.Contents.Content(t.Context(), "u", "x")
		require.NoError(t, err)
		require.Equal(t, content, stored)
		size, err := ports.StoreBlob(t.Context(), s.Blobs, "u", "x", strings.NewReader("%PDF"), 9)
		require.NoError(t, err)
		require.Equal(t, int64(4), size)
		job := domain.Job{Kind: domain.JobContent, Owner: "u", Subject: "x", DueAt: instantAt(41), CreatedAt: instantAt(40), Rev: 1}
		require.NoError(t, s.Jobs.AddJob(t.Context(), job))
		_, found, err := s.Jobs.TakeJob(t.Context(), domain.JobContent, instantAt(41), instantAt(41).Add(time.Minute))
		require.NoError(t, err)
		require.True(t, found)
	})
}
