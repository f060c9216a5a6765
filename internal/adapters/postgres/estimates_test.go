package postgres

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// read is a step of a plan that was run.
type read struct {
	Rows    float64 `json:"Actual Rows"`
	Removed float64 `json:"Rows Removed by Filter"`
	Loops   float64 `json:"Actual Loops"`
	Plans   []read  `json:"Plans"`
}

// most returns how many rows the busiest step read.
func (r read) most() float64 {
	most := (r.Rows + r.Removed) * r.Loops
	for _, below := range r.Plans {
		most = max(most, below.most())
	}
	return most
}

// rowsRead runs a statement and returns how many rows the server read for it. Parameters are SQL.
func rowsRead(t *testing.T, connection *pgx.Conn, statement query, parameters ...string) float64 {
	t.Helper()
	_, err := connection.Prepare(t.Context(), "asked", string(statement))
	require.NoError(t, err, statement)
	defer func() { require.NoError(t, connection.Deallocate(t.Context(), "asked")) }()
	if byWords(string(statement)) {
		defer allowed(t, connection)()
	}
	var text string
	execute := "EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked"
	if len(parameters) > 0 {
		execute += "(" + strings.Join(parameters, ", ") + ")"
	}
	require.NoError(t, connection.QueryRow(t.Context(), execute, pgx.QueryExecModeSimpleProtocol).Scan(&text), execute)
	var explained []struct{ Plan read }
	require.NoError(t, json.Unmarshal([]byte(text), &explained), text)
	return explained[0].Plan.most()
}

// few are people with one of each kind. All ids differ, as they do outside of tests. The server knows of no other people.
var few = []string{
	"ALTER TABLE cards SET (autovacuum_enabled = false)",
	"ALTER TABLE review_events SET (autovacuum_enabled = false)",
	"ALTER TABLE sessions SET (autovacuum_enabled = false)",
	"ALTER TABLE api_tokens SET (autovacuum_enabled = false)",
	"ALTER TABLE audit_entries SET (autovacuum_enabled = false)",
	"ALTER TABLE notes SET (autovacuum_enabled = false)",
	"INSERT INTO sessions SELECT 'few' || n, 'session' || n, now(), now() FROM generate_series(1, 400) AS n",
	"INSERT INTO api_tokens SELECT 'few' || n, 'token' || n, 'Name', 'h', '{}', now(), now() FROM generate_series(1, 400) AS n",
	"INSERT INTO audit_entries SELECT 'few' || n, 'entry' || n, now(), 'operator', 'signed_in', '', '' FROM generate_series(1, 400) AS n",
	"ALTER TABLE card_terms SET (autovacuum_enabled = false)",
	"ALTER TABLE contents SET (autovacuum_enabled = false)",
	"ALTER TABLE content_texts SET (autovacuum_enabled = false)",
	"ALTER TABLE blob_parts SET (autovacuum_enabled = false)",
	"ALTER TABLE jobs SET (autovacuum_enabled = false)",
	"INSERT INTO contents SELECT 'few' || n, 'content' || n, now(), now(), 1, 'url', 'processed', 0, 0, false, '', '', '', '', '', '[]' FROM generate_series(1, 400) AS n",
	"INSERT INTO content_texts SELECT user_id, id, 'v', 'r', array_to_tsvector(ARRAY[user_id]) FROM contents",
	"INSERT INTO blob_parts SELECT 'few' || n, 'content' || n || '/000000', 'a' FROM generate_series(1, 400) AS n",
	"INSERT INTO jobs SELECT 'few' || n, 'content', 'content' || n, now(), 0, 0, '', now(), 1 FROM generate_series(1, 400) AS n",
	"INSERT INTO notes SELECT 'few' || n, 'deck' || n, 'note' || n, 'extractive', NULL, NULL, now(), now(), 1, 'Text', '[]' FROM generate_series(1, 400) AS n",
	`INSERT INTO cards SELECT 'few' || n, 'card' || n, 'd', now(), now(), 1, false, 'new', 0, 0, 0, NULL, NULL, 0, 0, 0, 0, 'Q', 'A' FROM generate_series(1, 400) AS n`,
	"INSERT INTO card_terms SELECT user_id, id, array_to_tsvector(ARRAY[user_id]) FROM cards",
	`INSERT INTO review_events (` + eventColumns + `)
		SELECT 'few' || n, 1, 'event' || n, 'review', 'card' || n, 'd', 's', 3, now(), now(), now(), now(), 20000, 'UTC', 4, 4, 1, 0, '', 0, 0, 0, NULL, 0, 0, 'new', 0, 0, now(),
		'review', 0, 1, 5, now(), now(), 20000, 1, 0, 1 FROM generate_series(1, 400) AS n`,
	"ANALYZE",
}

