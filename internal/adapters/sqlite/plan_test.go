package sqlite

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"

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
	checked, _ := config.Check("sqlite", files, sources, nil)
	found := map[string]string{}
	for _, name := range checked.Scope().Names() {
		if c, ok := checked.Scope().Lookup(name).(*types.Const); ok && c.Type().String() == "sqlite.query" {
			found[name] = constant.StringVal(c.Val())
		}
	}
	return found
}

// plan returns how SQLite would run a statement, one step a line.
func plan(t *testing.T, store *Store, statement string) string {
	t.Helper()
	// Parameters that are not given are NULL; the driver asks for as many as there are.
	prepared, err := store.reader.db.PrepareContext(t.Context(), "EXPLAIN QUERY PLAN "+statement)
	require.NoError(t, err, statement)
	defer prepared.Close()
	rows, err := prepared.QueryContext(t.Context(), make([]any, 40)...)
	require.NoError(t, err, statement)
	defer rows.Close()
	steps := []string{}
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		steps = append(steps, detail)
	}
	require.NoError(t, rows.Err())
	return strings.Join(steps, "\n")
}

// needsOnlyOwner are the statements that count or remove all of a person's entries in an index, read the first one, or find
// the one that there is. Those that erase take the first ones, whichever these are.
var needsOnlyOwner = map[string]bool{
	"archivedDeletions": true, "archivedSettings": true, "countEvents": true, "deleteAPITokensOf": true, "deleteOtherSessions": true,
	"deletionOf": true, "forgetCachedMonths": true, "newestSeq": true, "removeDeletion": true, "removeDeletions": true,
	"removeSettings": true, "settingsOf": true, "updateDeletion": true, "updateSettings": true,
	"eraseAudits": true, "eraseCards": true, "eraseDecks": true, "eraseEvents": true, "eraseMailed": true, "eraseMemories": true,
	"eraseMonths": true, "erasePlaces": true, "eraseRequests": true, "eraseSessions": true, "eraseSettings": true,
	"eraseSittings": true, "eraseTokens": true, "eraseNotes": true, "eraseUsage": true, "eraseJobs": true, "eraseContents": true,
	"eraseBlobs": true, "countContentsOf": true,
}

// scanned is what a plan may read from the beginning to the end: parameters, what was found on the way, and words in the index of words.
const scanned = `^SCAN (json_each|asked|learner|owner|firsts|CONSTANT ROW|f\b|\(subquery-|search_terms VIRTUAL TABLE INDEX (0:=|\d+:M))`

