package searching_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/modeluse"
	"github.com/moshrank/spacey-backend/internal/app/searching"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

var (
	noon   = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	ada    = domain.Identity{User: "0190a000-0000-7000-8000-000000000001", EmailVerified: true, Beta: true}
	caller = searching.Caller{Identity: ada, Token: "identity of Ada"}
	away   = domain.NewError(domain.CodeUnavailable, "no answer")
	rhine  = domain.Card{ID: "c1", Question: "Where does the Rhine end?", Answer: "In the North Sea."}
	note   = domain.Note{ID: "n1", Text: "The Elbe is long. The Rhine passes Basel."}
	delta  = domain.Content{ID: "a1", Title: "River\ndeltas"}
)

// world is a search over what mocks say.
type world struct {
	*searching.Service
	cards    *mocks.RemoteCards
	search   *mocks.Search
	notes    *mocks.Notes
	contents *mocks.Contents
	lists    *mocks.ContentLists
	answerer *mocks.Answerer
	usage    *mocks.GenerationUsage
}

func newWorld(t *testing.T, withModel bool) *world {
	t.Helper()
	w := &world{
		cards: mocks.NewRemoteCards(t), search: mocks.NewSearch(t), notes: mocks.NewNotes(t), contents: mocks.NewContents(t),
		lists: mocks.NewContentLists(t), answerer: mocks.NewAnswerer(t), usage: mocks.NewGenerationUsage(t),
	}
	configs, clock := mocks.NewConfigs(t), mocks.NewClock(t)
	configs.EXPECT().Config(mock.Anything, mock.Anything).Return(domain.ConfigDocument{}, domain.NotFound("document")).Maybe()
	clock.EXPECT().Now().Return(noon).Maybe()
	needs := searching.Needs{
		Storage: ports.Storage{Search: w.search, Notes: w.notes, Contents: w.contents, ContentLists: w.lists}, Cards: w.cards,
	}
	if withModel {
		needs.Answerer, needs.Budget = w.answerer, &modeluse.Budget{Configs: configs, Usage: w.usage, Clock: clock}
	}
	w.Service = searching.New(needs)
	return w
}

// finds lets every query find the same.
func (w *world) finds(cards []domain.Card, notes []domain.NoteID, contents []domain.ContentID) {
	w.cards.EXPECT().FindCards(mock.Anything, caller.Token, mock.Anything).Return(cards, nil).Maybe()
	w.search.EXPECT().SearchNotes(mock.Anything, ada.User, mock.Anything, domain.MaxFound).Return(notes, nil).Maybe()
	w.search.EXPECT().SearchContents(mock.Anything, ada.User, mock.Anything, domain.MaxFound).Return(contents, nil).Maybe()
}

// holds lets the note and the content be read.
func (w *world) holds(raw string) {
	w.notes.EXPECT().Note(mock.Anything, ada.User, note.ID).Return(note, nil).Maybe()
	w.contents.EXPECT().Content(mock.Anything, ada.User, delta.ID).Return(delta, nil).Maybe()
	w.lists.EXPECT().ContentTexts(mock.Anything, ada.User, delta.ID).Return(domain.ContentTexts{Raw: raw}, nil).Maybe()
}

// findsAll lets every query find one of each kind.
func (w *world) findsAll() {
	w.finds([]domain.Card{rhine}, []domain.NoteID{note.ID}, []domain.ContentID{delta.ID})
	w.holds("Rivers meet the sea there. The delta of the Rhine is wide.")
}

const quoted = "“The Rhine passes Basel.” (note)\n“The delta of the Rhine is wide.” (River deltas)\n“Where does the Rhine end? In the North Sea.” (card)"

