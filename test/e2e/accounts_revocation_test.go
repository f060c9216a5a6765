package e2e

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/test/mailserver"
)

// takesEffectWithin is what is promised, and some time for the question itself.
const takesEffectWithin = 33 * time.Second

// devices are a person with two sign-ins and an API token.
type devices struct {
	first, second, program *client
	programID              string
}

func (s *system) devices(t *testing.T) *devices {
	t.Helper()
	person := s.person(t)
	token := person.newAPIToken()
	return &devices{
		first: person.withToken(person.cookie(t, "Authorization")), second: person.withToken(person.signInAgain()),
		program: person.withToken(token.Token), programID: token.ID,
	}
}

func (d *devices) all() []*client { return []*client{d.first, d.second, d.program} }

// status asks something that each of the devices may ask while its token is good.
func (d *devices) status(c *client, gateway string) int {
	path := "/user"
	if c == d.program {
		path = "/decks"
	}
	a, err := c.at(gateway).try(http.MethodGet, path, nil)
	if err != nil {
		return 0
	}
	return a.Status
}

// ending is a way to end something, and which of a person's devices it ends.
type ending struct {
	name string
	end  func(t *testing.T, s *system, server *mailserver.Server, d *devices)
	ends func(d *devices) []*client
}

func justSecond(d *devices) []*client { return []*client{d.second} }

var endings = []ending{
	{"a sign-out", func(_ *testing.T, _ *system, _ *mailserver.Server, d *devices) {
		d.second.must(http.StatusOK, http.MethodGet, "/user/logout", nil)
	}, justSecond},
	{"a password change", func(_ *testing.T, _ *system, _ *mailserver.Server, d *devices) {
		d.first.must(http.StatusOK, http.MethodPost, "/user/password", map[string]string{"current": password, "new": "another-otter-8"})
	}, justSecond},
	{"a password reset", func(t *testing.T, _ *system, server *mailserver.Server, d *devices) {
		d.first.must(http.StatusOK, http.MethodPost, "/user/password/forgot", map[string]string{"email": d.first.email})
		d.first.must(http.StatusOK, http.MethodPost, "/user/password/reset", map[string]string{
			"token": awaitLetter(t, server, d.first.email, 1).resetToken(t), "password": "another-otter-8",
		})
	}, (*devices).all},
	{"disabling", func(t *testing.T, s *system, _ *mailserver.Server, d *devices) {
		said, code := s.spacey(t, "user", "disable", d.first.email)
		require.Zero(t, code, said)
	}, (*devices).all},
	{"deletion", func(_ *testing.T, _ *system, _ *mailserver.Server, d *devices) {
		d.first.must(http.StatusOK, http.MethodDelete, "/user", map[string]string{"password": password})
	}, (*devices).all},
	{"the end of one session", func(t *testing.T, _ *system, _ *mailserver.Server, d *devices) {
		d.first.must(http.StatusOK, http.MethodDelete, "/user/sessions/"+d.second.session(t), nil)
	}, justSecond},
	{"the end of all other sessions", func(_ *testing.T, _ *system, _ *mailserver.Server, d *devices) {
		d.first.must(http.StatusOK, http.MethodDelete, "/user/sessions", nil)
	}, justSecond},
	{"the deletion of an API token", func(_ *testing.T, _ *system, _ *mailserver.Server, d *devices) {
		d.first.must(http.StatusOK, http.MethodDelete, "/user/tokens/"+d.programID, nil)
	}, func(d *devices) []*client { return []*client{d.program} }},
}

// session returns the id of the session by which the client asks.
func (c *client) session(t *testing.T) string {
	t.Helper()
	listed := data[struct {
		Items []struct {
			ID      string
			Current bool
		}
	}](t, c.must(http.StatusOK, http.MethodGet, "/user/sessions", nil))
	for _, session := range listed.Items {
		if session.Current {
			return session.ID
		}
	}
	t.Fatal("the session by which this is asked is not listed")
	return ""
}

func TestWhatEndsIsRefusedByTwoGatewaysWithin30Seconds(t *testing.T) {
	t.Parallel()
	server, environment := toMailServer(t)
	s := startServices(t, newStorage(t, "postgres"), environment...)
	gateways := []string{s.URL, s.addGateway()}
	var cases sync.WaitGroup
	for _, ending := range endings {
		d := s.devices(t)
		cases.Go(func() { ending.check(t, s, server, d, gateways) })
	}
	cases.Wait()
}

// check lets both gateways know all devices, ends some, and looks which are refused.
func (e ending) check(t *testing.T, s *system, server *mailserver.Server, d *devices, gateways []string) {
	for _, c := range d.all() {
		for _, gateway := range gateways {
			assert.Equal(t, http.StatusOK, d.status(c, gateway), "before %s", e.name)
		}
	}
	e.end(t, s, server, d)
	began := time.Now()
	ended := map[*client]bool{}
	for _, c := range e.ends(d) {
		ended[c] = true
		for i, gateway := range gateways {
			status := 0
			for status != http.StatusUnauthorized && time.Since(began) < takesEffectWithin {
				time.Sleep(250 * time.Millisecond)
				status = d.status(c, gateway)
			}
			if assert.Equal(t, http.StatusUnauthorized, status, "after %s, at gateway %d", e.name, i+1) {
				t.Logf("%s: refused by gateway %d after %v", e.name, i+1, time.Since(began).Round(100*time.Millisecond))
			}
		}
	}
	for _, c := range d.all() {
		for _, gateway := range gateways {
			if !ended[c] {
				assert.Equal(t, http.StatusOK, d.status(c, gateway), "%s ends nothing else", e.name)
			}
		}
	}
}
