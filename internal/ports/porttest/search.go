package porttest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testSearch(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"notes are found by the words of their texts, as they are stored", searchNotes},
		{"a note that is replaced is not found by its words any more", searchNoteReplaced},
		{"a note is found by its new words after an update, and not by the old ones", searchNoteUpdated},
		{"a note whose cards were added is not found", searchNoteClosed},
		{"contents are found by title and text when they are completed, and not before", searchContents},
		{"a content that is completed again is found by its new words only", searchContentAgain},
		{"an update of a content leaves by what it is found", searchContentUpdated},
		{"a content whose completion is refused is found by its old words", searchContentRefused},
		{"a deleted content is not found, and one of its id by its own words only", searchContentDeleted},
		{"a long content is found by its words up to their limit", searchContentLong},
		{"notes and contents are found by all words, by any, and by how they begin", searchWords},
		{"notes and contents with more of the words come first", searchOrder},
		{"no more notes and contents are found than asked for", searchLimit},
		{"only a person's own notes and contents are found, each by its own kind", searchOwn},
		{"words that are none find no note and no content", searchHarmless},
		{"erased notes and contents are not found, and those of their ids by their own words only", searchErased},
		{"a cancelled context finds no notes and no contents", searchCancelled},
	})
}

// writeNote puts the nth note of a person, whose cards wait.
func writeNote(t *testing.T, s ports.Storage, owner domain.UserID, n int, text string) domain.Note {
	t.Helper()
	note := openNote(owner, n)
	note.Text = text
	return putNote(t, s, note)
}

// writeContent adds the nth content of a person and completes it.
func writeContent(t *testing.T, s ports.Storage, owner domain.UserID, n int, title, raw string) domain.Content {
	t.Helper()
	return completeContent(t, s, addContent(t, s, startedContent(owner, n)), title, domain.ContentTexts{View: "<p>viewed</p>", Raw: raw})
}

// requireFoundNotes checks which notes of a person a query finds, in whatever order.
func requireFoundNotes(t *testing.T, s ports.Storage, owner domain.UserID, query string, want ...int) {
	t.Helper()
	got, err := s.Search.SearchNotes(t.Context(), owner, sought(t, query), domain.MaxFound)
	require.NoError(t, err)
	require.NotNil(t, got, "a list is never nil")
	ids := []domain.NoteID{}
	for _, n := range want {
		ids = append(ids, noteID(n))
	}
	require.ElementsMatchf(t, ids, got, "found by %q", query)
}

// requireFoundContents checks which contents of a person a query finds, in whatever order.
func requireFoundContents(t *testing.T, s ports.Storage, owner domain.UserID, query string, want ...int) {
	t.Helper()
	got, err := s.Search.SearchContents(t.Context(), owner, sought(t, query), domain.MaxFound)
	require.NoError(t, err)
	require.NotNil(t, got, "a list is never nil")
	ids := []domain.ContentID{}
	for _, n := range want {
		ids = append(ids, contentID(n))
	}
	require.ElementsMatchf(t, ids, got, "found by %q", query)
}

func searchNotes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireFoundNotes(t, s, ada, "volcano")
	writeNote(t, s, ada, 1, "Volcanism erupts.")
	writeNote(t, s, ada, 2, "A volcano is a mountain.")
	writeNote(t, s, ada, 3, "...")
	requireFoundNotes(t, s, ada, "erupts", 1)
	requireFoundNotes(t, s, ada, "MOUNTAIN", 2)
	requireFoundNotes(t, s, ada, "volcan*", 1, 2)
	requireFoundNotes(t, s, ada, "question")
	requireFoundNotes(t, s, ada, "model")
}

