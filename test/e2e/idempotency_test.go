package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// keyed returns the client with an Idempotency-Key on each request.
func (c *client) keyed(key string) *client { return carrying(c.again(), "Idempotency-Key", key) }

func newTokenBody(name string) map[string]any {
	return map[string]any{"name": name, "scopes": []string{"decks:read"}}
}

// tokenNames returns the names of the person's API tokens, oldest first.
func (c *client) tokenNames(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, token := range data[struct{ Items []struct{ Name string } }](t, c.must(http.StatusOK, http.MethodGet, "/user/tokens", nil)).Items {
		names = append(names, token.Name)
	}
	return names
}

// atLast sends a request, again and again, until it is answered well: as clients may that give a key.
func (c *client) atLast(status int, method, path string, body any) (answer, error) {
	var a answer
	var err error
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if a, err = c.try(method, path, body); err == nil && a.Status == status {
			return a, nil
		}
	}
	return a, fmt.Errorf("never answered with %d, at last %d %s %w", status, a.Status, a.Body, err)
}

func TestARequestWithAKeyIsDoneOnce(t *testing.T) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := startServices(t, newStorage(t, engine))
			c := s.person(t)
			key := uuid.NewString()
			first := c.keyed(key).must(http.StatusCreated, http.MethodPost, "/user/tokens", newTokenBody("one"))
			second := c.keyed(key).must(http.StatusCreated, http.MethodPost, "/user/tokens", newTokenBody("one"))
			assert.Equal(t, first.Body, second.Body, "the same answer, with the secret")
			assert.Empty(t, first.Header.Get("Idempotency-Replayed"))
			assert.Equal(t, "true", second.Header.Get("Idempotency-Replayed"))
			failure(t, c.keyed(key).must(http.StatusConflict, http.MethodPost, "/user/tokens", newTokenBody("two")))
			assert.Equal(t, []string{"one"}, c.tokenNames(t))

			other := s.person(t)
			other.keyed(key).must(http.StatusCreated, http.MethodPost, "/user/tokens", newTokenBody("of another person"))

			key = uuid.NewString()
			bodies := make([]string, 4)
			var devices sync.WaitGroup
			for i := range bodies {
				devices.Go(func() {
					a, err := c.keyed(key).atLast(http.StatusCreated, http.MethodPost, "/user/tokens", newTokenBody("at once"))
					assert.NoError(t, err)
					bodies[i] = a.Body
				})
			}
			devices.Wait()
			for _, body := range bodies[1:] {
				assert.Equal(t, bodies[0], body)
			}
			assert.Equal(t, []string{"one", "at once"}, c.tokenNames(t))
		})
	}
}

// forgetAnswers leaves storage as kills do that come between an effect and the keeping of its answer: it is rare that one does.
func forgetAnswers(t *testing.T, storage ports.Storage) {
	t.Helper()
	for done := false; !done; {
		var err error
		done, err = storage.Sweeper.Sweep(t.Context(), time.Now().Add(domain.IdempotencyLifetime+time.Hour))
		require.NoError(t, err)
	}
}

// The services are killed while they answer: some requests have had their effect by then and others not, and of none is it known.
func TestARequestWithAKeyThatWasCutOffIsDoneOnce(t *testing.T) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			const requests = 8
			s := startServices(t, newStorage(t, engine))
			c := s.person(t)
			d := c.newDeck(requests)
			var keys []string
			var reviews []map[string]any
			for i := range requests {
				keys = append(keys, uuid.NewString())
				reviews = append(reviews, review(d.Cards[i].ID, time.Now().Add(time.Duration(i-60)*time.Minute), 3))
			}
			c.reviews(reviews...)
			token := func(i int) (string, any) { return "/user/tokens", newTokenBody(keys[i]) }
			undo := func(i int) (string, any) { return fmt.Sprintf("/learning/reviews/%s/undo", reviews[i]["id"]), nil }

			var sent sync.WaitGroup
			for i := range requests {
				sent.Go(func() {
					path, body := token(i)
					_, _ = c.keyed(keys[i]).try(http.MethodPost, path, body)
				})
				sent.Go(func() {
					path, body := undo(i)
					_, _ = c.keyed(keys[i]+"-undo").try(http.MethodPost, path, body)
				})
			}
			time.Sleep(20*time.Millisecond + rand.N(100*time.Millisecond))
			s.kill()
			sent.Wait()
			storage := s.storage.open(t)
			stored, err := storage.APITokens.APITokensOf(t.Context(), domain.UserID(c.user), firstPage)
			require.NoError(t, err)
			events, err := storage.ReviewLog.Events(t.Context(), domain.UserID(c.user), 0, 100)
			require.NoError(t, err)
			s.run()

			var mu sync.Mutex
			replayed := 0
			again := func(i int, request func(int) (string, any), suffix string, status int) {
				path, body := request(i)
				a, err := c.keyed(keys[i]+suffix).atLast(status, http.MethodPost, path, body)
				assert.NoError(t, err)
				assert.True(t, json.Valid([]byte(a.Body)))
				mu.Lock()
				defer mu.Unlock()
				if a.Header.Get("Idempotency-Replayed") != "" {
					replayed++
				}
			}
			repeat := func() {
				for i := range requests {
					sent.Go(func() { again(i, token, "", http.StatusCreated) })
					sent.Go(func() { again(i, undo, "-undo", http.StatusOK) })
				}
				sent.Wait()
			}
			repeat()
			t.Logf("when all was killed %d tokens and %d undos were there; %d answers were kept", len(stored), len(events)-requests, replayed)
			forgetAnswers(t, storage)
			replayed = 0
			repeat()
			assert.Zero(t, replayed, "each was done again")
			assert.ElementsMatch(t, keys, c.tokenNames(t), "one token a key")
			undone := map[domain.EventID]int{}
			for _, event := range s.readLog(t, c).events {
				if event.Kind == domain.KindUndo {
					undone[event.Undoes]++
				}
			}
			for _, review := range reviews {
				assert.Equal(t, 1, undone[domain.EventID(review["id"].(string))], "one undo a key")
			}
		})
	}
}
