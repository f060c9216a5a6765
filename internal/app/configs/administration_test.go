package configs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/configs"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

var lost = domain.NewError(domain.CodeUnavailable, "no answer")

// administered returns the use cases of the operator root over a real storage.
func administered(t *testing.T) (*configs.Administration, ports.Storage) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "spacey.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	return configs.NewAdministration(store.Ports(), system.Clock{}, system.IDs{}, "root"), store.Ports()
}

func TestAnOperatorSetsDocuments(t *testing.T) {
	a, storage := administered(t)
	yes, no := true, false
	for _, step := range []struct {
		name    string
		setting configs.Setting
		changed bool
		value   string
		public  bool
	}{
		{"a new one is private", configs.Setting{Name: "a", Value: []byte(" {\"b\": 1}\n")}, true, `{"b": 1}`, false},
		{"the same again changes nothing", configs.Setting{Name: "a", Value: []byte(`{"b": 1}`), Public: &no}, false, `{"b": 1}`, false},
		{"who may read it is changed alone", configs.Setting{Name: "a", Public: &yes}, true, `{"b": 1}`, true},
		{"so is the value", configs.Setting{Name: "a", Value: []byte("2")}, true, "2", true},
		{"it becomes private again", configs.Setting{Name: "a", Public: &no}, true, "2", false},
		{"a new one may be public", configs.Setting{Name: "b.c_d-9", Value: []byte(`"x"`), Public: &yes}, true, `"x"`, true},
	} {
		document, changed, err := a.Set(t.Context(), step.setting)
		require.NoError(t, err, step.name)
		assert.Equal(t, step.changed, changed, step.name)
		stored, err := storage.Configs.Config(t.Context(), step.setting.Name)
		require.NoError(t, err)
		assert.Equal(t, stored, document, step.name)
		assert.Equal(t, step.value, string(stored.Value), step.name)
		assert.Equal(t, step.public, stored.Public, step.name)
	}
	entries, err := storage.Audits.AuditsOf(t.Context(), "", ports.Page{Limit: 10})
	require.NoError(t, err)
	objects := []string{}
	for _, entry := range entries {
		assert.Equal(t, domain.ActionConfigSet, entry.Action)
		assert.Equal(t, "operator:root", entry.Actor)
		objects = append(objects, entry.Object)
	}
	assert.Equal(t, []string{"a", "a", "a", "a", "b.c_d-9"}, objects, "each change is noted, and nothing else")
}

func TestWhatIsNoDocumentIsRefused(t *testing.T) {
	a, storage := administered(t)
	for name, c := range map[string]struct {
		value, fault string
	}{
		"nothing":                    {"", "it is empty"},
		"only space":                 {" \n ", "unexpected end of JSON input, at line 2"},
		"a value that is cut off":    {`{"a": [1, 2`, "unexpected end of JSON input, at line 1, character 12"},
		"a comma too many":           {"{\n  \"ä\": 1,,\n}", "at line 2, character 10"},
		"a second value":             {"1 2", "at line 1, character 3"},
		"a word":                     {"yes", "at line 1, character 1"},
		"a text that is not UTF-8":   {"{\"ü\": \"\xff\"}", "a text is not UTF-8, at line 1, character 8"},
		"a name that is not JSON's":  {"{a: 1}", "at line 1, character 2"},
		"a control character within": {"\"a\nb\"", "at line 1, character 3"},
	} {
		t.Run(name+" is refused, and where is told", func(t *testing.T) {
			_, _, err := a.Set(t.Context(), configs.Setting{Name: "x", Value: []byte(c.value)})
			assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
			assert.ErrorContains(t, err, c.fault)
		})
	}
	for _, name := range []string{"", "A", "a/b", "..", "a b", "-a", strings.Repeat("a", 101), "ä"} {
		t.Run("the name "+name+" is refused", func(t *testing.T) {
			_, _, err := a.Set(t.Context(), configs.Setting{Name: name, Value: []byte("1")})
			assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
		})
	}
	t.Run("256 KiB are taken and a byte more is refused, space or not", func(t *testing.T) {
		largest := []byte(`"` + strings.Repeat("a", configs.MaxValue-2) + `"`)
		_, _, err := a.Set(t.Context(), configs.Setting{Name: "largest", Value: largest})
		require.NoError(t, err)
		for _, value := range [][]byte{append(bytes.Clone(largest), ' '), []byte("1" + strings.Repeat(" ", configs.MaxValue))} {
			_, _, err = a.Set(t.Context(), configs.Setting{Name: "x", Value: value})
			assert.Equal(t, domain.CodeTooLarge, domain.CodeOf(err))
		}
	})
	t.Run("a document that is not there cannot be made public", func(t *testing.T) {
		_, _, err := a.Set(t.Context(), configs.Setting{Name: "x", Public: new(bool)})
		assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	})
	documents, err := storage.Configs.ListConfigs(t.Context(), "", 10)
	require.NoError(t, err)
	assert.Len(t, documents, 1, "nothing that was refused is stored")
}