func searchNoteReplaced(t *testing.T, engine Engine) {
	s := engine.Open(t)
	writeNote(t, s, ada, 1, "first kept")
	after := openNote(ada, 2)
	after.Deck, after.Text = deckID(1), "second kept"
	putNote(t, s, after)
	requireFoundNotes(t, s, ada, "first")
	requireFoundNotes(t, s, ada, "kept", 2)
	requireFoundNotes(t, s, ada, "|first second", 2)
	after.Text = "third" // the same note again
	putNote(t, s, after)
	requireFoundNotes(t, s, ada, "third", 2)
	requireFoundNotes(t, s, ada, "|second kept")
	conflict := openNote(ada, 2)
	conflict.Deck, conflict.Text = deckID(7), "fourth"
	requireCode(t, domain.CodeConflict, s.Notes.PutNote(t.Context(), conflict))
	requireFoundNotes(t, s, ada, "fourth")
	requireFoundNotes(t, s, ada, "third", 2)
	writeNote(t, s, ada, 1, "again") // of an id that was replaced; its deck has another note, which goes
	requireFoundNotes(t, s, ada, "|first third again", 1)
}

func searchNoteUpdated(t *testing.T, engine Engine) {
	s := engine.Open(t)
	note := writeNote(t, s, ada, 1, "first kept")
	writeNote(t, s, ada, 2, "second kept")
	update := func(edit func(*domain.Note) error) error {
		_, err := s.Notes.UpdateNote(t.Context(), ada, note.ID, edit)
		return err
	}
	require.NoError(t, update(func(n *domain.Note) error { n.Text = "third kept"; return nil }))
	requireFoundNotes(t, s, ada, "third", 1)
	requireFoundNotes(t, s, ada, "kept", 1, 2)
	requireFoundNotes(t, s, ada, "first")
	require.NoError(t, update(func(n *domain.Note) error { n.Cards, n.AddingAt = newNoteCards(9, 1), at(5); return nil }))
	requireFoundNotes(t, s, ada, "third", 1)
	require.ErrorIs(t, update(func(n *domain.Note) error { n.Text = "refused"; return errEdit }), errEdit)
	requireFoundNotes(t, s, ada, "refused")
	requireFoundNotes(t, s, ada, "third", 1)
}

func searchNoteClosed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	put := newNote(ada, 1)
	put.Text = "word"
	putNote(t, s, put)
	requireFoundNotes(t, s, ada, "word")
	for n, edit := range map[int]func(*domain.Note) error{
		2: func(n *domain.Note) error { n.Close(at(9)); return nil },
		3: func(n *domain.Note) error { n.AddedAt = at(9); return nil },
	} {
		note := writeNote(t, s, ada, n, "word")
		requireFoundNotes(t, s, ada, "word", n)
		_, err := s.Notes.UpdateNote(t.Context(), ada, note.ID, edit)
		require.NoError(t, err)
		requireFoundNotes(t, s, ada, "word")
	}
	_, err := s.Notes.UpdateNote(t.Context(), ada, noteID(2), func(n *domain.Note) error { *n = openNote(ada, 2); n.Text = "open"; return nil })
	require.NoError(t, err)
	requireFoundNotes(t, s, ada, "|open word", 2)
}

func searchContents(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := startedContent(ada, 1)
	content.Title, content.Summary = "before", "summed"
	addContent(t, s, content)
	requireFoundContents(t, s, ada, "|before summed")
	completeContent(t, s, content, "About rivers", domain.ContentTexts{View: "<p>viewed</p>", Raw: "Water flows."})
	writeContent(t, s, ada, 2, "", "Rivers")
	writeContent(t, s, ada, 3, "River", "")
	for query, want := range map[string][]int{
		"river": {1, 2, 3}, "water": {1}, "about flows": {1}, "before": {}, "viewed": {}, "summed": {}, "example": {},
	} {
		requireFoundContents(t, s, ada, query, want...)
	}
}

func searchContentAgain(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := writeContent(t, s, ada, 1, "first", "second kept")
	writeContent(t, s, ada, 2, "other", "kept")
	completeContent(t, s, content, "third", domain.ContentTexts{Raw: "fourth kept"})
	requireFoundContents(t, s, ada, "|first second")
	requireFoundContents(t, s, ada, "third fourth", 1)
	requireFoundContents(t, s, ada, "kept", 1, 2)
}

