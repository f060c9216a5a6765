package postgres

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// statements returns every statement of the package, by name: all constants of the type query.
func statements(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	files, sources := token.NewFileSet(), []*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		sources = append(sources, source)
	}
	// Nothing is imported, so the checker complains about most of the code; the constants need none of it.
	config := types.Config{Error: func(error) {}}
	checked, _ := config.Check("postgres", files, sources, nil)
	found := map[string]string{}
	for _, name := range checked.Scope().Names() {
		if c, ok := checked.Scope().Lookup(name).(*types.Const); ok && c.Type().String() == "postgres.query" {
			found[name] = constant.StringVal(c.Val())
		}
	}
	return found
}

// node is a step of a plan.
type node struct {
	Type      string `json:"Node Type"`
	Relation  string `json:"Relation Name"`
	Index     string `json:"Index Name"`
	Condition string `json:"Index Cond"`
	Filter    string `json:"Filter"`
	Plans     []node `json:"Plans"`
}

// all returns a node and those below it.
func (n node) all() []node {
	nodes := []node{n}
	for _, below := range n.Plans {
		nodes = append(nodes, below.all()...)
	}
	return nodes
}

// words reports whether a step reads an index of words, by words alone, or the rows that it leads to.
func (n node) words() bool {
	if n.Type == "Bitmap Heap Scan" {
		return len(n.Plans) == 1 && n.Plans[0].words()
	}
	return strings.HasSuffix(n.Index, "_words") && n.Condition == "(terms @@ (asked.words)::tsquery)"
}

// String says what a node does, as a line.
func (n node) String() string {
	if n.Index == "" {
		return strings.TrimSpace(n.Type + " " + n.Relation)
	}
	return fmt.Sprintf("%s %s %s", n.Type, n.Index, n.Condition)
}

// planner asks a server how it would run statements, whatever their parameters are.
type planner struct{ connection *pgx.Conn }

// byWords reports whether a statement looks for words, and so is sent behind allowBitmaps.
func byWords(statement string) bool { return strings.Contains(statement, "@@") }

// allowed lets a connection read through bitmaps until the function is called that it returns.
func allowed(t *testing.T, connection *pgx.Conn) func() {
	t.Helper()
	_, err := connection.Exec(t.Context(), "SET enable_bitmapscan = on")
	require.NoError(t, err)
	return func() {
		_, err := connection.Exec(t.Context(), "SET enable_bitmapscan = off")
		require.NoError(t, err)
	}
}

// plan returns the steps of a statement.
func (p planner) plan(t *testing.T, statement string) []node {
	t.Helper()
	if byWords(statement) {
		defer allowed(t, p.connection)()
	}
	description, err := p.connection.Prepare(t.Context(), "asked", statement)
	require.NoError(t, err, statement)
	defer func() { require.NoError(t, p.connection.Deallocate(t.Context(), "asked")) }()
	execute := "EXECUTE asked"
	if n := len(description.ParamOIDs); n > 0 {
		execute += "(" + strings.Repeat("NULL, ", n-1) + "NULL)"
	}
	var text string
	require.NoError(t, p.connection.QueryRow(t.Context(), "EXPLAIN (FORMAT JSON) "+execute, pgx.QueryExecModeSimpleProtocol).Scan(&text))
	var explained []struct{ Plan node }
	require.NoError(t, json.Unmarshal([]byte(text), &explained), text)
	return explained[0].Plan.all()
}