func TestSettingMeetsOthersAndFailures(t *testing.T) {
	setting := configs.Setting{Name: "a", Value: json.RawMessage("1")}
	newFailing := func(t *testing.T) (*configs.Administration, *mocks.Configs, *mocks.Audits) {
		store, audits := mocks.NewConfigs(t), mocks.NewAudits(t)
		return configs.NewAdministration(ports.Storage{Configs: store, Audits: audits}, &movableClock{now: noon}, system.IDs{}, "root"), store, audits
	}
	missing, there := domain.NotFound("configuration"), domain.NewError(domain.CodeConflict, "there")

	t.Run("a document that somebody inserts meanwhile is updated", func(t *testing.T) {
		a, store, audits := newFailing(t)
		store.EXPECT().UpdateConfig(mock.Anything, "a", mock.Anything).Return(domain.ConfigDocument{}, missing).Once()
		store.EXPECT().InsertConfig(mock.Anything, domain.ConfigDocument{Name: "a", Value: setting.Value, UpdatedAt: noon, Rev: 1}).Return(there).Once()
		store.EXPECT().UpdateConfig(mock.Anything, "a", mock.Anything).RunAndReturn(
			func(_ context.Context, _ string, edit func(*domain.ConfigDocument) error) (domain.ConfigDocument, error) {
				d := document("a", "9")
				d.UpdatedAt = noon.Add(-time.Hour)
				err := edit(&d)
				assert.Equal(t, noon, d.UpdatedAt)
				return d, err
			}).Once()
		audits.EXPECT().InsertAudit(mock.Anything, mock.Anything).Return(nil).Once()
		_, changed, err := a.Set(t.Context(), setting)
		require.NoError(t, err)
		assert.True(t, changed)
	})
	t.Run("one that comes and goes is given up", func(t *testing.T) {
		a, store, _ := newFailing(t)
		store.EXPECT().UpdateConfig(mock.Anything, "a", mock.Anything).Return(domain.ConfigDocument{}, missing)
		store.EXPECT().InsertConfig(mock.Anything, mock.Anything).Return(there)
		_, _, err := a.Set(t.Context(), setting)
		assert.Equal(t, domain.CodeBusy, domain.CodeOf(err))
	})
	t.Run("storage that is away is told, and nothing is noted", func(t *testing.T) {
		a, store, _ := newFailing(t)
		store.EXPECT().UpdateConfig(mock.Anything, "a", mock.Anything).Return(domain.ConfigDocument{}, lost).Once()
		_, _, err := a.Set(t.Context(), setting)
		require.ErrorIs(t, err, lost)
		store.EXPECT().UpdateConfig(mock.Anything, "a", mock.Anything).Return(domain.ConfigDocument{}, missing).Once()
		store.EXPECT().InsertConfig(mock.Anything, mock.Anything).Return(lost)
		_, changed, err := a.Set(t.Context(), setting)
		require.ErrorIs(t, err, lost)
		assert.False(t, changed)
	})
	t.Run("an audit log that is away is told, and that the document is set", func(t *testing.T) {
		a, store, audits := newFailing(t)
		store.EXPECT().UpdateConfig(mock.Anything, "a", mock.Anything).Return(document("a", "1"), nil)
		audits.EXPECT().InsertAudit(mock.Anything, mock.Anything).Return(lost)
		_, changed, err := a.Set(t.Context(), setting)
		require.ErrorIs(t, err, lost)
		assert.ErrorContains(t, err, "the document is set")
		assert.True(t, changed)
	})
}

func TestTheCacheGivesChangesToStorage(t *testing.T) {
	c, store, _ := newCached(t)
	edit := func(*domain.ConfigDocument) error { return nil }
	store.EXPECT().UpdateConfig(mock.Anything, "a", mock.Anything).Return(document("a", "2"), nil).Once()
	got, err := c.UpdateConfig(t.Context(), "a", edit)
	require.NoError(t, err)
	assert.Equal(t, document("a", "2"), got)
	store.EXPECT().ListConfigs(mock.Anything, "a", 3).Return([]domain.ConfigDocument{document("b", "1")}, nil).Once()
	list, err := c.ListConfigs(t.Context(), "a", 3)
	require.NoError(t, err)
	assert.Equal(t, []domain.ConfigDocument{document("b", "1")}, list)
}