func searchContentUpdated(t *testing.T, engine Engine) {
	s := engine.Open(t)
	writeContent(t, s, ada, 1, "titled", "text")
	addContent(t, s, startedContent(ada, 2))
	for n := 1; n <= 2; n++ {
		_, err := s.Contents.UpdateContent(t.Context(), ada, contentID(n), func(c *domain.Content) error {
			c.Title, c.Read, c.Annotations = "renamed", true, newAnnotations(1, 1)
			return nil
		})
		require.NoError(t, err)
	}
	requireFoundContents(t, s, ada, "titled text", 1)
	requireFoundContents(t, s, ada, "renamed")
	requireFoundContents(t, s, ada, "comment")
}

func searchContentRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	writeContent(t, s, ada, 1, "titled", "text")
	addContent(t, s, startedContent(ada, 2))
	for n := 1; n <= 2; n++ {
		_, err := s.Contents.CompleteContent(t.Context(), ada, contentID(n), domain.ContentTexts{Raw: "other"}, func(c *domain.Content) error {
			c.Title = "refused"
			return errEdit
		})
		require.ErrorIs(t, err, errEdit)
	}
	requireFoundContents(t, s, ada, "|refused other")
	requireFoundContents(t, s, ada, "titled text", 1)
}

func searchContentDeleted(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for n := 1; n <= 2; n++ {
		writeContent(t, s, ada, n, fmt.Sprint("titled", n), "kept")
	}
	writeContent(t, s, bob, 1, "titled1", "kept")
	require.NoError(t, s.Contents.DeleteContent(t.Context(), ada, contentID(1)))
	requireFoundContents(t, s, ada, "titled1")
	requireFoundContents(t, s, ada, "kept", 2)
	requireFoundContents(t, s, bob, "titled1", 1)
	again := addContent(t, s, startedContent(ada, 1))
	requireFoundContents(t, s, ada, "kept", 2)
	completeContent(t, s, again, "again", domain.ContentTexts{})
	requireFoundContents(t, s, ada, "|titled1 again", 1)
	requireFoundContents(t, s, ada, "kept", 2)
}

func searchContentLong(t *testing.T, engine Engine) {
	s := engine.Open(t)
	raw := []byte(mediumText() + "\n")
	for n := range domain.MaxTerms + 100 {
		raw = fmt.Appendf(raw, "w%d, ", n)
	}
	content := writeContent(t, s, ada, 1, "titled", string(raw))
	terms := domain.SearchTerms(content.Title, string(raw))
	require.Len(t, terms, domain.MaxTerms)
	for _, term := range []string{terms[0], terms[1000], terms[domain.MaxTerms-1], "langerer"} {
		query := domain.SearchQuery{Words: []domain.SearchWord{{Text: term}}}
		got, err := s.Search.SearchContents(t.Context(), ada, query, 10)
		require.NoError(t, err)
		require.Equalf(t, []domain.ContentID{content.ID}, got, "found by %q", term)
	}
	requireFoundContents(t, s, ada, fmt.Sprint("w", domain.MaxTerms+99))
}

func searchWords(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, text := range []string{"red green blue", "green blue yellow", "yellowish"} {
		writeNote(t, s, ada, i+1, text)
		writeContent(t, s, ada, i+1, "", text)
	}
	for query, want := range map[string][]int{
		"green": {1, 2}, "blue red": {1}, "red yellow": {}, "|red yellow": {1, 2}, "yellow": {2}, "yellow*": {2, 3}, "low*": {}, "|red yell*": {1, 2, 3},
		"gre* yel*": {2}, "pink": {}, "|pink violet": {},
	} {
		requireFoundNotes(t, s, ada, query, want...)
		requireFoundContents(t, s, ada, query, want...)
	}
}

func searchOrder(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, text := range []string{"delta", "alpha beta", "alpha beta gamma", "gamma", "beta gamma delta alpha"} {
		writeNote(t, s, ada, i+1, text)
		writeContent(t, s, ada, i+1, "", text)
	}
	for limit := 1; limit <= 3; limit++ {
		notes, err := s.Search.SearchNotes(t.Context(), ada, sought(t, "|alpha beta gamma delta"), limit)
		require.NoError(t, err)
		require.Equal(t, []domain.NoteID{noteID(5), noteID(3), noteID(2)}[:limit], notes)
		contents, err := s.Search.SearchContents(t.Context(), ada, sought(t, "|alpha beta gamma delta"), limit)
		require.NoError(t, err)
		require.Equal(t, []domain.ContentID{contentID(5), contentID(3), contentID(2)}[:limit], contents)
	}
}

