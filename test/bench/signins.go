package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"

	"github.com/moshrank/spacey-backend/internal/adapters/argon2"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// signInsPerSecond is how many sign-ins arrive, studyPerSecond how many of each kind of the other requests.
	signInsPerSecond, studyPerSecond = 100, 40
	// signInRound is the shortest round: those who wait for their turn need some seconds until they are as many as may.
	signInRound = 15 * time.Second
	// signInTarget is how many times as long the slowest hundredth of the other requests may take.
	signInTarget   = 2
	signInPassword = "password-of-a-bench"
)

// compareSignIns asks for decks and the study queue and sends answers, without and with sign-ins arriving at the same time,
// at one process that does all.
func compareSignIns(ctx context.Context, l *lab) ([]comparison, error) {
	return l.besideSignIns(ctx, func(s *stand, environment []string) (*process, error) {
		return s.service(ctx, environment, "spacey", "serve")
	})
}

// compareSignInsApart is the same at a gateway, with a process for each service.
func compareSignInsApart(ctx context.Context, l *lab) ([]comparison, error) {
	return l.besideSignIns(ctx, func(s *stand, environment []string) (*process, error) {
		if err := s.migrate(ctx, environment); err != nil {
			return nil, err
		}
		for _, service := range [][2]string{
			{"user-service", "USER_SERVICE_HOST_NAME"}, {"config-service", "CONFIG_SERVICE_HOST_NAME"},
			{"deck-management-service", "DECK_SERVICE_HOST_NAME"}, {"learning-service", "LEARNING_SERVICE_HOST_NAME"},
		} {
			p, err := s.service(ctx, environment, service[0])
			if err != nil {
				return nil, err
			}
			environment = append(environment, service[1]+"="+p.address)
		}
		return s.service(ctx, environment, "api")
	})
}

// besideSignIns measures at the gateway that start starts. The load generator is its proxy: each sign-in has an address of its
// own.
func (l *lab) besideSignIns(ctx context.Context, start func(*stand, []string) (*process, error)) ([]comparison, error) {
	s, err := l.newStand()
	if err != nil {
		return nil, err
	}
	defer s.close()
	database, err := onSQLite.create(ctx, s, served)
	if err != nil {
		return nil, err
	}
	gateway, err := start(s, append(database.environment(), "TRUSTED_PROXIES=127.0.0.1"))
	if err != nil {
		return nil, err
	}
	people, err := signUpMany(ctx, gateway.address, students, studentCards)
	if err != nil {
		return nil, err
	}
	round := max(l.round, signInRound)
	storage, store, err := database.open(ctx)
	if err != nil {
		return nil, err
	}
	accounts := int(1.2 * signInsPerSecond * round.Seconds()) // more than come in a round
	if err := errors.Join(addAccounts(ctx, storage.Users, accounts), store.Close()); err != nil {
		return nil, err
	}
	return l.takeSignIns(ctx, crowdAt(gateway.address, people, accounts), round)
}

// addAccounts adds accounts that share one hash, past the gateway: hashing thousands of passwords would take minutes.
func addAccounts(ctx context.Context, users ports.Users, accounts int) error {
	hash, err := argon2.New().Hash(ctx, signInPassword)
	if err != nil {
		return err
	}
	var next atomic.Int64
	return each(ctx, func(int) (bool, error) {
		n := int(next.Add(1)) - 1
		if n >= accounts {
			return false, nil
		}
		request := domain.SignUp{Name: "Person", Email: signInEmail(n), Password: signInPassword}
		return true, users.InsertUser(ctx, domain.NewUser(domain.UserID(system.IDs{}.NewID()), request, hash, system.Clock{}.Now()))
	})
}

func signInEmail(n int) string { return fmt.Sprintf("crowd%d@example.org", n) }

// crowd is people who study, and others who sign in.
type crowd struct {
	http    *fasthttp.HostClient
	study   []arrivals
	signIns arrivals
}

func crowdAt(address string, people []*person, accounts int) *crowd {
	base := "http://" + address
	as := func(n int, request *fasthttp.Request, method, path string) *person {
		p := people[n%len(people)]
		request.Header.SetMethod(method)
		request.Header.Set("Authorization", "Bearer "+p.Token)
		if path == "" {
			path = "/decks/" + p.Deck
		}
		request.SetRequestURI(base + path)
		return p
	}
	return &crowd{http: newSender(address), signIns: signInsAt(base, accounts), study: []arrivals{
		{name: "GET /decks/{id}", perSecond: studyPerSecond, check: has(`"name":"Deck"`), prepare: func(n int, request *fasthttp.Request) {
			as(n, request, fasthttp.MethodGet, "")
		}},
		{name: "GET /learning/queue", perSecond: studyPerSecond, check: has(`"counts":`), prepare: func(n int, request *fasthttp.Request) {
			as(n, request, fasthttp.MethodGet, fmt.Sprint("/learning/queue?limit=", queueCards))
		}},
		{name: "POST /learning/reviews", perSecond: studyPerSecond, check: has(`"status":"recorded"`), prepare: func(n int, request *fasthttp.Request) {
			p := as(n, request, fasthttp.MethodPost, "/learning/reviews")
			card := n / len(people) % len(p.Cards)
			request.Header.SetContentType("application/json")
			request.SetBodyString(batchOf(&person{Cards: p.Cards[card : card+1]}, n%len(people), n, time.Now()))
		}},
	}}
}