// people fills a database with what 200 people keep: one of them has 10,000 cards in 5 decks, the others 100 each.
var people = []string{
	`INSERT INTO users SELECT 'u' || n, 'u' || n || '@example.org', 'Name', 'u' || n || '@example.org', repeat('h', 97), true, false, now(), now(), 1, false
		FROM generate_series(1, 5000) AS n`,
	`INSERT INTO sessions SELECT 'u' || n % 200, n::text, now(), now() + n * interval '1 minute' FROM generate_series(1, 20000) AS n`,
	`INSERT INTO one_time_tokens SELECT md5(n::text), 'u' || n % 200, 'verify', now(), now() + n * interval '1 minute' FROM generate_series(1, 20000) AS n`,
	`INSERT INTO configs SELECT 'name' || n, true, '{}', now(), 1 FROM generate_series(1, 2000) AS n`,
	`INSERT INTO decks SELECT 'u' || n % 200, 'd' || n / 200, 'Name', 'Description', 'red', CASE WHEN n % 10 = 0 THEN now() END,
		now() + n * interval '1 second', now(), 1, CASE WHEN n % 20 = 3 THEN now() END FROM generate_series(0, 19999) AS n`,
	`INSERT INTO cards SELECT CASE WHEN n < 10000 THEN 'u0' ELSE 'u' || 1 + n % 199 END, 'c' || n, 'd' || n % 5, now() + n * interval '1 second', now(), 1,
		n % 50 = 0, CASE WHEN n % 3 = 0 THEN 'new' WHEN n % 30 = 1 THEN 'learning' ELSE 'review' END, 0, 10, 5,
		CASE WHEN n % 3 > 0 THEN now() + n % 700 * interval '1 day' END, now(), 20000, 3, 1, n, repeat('q', 60), repeat('a', 90)
		FROM generate_series(0, 29999) AS n`,
	`INSERT INTO review_events (` + eventColumns + `)
		SELECT 'u' || n % 200, n / 200 + 1, 'e' || n, 'review', 'c' || n % 30000, 'd' || n % 5, 's' || n / 50, 3, now(), now(), now() + n * interval '1 second', now(),
		19000 + n / 200, 'Europe/Berlin', 4, 4, 1, 0.5, '', 0, 0, 0, NULL, 0, 0, 'review', 10, 0.9, now(),
		'review', 0, 10, 5, now(), now(), 20000, 3, 1, n / 200 + 1 FROM generate_series(0, 59999) AS n`,
	`INSERT INTO learning_sessions SELECT 'u' || n % 200, n::text, 'd1', now(), now() FROM generate_series(1, 20000) AS n`,
	`INSERT INTO learning_settings SELECT 'u' || n, 'Europe/Berlin', 4, 20, 200, '{}', 8, 'suspend', true, json_build_array(repeat('s', 400)), n % 20 = 0, now(), 1
		FROM generate_series(1, 5000) AS n`,
	`INSERT INTO cached_months SELECT 'u' || n % 200, 24000 + n / 200, 1, decode(repeat('ab', 400), 'hex') FROM generate_series(0, 7199) AS n`,
	`INSERT INTO api_tokens SELECT 'u' || n % 200, n::text, 'Name', md5(n::text), '{decks:read}', now() + n * interval '1 second',
		CASE WHEN n % 3 > 0 THEN now() + n * interval '1 minute' END FROM generate_series(1, 20000) AS n`,
	`INSERT INTO sign_in_places SELECT 'u' || n % 200, n::text, now(), now() + n * interval '1 minute' FROM generate_series(1, 20000) AS n`,
	"INSERT INTO sign_in_attempts SELECT md5(n::text), 3, now(), now() + n * interval '1 minute', 1 FROM generate_series(1, 20000) AS n",
	`INSERT INTO audit_entries SELECT CASE WHEN n % 201 < 200 THEN 'u' || n % 201 ELSE '' END, n::text, now() + n * interval '1 minute', 'operator', 'signed_in',
		'object', '192.0.2.1' FROM generate_series(1, 20000) AS n`,
	"INSERT INTO deletions SELECT 'u' || n, now() + n * interval '1 minute', '{}', '{account}', 1 FROM generate_series(1, 5000) AS n",
	`INSERT INTO idempotent_requests SELECT 'u' || n % 200, md5(n::text), md5(n::text), 200, decode(repeat('ab', 400), 'hex'), now(), now(),
		now() + n * interval '1 minute' FROM generate_series(1, 20000) AS n`,
	`INSERT INTO notes SELECT 'u' || n % 200, 'd' || n / 200, 'n' || n, 'extractive', NULL, CASE WHEN n % 3 > 0 THEN now() END, now(), now(), 1, repeat('t', 400),
		json_build_array(repeat('c', 400)) FROM generate_series(0, 19999) AS n`,
	"INSERT INTO generation_usage SELECT 'u' || n % 5000, 20000 + n / 5000, 7 FROM generate_series(0, 19999) AS n",
	`INSERT INTO contents SELECT 'u' || n % 200, 'k' || n, now() + n * interval '1 second', now(), 1, 'url', 'processed', 0, 0, false, 'https://example.org', '',
		'Title', repeat('s', 200), '', '[]' FROM generate_series(0, 19999) AS n`,
	`INSERT INTO content_texts SELECT user_id, id, repeat('v', 400), repeat('r', 400), array_to_tsvector(ARRAY[user_id || 'a' || length(id), user_id || id])
		FROM contents`,
	"INSERT INTO blob_parts SELECT 'u' || n % 200, 'k' || n || '/000000', decode(repeat('ab', 400), 'hex') FROM generate_series(0, 19999) AS n",
	"INSERT INTO jobs SELECT 'u' || n % 200, 'content', 'k' || n, now() + n * interval '1 second', 0, 0, '', now(), 1 FROM generate_series(0, 19999) AS n",
	`INSERT INTO card_terms SELECT user_id, id, array_to_tsvector(ARRAY[user_id || 'a' || length(id), user_id || deck_id, user_id || id]) FROM cards`,
	"UPDATE notes SET terms = array_to_tsvector(ARRAY[user_id || 'a', user_id || deck_id])",
	"VACUUM ANALYZE",
}