// many is a person who then adds 60,000 cards in 100 decks, with 60,000 events, and some thousand of what belongs to an account.
var many = []string{
	"INSERT INTO sessions SELECT 'many', 's' || n, now() + n * interval '1 second', now() FROM generate_series(1, 5000) AS n",
	"INSERT INTO api_tokens SELECT 'many', 't' || n, 'Name', 'h', '{}', now() + n * interval '1 second', now() FROM generate_series(1, 5000) AS n",
	"INSERT INTO audit_entries SELECT 'many', 'a' || n, now() + n * interval '1 second', 'operator', 'signed_in', '', '' FROM generate_series(1, 5000) AS n",
	"INSERT INTO notes SELECT 'many', 'd' || n, 'n' || n, 'extractive', NULL, NULL, now(), now(), 1, 'Text', '[]' FROM generate_series(1, 5000) AS n",
	`INSERT INTO cards SELECT 'many', 'c' || n, 'd' || n % 100, now() + n * interval '1 second', now(), 1, false,
		CASE WHEN n % 4 < 2 THEN 'new' ELSE 'review' END, 0, 10, 5, CASE WHEN n % 4 > 1 THEN now() - n * interval '1 minute' END, now(), 20000, 3, 1, n, 'Q', 'A'
		FROM generate_series(1, 60000) AS n`,
	`INSERT INTO card_terms SELECT user_id, id, CASE WHEN id IN ('c7', 'c70', 'c700') THEN 'p_river p_sea p_q' ELSE 'p_q p_sea' END::tsvector
		FROM cards WHERE user_id = 'many'`,
	`INSERT INTO contents SELECT 'many', 'k' || n, now() + n * interval '1 second', now(), 1, 'url', 'processed', 0, 0, false, '', '', '', '', '', '[]'
		FROM generate_series(1, 5000) AS n`,
	"INSERT INTO content_texts SELECT user_id, id, 'v', 'r', CASE WHEN id IN ('k7', 'k70') THEN 'p_river' ELSE 'p_q' END::tsvector FROM contents WHERE user_id = 'many'",
	"UPDATE notes SET terms = CASE WHEN id IN ('n7', 'n70') THEN 'p_river' ELSE 'p_q' END::tsvector WHERE user_id = 'many'",
	"INSERT INTO blob_parts SELECT 'many', 'k' || n / 50 || '/' || to_char(n % 50, 'FM000000'), 'a' FROM generate_series(1, 5000) AS n",
	"INSERT INTO jobs SELECT 'many', 'content', 'k' || n, now() + n * interval '1 second', 0, 0, '', now(), 1 FROM generate_series(1, 5000) AS n",
	`INSERT INTO review_events (` + eventColumns + `)
		SELECT 'many', n, 'e' || n, 'review', 'c' || n, 'd', 's', 3, now(), now(), now(), now(), 20000 + n / 100, 'UTC', 4, 4, 1, 0, '', 0, 0, 0, NULL, 0, 0, 'new', 0, 0, now(),
		'review', 0, 1, 5, now(), now(), 20000, 1, 0, n FROM generate_series(1, 60000) AS n`,
}

