package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/app/simulation"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// apiTimeout bounds one request.
	apiTimeout = time.Minute
	// apiTries is how often a request is made that the server wants later: sign-ups are let in slowly.
	apiTries = 20
	// maxAPIAnswer bounds the answer that is read, in bytes.
	maxAPIAnswer = 16 << 20
)

// apiSchool lets people learn at a running spacey.
type apiSchool struct {
	base   string
	client *http.Client
}

var _ simulation.School = (*apiSchool)(nil)

// newAPISchool returns the school at an address like http://localhost:8080.
func newAPISchool(address string) (*apiSchool, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Host == "" {
		return nil, fmt.Errorf("-api must be an address like http://localhost:8080, it is %q", address)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = simulatedAtOnce
	return &apiSchool{strings.TrimSuffix(address, "/"), &http.Client{Timeout: apiTimeout, Transport: transport}}, nil
}

// Enrol signs a person up and makes their settings, decks and cards. The times of all that are the server's.
func (s *apiSchool) Enrol(ctx context.Context, person simulation.Person, texts []domain.CardText, _ time.Time) (simulation.Desk, []domain.CardID, error) {
	var account struct{ Token string }
	signUp := map[string]string{"name": person.Name, "email": person.Email, "password": simulatedPassword}
	if err := s.call(ctx, "", http.MethodPost, "/user", signUp, &account); err != nil {
		return nil, nil, fmt.Errorf("signing up: %w", err)
	}
	settings := map[string]any{
		"timeZone": person.Calendar.Zone(), "rolloverHour": person.Calendar.Rollover(), "newPerDay": person.NewPerDay,
	}
	if err := s.call(ctx, account.Token, http.MethodPatch, "/learning/settings", settings, nil); err != nil {
		return nil, nil, fmt.Errorf("changing the settings: %w", err)
	}
	var cards []domain.CardID
	for part := range slices.Chunk(texts, simulation.DeckSize) {
		ids, err := s.addDeck(ctx, account.Token, len(cards)/simulation.DeckSize+1, part)
		if err != nil {
			return nil, nil, err
		}
		cards = append(cards, ids...)
	}
	desk := &apiDesk{school: s, token: account.Token, newPerDay: person.NewPerDay, unseen: slices.Clone(cards), due: map[domain.CardID]time.Time{}}
	return desk, cards, nil
}

// addDeck makes a deck with cards.
func (s *apiSchool) addDeck(ctx context.Context, token string, number int, texts []domain.CardText) ([]domain.CardID, error) {
	var deck struct{ ID domain.DeckID }
	if err := s.call(ctx, token, http.MethodPost, "/decks", map[string]string{"name": "Simulated " + strconv.Itoa(number)}, &deck); err != nil {
		return nil, fmt.Errorf("adding deck %d: %w", number, err)
	}
	bodies := make([]map[string]string, len(texts))
	for i, text := range texts {
		bodies[i] = map[string]string{"question": text.Question, "answer": text.Answer, "deckID": string(deck.ID)}
	}
	var cards []struct{ ID domain.CardID }
	if err := s.call(ctx, token, http.MethodPost, "/decks/"+string(deck.ID)+"/cards", bodies, &cards); err != nil {
		return nil, fmt.Errorf("adding the cards of deck %d: %w", number, err)
	}
	ids := make([]domain.CardID, len(cards))
	for i := range cards {
		ids[i] = cards[i].ID
	}
	return ids, nil
}

// apiDesk is the desk of one person at a running spacey. The queue there goes by the real time, so the desk itself keeps
// what is due by the simulated one.
type apiDesk struct {
	school    *apiSchool
	token     string
	newPerDay int
	// unseen are the cards that were never answered, in order.
	unseen []domain.CardID
	due    map[domain.CardID]time.Time
}

// Due returns the cards that are due, in order, as far as a day's limit goes, and then new ones. There is one call a day.
func (d *apiDesk) Due(_ context.Context, now time.Time, limit int) ([]domain.CardID, error) {
	var cards []domain.CardID
	for card, due := range d.due {
		if !due.After(now) {
			cards = append(cards, card)
		}
	}
	slices.SortFunc(cards, func(a, b domain.CardID) int { return cmp.Or(d.due[a].Compare(d.due[b]), cmp.Compare(a, b)) })
	cards = cards[:min(len(cards), domain.DefaultReviewsPerDay)]
	cards = append(cards, d.unseen[:min(len(d.unseen), d.newPerDay)]...)
	return cards[:min(len(cards), limit)], nil
}

// Record sends answers. The same ones are sent again when the server is busy: the ids of their events are known.
func (d *apiDesk) Record(ctx context.Context, _ time.Time, answers []domain.Entry) ([]time.Time, error) {
	bodies := make([]map[string]any, len(answers))
	for i, answer := range answers {
		bodies[i] = map[string]any{
			"id": answer.ID, "cardID": answer.Card, "rating": answer.Rating, "buttons": answer.Buttons,
			"startedAt": answer.StartedAt, "finishedAt": answer.FinishedAt,
		}
	}
	var outcomes []struct {
		Due   time.Time
		Error json.RawMessage
	}
	if err := d.school.call(ctx, d.token, http.MethodPost, "/learning/reviews", bodies, &outcomes); err != nil {
		return nil, fmt.Errorf("recording answers: %w", err)
	}
	if len(outcomes) != len(answers) {
		return nil, fmt.Errorf("%d answers were sent, and the server said what became of %d", len(answers), len(outcomes))
	}
	due := make([]time.Time, len(answers))
	for i, answer := range answers {
		due[i] = outcomes[i].Due
		if due[i].IsZero() {
			return nil, fmt.Errorf("an answer to card %s was rejected: %s", answer.Card, outcomes[i].Error)
		}
		d.due[answer.Card] = due[i]
	}
	d.unseen = slices.DeleteFunc(d.unseen, func(card domain.CardID) bool { return !d.due[card].IsZero() })
	return due, nil
}

// call makes a request and reads the data of the answer. A request that comes too early is made again when the server
// says so. The error is a *domain.Error with the code of the server, where it says one.
func (s *apiSchool) call(ctx context.Context, token, method, path string, body, data any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		later, err := s.try(ctx, token, method, path, encoded, data)
		if later == 0 || try == apiTries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(later):
		}
	}
}