func TestPlans(t *testing.T) {
	store := freshStore(t)
	all := statements(t)
	require.Greater(t, len(all), 30)
	for name, statement := range all {
		t.Run("an index serves "+name, func(t *testing.T) {
			steps := plan(t, store, statement)
			for step := range strings.Lines(steps) {
				if strings.HasPrefix(step, "SCAN") {
					require.Regexp(t, scanned, step, "only parameters, and what is found on the way, are scanned")
				}
			}
			require.NotContains(t, steps, "TEMP B-TREE", "the index gives the order")
			require.NotContains(t, steps, "AUTOMATIC", "the index is in the schema")
			if !strings.HasPrefix(statement, "INSERT") {
				require.Regexp(t, `USING .*(INDEX|KEY)`, steps)
			}
			// An index that only says who owns a row would lead through everything that a person has.
			if !needsOnlyOwner[name] {
				require.NotContains(t, steps, "(user_id=?)")
			}
			if name != "lastRecorded" { // that is the last entry of an index, whoever it belongs to
				require.NotRegexp(t, `(?m)INDEX \w+$`, steps, "an index is searched for something")
			}
		})
	}
	for name, want := range map[string]string{
		"deckMemories":    "SEARCH cards USING COVERING INDEX cards_deck_due (user_id=? AND deck_id=?)",
		"memoriesOf":      "SEARCH cards USING INTEGER PRIMARY KEY (rowid=?)",
		"memoriesByCard":  "SEARCH cards USING INDEX sqlite_autoindex_cards_1 (user_id=? AND id>?)",
		"cardsOfDeck":     "SEARCH cards USING INDEX cards_deck (user_id=? AND deck_id=? AND (created_at,id)>(?,?))",
		"cardsOf":         "SEARCH cards USING INDEX cards_created (user_id=? AND (created_at,id)>(?,?))",
		"newCardsOfDeck":  "SEARCH cards USING INDEX cards_deck_due (user_id=? AND deck_id=? AND suspended=? AND phase=? AND due=?)",
		"newIDsOfDeck":    "SEARCH cards USING COVERING INDEX cards_deck_due (user_id=? AND deck_id=? AND suspended=? AND phase=? AND due=?)",
		"dueCardsOfDeck":  "SEARCH cards USING INDEX cards_deck_due (user_id=? AND deck_id=? AND suspended=? AND phase=? AND due<?)",
		"dueIDsOfDeck":    "SEARCH cards USING COVERING INDEX cards_deck_due (user_id=? AND deck_id=? AND suspended=? AND phase=? AND due<?)",
		"newCards":        "SEARCH cards USING INDEX cards_due (user_id=? AND suspended=? AND phase=? AND due=?)",
		"newIDs":          "SEARCH cards USING COVERING INDEX cards_due (user_id=? AND suspended=? AND phase=? AND due=?)",
		"dueCards":        "SEARCH cards USING INDEX cards_due (user_id=? AND suspended=? AND phase=? AND due<?)",
		"dueIDs":          "SEARCH cards USING COVERING INDEX cards_due (user_id=? AND suspended=? AND phase=? AND due<?)",
		"dueTimes":        "SEARCH cards USING COVERING INDEX cards_due (user_id=? AND suspended=? AND phase=? AND due>? AND due<?)",
		"decksOf":         "SEARCH decks USING INDEX decks_created (user_id=? AND (created_at,id)>(?,?))",
		"publishedDecks":  "SEARCH decks USING INDEX decks_published ((published_at,id)>(?,?))",
		"recordedSince":   "SEARCH review_events USING INDEX review_events_recorded ((recorded_at,id)>(?,?))",
		"eventsByID":      "SEARCH review_events USING PRIMARY KEY (user_id=? AND seq=?)",
		"eventsOfCards":   "SEARCH review_events USING INDEX review_events_card (user_id=? AND card_id=?)",
		"eventsOfDay":     "SEARCH review_events USING INDEX review_events_day (user_id=? AND day=?)",
		"eventFacts":      "SEARCH review_events USING PRIMARY KEY (user_id=? AND seq>?)",
		"cachedMonths":    "SEARCH cached_months USING INDEX sqlite_autoindex_cached_months_1 (user_id=? AND month>? AND month<?)",
		"newestOfCards":   "SEARCH review_events USING COVERING INDEX review_events_card (user_id=? AND card_id=?)",
		"countEvents":     "SEARCH review_events USING COVERING INDEX review_events_day (user_id=?)",
		"learners":        "SEARCH cards USING COVERING INDEX sqlite_autoindex_cards_1 (user_id>?)",
		"pendingSettings": "SEARCH learning_settings USING INDEX learning_settings_pending (<expr><?)",
		"owners":          "SEARCH review_events USING COVERING INDEX review_events_day (user_id>?)",
		"archivedUsers":   "SEARCH users USING INDEX sqlite_autoindex_users_1 (id=?)",
		"archivedCards":   "SEARCH cards USING INDEX sqlite_autoindex_cards_1 (user_id=? AND id>?)",
		"archivedDecks":   "SEARCH decks USING INDEX sqlite_autoindex_decks_1 (user_id=? AND id>?)",
		"removeCards":     "SEARCH cards USING COVERING INDEX sqlite_autoindex_cards_1 (user_id=? AND id=?)",
		"removeUsers":     "SEARCH users USING INDEX sqlite_autoindex_users_1 (id=?)",
		"settleMemory":    "SEARCH cards USING INDEX sqlite_autoindex_cards_1 (user_id=? AND id=?)",
		"restoreMemory":   "SEARCH cards USING INDEX sqlite_autoindex_cards_1 (user_id=? AND id=?)",

		"allUsers":      "SEARCH users USING INDEX users_created (<expr>>?)",
		"sessionsOf":    "SEARCH sessions USING INDEX sessions_created (user_id=? AND <expr>>?)",
		"apiTokensOf":   "SEARCH api_tokens USING INDEX api_tokens_created (user_id=? AND <expr>>?)",
		"allAudits":     "SEARCH audit_entries USING INDEX audit_entries_at ((at,id)>(?,?))",
		"auditsOf":      "SEARCH audit_entries USING INDEX audit_entries_user (user_id=? AND (at,id)>(?,?))",
		"allDeletions":  "SEARCH deletions USING INDEX deletions_requested ((requested_at,user_id)>(?,?))",
		"allConfigs":    "SEARCH configs USING INDEX sqlite_autoindex_configs_1 (name>?)",
		"sweepAudits":   "SEARCH audit_entries USING COVERING INDEX audit_entries_at (at<?)",
		"sweepPlaces":   "SEARCH sign_in_places USING COVERING INDEX sign_in_places_last_seen (last_seen<?)",
		"notesOf":       "SEARCH notes USING INDEX sqlite_autoindex_notes_1 (user_id=? AND deck_id>?)",
		"noteByID":      "SEARCH notes USING INDEX sqlite_autoindex_notes_2 (user_id=? AND id=?)",
		"updateNote":    "SEARCH notes USING INDEX sqlite_autoindex_notes_2 (user_id=? AND id=?)",
		"removeNotes":   "SEARCH notes USING COVERING INDEX sqlite_autoindex_notes_1 (user_id=? AND deck_id=?)",
		"eraseNotes":    "SEARCH notes USING COVERING INDEX sqlite_autoindex_notes_",
		"contentsOf":    "SEARCH contents USING INDEX contents_created (user_id=? AND (created_at,id)>(?,?))",
		"contentByID":   "SEARCH contents USING INDEX sqlite_autoindex_contents_1 (user_id=? AND id=?)",
		"blobPart":      "SEARCH blob_parts USING INDEX sqlite_autoindex_blob_parts_1 (user_id=? AND blob=? AND n=?)",
		"archivedBlobs": "SEARCH blob_parts USING INDEX blob_parts_key (user_id=? AND <expr>>?)",
		"archivedJobs":  "SEARCH jobs USING INDEX jobs_key (user_id=? AND <expr>>?)",
		"removeBlobs":   "SEARCH blob_parts USING COVERING INDEX blob_parts_key (user_id=? AND <expr>=?)",
		"takeJob":       "SEARCH jobs USING COVERING INDEX jobs_due (kind=? AND due_at<?)",
		"matching":      "SEARCH m USING INTEGER PRIMARY KEY (rowid=?)",
		"cardsNamed":    "SEARCH cards USING INDEX sqlite_autoindex_cards_1 (user_id=? AND id=?)",
		"sweepUsage":    "SEARCH generation_usage USING COVERING INDEX generation_usage_day (day<?)",
		"eraseMailed":   "SEARCH one_time_tokens USING COVERING INDEX one_time_tokens_user (user_id=?)",
		"eraseMemories": "SEARCH cards USING COVERING INDEX cards_deck_due (user_id=?)",
		"eraseEvents":   "SEARCH review_events USING PRIMARY KEY (user_id=? AND seq=?)",

		"updateCachedMonth": "SEARCH cached_months USING INDEX sqlite_autoindex_cached_months_1 (user_id=? AND month=?)",
	} {
		t.Run(name+" reads its index from where it begins", func(t *testing.T) {
			require.Contains(t, plan(t, store, all[name]), want)
		})
	}
}
