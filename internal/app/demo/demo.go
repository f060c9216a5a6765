// Package demo gives a fresh development installation something to look at: an account and two decks.
package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/app/decks"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// The demo account. Anybody may know its password: it exists in development only.
const (
	Name     = "Demo"
	Email    = "demo@example.org"
	Password = "spaced-repetition"
)

//go:embed decks.json
var decksJSON []byte

type deck struct {
	Name        string
	Description string
	Color       string
	// Cards are pairs of question and answer.
	Cards [][2]string
}

// Seed opens the demo account and gives it its decks. When the account is there and has a deck it does nothing.
func Seed(ctx context.Context, users *accounts.Service, service *decks.Service) error {
	account := domain.SignUp{Name: Name, Email: Email, Password: Password}
	signedIn, err := users.SignUp(ctx, account, domain.Client{})
	if domain.CodeOf(err) == domain.CodeEmailTaken {
		signedIn, err = users.SignIn(ctx, Email, Password, domain.Client{})
	}
	if domain.CodeOf(err) == domain.CodeBadCredentials {
		return nil // somebody has made the account their own
	}
	if err != nil {
		return fmt.Errorf("opening the demo account: %w", err)
	}
	var list []deck
	if err := json.Unmarshal(decksJSON, &list); err != nil {
		return fmt.Errorf("reading the demo decks: %w", err)
	}
	owner := domain.Identity{User: signedIn.User.ID}
	there, err := service.List(ctx, owner)
	if err != nil {
		return fmt.Errorf("looking for the demo decks: %w", err)
	}
	if len(there) > 0 {
		return nil
	}
	for _, d := range list {
		if err := addDeck(ctx, service, owner, d); err != nil {
			return fmt.Errorf("adding the demo deck %q: %w", d.Name, err)
		}
	}
	return nil
}

func addDeck(ctx context.Context, service *decks.Service, owner domain.Identity, d deck) error {
	created, err := service.Create(ctx, owner, domain.DeckText{Name: d.Name, Description: d.Description, Color: d.Color})
	if err != nil {
		return err
	}
	texts := make([]domain.CardText, len(d.Cards))
	for i, card := range d.Cards {
		texts[i] = domain.CardText{Question: card[0], Answer: card[1]}
	}
	_, err = service.AddCards(ctx, owner, created.ID, texts, "")
	return err
}
