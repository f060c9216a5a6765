package rest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// The headers of a request that may be made again without doing anything twice, and of an answer that is repeated.
const (
	IdempotencyKeyHeader      = "Idempotency-Key"
	IdempotencyReplayedHeader = "Idempotency-Replayed"
)

const (
	minIdempotencyKey = 16
	maxIdempotencyKey = 255
	// maxKeptAnswer is the size of the largest answer that is kept, in bytes. A request with a larger one is done again when
	// it is repeated, which is harmless: what it makes has the same ids.
	maxKeptAnswer = 256 << 10
	// leaseReserve is how much longer than the deadline of its route a request is taken to be worked on. keepingTime is how
	// much of that there is to keep the answer.
	leaseReserve = 5 * time.Second
	keepingTime  = 3 * time.Second
)

// IdempotencyKey returns the Idempotency-Key of the request that a handler answers, "" when it has none. What the handler
// makes has ids that follow from it, so that the request made again after a crash makes nothing twice.
func IdempotencyKey(ctx context.Context) string {
	key, _ := ctx.Value(idempotencyKey).(string)
	return key
}

// keyOf returns the Idempotency-Key of a request, "" when there is none or the route takes none. CodeInvalid.
func (s *server) keyOf(c *fiber.Ctx, spec Spec) (string, error) {
	if !spec.Idempotent || s.options.Idempotency == nil || len(c.Request().Header.Peek(IdempotencyKeyHeader)) == 0 {
		return "", nil
	}
	key := c.Get(IdempotencyKeyHeader)
	fits := len(key) >= minIdempotencyKey && len(key) <= maxIdempotencyKey
	for i := range len(key) {
		fits = fits && key[i] > ' ' && key[i] < 0x7f
	}
	if !fits {
		return "", domain.Invalid(IdempotencyKeyHeader, "The key must be 16 to 255 visible ASCII characters.")
	}
	return key, nil
}

// once answers a request that has an Idempotency-Key: from what is kept of an earlier one, or by doing it.
func (s *server) once(ctx context.Context, c *fiber.Ctx, spec Spec, owner domain.UserID, key string, do func(context.Context) error) error {
	now := s.options.Clock.Now()
	request := domain.IdempotentRequest{
		Owner: owner, Key: hashOf(key), Fingerprint: fingerprint(c), CreatedAt: now,
		LeaseEnds: now.Add(spec.Deadline + leaseReserve), ExpiresAt: now.Add(domain.IdempotencyLifetime),
	}
	stored, mine, err := s.options.Idempotency.BeginRequest(ctx, request, now)
	switch {
	case err != nil:
		return spec.present(ctx, err)
	case mine:
		return s.first(ctx, c, request, key, do)
	case stored.Fingerprint != request.Fingerprint:
		return domain.NewError(domain.CodeKeyReused, "")
	case !stored.Answered():
		return &domain.Error{Code: domain.CodeInProgress, RetryAfter: time.Second}
	}
	body, err := unseal(stored, key)
	if err != nil {
		return err
	}
	c.Set(IdempotencyReplayedHeader, "true")
	c.Set(fiber.HeaderXRequestID, RequestID(c))
	c.Response().Header.SetContentType(fiber.MIMEApplicationJSON)
	return c.Status(stored.Status).Send(body)
}

// first does a request, and keeps its answer when it is a success. Else, or when the answer is too large, nothing is kept,
// and the request may be made again.
func (s *server) first(ctx context.Context, c *fiber.Ctx, request domain.IdempotentRequest, key string, do func(context.Context) error) error {
	kept := false
	defer func() { // after a panic too
		if !kept {
			s.drop(ctx, c, request)
		}
	}()
	if err := do(context.WithValue(ctx, idempotencyKey, key)); err != nil {
		return err
	}
	if len(c.Response().Body()) <= maxKeptAnswer {
		kept = s.keep(ctx, c, request, key)
	}
	return nil
}

// keep stores the answer. It reports whether it did: the work is done either way, so that is no failure of the request.
func (s *server) keep(ctx context.Context, c *fiber.Ctx, request domain.IdempotentRequest, key string) bool {
	ctx, cancel := afterwards(ctx)
	defer cancel()
	request.Status = c.Response().StatusCode()
	answer, err := seal(request, key, c.Response().Body())
	if err == nil {
		err = s.options.Idempotency.FinishRequest(ctx, request.Owner, request.Key, request.Status, answer)
	}
	if err != nil {
		s.options.Logger.WarnContext(ctx, "an answer could not be kept", "requestID", RequestID(c), "error", err)
	}
	return err == nil
}

// drop lets the request be made again. Where it fails, the end of the lease does.
func (s *server) drop(ctx context.Context, c *fiber.Ctx, request domain.IdempotentRequest) {
	ctx, cancel := afterwards(ctx)
	defer cancel()
	if err := s.options.Idempotency.DropRequest(ctx, request.Owner, request.Key); err != nil {
		s.options.Logger.WarnContext(ctx, "a request could not be dropped", "requestID", RequestID(c), "error", err)
	}
}

// afterwards returns a context for what follows a request whose own time may be up.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), keepingTime)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// fingerprint returns a hash of what a request asks for.
func fingerprint(c *fiber.Ctx) string {
	hash := sha256.New()
	uri := c.Request().URI()
	for _, part := range [][]byte{c.Request().Header.Method(), uri.PathOriginal(), uri.QueryString(), c.Request().Body()} {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		hash.Write(length[:])
		hash.Write(part)
	}
	return hex.EncodeToString(hash.Sum(nil))
}