// exceptions are the statements whose first condition is not the owner, with what it is: what is found by something that
// stands for the whole account, or belongs to nobody, or to everybody.
var exceptions = map[string]string{
	"userByID": "id = $1)", "userByEmail": "email_key = $1)", "updateUser": "id = $1)", "archivedUsers": "id = $1)", "removeUsers": "id = $1)",
	"takeToken": "hash = $1)", "archivedTokens": "hash > $2)", "removeTokens": "hash = ANY ($2))",
	"configByName": "name = $1)", "archivedConfigs": "name > $2)", "removeConfigs": "name = ANY ($2))",
	"configsByName": "name > $1)", "updateConfig": "name = $1)", "eraseUser": "id = $1)",
	"allUsers":      "ROW(COALESCE(created_at, '0001-01-01 00:00:00+00'::timestamp with time zone), id) > ROW($1, $2)",
	"attemptsByKey": "key = $1)", "updateAttempts": "key = $1)", "forgetAttempts": "key = ANY ($1))",
	"allAudits": "ROW(at, id) > ROW($1, $2)", "allDeletions": "ROW(requested_at, user_id) > ROW($1, $2)",
	"publishedDecks": "ROW(published_at, id) > ROW($1, $2)", "recordedSince": "ROW(recorded_at, id) > ROW($1, $2)",
	"pendingSettings": "COALESCE(updated_at, '0001-01-01 00:00:00+00'::timestamp with time zone) < $1",
	"countJobs":       "kind = $1) AND (due_at ",
}

// ofAllPeople are the statements that read an index of all people from a place on, or its end.
var ofAllPeople = map[string]bool{
	"lastRecorded": true, "learners": true, "owners": true, "sweepSessions": true, "sweepTokens": true, "sweepDecks": true,
	"sweepAPITokens": true, "sweepPlaces": true, "sweepAttempts": true, "sweepRequests": true, "sweepAudits": true,
	"sweepUsage": true, "textsOfCards": true, "textsOfNotes": true, "fillNoteTerms": true,
	"takeJob": true,
}