func TestSearch(t *testing.T) {
	t.Run("finds cards, notes and contents, and quotes them with where they come from", func(t *testing.T) {
		w := newWorld(t, false)
		w.findsAll()
		found, err := w.Search(t.Context(), caller, "Rhine")
		require.NoError(t, err)
		assert.Equal(t, searching.Found{
			Cards: []domain.CardID{rhine.ID}, Notes: []domain.NoteID{note.ID}, Contents: []domain.ContentID{delta.ID}, Answer: quoted,
			Remarks: []string{},
		}, found)
	})
	t.Run("says when nothing matches, with empty lists", func(t *testing.T) {
		w := newWorld(t, true)
		w.finds(nil, nil, nil)
		found, err := w.Search(t.Context(), caller, "Rhine")
		require.NoError(t, err)
		assert.Equal(t, searching.Found{
			Cards: []domain.CardID{}, Notes: []domain.NoteID{}, Contents: []domain.ContentID{}, Answer: "Nothing of yours matches.", Remarks: []string{},
		}, found)
	})
	t.Run("looks wider for a kind of which there is nothing, and no further for the others", func(t *testing.T) {
		w := newWorld(t, false)
		w.cards.EXPECT().FindCards(mock.Anything, caller.Token, "Rhine dolphins").Return(nil, nil).Once()
		w.search.EXPECT().SearchNotes(mock.Anything, ada.User, mock.Anything, domain.MaxFound).Return([]domain.NoteID{note.ID}, nil).Once()
		one := mock.MatchedBy(func(query domain.SearchQuery) bool { return query.Any })
		all := mock.MatchedBy(func(query domain.SearchQuery) bool { return !query.Any })
		w.search.EXPECT().SearchContents(mock.Anything, ada.User, all, domain.MaxFound).Return(nil, nil)
		w.search.EXPECT().SearchContents(mock.Anything, ada.User, one, domain.MaxFound).Return([]domain.ContentID{delta.ID}, nil).Once()
		w.holds("The dolphin is no fish.")
		found, err := w.Search(t.Context(), caller, "Rhine dolphins")
		require.NoError(t, err)
		assert.Equal(t, []domain.ContentID{delta.ID}, found.Contents)
		assert.Contains(t, found.Answer, "“The dolphin is no fish.” (River deltas)")
	})
	t.Run("quotes no more than three passages, of the best things", func(t *testing.T) {
		w := newWorld(t, false)
		var cards []domain.Card
		for i := range domain.MaxFound + 1 {
			cards = append(cards, domain.Card{ID: domain.CardID(fmt.Sprint(i)), Question: fmt.Sprintf("Is the Rhine %d?", i), Answer: "Yes"})
		}
		w.finds(cards, nil, nil)
		found, err := w.Search(t.Context(), caller, "Rhine")
		require.NoError(t, err)
		assert.Len(t, found.Cards, domain.MaxFound)
		assert.Equal(t, "“Is the Rhine 0? Yes” (card)\n“Is the Rhine 1? Yes” (card)\n“Is the Rhine 2? Yes” (card)", found.Answer)
	})
	t.Run("says so when what was found has no sentence to quote", func(t *testing.T) {
		w := newWorld(t, false)
		w.finds(nil, nil, []domain.ContentID{delta.ID})
		w.holds("")
		found, err := w.Search(t.Context(), caller, "deltas")
		require.NoError(t, err)
		assert.Equal(t, "Something of yours matches, but there is no sentence in it to quote.", found.Answer)
	})
	t.Run("leaves out of the answer what was deleted meanwhile", func(t *testing.T) {
		w := newWorld(t, false)
		w.finds([]domain.Card{rhine}, []domain.NoteID{"gone"}, []domain.ContentID{"gone"})
		w.notes.EXPECT().Note(mock.Anything, ada.User, domain.NoteID("gone")).Return(domain.Note{}, domain.NotFound("note"))
		w.contents.EXPECT().Content(mock.Anything, ada.User, domain.ContentID("gone")).Return(domain.Content{}, domain.NotFound("content"))
		found, err := w.Search(t.Context(), caller, "Rhine")
		require.NoError(t, err)
		assert.Equal(t, "“Where does the Rhine end? In the North Sea.” (card)", found.Answer)
	})
	t.Run("does not look for nothing", func(t *testing.T) {
		_, err := newWorld(t, false).Search(t.Context(), caller, " ?! ")
		assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	})
	t.Run("quotes of a long card as much as can be read at a glance", func(t *testing.T) {
		w := newWorld(t, false)
		w.finds([]domain.Card{{ID: "c1", Question: "Rhine", Answer: strings.Repeat("ö ", 1000)}}, nil, nil)
		found, err := w.Search(t.Context(), caller, "Rhine")
		require.NoError(t, err)
		assert.Less(t, len([]rune(found.Answer)), 320)
		assert.Contains(t, found.Answer, "…” (card)")
	})
}

