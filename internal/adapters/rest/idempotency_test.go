package rest_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const clientKey = "client-chosen-key-0001"

// answersKept keeps the answers to requests in memory.
type answersKept struct {
	mutex    sync.Mutex
	requests map[string]domain.IdempotentRequest
	// begin, finish and drop are what calls fail with.
	begin, finish, drop error
	// bounded says that every call has come with a deadline.
	bounded bool
}

var _ ports.Idempotency = (*answersKept)(nil)

func (k *answersKept) enter(ctx context.Context) func() {
	k.mutex.Lock()
	_, bounded := ctx.Deadline()
	k.bounded = k.bounded && bounded && ctx.Err() == nil
	return k.mutex.Unlock
}

func (k *answersKept) BeginRequest(ctx context.Context, r domain.IdempotentRequest, now time.Time) (domain.IdempotentRequest, bool, error) {
	defer k.enter(ctx)()
	if k.begin != nil {
		return domain.IdempotentRequest{}, false, k.begin
	}
	id := string(r.Owner) + "/" + r.Key
	if stored, known := k.requests[id]; known && now.Before(stored.ExpiresAt) {
		if stored.Fingerprint != r.Fingerprint || stored.Answered() || now.Before(stored.LeaseEnds) {
			return stored, false, nil
		}
	}
	k.requests[id] = r
	return r, true, nil
}

func (k *answersKept) FinishRequest(ctx context.Context, owner domain.UserID, key string, status int, answer []byte) error {
	defer k.enter(ctx)()
	if k.finish != nil {
		return k.finish
	}
	r := k.requests[string(owner)+"/"+key]
	r.Status, r.Answer = status, bytes.Clone(answer)
	k.requests[string(owner)+"/"+key] = r
	return nil
}

func (k *answersKept) DropRequest(ctx context.Context, owner domain.UserID, key string) error {
	defer k.enter(ctx)()
	if k.drop == nil {
		delete(k.requests, string(owner)+"/"+key)
	}
	return k.drop
}

// only returns the one request that is kept.
func (k *answersKept) only(t *testing.T) domain.IdempotentRequest {
	t.Helper()
	k.mutex.Lock()
	defer k.mutex.Unlock()
	require.Len(t, k.requests, 1)
	for _, r := range k.requests {
		return r
	}
	return domain.IdempotentRequest{}
}

// at is a clock that tests set.
type at struct{ time.Time }

func (a *at) Now() time.Time { return a.Time }

// shop is a service whose routes are Idempotent, and count how often they are called.
type shop struct {
	app   *fiber.App
	kept  *answersKept
	clock *at
	log   *journal
	calls int
	// sell is what the handler does.
	sell func(ctx context.Context) (string, error)
}

