package porttest

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func configUpdateCases() []testCase {
	return []testCase{
		{"an update of a document is stored and counted", configUpdate},
		{"an update cannot change name and revision of a document", configFixed},
		{"an update of a document that its function refuses stores nothing", configRefused},
		{"an update of a document that is not there is not found", configUpdateUnknown},
		{"concurrent updates of a document lose nothing", configUpdateRace},
		{"documents are listed in order of the bytes of their names, in parts", configList},
		{"without documents their list is empty", configListEmpty},
		{"a cancelled context lists and changes no document", configUpdateCancelled},
	}
}

func configUpdate(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want, other := addConfig(t, s, newConfig("frontend")), addConfig(t, s, newConfig("Frontend"))
	for i, value := range []string{`{ "b":1, "a":2 }`, `null`, `1.0`, `{"twice":1,"twice":2}`} {
		want.Value, want.Public, want.UpdatedAt = json.RawMessage(value), i%2 == 1, at(100+i)
		got, err := s.Configs.UpdateConfig(t.Context(), "frontend", func(d *domain.ConfigDocument) error {
			d.Value, d.Public, d.UpdatedAt = slices.Clone(want.Value), want.Public, want.UpdatedAt
			return nil
		})
		require.NoError(t, err)
		want.Rev++
		require.Equal(t, want, got)
		requireConfig(t, s, want)
	}
	requireConfig(t, s, other)
}

func configFixed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addConfig(t, s, newConfig("frontend"))
	got, err := s.Configs.UpdateConfig(t.Context(), "frontend", func(d *domain.ConfigDocument) error {
		d.Name, d.Rev, d.Value = "other", 77, json.RawMessage(`2`)
		return nil
	})
	require.NoError(t, err)
	want.Rev, want.Value = 2, json.RawMessage(`2`)
	require.Equal(t, want, got)
	requireConfig(t, s, want)
	_, err = s.Configs.Config(t.Context(), "other")
	requireNotFound(t, err)
}

func configRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addConfig(t, s, newConfig("frontend"))
	_, err := s.Configs.UpdateConfig(t.Context(), "frontend", func(d *domain.ConfigDocument) error {
		d.Value[1], d.Public = 'X', false
		return errEdit
	})
	require.Same(t, errEdit, err, "the error is returned as it is")
	requireConfig(t, s, want)
}

func configUpdateUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addConfig(t, s, newConfig("frontend"))
	for _, name := range []string{"other", "Frontend", "frontend ", "%", ""} {
		_, err := s.Configs.UpdateConfig(t.Context(), name, func(d *domain.ConfigDocument) error { d.Public = false; return nil })
		requireNotFound(t, err)
	}
	list, err := s.Configs.ListConfigs(t.Context(), "", 10)
	require.NoError(t, err)
	require.Equal(t, []domain.ConfigDocument{want}, list)
}

func configUpdateRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	document := newConfig("frontend")
	document.Value = json.RawMessage(`0`)
	want := addConfig(t, s, document)
	got := race(racers, func(int) error {
		_, err := s.Configs.UpdateConfig(t.Context(), "frontend", func(d *domain.ConfigDocument) error {
			n, err := strconv.Atoi(string(d.Value))
			d.Value = json.RawMessage(strconv.Itoa(n + 1))
			return err
		})
		return err
	})
	done := requireMostDone(t, got)
	want.Value, want.Rev = json.RawMessage(strconv.Itoa(done)), int64(1+done)
	requireConfig(t, s, want)
}

func configList(t *testing.T, engine Engine) {
	s := engine.Open(t)
	names := archiveKeys()
	want := []domain.ConfigDocument{}
	for i, name := range names {
		document := newConfig(name)
		document.Public, document.Rev, document.Value = i%2 == 0, int64(i+1), json.RawMessage(strconv.Itoa(i))
		want = append(want, document)
	}
	for i := range want {
		addConfig(t, s, want[(i*7+3)%len(want)])
	}
	place := func(d domain.ConfigDocument) ports.Cursor { return ports.Cursor{ID: d.Name} }
	requirePages(t, want, place, func(page ports.Page) ([]domain.ConfigDocument, error) {
		return s.Configs.ListConfigs(t.Context(), page.After.ID, page.Limit)
	})
	for _, after := range []string{" ", "C", "aA", "a!!", "\u00e5", "\U0001f601"} {
		got, err := s.Configs.ListConfigs(t.Context(), after, 100)
		require.NoError(t, err)
		from, _ := slices.BinarySearch(names, after)
		require.Equalf(t, append([]domain.ConfigDocument{}, want[from:]...), got, "behind %q, which is not there", after)
	}
}

func configListEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list, err := s.Configs.ListConfigs(t.Context(), "", 10)
	requireEmpty(t, list, err)
	addConfig(t, s, newConfig("frontend"))
	list, err = s.Configs.ListConfigs(t.Context(), "frontend", 10)
	requireEmpty(t, list, err)
}

func configUpdateCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addConfig(t, s, newConfig("frontend"))
	ctx := cancelled(t)
	_, list := s.Configs.ListConfigs(ctx, "", 10)
	_, update := s.Configs.UpdateConfig(ctx, "frontend", func(d *domain.ConfigDocument) error { d.Public = false; return nil })
	requireCancelled(t, map[string]error{"ListConfigs": list, "UpdateConfig": update})
	requireConfig(t, s, want)
}