// has makes sure that an answer is a success with a text in it.
func has(text string) func(n, status int, body []byte) error {
	return func(_, status int, body []byte) error {
		if status != fasthttp.StatusOK || !bytes.Contains(body, []byte(text)) {
			return fmt.Errorf("the answer is %d: %.300s", status, body)
		}
		return nil
	}
}

// signInsAt are sign-ins of different people from addresses where nobody was before. Every other password is wrong.
func signInsAt(base string, accounts int) arrivals {
	var addresses atomic.Uint32
	return arrivals{name: "POST /user/login", perSecond: signInsPerSecond, check: signInAnswered, prepare: func(n int, request *fasthttp.Request) {
		request.SetRequestURI(base + "/user/login")
		request.Header.SetMethod(fasthttp.MethodPost)
		request.Header.SetContentType("application/json")
		request.Header.Set("X-Forwarded-For", privateAddress(addresses.Add(1)).String())
		password := signInPassword
		if !signsInRightly(n) {
			password = "not-" + password
		}
		request.SetBodyString(fmt.Sprintf(`{"email":%q,"password":%q}`, signInEmail(n%accounts), password))
	}}
}

func signsInRightly(n int) bool { return n%2 == 0 }

// privateAddress returns address n of 10.0.0.0/8.
func privateAddress(n uint32) netip.Addr {
	var bytes [4]byte
	binary.BigEndian.PutUint32(bytes[:], 10<<24|n&(1<<24-1))
	return netip.AddrFrom4(bytes)
}

// signInAnswered makes sure that only who has the password is let in. Both may be told that too many come at once.
func signInAnswered(n, status int, body []byte) error {
	want := fasthttp.StatusUnauthorized
	if signsInRightly(n) {
		want = fasthttp.StatusOK
	}
	if status != want && status != fasthttp.StatusServiceUnavailable {
		return fmt.Errorf("a sign-in whose password is right (%t) is answered %d: %.300s", signsInRightly(n), status, body)
	}
	return nil
}

// takeSignIns lets people study without and with sign-ins beside them, in turns, and compares how long requests took.
func (l *lab) takeSignIns(ctx context.Context, c *crowd, round time.Duration) ([]comparison, error) {
	defer c.http.CloseIdleConnections()
	if _, _, err := c.come(ctx, signInRound/3, true); err != nil {
		return nil, fmt.Errorf("warming up: %w", err)
	}
	names := []string{"all: p50", "all: p99", "all: p99.9"}
	for _, a := range c.study {
		names = append(names, a.name+": p99")
	}
	found := make([]comparison, len(names))
	for i, name := range names {
		found[i] = comparison{floor: name + " in ms, without sign-ins", figure: fmt.Sprintf("the same while %d sign-ins a second arrive", signInsPerSecond)}
	}
	found[1].target = target{longerAtMost: signInTarget}
	for n := range 2 * l.rounds {
		with := n%4 == 1 || n%4 == 2 // every other round in reverse order
		before := loadAverage()
		study, signIns, err := c.come(ctx, round, with)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(os.Stderr, "sign-ins:%s; study: %s; load average %s before, %s after\n", signIns, percentiles(all(study...)), before, loadAverage())
		for i, value := range studyTimes(study) {
			if with {
				found[i].figures = append(found[i].figures, value)
			} else {
				found[i].floors = append(found[i].floors, value)
			}
		}
	}
	return found, nil
}

// studyTimes returns p50, p99 and p99.9 of all requests, and p99 of each kind, in milliseconds.
func studyTimes(study []times) []float64 {
	together := all(study...)
	values := []float64{percentile(together, 50), percentile(together, 99), percentile(together, 99.9)}
	for _, t := range study {
		values = append(values, percentile(all(t), 99))
	}
	return values
}

// come lets people study for a while, with or without others who sign in.
func (c *crowd) come(ctx context.Context, d time.Duration, withSignIns bool) (study []times, signIns times, err error) {
	study = make([]times, len(c.study))
	group, ctx := errgroup.WithContext(ctx)
	for i, a := range c.study {
		group.Go(func() (err error) {
			study[i], err = a.come(ctx, c.http, d)
			return err
		})
	}
	if withSignIns {
		group.Go(func() (err error) {
			signIns, err = c.signIns.come(ctx, c.http, d)
			return err
		})
	}
	return study, signIns, group.Wait()
}

// loadAverage returns the system's load of the last minute where it tells.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	load, _, _ := strings.Cut(string(text), " ")
	return load
}
