package mongo

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/engines"
)

// checkCommands fails the test for a command that no index serves, or that does not ask for what storage promises:
// writes on the disks of most servers, reads of what cannot be undone.
func checkCommands(t *testing.T) *event.CommandMonitor {
	return &event.CommandMonitor{Started: func(_ context.Context, started *event.CommandStartedEvent) {
		if fault := commandFault(started.CommandName, started.Command); fault != "" {
			t.Errorf("%s: %s", fault, started.Command)
		}
	}}
}

// query is a filter and an order of one collection.
type query struct {
	collection   string
	filter, sort bson.D
}

// commandFault returns what is wrong with a command, or nothing.
func commandFault(name string, command bson.Raw) string {
	var c struct {
		Filter, Sort, Query       bson.D
		Updates, Deletes          []struct{ Q bson.D }
		WriteConcern, ReadConcern bson.D
	}
	if err := bson.Unmarshal(command, &c); err != nil {
		return err.Error()
	}
	collection, _ := command.Lookup(name).StringValueOK()
	queries, write := []query{}, true
	switch name {
	case "find":
		queries, write = append(queries, query{collection, c.Filter, c.Sort}), false
	case "findAndModify":
		queries = append(queries, query{collection, c.Query, c.Sort})
	case "update", "delete":
		for _, statement := range append(c.Updates, c.Deletes...) {
			queries = append(queries, query{collection, statement.Q, nil})
		}
	case "insert", "create", "createIndexes", "dropIndexes":
	case "aggregate": // CountDocuments; without a condition it is one of the tests' own
		var match bson.D
		if bson.Unmarshal(command.Lookup("pipeline", "0", "$match").Value, &match) != nil {
			return "an aggregation"
		}
		if len(match) == 0 {
			return ""
		}
		queries, write = append(queries, query{collection, match, nil}), false
	case "getMore", "killCursors", "endSessions", "ping", "listIndexes", "listCollections":
		return ""
	default:
		return "an unknown command"
	}
	if write && fmt.Sprint(c.WriteConcern) != `{"w":"majority","j":true}` {
		return fmt.Sprintf("writeConcern %v", c.WriteConcern)
	}
	if !write && fmt.Sprint(c.ReadConcern) != `{"level":"majority"}` {
		return fmt.Sprintf("readConcern %v", c.ReadConcern)
	}
	for _, q := range queries {
		if !q.served() {
			return "no index serves the query"
		}
	}
	return ""
}

// served reports whether an index finds the documents of a query, in order.
func (q query) served() bool {
	equal, ranges := map[string]bool{}, map[string]bool{}
	several, passed := "", ""
	for _, condition := range q.filter {
		operators, _ := condition.Value.(bson.D)
		switch {
		case condition.Key == "_id":
			// It finds one document or a few, in no order but its own.
			return len(q.sort) == 0 || len(q.sort) == 1 && q.sort[0].Key == "_id"
		case condition.Key == "$or":
			// It cuts off what is at the cursor's time and not behind the cursor: a few documents at most.
		case condition.Key == "$and":
			// More words of a search are compared in the documents that the index finds by one word.
			if !equal["terms"] {
				return false
			}
		case condition.Value == nil:
			// Only tombstones of decks are filtered out; they are few, since a sweep removes them.
			if q.collection != decksName || condition.Key != "deleted_at" {
				return false
			}
		case len(operators) == 0:
			equal[condition.Key] = true
		case operators[0].Key == "$in":
			equal[condition.Key], several = true, condition.Key
		case operators[0].Key == "$nin":
			passed = condition.Key
		default:
			ranges[condition.Key] = true
		}
	}
	return slices.ContainsFunc(indexes, func(i index) bool {
		return i.collection == q.collection && i.serves(equal, ranges, q.sort, several) &&
			// What is left out must be seen in the index, without a look at the document.
			(passed == "" || slices.Contains(i.keys, passed))
	})
}

// serves reports whether the keys of an index begin with all fields that must be equal, followed by the one with a range
// and by those of the order. A field that equals one of several values may be the last of the equal ones and the first of
// the order.
func (i index) serves(equal, ranges map[string]bool, sort bson.D, several string) bool {
	prefix := 0
	for prefix < len(i.keys) && equal[i.keys[prefix]] {
		prefix++
	}
	rest := i.keys[prefix:]
	if prefix != len(equal) || len(ranges) > 1 {
		return false
	}
	if several != "" && len(sort) > 0 {
		if i.keys[prefix-1] != several || sort[0].Key != several || len(ranges) > 0 {
			return false
		}
		rest = i.keys[prefix-1:]
	}
	if len(sort) > len(rest) {
		return false
	}
	if len(ranges) == 1 && (len(rest) == 0 || !ranges[rest[0]]) {
		return false
	}
	for n, by := range sort {
		if by.Key != rest[n] || by.Value != sort[0].Value {
			return false
		}
	}
	return prefix > 0 || len(ranges) > 0 || len(sort) > 0
}