func newShop() *shop {
	s := &shop{kept: &answersKept{requests: map[string]domain.IdempotentRequest{}, bounded: true}, log: &journal{}}
	s.clock = &at{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	s.sell = func(context.Context) (string, error) { return "sold <1>", nil }
	type order struct {
		ID   domain.DeckID `path:"id"`
		Q    string        `query:"q"`
		Body *struct {
			Size int `json:"size"`
		}
	}
	route := func(path string, access rest.Access, idempotent bool) rest.Endpoint {
		declared := with(spec("POST", path), func(s *rest.Spec) {
			s.Access, s.Idempotent, s.Status, s.CapitalFields = access, idempotent, 201, true
		})
		return rest.Route(declared, func(ctx context.Context, _ domain.Identity, _ order) (string, error) {
			s.calls++
			return s.sell(ctx)
		})
	}
	s.app = rest.NewServer(rest.ServerOptions{
		Logger: slog.New(slog.NewJSONHandler(s.log, nil)), Verifier: verifier{}, Idempotency: s.kept, Clock: s.clock,
	}, route("/orders/{id}", rest.SignedIn, true), route("/open/{id}", rest.Anyone, true), route("/plain/{id}", rest.SignedIn, false))
	return s
}

func (s *shop) order(t *testing.T, target, body, key, as string) reply {
	t.Helper()
	headers := []string{"Authorization", "Bearer " + as}
	if key != "" {
		headers = append(headers, rest.IdempotencyKeyHeader, key)
	}
	return call(t, s.app, "POST", target, body, headers...)
}

func (s *shop) buy(t *testing.T) reply {
	t.Helper()
	return s.order(t, "/orders/"+deckID, `{"size":1}`, clientKey, "verified")
}

func TestARequestMadeAgainWithItsKey(t *testing.T) {
	s := newShop()
	first := s.buy(t)
	require.Equal(t, 201, first.StatusCode)
	require.Equal(t, `{"message":"Created","data":"sold <1>"}`, first.body)
	require.Empty(t, first.Header.Get(rest.IdempotencyReplayedHeader))
	t.Run("is answered the same, and not done again", func(t *testing.T) {
		again := s.buy(t)
		require.Equal(t, first.StatusCode, again.StatusCode)
		require.Equal(t, first.body, again.body)
		require.Equal(t, first.Header.Get("Content-Type"), again.Header.Get("Content-Type"))
		require.Equal(t, "true", again.Header.Get(rest.IdempotencyReplayedHeader))
		require.NotEqual(t, first.Header.Get("X-Request-ID"), again.Header.Get("X-Request-ID"))
		require.Equal(t, 1, s.calls)
	})
	t.Run("is kept sealed, under a hash of the key", func(t *testing.T) {
		kept := s.kept.only(t)
		require.Equal(t, domain.UserID("u2"), kept.Owner)
		require.Regexp(t, `^[0-9a-f]{64}$`, kept.Key)
		require.Regexp(t, `^[0-9a-f]{64}$`, kept.Fingerprint)
		require.NotContains(t, string(kept.Answer), "sold")
		require.Equal(t, s.clock.Now().Add(15*time.Second), kept.LeaseEnds, "the deadline of the route, and five seconds")
		require.Equal(t, s.clock.Now().Add(24*time.Hour), kept.ExpiresAt)
	})
	for name, o := range map[string][2]string{
		"path":  {"/orders/" + otherID, `{"size":1}`},
		"query": {"/orders/" + deckID + "?q=1", `{"size":1}`},
		"body":  {"/orders/" + deckID, `{"size":2}`},
	} {
		t.Run("is refused with another "+name, func(t *testing.T) {
			got := s.order(t, o[0], o[1], clientKey, "verified")
			require.Equal(t, 409, got.StatusCode)
			require.Contains(t, got.body, `"idempotency_key_reused"`)
			require.Equal(t, 1, s.calls)
		})
	}
	t.Run("is refused when the same text has another place", func(t *testing.T) {
		s := newShop()
		require.Equal(t, 201, s.order(t, "/orders/"+deckID, "null", clientKey, "verified").StatusCode)
		require.Equal(t, 409, s.order(t, "/orders/"+deckID+"?null", "", clientKey, "verified").StatusCode)
	})
	t.Run("is another one for somebody else", func(t *testing.T) {
		require.Equal(t, 201, s.order(t, "/orders/"+otherID, "", clientKey, "unverified").StatusCode)
		require.Equal(t, 2, s.calls)
	})
	t.Run("is answered to who may call only", func(t *testing.T) {
		require.Equal(t, 401, s.order(t, "/orders/"+deckID, `{"size":1}`, clientKey, "stale").StatusCode)
	})
	t.Run("is done again a day later", func(t *testing.T) {
		s.clock.Time = s.clock.Add(24 * time.Hour)
		require.Empty(t, s.buy(t).Header.Get(rest.IdempotencyReplayedHeader))
		require.Equal(t, 3, s.calls)
	})
	t.Run("is kept for nobody too, where anyone may call", func(t *testing.T) {
		s := newShop()
		for range 2 {
			require.Equal(t, 201, s.order(t, "/open/"+deckID, "", clientKey, "").StatusCode)
		}
		require.Equal(t, 1, s.calls)
		require.Empty(t, s.kept.only(t).Owner)
	})
	require.True(t, s.kept.bounded, "every call of storage has a deadline")
}

func TestIdempotencyKeys(t *testing.T) {
	for name, key := range map[string]string{
		"too short": strings.Repeat("k", 15), "too long": strings.Repeat("k", 256), "with a space": "k 0123456789abcdef", "outside ASCII": "é0123456789abcdef",
	} {
		t.Run(name+" are refused", func(t *testing.T) {
			s := newShop()
			got := s.order(t, "/orders/"+deckID, "", key, "verified")
			require.Equal(t, 400, got.StatusCode)
			require.Contains(t, got.body, field("Idempotency-Key", "The key must be 16 to 255 visible ASCII characters."))
			require.Zero(t, s.calls)
		})
	}
	for _, key := range []string{strings.Repeat("k", 16), strings.Repeat("~", 255)} {
		t.Run("of a fitting length are taken", func(t *testing.T) {
			require.Equal(t, 201, newShop().order(t, "/orders/"+deckID, "", key, "verified").StatusCode)
		})
	}
	t.Run("are known to the handler", func(t *testing.T) {
		s, seen := newShop(), ""
		s.sell = func(ctx context.Context) (string, error) {
			seen = rest.IdempotencyKey(ctx)
			return "", nil
		}
		s.buy(t)
		require.Equal(t, clientKey, seen)
		s.order(t, "/orders/"+deckID, "", "", "verified")
		require.Empty(t, seen)
	})
	t.Run("count for nothing on other routes", func(t *testing.T) {
		s := newShop()
		for range 2 {
			require.Equal(t, 201, s.order(t, "/plain/"+deckID, "", "short", "verified").StatusCode)
		}
		require.Equal(t, 2, s.calls)
	})
	t.Run("count for nothing where answers are not kept", func(t *testing.T) {
		app, _ := serve(echo[deckRequest](with(spec("POST", "/x"), func(s *rest.Spec) { s.Idempotent = true })))
		require.Equal(t, 200, call(t, app, "POST", "/x", `{"name":"n"}`, rest.IdempotencyKeyHeader, "short").StatusCode)
	})
}

func TestARequestThatFailedMayBeMadeAgain(t *testing.T) {
	for name, sell := range map[string]func(context.Context) (string, error){
		"after a failure": func(context.Context) (string, error) { return "", domain.NewError(domain.CodeBusy, "") },
		"after a panic":   func(context.Context) (string, error) { panic("out of order") },
		"after an answer that is too large": func(context.Context) (string, error) {
			return strings.Repeat("x", 256<<10), nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop()
			well := s.sell
			s.sell = sell
			s.buy(t)
			require.Empty(t, s.kept.requests)
			s.sell = well
			again := s.buy(t)
			require.Equal(t, 201, again.StatusCode)
			require.Empty(t, again.Header.Get(rest.IdempotencyReplayedHeader))
			require.Equal(t, 2, s.calls)
			require.True(t, s.kept.bounded)
		})
	}
	t.Run("the largest answer that is kept has 256 KiB", func(t *testing.T) {
		s := newShop()
		s.sell = func(context.Context) (string, error) {
			return strings.Repeat("x", 256<<10-len(`{"message":"Created","data":""}`)), nil
		}
		first := s.buy(t)
		require.Equal(t, first.body, s.buy(t).body)
		require.Equal(t, 1, s.calls)
	})
}

