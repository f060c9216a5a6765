package porttest

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testConfigs(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a document comes back as given, its JSON byte for byte", configRoundTrip},
		{"times of a document come back in UTC to the millisecond", configTimes},
		{"names that only look alike are different documents", configNames},
		{"an unknown document is not found", configUnknown},
		{"a name that is taken conflicts", configTaken},
		{"of many who insert a name one wins", configRace},
		{"what callers do to their copy of a document changes nothing", configCopies},
		{"a cancelled context stores no document", configCancelled},
	})
	runCases(t, engine, configUpdateCases())
}

func addConfig(t *testing.T, s ports.Storage, document domain.ConfigDocument) domain.ConfigDocument {
	t.Helper()
	require.NoError(t, s.Configs.InsertConfig(t.Context(), document))
	return document
}

func requireConfig(t *testing.T, s ports.Storage, want domain.ConfigDocument) {
	t.Helper()
	got, err := s.Configs.Config(t.Context(), want.Name)
	require.NoError(t, err)
	require.Equal(t, string(want.Value), string(got.Value))
	require.Equal(t, want, got)
}

func configRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	values := []string{
		`{}`, `[]`, `null`, `true`, `""`, `0`, `1.0`, `-0.10e+2`, `12345678901234567890.123456789`,
		`{"b":1,"a":[1,{"$set":{"a.b":null}}],"":{"$ne":null}}`, "{ \"spaces\" :\t[ 1 ,\n2 ] }", `{"twice":1,"twice":2}`,
		`"\u00e9é\ud83d\ude00😀"`,
	}
	for i, value := range values {
		document := newConfig("document" + strconv.Itoa(i))
		document.Value, document.Public = json.RawMessage(value), i%2 == 0
		requireConfig(t, s, addConfig(t, s, document))
	}
	for _, document := range domain.DefaultConfigs(start) {
		requireConfig(t, s, addConfig(t, s, document))
	}
}

func configTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range instants() {
		document := newConfig("document" + strconv.Itoa(i))
		document.UpdatedAt = instant
		addConfig(t, s, document)
		document.UpdatedAt = instant.UTC()
		requireConfig(t, s, document)
	}
}

func configNames(t *testing.T, engine Engine) {
	s := engine.Open(t)
	names := append(texts(), "frontend", "Frontend", "FRONTEND", "frontend ", " frontend", "\u00e9", "e\u0301", "E\u0301")
	for i, name := range names {
		document := newConfig(name)
		document.Rev = int64(i + 1)
		addConfig(t, s, document)
	}
	for i, name := range names {
		document := newConfig(name)
		document.Rev = int64(i + 1)
		requireConfig(t, s, document)
	}
}

func configUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addConfig(t, s, newConfig("frontend"))
	for _, name := range []string{"other", "Frontend", "frontend ", "front", "%", ".*", "_rontend", `{"$ne":null}`, "' OR '1'='1"} {
		_, err := s.Configs.Config(t.Context(), name)
		requireNotFound(t, err)
	}
}

func configTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	document := addConfig(t, s, newConfig("frontend"))
	again := document
	again.Value, again.Public = json.RawMessage(`2`), false
	requireCode(t, domain.CodeConflict, s.Configs.InsertConfig(t.Context(), again))
	requireConfig(t, s, document)
}

func configRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	document := func(i int) domain.ConfigDocument {
		d := newConfig("wanted")
		d.Value = json.RawMessage(strconv.Itoa(i))
		return d
	}
	got := race(racers, func(i int) error { return s.Configs.InsertConfig(t.Context(), document(i)) })
	requireConfig(t, s, document(requireOneWinner(t, got, domain.CodeConflict)))
}

func configCopies(t *testing.T, engine Engine) {
	s := engine.Open(t)
	document := addConfig(t, s, newConfig("frontend"))
	document.Value[1] = 'X'
	requireConfig(t, s, newConfig("frontend"))
	got, err := s.Configs.Config(t.Context(), "frontend")
	require.NoError(t, err)
	got.Value[1] = 'X'
	requireConfig(t, s, newConfig("frontend"))
}

func configCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	document := addConfig(t, s, newConfig("frontend"))
	ctx := cancelled(t)
	_, read := s.Configs.Config(ctx, document.Name)
	requireCancelled(t, map[string]error{
		"InsertConfig": s.Configs.InsertConfig(ctx, newConfig("other")), "Config": read,
	})
	_, err := s.Configs.Config(t.Context(), "other")
	requireNotFound(t, err)
}
