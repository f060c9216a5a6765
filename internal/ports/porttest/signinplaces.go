package porttest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testSignInPlaces(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a place is known from the first time on that it is seen", placeKnown},
		{"places that only look alike are different", placesAlike},
		{"each person has places of their own", placesOfTwo},
		{"of many who see a new place at once one is told that it is new", placeRace},
		{"a cancelled context knows and sees no place", placeCancelled},
	})
}

// see notes a place where that must work.
func see(t *testing.T, s ports.Storage, place domain.SignInPlace) (known bool) {
	t.Helper()
	known, err := s.SignInPlaces.SeePlace(t.Context(), place)
	require.NoError(t, err)
	return known
}

func requireKnown(t *testing.T, s ports.Storage, want bool, owner domain.UserID, network string) {
	t.Helper()
	known, err := s.SignInPlaces.KnowsPlace(t.Context(), owner, network)
	require.NoError(t, err)
	require.Equalf(t, want, known, "whether %q is known", network)
}

func placeKnown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	place := newPlace(ada, 1)
	requireKnown(t, s, false, ada, place.Network)
	require.False(t, see(t, s, place), "the place is new")
	for n := range 3 {
		requireKnown(t, s, true, ada, place.Network)
		place.LastSeen = at(100 + n)
		require.True(t, see(t, s, place), "the place is known")
	}
	requireKnown(t, s, false, ada, network(2))
	require.False(t, see(t, s, newPlace(ada, 2)), "another place is new")
	requireKnown(t, s, true, ada, network(2))
	requireKnown(t, s, true, ada, network(1))
}

func placesAlike(t *testing.T, engine Engine) {
	s := engine.Open(t)
	networks := append(texts(), "2001:db8::/48", "2001:DB8::/48", "2001:db8::/4", "192.0.2.0/24", "192.0.2.0/240", "a", "A", "\u00e9", "e\u0301")
	for i, name := range networks {
		requireKnown(t, s, false, ada, name)
		place := newPlace(ada, i)
		place.Network = name
		require.Falsef(t, see(t, s, place), "%q is new", name)
	}
	for _, name := range networks {
		requireKnown(t, s, true, ada, name)
	}
	for _, name := range []string{"", "%", ".*", "192.0.2", `{"$ne":"a"}`} {
		requireKnown(t, s, false, ada, name)
	}
}

func placesOfTwo(t *testing.T, engine Engine) {
	s := engine.Open(t)
	require.False(t, see(t, s, newPlace(ada, 1)))
	requireKnown(t, s, false, bob, network(1))
	require.False(t, see(t, s, newPlace(bob, 1)), "it is new to another person")
	requireKnown(t, s, true, ada, network(1))
	requireKnown(t, s, true, bob, network(1))
	require.False(t, see(t, s, newPlace(bob, 2)))
	requireKnown(t, s, false, ada, network(2))
}

func placeRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	errKnown := errors.New("the place is known")
	got := race(racers, func(i int) error {
		place := newPlace(ada, 1)
		place.FirstSeen, place.LastSeen = at(i), at(i)
		known, err := s.SignInPlaces.SeePlace(t.Context(), place)
		if err == nil && known {
			return errKnown
		}
		return err
	})
	first := 0
	for _, err := range got {
		if err == nil {
			first++
			continue
		}
		require.Same(t, errKnown, err)
	}
	require.Equal(t, 1, first, "how many are told that the place is new")
	requireKnown(t, s, true, ada, network(1))
}

func placeCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	ctx := cancelled(t)
	_, knows := s.SignInPlaces.KnowsPlace(ctx, ada, network(1))
	_, seen := s.SignInPlaces.SeePlace(ctx, newPlace(ada, 1))
	requireCancelled(t, map[string]error{"KnowsPlace": knows, "SeePlace": seen})
	requireKnown(t, s, false, ada, network(1))
}
