package e2e

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/app/erasing"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/pdfs"
)

var firstPage = ports.Page{Limit: 200}

// later is a clock that shows when the second pass over what was deleted is due.
type later struct{}

// Now returns the time after domain.DeletionGrace.
func (later) Now() time.Time {
	return time.Now().UTC().Truncate(time.Millisecond).Add(domain.DeletionGrace + time.Minute)
}

// live lets a person do something of each kind that is stored.
func (c *client) live() {
	c.t.Helper()
	d := c.newDeck(3)
	gone := c.newDeck(1)
	c.must(http.StatusOK, http.MethodDelete, "/decks/"+gone.ID, nil)
	c.reviews(review(d.Cards[0].ID, time.Now().Add(-time.Hour), 3), review(d.Cards[1].ID, time.Now().Add(-time.Minute), 1))
	c.newSession(d)
	c.must(http.StatusOK, http.MethodPatch, "/learning/settings", map[string]any{"newPerDay": 4})
	today := time.Now().UTC()
	c.must(http.StatusOK, http.MethodGet, fmt.Sprintf("/learning/stats?from=%s&to=%s",
		today.AddDate(0, -1, 0).Format(time.DateOnly), today.Format(time.DateOnly)), nil)
	c.must(http.StatusOK, http.MethodPost, "/notes", map[string]string{"text": "The Rhine is a river. It ends in the North Sea.", "deck_id": d.ID})
	c.processed(c.addFile("rivers.pdf", pdfs.Text(2)).ID)
	c.addFile("seas.pdf", pdfs.Text(2))
	c.signInAgain()
	c.keyed("the-key-of-"+c.user).must(http.StatusCreated, http.MethodPost, "/user/tokens", newTokenBody("program"))
	c.must(http.StatusOK, http.MethodPost, "/user/password/forgot", map[string]string{"email": c.email})
}

func TestADeletedPersonLeavesNothing(t *testing.T) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := startServices(t, newStorage(t, engine))
			leaving, staying := s.person(t), s.person(t)
			leaving.live()
			staying.live()
			storage := s.storage.open(t)
			id := domain.UserID(leaving.user)
			require.Greater(t, s.storage.rowsWith(t, leaving.user), 10, "what is looked for can be found")
			require.Positive(t, s.storage.rowsWith(t, leaving.email))

			// Nobody is there to remove decks and learning; user-service dies while it removes the account.
			for _, process := range slices.Concat(s.of("deck-management-service"), s.of("learning-service"), s.of("card-generation-service")) {
				process.kill()
			}
			asked := make(chan struct{})
			go func() {
				defer close(asked)
				_, _ = leaving.again().try(http.MethodDelete, "/user", map[string]string{"password": password})
			}()
			require.Eventually(t, func() bool { return len(deletions(t, storage)) == 1 && len(installationAudits(t, storage)) == 1 },
				30*time.Second, time.Millisecond)
			for _, process := range s.of("user-service") {
				process.kill()
			}
			<-asked
			require.NotContains(t, deletions(t, storage)[0].Cleared, domain.PartDecks)
			s.run()
			awaitCleared(t, s, storage)
			leaving.http.CloseIdleConnections()
			assert.Equal(t, "invalid_credentials", failure(t, s.visitor(t).send(http.MethodPost, "/user/login",
				map[string]string{"email": leaving.email, "password": password})))

			s.kill()
			for _, part := range domain.Parts() {
				people, err := erasing.New(storage, later{}, part).Run(t.Context())
				require.NoError(t, err)
				assert.Equal(t, 1, people, part)
			}
			assert.Empty(t, deletions(t, storage))
			requireNothing(t, storage, id)
			assert.Equal(t, 1, s.storage.rowsWith(t, leaving.user), "the audit log says who has left, and nothing else does")
			assert.Zero(t, s.storage.rowsWith(t, leaving.email))
			assert.Len(t, installationAudits(t, storage), 1)
			s.run()
			assert.Len(t, s.readLog(t, staying).events, 2)
			assert.Len(t, data[[]deck](t, staying.must(http.StatusOK, http.MethodGet, "/decks", nil)), 1)
			assert.Equal(t, []string{"program"}, staying.tokenNames(t))
		})
	}
}

// awaitCleared kills each service once more while what is to be removed is, and returns when all is for the first time.
func awaitCleared(t *testing.T, s *system, storage ports.Storage) {
	t.Helper()
	for _, program := range []string{"deck-management-service", "learning-service", "card-generation-service", "user-service"} {
		process := s.of(program)[0]
		process.kill()
		process.run()
		process.waitReady()
	}
	require.Eventually(t, func() bool { return len(deletions(t, storage)[0].Cleared) == len(domain.Parts()) },
		time.Minute, 100*time.Millisecond)
}

func deletions(t *testing.T, storage ports.Storage) []domain.Deletion {
	t.Helper()
	found, err := storage.Deletions.Deletions(t.Context(), firstPage)
	require.NoError(t, err)
	return found
}

