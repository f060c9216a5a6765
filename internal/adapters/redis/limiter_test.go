package redis

import (
	"context"
	"crypto/rand"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/engines"
)

// connect returns a limiter that is closed after the test.
func connect(t *testing.T, url string) *Limiter {
	t.Helper()
	limiter, err := Open(url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, limiter.Close()) })
	return limiter
}

// fresh returns a quota that nobody has used, and its key in Redis.
func fresh(perMinute int) (quota ports.Quota, key string) {
	name := rand.Text()
	return ports.Quota{Key: []byte(name), PerMinute: perMinute}, keyPrefix + name
}

func ask(t *testing.T, l *Limiter, quotas ...ports.Quota) ports.Allowance {
	t.Helper()
	allowance, err := l.Take(t.Context(), quotas)
	require.NoError(t, err)
	return allowance
}

func TestTake(t *testing.T) {
	url := engines.Redis(t)
	limiter := connect(t, url)

	t.Run("a quota is used up by all who share it, and tells what is left", func(t *testing.T) {
		other := connect(t, url)
		quota, _ := fresh(4)
		for left, l := range []*Limiter{limiter, other, limiter, other} {
			allowance := ask(t, l, quota)
			require.True(t, allowance.Granted)
			require.Equal(t, 4, allowance.Limit)
			require.Equal(t, 3-left, allowance.Remaining)
			require.LessOrEqual(t, allowance.Reset, time.Minute)
		}
		for _, l := range []*Limiter{limiter, other} {
			allowance := ask(t, l, quota)
			require.False(t, allowance.Granted)
			require.Positive(t, allowance.RetryAfter)
			require.LessOrEqual(t, allowance.RetryAfter, 15*time.Second)
		}
	})
	t.Run("requests are given back as time goes by in Redis", func(t *testing.T) {
		quota, key := fresh(4)
		for range 4 {
			require.True(t, ask(t, limiter, quota).Granted)
		}
		require.False(t, ask(t, limiter, quota).Granted)
		whole, err := limiter.client.Get(t.Context(), key).Int64()
		require.NoError(t, err)
		// As if two of them, 15 seconds each, had been given back.
		require.NoError(t, limiter.client.Set(t.Context(), key, whole-(30*time.Second).Microseconds(), goredis.KeepTTL).Err())
		require.True(t, ask(t, limiter, quota).Granted)
		require.True(t, ask(t, limiter, quota).Granted)
		require.False(t, ask(t, limiter, quota).Granted)
	})
	t.Run("a request counts against all of its quotas or none", func(t *testing.T) {
		address, _ := fresh(3)
		ann, _ := fresh(1)
		ben, _ := fresh(5)
		require.True(t, ask(t, limiter, address, ann).Granted)
		for range 5 {
			allowance := ask(t, limiter, address, ann)
			require.False(t, allowance.Granted)
			require.Equal(t, 1, allowance.Limit, "the quota that is used up is told of")
		}
		require.True(t, ask(t, limiter, address, ben).Granted)
		require.True(t, ask(t, limiter, address).Granted)
		require.False(t, ask(t, limiter, ben, address).Granted)
		require.Equal(t, 3, ask(t, limiter, ben).Remaining)
	})
	t.Run("at the same time no more are granted than there are", func(t *testing.T) {
		quota, _ := fresh(20)
		var granted atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 20 {
					if allowance, err := limiter.Take(context.Background(), []ports.Quota{quota}); err == nil && allowance.Granted {
						granted.Add(1)
					}
				}
			})
		}
		all.Wait()
		require.GreaterOrEqual(t, granted.Load(), int64(20))
		require.LessOrEqual(t, granted.Load(), int64(40), "on a machine so slow that this takes a minute")
	})
	t.Run("of a key nothing is kept when all of its quota is there again", func(t *testing.T) {
		quota, key := fresh(600)
		allowance := ask(t, limiter, quota)
		left := limiter.client.PTTL(t.Context(), key).Val()
		require.LessOrEqual(t, left, allowance.Reset)
		require.NotEqual(t, time.Duration(-1), left, "it expires, or has done so")
		full, key := fresh(1)
		ask(t, limiter, full)
		left = limiter.client.PTTL(t.Context(), key).Val()
		require.Positive(t, left)
		require.LessOrEqual(t, left, time.Minute)
	})
	t.Run("what somebody else has put there, or a clock that was set back, holds nobody up for more than a minute more", func(t *testing.T) {
		quota, key := fresh(1)
		require.NoError(t, limiter.client.Set(t.Context(), key, "nonsense", time.Minute).Err())
		require.True(t, ask(t, limiter, quota).Granted)
		for ahead, want := range map[time.Duration]time.Duration{24 * time.Hour: 0, 90 * time.Second: time.Minute} {
			stored := time.Now().Add(ahead).UnixMicro()
			require.NoError(t, limiter.client.Set(t.Context(), key, stored, time.Minute).Err())
			require.Equal(t, want, ask(t, limiter, quota).RetryAfter)
		}
	})
	t.Run("an answer that cannot be is a failure", func(t *testing.T) {
		quota, _ := fresh(1)
		for _, debts := range [][]int64{nil, {0, 0}, {-1}, {time.Minute.Microseconds() + 1}} {
			_, err := allowance([]ports.Quota{quota}, debts)
			require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err), debts)
		}
		_, key := fresh(1)
		require.NoError(t, limiter.client.RPush(t.Context(), key, "a list").Err())
		t.Cleanup(func() { limiter.client.Del(context.Background(), key) })
		_, err := limiter.Take(t.Context(), []ports.Quota{{Key: []byte(key[len(keyPrefix):]), PerMinute: 1}})
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	})
}