func TestSearchWhileSomethingIsAway(t *testing.T) {
	for name, failure := range map[string]error{"away": away, "older than searching": domain.NotFound("route"), "broken": errors.New("broken")} {
		t.Run("without cards where deck-management-service is "+name+", which is told", func(t *testing.T) {
			w := newWorld(t, false)
			w.cards.EXPECT().FindCards(mock.Anything, mock.Anything, mock.Anything).Return(nil, failure)
			w.findsAll()
			found, err := w.Search(t.Context(), caller, "Rhine")
			require.NoError(t, err)
			assert.Empty(t, found.Cards)
			assert.Equal(t, []domain.NoteID{note.ID}, found.Notes)
			assert.Equal(t, []string{"Your cards could not be searched now; the rest was."}, found.Remarks)
		})
	}
	t.Run("a mistake of the caller is one, whoever finds it", func(t *testing.T) {
		for _, code := range []domain.Code{domain.CodeInvalid, domain.CodeUnauthenticated, domain.CodeEmailNotVerified, domain.CodeMissingScope} {
			w := newWorld(t, false)
			w.cards.EXPECT().FindCards(mock.Anything, mock.Anything, mock.Anything).Return(nil, domain.NewError(code, "no"))
			w.finds(nil, nil, nil)
			_, err := w.Search(t.Context(), caller, "Rhine")
			assert.Equal(t, code, domain.CodeOf(err))
		}
	})
	t.Run("a failure of the storage is one", func(t *testing.T) {
		w := newWorld(t, false)
		w.search.EXPECT().SearchNotes(mock.Anything, ada.User, mock.Anything, mock.Anything).Return(nil, away)
		w.finds(nil, nil, nil)
		_, err := w.Search(t.Context(), caller, "Rhine")
		assert.ErrorIs(t, err, away)
	})
	t.Run("a caller who has gone gets no remark", func(t *testing.T) {
		w := newWorld(t, false)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w.cards.EXPECT().FindCards(mock.Anything, mock.Anything, mock.Anything).Return(nil, away)
		w.finds(nil, nil, nil)
		_, err := w.Search(ctx, caller, "Rhine")
		assert.Error(t, err)
	})
}

func TestALanguageModel(t *testing.T) {
	passages := mock.MatchedBy(func(passages []domain.Passage) bool {
		return len(passages) == 3 && passages[0].Text == "The Rhine passes Basel." && passages[0].Kind == domain.SearchNotes &&
			passages[2].Text == "Where does the Rhine end? In the North Sea."
	})
	characters := len("Rhine" + "The Rhine passes Basel." + "The delta of the Rhine is wide." + "Where does the Rhine end? In the North Sea.")
	t.Run("answers from the best passages, and what it quotes is named", func(t *testing.T) {
		w := newWorld(t, true)
		w.findsAll()
		w.usage.EXPECT().CountUsage(mock.Anything, ada.User, mock.Anything, characters, 100_000).Return(true, nil).Once()
		w.answerer.EXPECT().Answer(mock.Anything, "Rhine", passages).RunAndReturn(
			func(ctx context.Context, _ string, _ []domain.Passage) (string, error) {
				_, bounded := ctx.Deadline()
				assert.True(t, bounded)
				return "It “passes Basel” [1] and has a “delta” [2].", nil
			}).Once()
		found, err := w.Search(t.Context(), caller, "Rhine")
		require.NoError(t, err)
		assert.Equal(t, "It “passes Basel” [1] and has a “delta” [2].\n[1] note\n[2] River deltas", found.Answer)
		assert.Empty(t, found.Remarks)
	})
	for name, answer := range map[string]func(*world){
		"that is away": func(w *world) {
			w.usage.EXPECT().CountUsage(mock.Anything, ada.User, mock.Anything, mock.Anything, mock.Anything).Return(true, nil)
			w.answerer.EXPECT().Answer(mock.Anything, mock.Anything, mock.Anything).Return("", away)
		},
		"that says nothing": func(w *world) {
			w.usage.EXPECT().CountUsage(mock.Anything, ada.User, mock.Anything, mock.Anything, mock.Anything).Return(true, nil)
			w.answerer.EXPECT().Answer(mock.Anything, mock.Anything, mock.Anything).Return("", nil)
		},
		"that has read enough today is not asked, and": func(w *world) {
			w.usage.EXPECT().CountUsage(mock.Anything, ada.User, mock.Anything, mock.Anything, mock.Anything).Return(false, nil)
		},
		"whose use cannot be counted is not asked, and": func(w *world) {
			w.usage.EXPECT().CountUsage(mock.Anything, ada.User, mock.Anything, mock.Anything, mock.Anything).Return(false, away)
		},
	} {
		t.Run(name+" is done without", func(t *testing.T) {
			w := newWorld(t, true)
			w.findsAll()
			answer(w)
			found, err := w.Search(t.Context(), caller, "Rhine")
			require.NoError(t, err)
			assert.Equal(t, quoted, found.Answer)
			assert.Empty(t, found.Remarks)
		})
	}
}