// installationAudits returns the entries of the audit log that are about nobody.
func installationAudits(t *testing.T, storage ports.Storage) []domain.AuditEntry {
	t.Helper()
	found, err := storage.Audits.AuditsOf(t.Context(), "", firstPage)
	require.NoError(t, err)
	return found
}

// requireNothing checks that no shelf of the archive holds anything of a person.
func requireNothing(t *testing.T, storage ports.Storage, id domain.UserID) {
	t.Helper()
	archive := storage.Archive
	owners, err := archive.Owners.Owners(t.Context(), "", 100)
	require.NoError(t, err)
	require.NotContains(t, owners, id)
	require.NotEmpty(t, owners)
	empty(t, archive.Users, id)
	empty(t, archive.LearningSettings, id)
	empty(t, archive.Deletions, id)
	empty(t, archive.Sessions, id)
	empty(t, archive.APITokens, id)
	empty(t, archive.SignInPlaces, id)
	empty(t, archive.Audits, id)
	empty(t, archive.Decks, id)
	empty(t, archive.Cards, id)
	empty(t, archive.LearningSessions, id)
	empty(t, archive.Notes, id)
	empty(t, archive.Contents, id)
	empty(t, archive.Blobs, id)
	empty(t, archive.Jobs, id)
	events, err := storage.ReviewLog.Events(t.Context(), id, 0, 10)
	require.NoError(t, err)
	require.Empty(t, events)
}

func empty[T any](t *testing.T, shelf ports.Shelf[T], id domain.UserID) {
	t.Helper()
	items, err := shelf.Page(t.Context(), id, "", 10)
	require.NoError(t, err)
	require.Empty(t, items)
}

// rowsWith returns how many rows or documents hold a text anywhere, an id in binary too.
func (s storage) rowsWith(t *testing.T, text string) int {
	t.Helper()
	binary, _ := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	count := 0
	s.eachRow(t, func(row string) {
		if strings.Contains(row, text) || len(binary) > 0 &&
			(strings.Contains(row, string(binary)) || strings.Contains(row, hex.EncodeToString(binary))) {
			count++
		}
	})
	return count
}

func (s storage) setting(name string) string {
	for _, pair := range s.environment {
		if value, found := strings.CutPrefix(pair, name+"="); found {
			return value
		}
	}
	return ""
}

// eachRow gives every row or document of the storage as text.
func (s storage) eachRow(t *testing.T, give func(string)) {
	t.Helper()
	switch s.engine {
	case "sqlite":
		database, err := sql.Open("sqlite", filepath.Join(s.setting("DATA_DIR"), "spacey.db"))
		require.NoError(t, err)
		defer database.Close()
		for _, table := range texts(t, database, "SELECT name FROM sqlite_master WHERE type = 'table'") {
			for _, row := range texts(t, database, `SELECT * FROM "`+table+`"`) {
				give(row)
			}
		}
	case "postgres":
		postgresRows(t, s.setting("DATABASE_URL"), give)
	default:
		mongoDocuments(t, s.setting("MONGO_DB_CONNECTION"), s.setting("DB_NAME"), give)
	}
}

// texts returns each row as one text.
func texts(t *testing.T, database *sql.DB, query string) []string {
	t.Helper()
	rows, err := database.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	values, places := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	var found []string
	for rows.Next() {
		require.NoError(t, rows.Scan(places...))
		var row strings.Builder
		for _, value := range values {
			row.Write(value)
		}
		found = append(found, row.String())
	}
	require.NoError(t, rows.Err())
	return found
}

func postgresRows(t *testing.T, address string, give func(string)) {
	t.Helper()
	address, _, _ = strings.Cut(address, "pool_max_conns")
	connection, err := pgx.Connect(t.Context(), strings.TrimRight(address, "?&"))
	require.NoError(t, err)
	defer connection.Close(context.Background())
	list := func(query string) []string {
		rows, err := connection.Query(t.Context(), query)
		require.NoError(t, err)
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		return found
	}
	for _, table := range list("SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = current_schema()") {
		for _, row := range list("SELECT t::text FROM " + table + " t") {
			give(row)
		}
	}
}

func mongoDocuments(t *testing.T, address, name string, give func(string)) {
	t.Helper()
	client, err := driver.Connect(options.Client().ApplyURI(address))
	require.NoError(t, err)
	defer func() { _ = client.Disconnect(context.Background()) }()
	database := client.Database(name)
	collections, err := database.ListCollectionNames(t.Context(), bson.D{})
	require.NoError(t, err)
	for _, collection := range collections {
		cursor, err := database.Collection(collection).Find(t.Context(), bson.D{})
		require.NoError(t, err)
		var documents []bson.Raw
		require.NoError(t, cursor.All(t.Context(), &documents))
		for _, document := range documents {
			give(string(document))
		}
	}
}