// needsOnlyOwner are the statements that count or remove all of a person's entries in an index, read the first one, or find
// the one that there is.
var needsOnlyOwner = map[string]bool{"insertEvent": true,
	"countEvents": true, "forgetCachedMonths": true, "newestSeq": true, "settingsOf": true, "updateSettings": true,
	"deletionOf": true, "updateDeletion": true, "removeDeletion": true, "deleteSessions": true, "deleteAPITokens": true,
	"eraseSessions": true, "eraseAPITokens": true, "eraseTokens": true, "erasePlaces": true, "eraseAudits": true, "eraseRequests": true,
	"eraseDecks": true, "eraseCards": true, "eraseEvents": true, "eraseLearningSessions": true, "eraseSettings": true, "eraseCachedMonths": true,
	"eraseNotes": true, "eraseUsage": true, "countContents": true, "eraseContents": true, "eraseBlobs": true, "eraseJobs": true,
	"archivedJobs": true, "removeJobs": true,
}

// sorting are the statements that sort no more than they return, remove, or look at of what was found, or what a person has little of.
var sorting = map[string]bool{
	"learners": true, "owners": true, "archivedJobs": true, "eraseJobs": true, "foundCards": true, "foundNotes": true, "foundContents": true,
}

// ofTheOperator are the statements that run when a process starts, or is asked whether it is ready.
var ofTheOperator = map[string]bool{"tablesThere": true, "schemaVersion": true, "isCounted": true, "takesWrites": true, "allowBitmaps": true}

// parameter is a parameter of the statement or one that another step has found.
const parameter = `(\$\d+|asked\.\w+)`

// plansOf returns how a database would run all statements of people, by name.
func plansOf(t *testing.T, store *Store) map[string][]node {
	t.Helper()
	connection, err := store.pool.Acquire(t.Context())
	require.NoError(t, err)
	defer connection.Release()
	all, plans := statements(t), map[string][]node{}
	require.Greater(t, len(all), 40)
	for name, statement := range all {
		if !ofTheOperator[name] {
			plans[name] = planner{connection.Conn()}.plan(t, statement)
		}
	}
	return plans
}

func TestPlans(t *testing.T) {
	store := freshStore(t)
	for name, nodes := range plansOf(t, store) {
		t.Run(name+" reads no table as a whole, though nothing is known of how much there is", func(t *testing.T) {
			for _, n := range nodes {
				require.NotRegexp(t, "Seq Scan|Hash Join|Merge Join", n.Type, n.Relation)
				require.Equal(t, n.words(), strings.Contains(n.Type, "Bitmap"), n.Type, n.Relation)
			}
		})
	}
	for _, fill := range people {
		command(t, store, fill)
	}
	plans := plansOf(t, store)
	for name, nodes := range plans {
		t.Run("an index serves "+name, func(t *testing.T) { requireServed(t, name, nodes) })
	}
	for name, want := range places {
		t.Run(name+" reads its index from where it begins, in its order", func(t *testing.T) {
			steps := []string{}
			for _, n := range plans[name] {
				steps = append(steps, n.String())
				require.NotRegexp(t, "Sort", n.Type)
			}
			require.Contains(t, steps, want)
		})
	}
}

// requireServed checks that a statement reads no row that it need not read.
func requireServed(t *testing.T, name string, nodes []node) {
	t.Helper()
	for _, n := range nodes {
		require.NotEqual(t, "Seq Scan", n.Type, n.Relation)
		if n.Index == "" || ofAllPeople[name] || n.words() {
			continue
		}
		if first := exceptions[name]; first != "" {
			require.Contains(t, n.Condition, "("+first)
			continue
		}
		require.Regexp(t, `\(user_id = `+parameter+`\)`, n.Condition, "a person's rows can lie together")
		// An index that only says who owns a row would lead through everything that a person has.
		if !needsOnlyOwner[name] {
			require.Contains(t, n.Condition, ") AND (", n.Index)
		}
	}
	if !sorting[name] {
		for _, n := range nodes {
			require.NotContains(t, n.Type, "Sort", "the index gives the order")
		}
	}
}