// try makes a request. later is how long to wait before it may be made again, 0 for never. Only what certainly had no
// effect, or has the same one twice, is made again.
func (s *apiSchool) try(ctx context.Context, token, method, path string, body []byte, data any) (later time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close() //nolint:errcheck // only read
	read, err := io.ReadAll(io.LimitReader(response.Body, maxAPIAnswer))
	if err != nil {
		return 0, fmt.Errorf("reading the answer of %s %s: %w", method, path, err)
	}
	if response.StatusCode < 300 {
		if data == nil {
			return 0, nil
		}
		if err := json.Unmarshal(read, &struct{ Data any }{data}); err != nil {
			return 0, fmt.Errorf("the answer of %s %s cannot be understood: %w", method, path, err)
		}
		return 0, nil
	}
	if response.StatusCode == http.StatusTooManyRequests || response.StatusCode == http.StatusServiceUnavailable && path == "/learning/reviews" {
		wait, _ := strconv.Atoi(response.Header.Get("Retry-After")) // without one a second is enough
		later = time.Duration(min(max(wait, 1), 120)) * time.Second
	}
	return later, refusal(method, path, response.StatusCode, read)
}

// refusal returns the error that the server answered with.
func refusal(method, path string, status int, answer []byte) error {
	var said struct {
		Code    domain.Code
		Message json.RawMessage
	}
	if err := json.Unmarshal(answer, &said); err != nil || said.Code == "" {
		return fmt.Errorf("%s %s was answered with %d", method, path, status)
	}
	cause := errors.New(method + " " + path + " was answered with " + strconv.Itoa(status))
	return domain.WrapError(said.Code, strings.Trim(string(said.Message), `"`), cause)
}