func TestServed(t *testing.T) {
	in := func(values ...string) bson.D { return bson.D{{Key: "$in", Value: values}} }
	notIn := bson.D{{Key: "$nin", Value: []string{"b"}}}
	below := bson.D{{Key: "$lt", Value: 5}}
	for name, c := range map[string]struct {
		query query
		want  bool
	}{
		"the key": {query{usersName, bson.D{{Key: "_id", Value: "a"}, {Key: "rev", Value: 1}}, nil}, true},
		"a range of keys in order": {query{decksName, bson.D{{Key: "_id", Value: below}, {Key: "user_id", Value: "a"}},
			bson.D{{Key: "_id", Value: 1}}}, true},
		"a range of keys in another order": {query{decksName, bson.D{{Key: "_id", Value: below}}, bson.D{{Key: "created_at", Value: 1}}}, false},
		"an equal prefix":                  {query{cardsName, bson.D{{Key: "user_id", Value: "a"}}, nil}, true},
		"a prefix and the next range":      {query{eventsName, bson.D{{Key: "user_id", Value: "a"}, {Key: "seq", Value: below}}, nil}, true},
		"a prefix and the next order":      {query{eventsName, bson.D{{Key: "user_id", Value: "a"}}, bson.D{{Key: "seq", Value: -1}}}, true},
		"several of the next key":          {query{cardsName, bson.D{{Key: "user_id", Value: "a"}, {Key: "deck_id", Value: in("b")}}, nil}, true},
		"several, one after the other": {query{eventsName, bson.D{{Key: "user_id", Value: "a"}, {Key: "card_id", Value: in("b", "c")}},
			bson.D{{Key: "card_id", Value: 1}, {Key: "seq", Value: 1}}}, true},
		"some left out by the index": {query{cardsName, bson.D{{Key: "user_id", Value: "a"}, {Key: "suspended", Value: false},
			{Key: "deck_id", Value: notIn}}, bson.D{{Key: "phase", Value: 1}}}, true},
		"some left out by documents":   {query{cardsName, bson.D{{Key: "user_id", Value: "a"}, {Key: "question", Value: notIn}}, nil}, false},
		"some left out of everything":  {query{cardsName, bson.D{{Key: "deck_id", Value: notIn}}, nil}, false},
		"an order alone":               {query{eventsName, bson.D{}, bson.D{{Key: "recorded_at", Value: -1}}}, true},
		"everything":                   {query{eventsName, bson.D{}, nil}, false},
		"a field without index":        {query{usersName, bson.D{{Key: "name", Value: "a"}}, nil}, false},
		"a field beside the index":     {query{cardsName, bson.D{{Key: "user_id", Value: "a"}, {Key: "rev", Value: 1}}, nil}, false},
		"an index that begins earlier": {query{eventsName, bson.D{{Key: "seq", Value: 1}}, nil}, false},
		"a range before the order":     {query{cardsName, bson.D{{Key: "user_id", Value: "a"}, {Key: "deck_id", Value: below}}, bson.D{{Key: "created_at", Value: 1}}}, false},
		"an order without index":       {query{eventsName, bson.D{{Key: "user_id", Value: "a"}}, bson.D{{Key: "fuzz", Value: 1}}}, false},
		"an order of both directions": {query{decksName, bson.D{{Key: "user_id", Value: "a"}},
			bson.D{{Key: "created_at", Value: 1}, {Key: "id", Value: -1}}}, false},
		"an order of several groups": {query{cardsName, bson.D{{Key: "user_id", Value: "a"}, {Key: "deck_id", Value: in("b", "c")}},
			bson.D{{Key: "created_at", Value: 1}}}, false},
		"another collection's index": {query{sessionsName, bson.D{{Key: "email_key", Value: "a"}}, nil}, false},
		"a time and the key, in order": {query{usersName, bson.D{{Key: "created_at", Value: below}},
			bson.D{{Key: "created_at", Value: 1}, {Key: "_id", Value: 1}}}, true},
		"one left out by the index": {query{sessionsName, bson.D{{Key: "user_id", Value: "a"}, {Key: "id", Value: notIn}}, nil}, true},
		"null instead of a value":   {query{usersName, bson.D{{Key: "email_key", Value: nil}}, nil}, false},
	} {
		require.Equal(t, c.want, c.query.served(), name)
	}
}

func TestDurability(t *testing.T) {
	t.Run("a connection string cannot weaken what is promised", func(t *testing.T) {
		t.Parallel()
		// The same as ?w=1&journal=false&readConcernLevel=local in the string.
		given := options.Client().ApplyURI(engines.Mongo(t)).SetReadConcern(readconcern.Local()).
			SetWriteConcern(&writeconcern.WriteConcern{W: 1, Journal: new(bool)})
		s := openWith(t, given, engines.DatabaseName(t))
		require.NoError(t, s.Migrate(t.Context()))
		require.NoError(t, s.InsertUser(t.Context(), domain.User{ID: ada, Name: "Ada", Email: "ada@example.org"}))
	})

	t.Run("the index for memories covers what is read of them", func(t *testing.T) {
		t.Parallel()
		covering := indexes[slices.IndexFunc(indexes, func(i index) bool { return i.name == "deck_memories" })]
		for _, field := range memoryProjection {
			if field.Value == 1 {
				require.Contains(t, covering.keys, field.Key)
			} else {
				require.Equal(t, "_id", field.Key)
			}
		}
		document, err := bson.Marshal(newMemoryRecord(domain.NewMemory()))
		require.NoError(t, err)
		elements, err := bson.Raw(document).Elements()
		require.NoError(t, err)
		require.Len(t, elements, len(memoryFields))
		for _, element := range elements {
			require.Contains(t, memoryFields, element.Key())
		}
	})

	t.Run("the indexes for the study queue cover what finds the ids", func(t *testing.T) {
		t.Parallel()
		for _, i := range indexes {
			if i.name != "study" && i.name != "study_of_deck" {
				continue
			}
			read := slices.Concat(toStudy(ports.StudyQuery{Phase: domain.PhaseReview}), inDeck(ada, "deck-1"), studyOrder, studyProjection)
			for _, field := range read {
				if field.Value != 0 {
					require.Contains(t, i.keys, field.Key)
				}
			}
		}
	})
}