// places are the steps in which statements that read a part of something find it.
var places = map[string]string{
	"memoryOf":        "Index Scan cards_pkey ((user_id = $1) AND (id = $2))",
	"memoriesByCard":  "Index Scan cards_pkey ((user_id = $1) AND (id > $2))",
	"settleMemory":    "Index Scan cards_pkey ((user_id = $11) AND (id = $12))",
	"restoreMemory":   "Index Scan cards_pkey ((user_id = $11) AND (id = $12))",
	"cardsOfDeck":     "Index Scan cards_deck ((user_id = $1) AND (deck_id = $2) AND (ROW(created_at, id) > ROW($3, $4)))",
	"cardsOf":         "Index Scan cards_created ((user_id = $1) AND (ROW(created_at, id) > ROW($2, $3)))",
	"newCardsOfDeck":  "Index Scan cards_deck_due ((user_id = $1) AND (deck_id = $2) AND (suspended = false) AND (phase = 'new'::text))",
	"newIDsOfDeck":    "Index Only Scan cards_deck_due ((user_id = $1) AND (deck_id = $2) AND (suspended = false) AND (phase = 'new'::text))",
	"dueCardsOfDeck":  "Index Scan cards_deck_due ((user_id = $1) AND (deck_id = $2) AND (suspended = false) AND (phase = $4) AND (due <= $5))",
	"dueIDsOfDeck":    "Index Only Scan cards_deck_due ((user_id = $1) AND (deck_id = $2) AND (suspended = false) AND (phase = $4) AND (due <= $5))",
	"newCards":        "Index Scan cards_due ((user_id = $1) AND (suspended = false) AND (phase = 'new'::text))",
	"newIDs":          "Index Only Scan cards_due ((user_id = $1) AND (suspended = false) AND (phase = 'new'::text))",
	"dueCards":        "Index Scan cards_due ((user_id = $1) AND (suspended = false) AND (phase = $4) AND (due <= $5))",
	"dueIDs":          "Index Only Scan cards_due ((user_id = $1) AND (suspended = false) AND (phase = $4) AND (due <= $5))",
	"dueTimes":        "Index Only Scan cards_due ((user_id = $1) AND (suspended = false) AND (phase = 'review'::text) AND (due >= $2) AND (due < $3))",
	"decksOf":         "Index Scan decks_created ((user_id = $1) AND (ROW(created_at, id) > ROW($2, $3)))",
	"publishedDecks":  "Index Scan decks_published (ROW(published_at, id) > ROW($1, $2))",
	"recordedSince":   "Index Scan review_events_recorded (ROW(recorded_at, id) > ROW($1, $2))",
	"lastRecorded":    "Index Only Scan review_events_recorded ",
	"eventsOfDay":     "Index Scan review_events_day ((user_id = $1) AND (day = $2))",
	"eventsAfter":     "Index Scan review_events_pkey ((user_id = $1) AND (seq > $2) AND (seq <= $3))",
	"eventFacts":      "Index Scan review_events_pkey ((user_id = $1) AND (seq > $2) AND (seq <= $3))",
	"newestSeq":       "Index Only Scan review_events_pkey (user_id = $1)",
	"insertEvent":     "Index Only Scan review_events_pkey (user_id = $1)",
	"insertCards":     "Index Scan decks_pkey ((user_id = $1) AND (id = $2))",
	"moveCard":        "Index Scan cards_pkey ((user_id = $1) AND (id = $3))",
	"sweepSessions":   "Index Scan sessions_expires (expires_at <= $1)",
	"sweepTokens":     "Index Scan one_time_tokens_expires (expires_at < $1)",
	"sweepDecks":      "Index Scan decks_deleted (deleted_at < $1)",
	"pendingSettings": "Index Scan learning_settings_pending (COALESCE(updated_at, '0001-01-01 00:00:00+00'::timestamp with time zone) < $1)",

	"allUsers":          "Index Scan users_created (ROW(COALESCE(created_at, '0001-01-01 00:00:00+00'::timestamp with time zone), id) > ROW($1, $2))",
	"configsByName":     "Index Scan configs_pkey (name > $1)",
	"sessionsOf":        "Index Scan sessions_created ((user_id = $1) AND (ROW(COALESCE(created_at, '0001-01-01 00:00:00+00'::timestamp with time zone), id) > ROW($2, $3)))",
	"apiTokensOf":       "Index Scan api_tokens_created ((user_id = $1) AND (ROW(created_at, id) > ROW($2, $3)))",
	"archivedAPITokens": "Index Scan api_tokens_pkey ((user_id = $1) AND (id > $2))",
	"allAudits":         "Index Scan audit_entries_at (ROW(at, id) > ROW($1, $2))",
	"auditsOf":          "Index Scan audit_entries_user ((user_id = $1) AND (ROW(at, id) > ROW($2, $3)))",
	"archivedAudits":    "Index Scan audit_entries_pkey ((user_id = $1) AND (id > $2))",
	"allDeletions":      "Index Scan deletions_requested (ROW(requested_at, user_id) > ROW($1, $2))",
	"sweepAPITokens":    "Index Scan api_tokens_expires (expires_at <= $1)",
	"sweepPlaces":       "Index Scan sign_in_places_seen (last_seen < $1)",
	"sweepAttempts":     "Index Scan sign_in_attempts_expires (expires_at <= $1)",
	"sweepRequests":     "Index Scan idempotent_requests_expires (expires_at <= $1)",
	"sweepAudits":       "Index Scan audit_entries_at (at < $1)",
	"sweepUsage":        "Index Scan generation_usage_day (day < ((($1 AT TIME ZONE 'UTC'::text))::date - '1970-01-01'::date))",
	"noteByID":          "Index Scan notes_id ((user_id = $1) AND (id = $2))",
	"notesOf":           "Index Scan notes_pkey ((user_id = $1) AND (deck_id > $2))",
	"contentByID":       "Index Scan contents_pkey ((user_id = $1) AND (id = $2))",
	"contentsOf":        "Index Scan contents_created ((user_id = $1) AND (ROW(created_at, id) > ROW($2, $3)))",
	"textsByID":         "Index Scan content_texts_pkey ((user_id = $1) AND (content_id = contents.id))",
	"archivedContents":  "Index Scan contents_pkey ((user_id = $1) AND (id > $2))",
	"blobPart":          "Index Scan blob_parts_pkey ((user_id = $1) AND (key = $2))",
	"archivedBlobs":     "Index Scan blob_parts_pkey ((user_id = $1) AND (key > $2))",
	"takeJob":           "Index Scan jobs_due ((kind = $1) AND (due_at <= $2))",
	"countJobs":         "Index Only Scan jobs_due ((kind = $1) AND (due_at <= $2))",
	"textsOfCards":      "Index Scan cards_pkey (ROW(user_id, id) > ROW($1, $2))",
	"textsOfNotes":      "Index Scan notes_pkey (ROW(user_id, deck_id) > ROW($1, $2))",
	"updateNote":        "Index Scan notes_id ((user_id = $1) AND (id = $2))",
	"eraseNotes":        "Index Scan notes_pkey ((user_id = $1) AND (deck_id <= $1))",
	"eraseUsage":        "Index Scan generation_usage_pkey ((user_id = $1) AND (day <= $1))",
	"eraseSessions":     "Index Scan sessions_pkey ((user_id = $1) AND (id <= $1))",
	"eraseAPITokens":    "Index Scan api_tokens_pkey ((user_id = $1) AND (id <= $1))",
	"eraseTokens":       "Index Scan one_time_tokens_user ((user_id = $1) AND (hash <= $1))",
	"eraseAudits":       "Index Scan audit_entries_pkey ((user_id = $1) AND (id <= $1))",
	"eraseCards":        "Index Scan cards_pkey ((user_id = $1) AND (id <= $1))",
	"eraseEvents":       "Index Scan review_events_pkey ((user_id = $1) AND (seq >= $1))",
	"eraseMemories":     "Index Only Scan cards_due ((user_id = $1) AND (suspended = false) AND (phase > 'new'::text))",

	"deleteCardsOfDeck": "Index Scan cards_deck ((user_id = $1) AND (deck_id = $2))",
	"updateCachedMonth": "Index Scan cached_months_pkey ((user_id = $1) AND (month = $2))",
	"cachedMonths":      "Index Scan cached_months_pkey ((user_id = $1) AND (month >= $2) AND (month <= $3))",
}
