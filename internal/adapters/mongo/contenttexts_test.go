package mongo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// openWithContent returns a store at a fixed time with a content that was completed with texts.
func openWithContent(t *testing.T) (*Store, domain.ContentTexts) {
	t.Helper()
	s := openTest(t)
	s.now = func() time.Time { return start }
	require.NoError(t, s.InsertContent(t.Context(), domain.Content{ID: "content-1", Owner: ada, CreatedAt: start, Rev: 1}))
	texts := domain.ContentTexts{View: "<p>First", Raw: "First"}
	_, err := s.CompleteContent(t.Context(), ada, "content-1", texts, processed)
	require.NoError(t, err)
	return s, texts
}

// processed is an edit function.
func processed(c *domain.Content) error {
	c.Status, c.Title = domain.ContentProcessed, "Title"
	return nil
}

// requireFound checks whether the content is found by a word.
func requireFound(t *testing.T, s *Store, word string, want ...domain.ContentID) {
	t.Helper()
	got, err := s.SearchContents(t.Context(), ada, domain.SearchQuery{Words: []domain.SearchWord{{Text: word}}}, 9)
	require.NoError(t, err)
	require.Equal(t, append([]domain.ContentID{}, want...), got)
}

func requireTexts(t *testing.T, s *Store, want domain.ContentTexts) {
	t.Helper()
	got, err := s.ContentTexts(t.Context(), ada, "content-1")
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestContentTexts(t *testing.T) {
	second := domain.ContentTexts{Raw: "Second"}

	t.Run("texts whose change is not stored are never seen, and go with a sweep", func(t *testing.T) {
		t.Parallel()
		s, first := openWithContent(t)
		_, err := s.crashing(textsStored).CompleteContent(t.Context(), ada, "content-1", second, processed)
		require.ErrorIs(t, err, errCrash)
		sweep(t, s, start.Add(textsAge))
		requireStored(t, 2, s.contentTexts)
		requireTexts(t, s, first)
		requireFound(t, s, "second")
		requireFound(t, s, "first", "content-1")
		sweep(t, s, start.Add(2*textsAge))
		requireStored(t, 1, s.contentTexts)
		requireTexts(t, s, first)
	})

	t.Run("texts that were replaced go with a sweep when they did not at once", func(t *testing.T) {
		t.Parallel()
		s, _ := openWithContent(t)
		_, err := s.crashing(textsNamed).CompleteContent(t.Context(), ada, "content-1", second, processed)
		require.ErrorIs(t, err, errCrash)
		requireTexts(t, s, second)
		requireFound(t, s, "first")
		requireFound(t, s, "second", "content-1")
		sweep(t, s, start.Add(2*textsAge))
		requireStored(t, 1, s.contentTexts)
		requireTexts(t, s, second)
	})

	t.Run("texts of a deleted content go with a sweep, and another one of its id has none of them", func(t *testing.T) {
		t.Parallel()
		s, _ := openWithContent(t)
		sweep(t, s, start.Add(2*textsAge)) // it takes the mark from the texts
		require.ErrorIs(t, s.crashing(contentDeleted).DeleteContent(t.Context(), ada, "content-1"), errCrash)
		requireStored(t, 1, s.contentTexts)
		require.NoError(t, s.InsertContent(t.Context(), domain.Content{ID: "content-1", Owner: ada, CreatedAt: start, Rev: 1}))
		requireTexts(t, s, domain.ContentTexts{})
		requireFound(t, s, "first")
		sweep(t, s, start.Add(2*textsAge))
		requireNothing(t, s.contentTexts)
	})

	t.Run("texts are not removed by others that complete the content at the same time", func(t *testing.T) {
		t.Parallel()
		s, _ := openWithContent(t)
		third := domain.ContentTexts{Raw: "Third"}
		between := false
		slow := s.doing(textsStored, func() error {
			if between {
				return nil
			}
			between = true
			_, err := s.CompleteContent(t.Context(), ada, "content-1", second, processed)
			return err
		})
		_, err := slow.CompleteContent(t.Context(), ada, "content-1", third, processed)
		require.NoError(t, err)
		requireTexts(t, s, third)
		requireFound(t, s, "third", "content-1")
		requireStored(t, 1, s.contentTexts)
	})
}

func TestAddTerms(t *testing.T) {
	t.Run("cards and open notes of schema version 4 are found, and words that are there stay", func(t *testing.T) {
		t.Parallel()
		s, deck, cards := openWithDeck(t)
		cards[0].Question, cards[1].Question = "Volcano", "Volcanoes"
		require.NoError(t, s.InsertCards(t.Context(), ada, deck.ID, cards))
		open, closed := noteOf("deck-1", "note-1"), noteOf("deck-2", "note-2")
		closed.AddedAt = start
		require.NoError(t, s.PutNote(t.Context(), open))
		require.NoError(t, s.PutNote(t.Context(), closed))
		for _, in := range []string{cardsName, notesName} {
			_, err := s.database.Collection(in).UpdateMany(t.Context(), ofOwner(ada), bson.D{{Key: "$unset", Value: bson.D{{Key: "terms", Value: ""}}}})
			require.NoError(t, err)
		}
		_, err := setWhere(t.Context(), s.cards, ownKey(ada, cards[1].ID), bson.D{{Key: "terms", Value: []string{"kept"}}})
		require.NoError(t, err)
		setVersion(t, s, 4)
		for range 2 {
			require.NoError(t, s.Migrate(t.Context()))
			for word, want := range map[string][]domain.Card{"volcano": cards[:1], "volcanoes": {}, "kept": cards[1:2]} {
				got, err := s.SearchCards(t.Context(), ada, domain.SearchQuery{Words: []domain.SearchWord{{Text: word}}}, 9)
				require.NoError(t, err)
				require.Equal(t, want, got)
			}
			notes, err := s.SearchNotes(t.Context(), ada, domain.SearchQuery{Words: []domain.SearchWord{{Text: "text"}}}, 9)
			require.NoError(t, err)
			require.Equal(t, []domain.NoteID{open.ID}, notes)
		}
		requireCards(t, s, deck, cards)
	})
}
