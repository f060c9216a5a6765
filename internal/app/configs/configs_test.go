package configs_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/configs"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

func newService(t *testing.T) (*configs.Service, *mocks.Configs) {
	store, clock := mocks.NewConfigs(t), mocks.NewClock(t)
	clock.EXPECT().Now().Return(time.Unix(0, 0)).Maybe()
	return configs.New(ports.Storage{Configs: store}, clock), store
}

func TestOnlyPublicDocumentsAreShown(t *testing.T) {
	s, store := newService(t)
	open := domain.ConfigDocument{Name: "open", Public: true, Value: json.RawMessage(`{}`)}
	store.EXPECT().Config(mock.Anything, "open").Return(open, nil)
	store.EXPECT().Config(mock.Anything, "secret").Return(domain.ConfigDocument{Name: "secret"}, nil)
	document, err := s.Public(t.Context(), "open")
	require.NoError(t, err)
	assert.Equal(t, open, document)
	_, err = s.Public(t.Context(), "secret")
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestDefaultsDoNotReplaceWhatIsThere(t *testing.T) {
	s, store := newService(t)
	store.EXPECT().InsertConfig(mock.Anything, mock.Anything).Return(domain.NewError(domain.CodeConflict, "there")).Once()
	require.NoError(t, s.InsertDefaults(t.Context()))
	lost := domain.NewError(domain.CodeUnavailable, "no answer")
	store.EXPECT().InsertConfig(mock.Anything, mock.Anything).Return(lost).Once()
	assert.ErrorIs(t, s.InsertDefaults(t.Context()), lost)
}

func TestTheFrontEndGetsEightColours(t *testing.T) {
	var frontend struct{ Colors []string }
	require.NoError(t, json.Unmarshal(domain.DefaultConfigs(time.Unix(0, 0))[0].Value, &frontend))
	assert.Len(t, frontend.Colors, 8)
}
