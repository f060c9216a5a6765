// Package deckclient asks deck-management-service over HTTP, as another service of spacey that works for a person.
package deckclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// timeout is how long one call may take.
	timeout = 10 * time.Second
	// maxAnswer is how much of an answer is read, in bytes: a deck may hold thousands of long cards.
	maxAnswer = 64 << 20
)

// Client asks deck-management-service.
type Client struct {
	http *http.Client
	// urls are those of the replicas.
	urls []string
}

var (
	_ ports.RemoteDecks = (*Client)(nil)
	_ ports.RemoteCards = (*Client)(nil)
)

// New returns a client of the replicas with these URLs, which are tried in order.
func New(client *http.Client, urls []string) *Client {
	careful := *client
	careful.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{&careful, urls}
}

// card is a card as the service has it.
type card struct {
	ID       domain.CardID `json:"id"`
	Question string        `json:"question"`
	Answer   string        `json:"answer"`
	DeckID   domain.DeckID `json:"deckID"`
}

// DeckTexts returns the texts of all cards of a deck.
func (c *Client) DeckTexts(ctx context.Context, identity string, deck domain.DeckID) ([]domain.CardText, error) {
	var answer struct {
		Cards []card `json:"cards"`
	}
	if err := c.call(ctx, http.MethodGet, "/decks/"+string(deck), identity, "", nil, &answer); err != nil {
		return nil, err
	}
	texts := make([]domain.CardText, len(answer.Cards))
	for i, card := range answer.Cards {
		texts[i] = domain.CardText{Question: card.Question, Answer: card.Answer}
	}
	return texts, nil
}

// AddCards adds cards to a deck.
func (c *Client) AddCards(
	ctx context.Context, identity string, deck domain.DeckID, key string, cards []domain.CardText,
) ([]domain.Card, error) {
	body := make([]card, len(cards))
	for i, text := range cards {
		body[i] = card{Question: text.Question, Answer: text.Answer}
	}
	var answer []card
	if err := c.call(ctx, http.MethodPost, "/decks/"+string(deck)+"/cards", identity, key, body, &answer); err != nil {
		return nil, err
	}
	return cardsOf(answer), nil
}

// FindCards returns the cards that a query finds.
func (c *Client) FindCards(ctx context.Context, identity, query string) ([]domain.Card, error) {
	var answer struct {
		Items []card `json:"items"`
	}
	if err := c.call(ctx, http.MethodGet, "/cards/search?query="+url.QueryEscape(query), identity, "", nil, &answer); err != nil {
		return nil, err
	}
	return cardsOf(answer.Items[:min(len(answer.Items), domain.MaxFound)]), nil
}

// cardsOf returns cards as far as an answer tells about them.
func cardsOf(answer []card) []domain.Card {
	cards := make([]domain.Card, len(answer))
	for i, card := range answer {
		cards[i] = domain.Card{ID: card.ID, Deck: card.DeckID, Question: card.Question, Answer: card.Answer}
	}
	return cards
}

// call asks the first replica that can be reached.
func (c *Client) call(ctx context.Context, method, path, identity, key string, body, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	var away []error
	for _, base := range c.urls {
		response, err := c.send(ctx, method, base+path, identity, key, content)
		if err != nil {
			away = append(away, err)
			continue
		}
		return read(response, answer)
	}
	return domain.WrapError(domain.CodeUnavailable, "Deck-management-service does not answer.", errors.Join(away...))
}

func (c *Client) send(ctx context.Context, method, address, identity, key string, content []byte) (*http.Response, error) {
	var body io.Reader
	if method != http.MethodGet {
		body = bytes.NewReader(content)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+identity)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	return c.http.Do(request)
}

// read takes an answer apart.
func read(response *http.Response, answer any) error {
	defer response.Body.Close() //nolint:errcheck // all that matters was read
	content, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil || len(content) > maxAnswer {
		return domain.WrapError(domain.CodeUnavailable, "Deck-management-service broke off.", err)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return failure(response.StatusCode, content)
	}
	envelope := struct{ Data any }{answer}
	if err := json.Unmarshal(content, &envelope); err != nil {
		return domain.WrapError(domain.CodeUnavailable, "Deck-management-service answered something else.", err)
	}
	return nil
}

// passed are the failures that mean the same to whoever asked us. Others are faults between the services.
var passed = map[domain.Code]bool{
	domain.CodeInvalid: true, domain.CodeNotFound: true, domain.CodeConflict: true, domain.CodeTooLarge: true, domain.CodeInProgress: true,
	domain.CodeUnauthenticated: true, domain.CodeEmailNotVerified: true, domain.CodeMissingScope: true, domain.CodeBusy: true,
}

// failure returns the error that an answer tells of.
func failure(status int, content []byte) error {
	var told struct {
		Code    domain.Code     `json:"code"`
		Message json.RawMessage `json:"message"`
	}
	if json.Unmarshal(content, &told) != nil || !passed[told.Code] {
		return domain.WrapError(domain.CodeUnavailable, "Deck-management-service failed.", fmt.Errorf("status %d, code %q", status, told.Code))
	}
	e := &domain.Error{Code: told.Code}
	var fields []struct{ Field, Message string }
	if json.Unmarshal(told.Message, &e.Message) != nil && json.Unmarshal(told.Message, &fields) == nil {
		for _, f := range fields {
			e.Fields = append(e.Fields, domain.FieldError{Field: f.Field, Message: f.Message})
		}
	}
	return e
}