func TestARequestThatIsBeingWorkedOn(t *testing.T) {
	s := newShop()
	var meanwhile reply
	s.sell = func(context.Context) (string, error) {
		if s.calls == 1 {
			meanwhile = s.buy(t)
		}
		return "sold", nil
	}
	require.Equal(t, 201, s.buy(t).StatusCode)
	require.Equal(t, 409, meanwhile.StatusCode)
	require.Contains(t, meanwhile.body, `"in_progress"`)
	require.Equal(t, "1", meanwhile.Header.Get("Retry-After"))
	require.Equal(t, 1, s.calls)
	t.Run("is taken over when its process is taken to have stopped", func(t *testing.T) {
		r := s.kept.only(t)
		r.Status, r.Answer = 0, nil
		s.kept.requests["u2/"+r.Key] = r
		require.Equal(t, 409, s.buy(t).StatusCode)
		s.clock.Time = r.LeaseEnds
		require.Equal(t, 201, s.buy(t).StatusCode)
		require.Equal(t, 2, s.calls)
	})
}

func TestAnswersWhileStorageFails(t *testing.T) {
	away := domain.WrapError(domain.CodeUnavailable, "", errors.New(secretCause))
	t.Run("nothing is done when a request cannot be noted", func(t *testing.T) {
		s := newShop()
		s.kept.begin = away
		require.Equal(t, 503, s.buy(t).StatusCode)
		require.Zero(t, s.calls)
	})
	t.Run("work that is done is answered, though the answer cannot be kept", func(t *testing.T) {
		s := newShop()
		s.kept.finish = away
		require.Equal(t, 201, s.buy(t).StatusCode)
		require.Contains(t, s.log.String(), "an answer could not be kept")
		assert.Empty(t, s.kept.requests, "so the request may be made again")
	})
	t.Run("a failure is answered as it is, though the request cannot be dropped", func(t *testing.T) {
		s := newShop()
		s.kept.drop = away
		s.sell = func(context.Context) (string, error) { return "", domain.NotFound("thing") }
		require.Equal(t, 404, s.buy(t).StatusCode)
		require.Contains(t, s.log.String(), "a request could not be dropped")
	})
	t.Run("what was kept and changed by somebody is not answered", func(t *testing.T) {
		for name, change := range map[string]func(*domain.IdempotentRequest){
			"answer": func(r *domain.IdempotentRequest) { r.Answer[len(r.Answer)-1] ^= 1 },
			"status": func(r *domain.IdempotentRequest) { r.Status = 200 },
			"length": func(r *domain.IdempotentRequest) { r.Answer = r.Answer[:3] },
		} {
			s := newShop()
			s.buy(t)
			r := s.kept.only(t)
			change(&r)
			s.kept.requests["u2/"+r.Key] = r
			require.Equal(t, 500, s.buy(t).StatusCode, name)
		}
	})
}
