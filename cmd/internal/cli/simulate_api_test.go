package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// answered is an answer as the server gets it.
type answered struct {
	ID, CardID            string
	Rating, Buttons       int
	StartedAt, FinishedAt time.Time
}

// server takes sign-ups, decks, cards and answers, and lets each card fall due again a day after its answer.
type server struct {
	t       *testing.T
	address string
	mu      sync.Mutex // people come at the same time
	users   map[string]bool
	cards   map[string]bool
	answers []answered
	// busy is how many requests for reviews are still to be turned away.
	busy int
}

func newServer(t *testing.T) *server {
	s := &server{t: t, users: map[string]bool{}, cards: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /user", s.oneByOne(s.signUp))
	mux.HandleFunc("PATCH /learning/settings", s.signedIn(func(http.ResponseWriter, *http.Request) any { return nil }))
	mux.HandleFunc("POST /decks", s.signedIn(func(http.ResponseWriter, *http.Request) any { return map[string]string{"id": "deck"} }))
	mux.HandleFunc("POST /decks/deck/cards", s.signedIn(s.addCards))
	mux.HandleFunc("POST /learning/reviews", s.signedIn(s.review))
	listening := httptest.NewServer(mux)
	t.Cleanup(listening.Close)
	s.address = listening.URL
	return s
}

func (s *server) signUp(w http.ResponseWriter, r *http.Request) {
	var person struct{ Name, Email, Password string }
	assert.NoError(s.t, json.NewDecoder(r.Body).Decode(&person))
	assert.Equal(s.t, simulatedPassword, person.Password)
	if s.users[person.Email] {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"error": "Bad Request", "code": "email_taken", "message": "There is an account."}`)
		return
	}
	s.users[person.Email] = true
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprint(w, `{"message": "Created", "data": {"id": "user", "token": "token"}}`)
}

func (s *server) signedIn(handle func(http.ResponseWriter, *http.Request) any) http.HandlerFunc {
	return s.oneByOne(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(s.t, "Bearer token", r.Header.Get("Authorization"))
		assert.Equal(s.t, "application/json", r.Header.Get("Content-Type"))
		data := handle(w, r)
		_ = json.NewEncoder(w).Encode(map[string]any{"message": "Success", "data": data})
	})
}

func (s *server) oneByOne(handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		handle(w, r)
	}
}

func (s *server) addCards(_ http.ResponseWriter, r *http.Request) any {
	var texts []struct{ Question, Answer, DeckID string }
	assert.NoError(s.t, json.NewDecoder(r.Body).Decode(&texts))
	cards := make([]map[string]string, len(texts))
	for i := range texts {
		id := fmt.Sprintf("card %d", len(s.cards))
		s.cards[id] = true
		cards[i] = map[string]string{"id": id}
	}
	return cards
}

func (s *server) review(w http.ResponseWriter, r *http.Request) any {
	if s.busy > 0 {
		s.busy--
		w.WriteHeader(http.StatusServiceUnavailable)
		return nil
	}
	var items []answered
	assert.NoError(s.t, json.NewDecoder(r.Body).Decode(&items))
	outcomes := make([]map[string]any, len(items))
	for i, item := range items {
		if !s.cards[item.CardID] {
			outcomes[i] = map[string]any{"status": "rejected", "error": map[string]string{"code": "not_found"}}
			continue
		}
		s.answers = append(s.answers, item)
		outcomes[i] = map[string]any{"status": "recorded", "due": item.FinishedAt.Add(24 * time.Hour), "error": nil}
	}
	return outcomes
}

func TestSimulateDrivesARunningServer(t *testing.T) {
	s := newServer(t)
	s.busy = 1
	args := []string{"simulate", "-users", "2", "-days", "10", "-cards", "30", "-api", s.address + "/"}
	stdout, err := run(t, nil, args...)
	require.NoError(t, err)
	assert.Regexp(t, fmt.Sprintf(`all +2 +60 +%d `, len(s.answers)), stdout)

	require.Greater(t, len(s.answers), 60, "cards are asked again")
	ids := map[string]bool{}
	for _, answer := range s.answers {
		_, ok := domain.ParseID(answer.ID)
		require.True(t, ok && !ids[answer.ID], "each has an id of its own")
		ids[answer.ID] = true
		require.True(t, s.cards[answer.CardID])
		require.Equal(t, 2025, answer.FinishedAt.Year(), "the times are the simulated ones")
		require.True(t, answer.FinishedAt.After(answer.StartedAt))
		require.Contains(t, []int{2, 4}, answer.Buttons)
	}

	t.Run("and refuses people who have signed up before", func(t *testing.T) {
		_, err := run(t, nil, args...)
		require.ErrorContains(t, err, "learners of seed 1 are there already")
	})
	t.Run("and stops when an answer is rejected", func(t *testing.T) {
		other := newServer(t)
		desk := &apiDesk{school: mustSchool(t, other.address), token: "token", due: map[domain.CardID]time.Time{}}
		now := time.Now()
		_, err := desk.Record(t.Context(), now, []domain.Entry{{Card: "unknown", StartedAt: now, FinishedAt: now}})
		require.ErrorContains(t, err, `an answer to card unknown was rejected: {"code":"not_found"}`)
	})
	t.Run("and asks a card again when it is due by the simulated time", func(t *testing.T) {
		other, now := newServer(t), time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC)
		other.cards["a"] = true
		desk := &apiDesk{
			school: mustSchool(t, other.address), token: "token", newPerDay: 1, unseen: []domain.CardID{"a", "b"}, due: map[domain.CardID]time.Time{},
		}
		for _, c := range []struct {
			at   time.Time
			want []domain.CardID
		}{{now, []domain.CardID{"a"}}, {now.Add(time.Hour), []domain.CardID{"b"}}, {now.Add(24 * time.Hour), []domain.CardID{"a", "b"}}} {
			cards, err := desk.Due(t.Context(), c.at, 10)
			require.NoError(t, err)
			require.Equal(t, c.want, cards)
			if c.at.Equal(now) {
				_, err := desk.Record(t.Context(), now, []domain.Entry{{Card: "a", StartedAt: now, FinishedAt: now}})
				require.NoError(t, err)
			}
		}
	})
	t.Run("and says so when there is none", func(t *testing.T) {
		_, err := run(t, nil, "simulate", "-api", "http://127.0.0.1:1")
		require.ErrorContains(t, err, "enrolling learner 1: signing up:")
	})
}

func mustSchool(t *testing.T, address string) *apiSchool {
	t.Helper()
	school, err := newAPISchool(address)
	require.NoError(t, err)
	return school
}
