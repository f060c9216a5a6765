package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// decksPath stands for a list of decks without cards: the person has one deck, and no cards that would be answered.
const decksPath = "/decks"

// compareGateway asks for decks through the gateway, and the service itself.
func compareGateway(ctx context.Context, l *lab) ([]comparison, error) {
	s, err := l.newStand()
	if err != nil {
		return nil, err
	}
	defer s.close()
	decks, gateway, err := s.apart(ctx)
	if err != nil {
		return nil, err
	}
	proxy, err := s.floorServer(ctx, floorProxy, decks.address)
	if err != nil {
		return nil, err
	}
	p, err := signUp(ctx, gateway.address, 0)
	if err != nil {
		return nil, err
	}
	if err := p.addDeck(ctx, 0); err != nil {
		return nil, err
	}
	identity, err := s.identityToken(domain.UserID(p.ID))
	if err != nil {
		return nil, err
	}
	if err := sameAnswer(ctx, [2]string{decks.address, identity}, [2]string{gateway.address, p.Token}, [2]string{proxy.address, identity}); err != nil {
		return nil, err
	}
	direct := column{"GET /decks (1 deck, no cards), the service asked directly", get(decks.address, decksPath, identity).work}
	through := column{"the same through the gateway", get(gateway.address, decksPath, p.Token).work}
	bare := column{"the same through a bare fasthttp proxy", get(proxy.address, decksPath, identity).work}
	comparisons, err := s.against(ctx, target{atLeast: 0.5}, direct, through, bare)
	if err == nil {
		comparisons[1].target = target{}
	}
	return comparisons, err
}

// apart starts the services that the row needs as processes of their own, on one SQLite file.
func (s *stand) apart(ctx context.Context) (decks, gateway *process, err error) {
	engine := []string{"STORAGE=sqlite"}
	if err := s.migrate(ctx, engine); err != nil {
		return nil, nil, err
	}
	users, err := s.service(ctx, engine, "user-service")
	if err != nil {
		return nil, nil, err
	}
	upstreams := []string{"USER_SERVICE_HOST_NAME=" + users.address}
	if decks, err = s.service(ctx, append(engine, upstreams...), "deck-management-service"); err != nil {
		return nil, nil, err
	}
	gateway, err = s.service(ctx, append(upstreams, "DECK_SERVICE_HOST_NAME="+decks.address), "api")
	return decks, gateway, err
}

// identityToken returns what the gateway shows the services, signed with the key of user-service.
func (s *stand) identityToken(user domain.UserID) (string, error) {
	text, err := os.ReadFile(filepath.Join(s.data, "signing-key.pem"))
	if err != nil {
		return "", err
	}
	key, err := jwt.ParsePrivateKey(text)
	if err != nil {
		return "", err
	}
	return jwt.NewSigner(key, system.Clock{}).IssueIdentity(domain.Identity{
		User: user, Session: "00000000-0000-4000-8000-000000000000", EmailVerified: true, Beta: true,
		ExpiresAt: time.Now().Add(time.Hour),
	})
}

// sameAnswer makes sure that all addresses, each with a token, answer with the same bytes.
func sameAnswer(ctx context.Context, servers ...[2]string) error {
	var first []byte
	for i, server := range servers {
		answer, err := body(ctx, server[0], decksPath, server[1])
		if err != nil {
			return err
		}
		if i > 0 && !bytes.Equal(answer, first) {
			return errors.New("the answers differ")
		}
		first = answer
	}
	return nil
}