func searchLimit(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for n := 1; n <= 5; n++ {
		writeNote(t, s, ada, n, "word other")
		writeContent(t, s, ada, n, "word", "other")
	}
	closed := newNote(ada, 6)
	closed.Text = "word other"
	putNote(t, s, closed)
	for limit, want := range map[int]int{1: 1, 4: 4, 5: 5, 6: 5, domain.MaxFound: 5} {
		for _, query := range []string{"word", "wor*", "|word other", "word other"} {
			notes, err := s.Search.SearchNotes(t.Context(), ada, sought(t, query), limit)
			require.NoError(t, err)
			require.Lenf(t, notes, want, "at most %d by %q", limit, query)
			contents, err := s.Search.SearchContents(t.Context(), ada, sought(t, query), limit)
			require.NoError(t, err)
			require.Lenf(t, contents, want, "at most %d by %q", limit, query)
		}
	}
}

func searchOwn(t *testing.T, engine Engine) {
	s := engine.Open(t)
	writeNote(t, s, bob, 1, "shared")
	writeContent(t, s, bob, 2, "shared", "")
	writeCards(t, s, addDeck(t, s, ada, 1), 1, "shared")
	requireFoundNotes(t, s, ada, "shared")
	requireFoundContents(t, s, ada, "shared")
	writeNote(t, s, ada, 3, "shared")
	requireFoundContents(t, s, ada, "shared")
	writeContent(t, s, ada, 4, "shared", "")
	requireFoundNotes(t, s, ada, "shared", 3)
	requireFoundContents(t, s, ada, "shared", 4)
	requireFoundNotes(t, s, bob, "shared", 1)
	requireFoundContents(t, s, bob, "shared", 2)
	requireFoundContents(t, s, bob[:20], "shared")
}

func searchHarmless(t *testing.T, engine Engine) {
	s := engine.Open(t)
	writeNote(t, s, ada, 1, hostileText)
	writeContent(t, s, ada, 1, "", hostileText)
	requireHarmless(t, func(query domain.SearchQuery) (int, error) {
		got, err := s.Search.SearchNotes(t.Context(), ada, query, 10)
		return len(got), err
	})
	requireHarmless(t, func(query domain.SearchQuery) (int, error) {
		got, err := s.Search.SearchContents(t.Context(), ada, query, 10)
		return len(got), err
	})
}

func searchErased(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for _, owner := range []domain.UserID{ada, bob} {
		writeNote(t, s, owner, 1, "erased")
		writeContent(t, s, owner, 1, "erased", "text")
	}
	erase(t, s, ada, domain.PartGeneration)
	requireFoundNotes(t, s, ada, "erased")
	requireFoundContents(t, s, ada, "|erased text")
	requireFoundNotes(t, s, bob, "erased", 1)
	requireFoundContents(t, s, bob, "erased", 1)
	writeNote(t, s, ada, 1, "again")
	content := addContent(t, s, startedContent(ada, 1))
	requireFoundNotes(t, s, ada, "|erased again", 1)
	requireFoundNotes(t, s, ada, "erased")
	requireFoundContents(t, s, ada, "|erased text")
	requireTexts(t, s, ada, content.ID, domain.ContentTexts{})
	completeContent(t, s, content, "again", domain.ContentTexts{})
	requireFoundContents(t, s, ada, "|erased text")
	requireFoundContents(t, s, ada, "again", 1)
}

func searchCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	writeNote(t, s, ada, 1, "word")
	writeContent(t, s, ada, 1, "word", "")
	_, notes := s.Search.SearchNotes(cancelled(t), ada, sought(t, "word"), 10)
	_, contents := s.Search.SearchContents(cancelled(t), ada, sought(t, "|word other"), 10)
	requireCancelled(t, map[string]error{"SearchNotes": notes, "SearchContents": contents})
}
