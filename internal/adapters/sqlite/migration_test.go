package sqlite

import (
	"database/sql"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// storeAt opens a store on a new file whose schema has an earlier version.
func storeAt(t *testing.T, version int64) *Store {
	t.Helper()
	store := openStore(t, filepath.Join(t.TempDir(), "spacey.db"))
	files, err := fs.Sub(migrations, "migrations")
	require.NoError(t, err)
	provider, err := goose.NewProvider(goose.DialectSQLite3, store.writer.db, files, goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	_, err = provider.UpTo(t.Context(), version)
	require.NoError(t, err)
	return store
}

// instantAt returns the time so many milliseconds after the beginning of 1970.
func instantAt(millis int64) time.Time { return time.UnixMilli(millis).UTC() }

// rowsAtVersion1 are a deck, a card in review, a new card, and the two events of the first card.
const rowsAtVersion1 = `
INSERT INTO decks (user_id, id, name, description, color, created_at, rev) VALUES ('u', 'd', 'Deck', '', '', 5, 1);
INSERT INTO cards (user_id, id, deck_id, created_at, updated_at, rev, phase, step, stability, difficulty, due, last_review, last_day,
	reps, lapses, seq, question, answer) VALUES
	('u', 'c1', 'd', 10, 11, 3, 'review', 0, 2.3065, 2.25, 5000, 2000, 20000, 2, 1, 2, 'Question', 'Answer'),
	('u', 'c2', 'd', 12, NULL, 1, 'new', 0, 0, 0, NULL, NULL, 0, 0, 0, 0, 'Q2', 'A2');
INSERT INTO review_events (user_id, seq, id, kind, card_id, deck_id, session_id, rating, started_at, finished_at, recorded_at,
	answered_at, day, zone, rollover, buttons, schedule_version, fuzz, after_phase, after_step, after_stability, after_difficulty,
	after_due, after_last_review, after_last_day, after_reps, after_lapses, after_seq) VALUES
	('u', 1, 'e1', 'review', 'c1', 'd', 's', 1, 1900, 2000, 2500, 2000, 20000, 'UTC', 4, 2, 1, 0.25,
		'learning', 0, 0.212, 6.4133, 3000, 2000, 20000, 1, 0, 1),
	('u', 2, 'e2', 'review', 'c1', 'd', 's', 3, 900, 1000, 2600, 1000, 20000, 'UTC', 4, 2, 1, 0.5,
		'review', 0, 2.3065, 2.25, 5000, 2000, 20000, 2, 1, 2);`

func TestMigrationToVersion2(t *testing.T) {
	store := storeAt(t, 1)
	_, err := store.writer.db.Exec(rowsAtVersion1)
	require.NoError(t, err)
	requireRefused(t, store.CheckSchema(t.Context()), "spacey migrate")
	require.NoError(t, store.Migrate(t.Context()))
	require.NoError(t, store.CheckSchema(t.Context()))
	s := store.Ports()
	memory := domain.Memory{
		Phase: domain.PhaseReview, Stability: 2.3065, Difficulty: 2.25, Due: instantAt(5000), LastReview: instantAt(2000), LastDay: 20000,
		Reps: 2, Lapses: 1, Seq: 2,
	}
	first := domain.Card{
		ID: "c1", Owner: "u", Deck: "d", Question: "Question", Answer: "Answer", CreatedAt: instantAt(10), UpdatedAt: instantAt(11), Rev: 3,
	}
	second := domain.Card{ID: "c2", Owner: "u", Deck: "d", Question: "Q2", Answer: "A2", CreatedAt: instantAt(12), Rev: 1}

	t.Run("cards keep content and memory, and none is suspended", func(t *testing.T) {
		cards, err := s.Cards.Cards(t.Context(), "u", "d", ports.Page{Limit: 9})
		require.NoError(t, err)
		require.Equal(t, []domain.Card{first, second}, cards)
		memories, err := s.Projections.MemoriesByCard(t.Context(), "u", "", 9)
		require.NoError(t, err)
		require.Equal(t, []domain.CardMemory{{Card: "c1", Deck: "d", Memory: memory}, {Card: "c2", Deck: "d", Memory: domain.NewMemory()}}, memories)
	})
	t.Run("cards can be studied", func(t *testing.T) {
		due, err := s.StudyQueue.StudyCards(t.Context(), "u", ports.StudyQuery{Phase: domain.PhaseReview, DueBy: instantAt(5000), Limit: 9})
		require.NoError(t, err)
		require.Equal(t, []domain.StudyCard{{Card: first, Memory: memory}}, due)
		fresh, err := s.StudyQueue.StudyCards(t.Context(), "u", ports.StudyQuery{Deck: "d", Phase: domain.PhaseNew, Limit: 9})
		require.NoError(t, err)
		require.Equal(t, []domain.StudyCard{{Card: second, Memory: domain.NewMemory()}}, fresh)
	})
	t.Run("events stay as they are, and know the latest answer of their card", func(t *testing.T) {
		events, err := s.DayEvents.DayEvents(t.Context(), "u", 20000)
		require.NoError(t, err)
		require.Len(t, events, 2)
		require.Equal(t, domain.Event{
			ID: "e2", User: "u", Seq: 2, Kind: domain.KindReview, Card: "c1", Deck: "d", Session: "s", Rating: domain.Good, Buttons: 2,
			StartedAt: instantAt(900), FinishedAt: instantAt(1000), RecordedAt: instantAt(2600), AnsweredAt: instantAt(1000),
			Day: 20000, Zone: "UTC", Rollover: 4, ScheduleVersion: 1, Fuzz: 0.5, Latest: instantAt(2000), After: memory,
		}, events[1], "a late answer is not the latest")
		require.Equal(t, domain.Again, events[0].Rating)
		require.Equal(t, instantAt(2000), events[0].Latest)
	})
	t.Run("events can be counted, and months kept", func(t *testing.T) {
		counted := []int64{}
		for fact, err := range s.EventFacts.EventFacts(t.Context(), "u", 0) {
			require.NoError(t, err)
			require.Zero(t, fact.Asked, "of earlier answers it is not known")
			counted = append(counted, fact.Seq)
		}
		require.Equal(t, []int64{1, 2}, counted)
		month := ports.CachedMonth{Month: 24_297, Seq: 2, Data: []byte{1}}
		put, err := s.Statistics.PutCachedMonth(t.Context(), "u", 0, month)
		require.NoError(t, err)
		require.True(t, put)
		months, err := s.Statistics.CachedMonths(t.Context(), "u", 0, 30_000)
		require.NoError(t, err)
		require.Equal(t, []ports.CachedMonth{month}, months)
	})
	t.Run("the log goes on", func(t *testing.T) {
		next := event(3, "e3", "c1")
		require.NoError(t, s.ReviewLog.Append(t.Context(), "u", []domain.Event{next}))
		stored, err := s.Memories.Memory(t.Context(), "u", "c1")
		require.NoError(t, err)
		require.Equal(t, int64(3), stored.Memory.Seq)
	})
}

func TestIndexesOfCards(t *testing.T) {
	t.Run("an answer writes to those of the study queue alone", func(t *testing.T) {
		store := freshStore(t)
		rows, err := store.reader.db.QueryContext(t.Context(), `SELECT DISTINCT lists.name FROM pragma_index_list('cards') AS lists,
			pragma_index_info(lists.name) AS holds WHERE instr(?, holds.name || ' = ?') ORDER BY 1`, setMemory)
		require.NoError(t, err)
		require.Equal(t, []string{"cards_deck_due", "cards_due"}, textsOf(t, rows))
	})
	t.Run("texts lie behind everything else of a card", func(t *testing.T) {
		store := freshStore(t)
		rows, err := store.reader.db.QueryContext(t.Context(), "SELECT name FROM pragma_table_info('cards') ORDER BY cid")
		require.NoError(t, err)
		columns := textsOf(t, rows)
		require.Equal(t, []string{"question", "answer"}, columns[len(columns)-2:], strings.Join(columns, " "))
	})
}

// textsOf returns the only column of rows.
func textsOf(t *testing.T, rows *sql.Rows) []string {
	t.Helper()
	defer rows.Close()
	texts := []string{}
	for rows.Next() {
		var text string
		require.NoError(t, rows.Scan(&text))
		texts = append(texts, text)
	}
	require.NoError(t, rows.Err())
	return texts
}
