// Package docs holds the code that the documents in docs show, so that it is compiled and run.
package docs

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/app/decks"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

var (
	noon   = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	ada    = domain.User{ID: "0190a000-0000-7000-8000-000000000001", Name: "Ada", Email: "ada@example.org"}
	caller = domain.Identity{User: ada.ID}
	away   = domain.WrapError(domain.CodeUnavailable, "The storage does not answer.", errors.New("connection refused"))
)

func TestADeckThatCannotBeStored(t *testing.T) {
	for name, failure := range map[string]error{
		"storage that is away is told as such": away,
		"an id that is taken is a conflict":    domain.NewError(domain.CodeConflict, "There is one of this id already."),
	} {
		t.Run(name, func(t *testing.T) {
			store := mocks.NewDecks(t)
			store.EXPECT().InsertDeck(mock.Anything, mock.MatchedBy(func(deck domain.Deck) bool {
				return deck.Owner == ada.ID && deck.Name == "Capitals"
			})).Return(failure).Once()
			service := decks.New(ports.Storage{Decks: store}, system.Clock{}, system.IDs{})

			_, err := service.Create(t.Context(), caller, domain.DeckText{Name: "Capitals"})
			assert.ErrorIs(t, err, failure)
		})
	}
}

// accountsWith returns the use cases of accounts. What a test does not give is nil, and a call of it panics.
func accountsWith(t *testing.T, storage ports.Storage, mailer ports.Mailer) *accounts.Service {
	t.Helper()
	clock, passwords, attempts := mocks.NewClock(t), mocks.NewPasswords(t), mocks.NewSignInAttempts(t)
	clock.EXPECT().Now().Return(noon).Maybe()
	passwords.EXPECT().Common(mock.Anything).Return(false).Maybe()
	passwords.EXPECT().Hash(mock.Anything, mock.Anything).Return("a hash", nil).Maybe()
	attempts.EXPECT().UpdateAttempts(mock.Anything, mock.Anything, mock.Anything).Return(domain.Attempts{}, nil).Maybe()
	storage.SignInAttempts = attempts
	return accounts.New(
		accounts.Needs{Storage: storage, Passwords: passwords, Mailer: mailer, Clock: clock, IDs: system.IDs{}},
		accounts.Policy{MinPassword: 6, SessionLifetime: time.Hour, VerifyLink: "https://example.org/verifying?token="},
	)
}

func TestWhoseAddressWasTakenInTheMeantimeIsNotSignedIn(t *testing.T) {
	users, sessions := mocks.NewUsers(t), mocks.NewSessions(t)
	users.EXPECT().InsertUser(mock.Anything, mock.Anything).
		Return(domain.NewError(domain.CodeEmailTaken, "There is an account with this address.")).Once()
	service := accountsWith(t, ports.Storage{Users: users, Sessions: sessions}, nil)

	signedIn, err := service.SignUp(t.Context(), domain.SignUp{Name: ada.Name, Email: ada.Email, Password: "analytical"}, domain.Client{})
	assert.Equal(t, domain.CodeEmailTaken, domain.CodeOf(err))
	assert.Empty(t, signedIn)
	// No session was expected, so a call of InsertSession would have failed the test.
}

func TestMail(t *testing.T) {
	t.Run("a link is mailed only when its token is stored", func(t *testing.T) {
		users, tokens, mailer := mocks.NewUsers(t), mocks.NewOneTimeTokens(t), mocks.NewMailer(t)
		users.EXPECT().User(mock.Anything, ada.ID).Return(ada, nil)
		tokens.EXPECT().InsertToken(mock.Anything, mock.Anything).Return(away)
		service := accountsWith(t, ports.Storage{Users: users, OneTimeTokens: tokens}, mailer)

		assert.ErrorIs(t, service.SendVerification(t.Context(), caller), away)
	})
	t.Run("a mail server that is away is told as such", func(t *testing.T) {
		users, tokens, mailer := mocks.NewUsers(t), mocks.NewOneTimeTokens(t), mocks.NewMailer(t)
		users.EXPECT().User(mock.Anything, ada.ID).Return(ada, nil)
		var stored domain.OneTimeToken
		tokens.EXPECT().InsertToken(mock.Anything, mock.Anything).
			RunAndReturn(func(_ context.Context, token domain.OneTimeToken) error {
				stored = token
				return nil
			})
		mailer.EXPECT().SendVerification(mock.Anything, ada, mock.MatchedBy(func(link string) bool {
			return link != "" && stored.Owner == ada.ID // the token was stored before
		})).Return(away)
		service := accountsWith(t, ports.Storage{Users: users, OneTimeTokens: tokens}, mailer)

		assert.ErrorIs(t, service.SendVerification(t.Context(), caller), away)
	})
}

func TestADeckIsReadWholeOrNotAtAll(t *testing.T) {
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "spacey.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	require.NoError(t, store.Migrate(t.Context()))
	deck, err := decks.New(store.Ports(), system.Clock{}, system.IDs{}).Create(t.Context(), caller, domain.DeckText{Name: "Capitals"})
	require.NoError(t, err)

	storage, cards := store.Ports(), mocks.NewCards(t)
	cards.EXPECT().Cards(mock.Anything, ada.ID, deck.ID, mock.Anything).Return(nil, away)
	storage.Cards = cards // all other ports are those of the engine
	_, err = decks.New(storage, system.Clock{}, system.IDs{}).Get(t.Context(), caller, deck.ID)
	assert.ErrorIs(t, err, away)
}
