package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// person is an account with what belongs to it.
type person struct {
	base string
	// ID is the id of the account, Token the session token.
	ID, Token string
	Deck      string
	Cards     []string
}

// signUp makes an account at a gateway.
func signUp(ctx context.Context, gateway string, n int) (*person, error) {
	p := &person{base: "http://" + gateway}
	var account struct{ ID, Token string }
	err := p.post(ctx, "/user", map[string]any{
		"name": "Person", "email": fmt.Sprintf("person%d@example.org", n), "password": "password-of-a-bench",
	}, &account)
	p.ID, p.Token = account.ID, account.Token
	return p, err
}

// addDeck adds a deck with n cards.
func (p *person) addDeck(ctx context.Context, n int) error {
	var deck struct{ ID string }
	if err := p.post(ctx, "/decks", map[string]any{"name": "Deck", "description": "", "color": "#FFEC87"}, &deck); err != nil {
		return err
	}
	p.Deck = deck.ID
	if n == 0 {
		return nil
	}
	texts := make([]map[string]string, n)
	for i := range texts {
		texts[i] = map[string]string{"question": fmt.Sprint("Question ", i), "answer": fmt.Sprint("Answer ", i)}
	}
	var cards []struct{ ID string }
	if err := p.post(ctx, "/decks/"+p.Deck+"/cards", texts, &cards); err != nil {
		return err
	}
	for _, card := range cards {
		p.Cards = append(p.Cards, card.ID)
	}
	return nil
}

// signUpMany makes accounts, each with a deck of some cards.
func signUpMany(ctx context.Context, gateway string, people, cards int) ([]*person, error) {
	all := make([]*person, people)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for i := range all {
		group.Go(func() (err error) {
			if all[i], err = signUp(ctx, gateway, i); err != nil {
				return err
			}
			return all[i].addDeck(ctx, cards)
		})
	}
	return all, group.Wait()
}

// post sends a body and reads the data of the answer, which must be a success.
func (p *person) post(ctx context.Context, path string, body, data any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if p.Token != "" {
		request.Header.Set("Authorization", "Bearer "+p.Token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusCreated {
		return fmt.Errorf("POST %s answered %d: %s", path, response.StatusCode, answer)
	}
	return json.Unmarshal(answer, &struct{ Data any }{data})
}

// body returns what a GET answers, which must be a success.
func body(ctx context.Context, address, path, token string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		return nil, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s answered %d: %s", path, response.StatusCode, content)
	}
	return content, err
}

// bodySoon is body for what a new process makes in the background.
func bodySoon(ctx context.Context, address, path string) ([]byte, error) {
	for late := time.Now().Add(startTime); ; time.Sleep(20 * time.Millisecond) {
		content, err := body(ctx, address, path, "")
		if err == nil || time.Now().After(late) || ctx.Err() != nil {
			return content, err
		}
	}
}