func TestSomebodyWithMuchAmongPeopleWithLittle(t *testing.T) {
	store := freshStore(t)
	for _, fill := range append(append([]string{}, few...), many...) {
		command(t, store, fill)
	}
	connection, err := store.pool.Acquire(t.Context())
	require.NoError(t, err)
	defer connection.Release()
	memory := []string{"'review'", "0", "1", "5", "now()", "now()", "0", "1", "0", "30000", "'many'", "'c77'"}
	words := "ARRAY['''p_riv'':*']"
	for name, asked := range map[string]struct {
		statement  query
		parameters []string
	}{
		"the new cards of a deck":            {newCardsOfDeck, []string{"'many'", "'d1'", "20"}},
		"the ids of the new cards of a deck": {newIDsOfDeck, []string{"'many'", "'d1'", "20"}},
		"the new cards":                      {newCards, []string{"'many'", "'{}'", "20"}},
		"the ids of the new cards":           {newIDs, []string{"'many'", "'{}'", "20"}},
		"the due cards of a deck":            {dueCardsOfDeck, []string{"'many'", "'d2'", "20", "'review'", "now()"}},
		"the ids of the due cards of a deck": {dueIDsOfDeck, []string{"'many'", "'d2'", "20", "'review'", "now()"}},
		"the due cards":                      {dueCards, []string{"'many'", "'{}'", "20", "'review'", "now()"}},
		"the ids of the due cards":           {dueIDs, []string{"'many'", "'{}'", "20", "'review'", "now()"}},
		"due times":                          {dueTimes, []string{"'many'", "'2020-01-01'", "now()", "20"}},
		"a memory":                           {memoryOf, []string{"'many'", "'c7'"}},
		"memories":                           {memoriesOf, []string{"'many'", "'{c1,c2,c3}'"}},
		"a page of memories":                 {memoriesByCard, []string{"'many'", "'c5'", "20"}},
		"a memory that is settled":           {settleMemory, memory},
		"the newest number":                  {newestSeq, []string{"'many'"}},
		"the newest events of cards":         {newestOfCards, []string{"'many'", "'{c1,c2,c3}'"}},
		"events":                             {eventsByID, []string{"'many'", "'{e1001,e2002,e30003}'"}},
		"the events of cards":                {eventsOfCards, []string{"'many'", "'{c1,c2,c3}'"}},
		"a page of events":                   {eventsAfter, []string{"'many'", "9000", "9020"}},
		"what is counted of a page of them":  {eventFacts, []string{"'many'", "9000", "9020"}},
		"recent events":                      {recordedSince, []string{"'2020-01-01'", "''", "20"}},
		"when the newest was recorded":       {lastRecorded, nil},
		"a page of an archive":               {archivedCards, []string{"'many'", "'c5'", "20"}},
		"a page of sign-ins":                 {sessionsOf, []string{"'many'", "'2020-01-01'", "''", "20"}},
		"a sign-in":                          {sessionByID, []string{"'many'", "'s7'"}},
		"a page of archived sign-ins":        {archivedSessions, []string{"'many'", "'s5'", "20"}},
		"a page of API tokens":               {apiTokensOf, []string{"'many'", "'2020-01-01'", "''", "20"}},
		"an API token":                       {apiTokenByID, []string{"'many'", "'t7'"}},
		"a page of archived API tokens":      {archivedAPITokens, []string{"'many'", "'t5'", "20"}},
		"a page of the audit log":            {auditsOf, []string{"'many'", "'2020-01-01'", "''", "20"}},
		"a page of the archived audit log":   {archivedAudits, []string{"'many'", "'a5'", "20"}},
		"what is erased of sign-ins":         {eraseSessions, []string{"'many'", "20"}},
		"what is erased of an audit log":     {eraseAudits, []string{"'many'", "20"}},
		"a page of notes":                    {notesOf, []string{"'many'", "'d5'", "20"}},
		"a note":                             {noteByID, []string{"'many'", "'n7'"}},
		"notes that are erased":              {eraseNotes, []string{"'many'", "20"}},
		"cards by a word":                    {foundCards, []string{"'many'", words, "'{9}'", "20"}},
		"notes by a word":                    {foundNotes, []string{"'many'", words, "'{9}'", "20", "20"}},
		"contents by a word":                 {foundContents, []string{"'many'", words, "'{9}'", "20", "20"}},
		"a page of contents":                 {contentsOf, []string{"'many'", "'2020-01-01'", "''", "20"}},
		"a page of archived contents":        {archivedContents, []string{"'many'", "'k5'", "20"}},
		"the texts of a content":             {textsByID, []string{"'many'", "'k7'"}},
		"a page of archived files":           {archivedBlobs, []string{"'many'", "'k5'", "20"}},
		"a job that is due":                  {takeJob, []string{"'content'", "now() + interval '1 hour'", "now()"}},
		"jobs that are counted":              {countJobs, []string{"'content'", "now()", "20"}},
		"contents that are erased":           {eraseContents, []string{"'many'", "200"}},
		"files that are erased":              {eraseBlobs, []string{"'many'", "200"}},
		"jobs that are erased":               {eraseJobs, []string{"'many'", "20"}},
		"cards that are erased":              {eraseCards, []string{"'many'", "20"}},
		"events that are erased":             {eraseEvents, []string{"'many'", "20"}},
		"memories that are erased":           {eraseMemories, []string{"'many'", "20"}},
	} {
		t.Run(fmt.Sprintf("for %s no more rows are read than are asked for", name), func(t *testing.T) {
			require.LessOrEqual(t, rowsRead(t, connection.Conn(), asked.statement, asked.parameters...), 25.0)
		})
	}
	t.Run("for the memories of decks, and the events of a day, no others are read", func(t *testing.T) {
		require.LessOrEqual(t, rowsRead(t, connection.Conn(), deckMemories, "'many'", "'{d1,d2}'"), 1200.0)
		require.LessOrEqual(t, rowsRead(t, connection.Conn(), eventsOfDay, "'many'", "20010"), 100.0)
	})
}

func TestEstimatesAreSetByAnyMigration(t *testing.T) {
	store := freshStore(t)
	_, err := store.pool.Exec(t.Context(), "ALTER TABLE cards ALTER COLUMN user_id SET STATISTICS -1")
	require.NoError(t, err)
	require.NoError(t, store.Migrate(t.Context()), "the schema itself is up to date")
	for _, of := range uncounted {
		var counted bool
		require.NoError(t, store.pool.QueryRow(t.Context(), string(isCounted), of.table, of.column).Scan(&counted))
		require.False(t, counted, "%s of %s", of.column, of.table)
	}
}