func TestAServerThatIsNotThere(t *testing.T) {
	quota, _ := fresh(1)

	t.Run("is no reason not to start, and unavailable", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, listener.Close())
		limiter := connect(t, "redis://:secret@"+listener.Addr().String())
		_, err = limiter.Take(t.Context(), []ports.Quota{quota})
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		require.NotContains(t, err.Error(), "secret")
	})
	t.Run("is not waited for longer than the caller wants, though it takes connections", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0") // nobody accepts: the system does
		require.NoError(t, err)
		defer listener.Close()
		limiter, err := open("redis://"+listener.Addr().String(), time.Hour)
		require.NoError(t, err)
		defer func() { _ = limiter.Close() }()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, err = limiter.Take(ctx, []ports.Quota{quota})
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	})
	t.Run("with another password is unavailable, and the password is not told", func(t *testing.T) {
		address, err := goredis.ParseURL(engines.Redis(t))
		require.NoError(t, err)
		_, err = connect(t, "redis://:secret@"+address.Addr).Take(t.Context(), []ports.Quota{quota})
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		require.NotContains(t, err.Error(), "secret")
	})
}

func TestCheckURL(t *testing.T) {
	for _, url := range []string{
		"redis://localhost", "redis://localhost:6379/3", "rediss://user:p%2Fw@redis.example:6380/0", "redis://:pw@[::1]:6379", "unix:///run/redis.sock",
	} {
		assert.NoError(t, CheckURL(url), url)
	}
	for _, url := range []string{
		"", "localhost:6379", "http://user:secret@h", "redis://user:secret@h:port", "redis://user:sec/ret@h", "redis://user:sec%ret@h",
		"redis://user:secret@h/notanumber", "redis://user:secret@h/0?secret=1", "user:secret@h",
	} {
		err := CheckURL(url)
		require.Error(t, err, url)
		assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
		assert.NotContains(t, err.Error(), "cret")
		assert.NotContains(t, err.Error(), "sec/")
		_, err = Open(url)
		require.Error(t, err, url)
	}
}
