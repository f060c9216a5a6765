package e2e

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAnAddressWithAnAccountIsAnsweredAsOneWithout sends 200 requests each about known and unknown addresses, in random
// order, and reports how long they took. That both do the same work is seen by the answers.
func TestAnAddressWithAnAccountIsAnsweredAsOneWithout(t *testing.T) {
	s := start(t, newStorage(t, "sqlite"), "TRUSTED_PROXIES=127.0.0.1")
	const accounts, times = 100, 2 // twice each is below every back-off
	var known []string
	for range accounts {
		known = append(known, s.person(t).email)
	}
	for path, body := range map[string]string{"/user/login": `{"email":%q,"password":"not it 9"}`, "/user/password/forgot": `{"email":%q}`} {
		t.Run(path, func(t *testing.T) {
			status := map[string]int{"/user/login": http.StatusUnauthorized, "/user/password/forgot": http.StatusOK}[path]
			var took [2][]float64
			var answers [2]map[string]bool
			answers[0], answers[1] = map[string]bool{}, map[string]bool{}
			for n, i := range rand.Perm(2 * accounts * times) {
				kind, email := i%2, known[i/2%accounts]
				if kind == 1 {
					email = fmt.Sprintf("stranger%d@example.org", i/2%accounts)
				}
				address := map[string]string{"X-Forwarded-For": fmt.Sprintf("100.%d.%d.7", 64+n/200, n%200)}
				began := time.Now()
				a := s.with(t, http.MethodPost, path, fmt.Sprintf(body, email), address)
				took[kind] = append(took[kind], time.Since(began).Seconds()*1000)
				require.Equal(t, status, a.Status, "%s: %s", email, a.Body)
				answers[kind][shapeOf(a)] = true
			}
			assert.Equal(t, answers[1], answers[0], "the answers, their headers included")
			assert.Len(t, answers[0], 1)
			t.Logf("%s, %d each: median %.2f ms known, %.2f ms unknown; 95th percentile %.2f and %.2f ms; Kolmogorov-Smirnov distance %.3f (5 %% level: %.3f)", path, len(took[0]),
				quantile(took[0], 0.5), quantile(took[1], 0.5), quantile(took[0], 0.95), quantile(took[1], 0.95), distance(took[0], took[1]), 1.358*math.Sqrt(2/float64(len(took[0]))))
		})
	}
}

// shapeOf returns an answer without what differs from one to the next.
func shapeOf(a answer) string {
	header := a.Header.Clone()
	for _, name := range []string{"X-Request-Id", "Date", "Ratelimit-Remaining", "Ratelimit-Reset"} {
		header.Del(name)
	}
	return fmt.Sprint(a.Status, header, requestIDs.ReplaceAllString(a.Body, ""))
}

var requestIDs = regexp.MustCompile(`"requestID":"[^"]*"`)

// quantile returns the value that the share q of all values is at or below.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// distance returns the Kolmogorov-Smirnov distance of two samples: the largest difference of the shares at or below a value.
func distance(a, b []float64) float64 {
	share := func(values []float64, most float64) float64 {
		n := 0
		for _, v := range values {
			if v <= most {
				n++
			}
		}
		return float64(n) / float64(len(values))
	}
	largest := 0.0
	for _, v := range slices.Concat(a, b) {
		largest = max(largest, math.Abs(share(a, v)-share(b, v)))
	}
	return largest
}
