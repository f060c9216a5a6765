package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/argon2"
	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
	"github.com/moshrank/spacey-backend/internal/adapters/logmail"
	"github.com/moshrank/spacey-backend/internal/adapters/plots"
	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/configapi"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/deckapi"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/learningapi"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/userapi"
	"github.com/moshrank/spacey-backend/internal/adapters/smtp"
	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/app/configs"
	"github.com/moshrank/spacey-backend/internal/app/decks"
	"github.com/moshrank/spacey-backend/internal/app/erasing"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// sweepInterval is how often expired rows are removed and half-done work is completed.
const sweepInterval = time.Minute

// eraseInterval is how often somebody looks whether an account was deleted.
const eraseInterval = 5 * time.Second

// Common is what each service is made of besides its use cases.
type Common struct {
	Config  config.Config
	Network Network
	Logger  *slog.Logger
	Gate    *process.Gate
	Cookies rest.Cookies
}

// serve returns the server of a service's endpoints. options are those that not all services have in common.
func (o Common) serve(ctx context.Context, service rest.Service, options rest.ServerOptions, endpoints []rest.Endpoint) (process.Server, error) {
	listener, err := o.Network.Listen(ctx, service)
	if err != nil {
		return process.Server{}, err
	}
	options.Logger, options.Cookies = o.Logger.With("service", string(service)), o.Cookies
	options.ServiceToken, options.Ready, options.Stopping = o.Config.ServiceToken, o.Gate.Ready, o.Gate.Closed
	return process.Server{Name: string(service), App: rest.NewServer(options, endpoints...), Listener: listener}, nil
}

// UserService is user-service, ready to listen.
type UserService struct {
	Accounts *accounts.Service
	Eraser   *erasing.Eraser
	Server   process.Server
}

// NewUserService builds user-service. It is the only one that has the signing key.
func NewUserService(ctx context.Context, o Common, storage ports.Storage, signer *jwt.Signer, clock ports.Clock, ids ports.IDs) (*UserService, error) {
	mailer, err := newMailer(o)
	if err != nil {
		return nil, err
	}
	verifier := jwt.NewVerifier(signer.Keys(), clock)
	service := accounts.New(accounts.Needs{
		Storage: storage, Passwords: argon2.New(), Issuer: signer, Verifier: verifier, Mailer: mailer, Clock: clock, IDs: ids,
		Logger: o.Logger,
	}, accounts.Policy{
		MinPassword: o.Config.PasswordMin, SessionLifetime: o.Config.SessionLifetime(), TrustNewAccounts: !o.Config.Production(),
		VerifyLink: "https://" + o.Config.Domain + "/verifying?token=",
		ResetLink:  "https://" + o.Config.Domain + "/reset-password?token=",
	})
	identities := jwt.NewCache(verifier, identityCacheSize, clock)
	options := rest.ServerOptions{Verifier: identities, Idempotency: storage.Idempotency, Clock: clock}
	server, err := o.serve(ctx, rest.Users, options, userapi.Routes(service, signer.JWKS))
	return &UserService{service, erasing.New(storage, clock, domain.PartAccount), server}, err
}

// Background is the work of user-service besides answering: it sends mails, and removes accounts.
func (s *UserService) Background(logger *slog.Logger) []func(context.Context) {
	return []func(context.Context){s.Accounts.Post().Run, erase(s.Eraser, logger)}
}

// newMailer returns the mailer. Without a mail server development logs mails. A log must not hold links that prove an
// address, so production is refused.
func newMailer(o Common) (ports.Mailer, error) {
	c := o.Config
	if c.SMTPHost == "" && c.Production() {
		return nil, errors.New("SMTP_HOST must be set in production: user-service mails links that prove e-mail addresses")
	}
	if c.SMTPHost == "" {
		return logmail.New(o.Logger), nil
	}
	mailer, err := smtp.New(smtp.Options{
		Host: c.SMTPHost, Port: c.SMTPPort, Username: c.SMTPUsername, Password: c.SMTPPassword,
		Security: smtp.Security(c.SMTPTLS), From: c.MailFrom,
	})
	if err != nil {
		return nil, fmt.Errorf("the SMTP_ variables or MAIL_FROM are not right: %w", err)
	}
	return mailer, nil
}

// ConfigService is config-service, ready to listen.
type ConfigService struct {
	Configs *configs.Service
	Server  process.Server
}

// NewConfigService builds config-service.
func NewConfigService(ctx context.Context, o Common, storage ports.Storage, clock ports.Clock) (*ConfigService, error) {
	service := configs.New(storage, clock)
	server, err := o.serve(ctx, rest.Configs, rest.ServerOptions{}, configapi.Routes(service))
	return &ConfigService{service, server}, err
}

// Background is the work of config-service besides answering: a new installation gets its documents.
func (s *ConfigService) Background(logger *slog.Logger) func(context.Context) {
	return process.UntilDone("adding the default configuration", logger, s.Configs.InsertDefaults)
}

// DeckService is deck-management-service, ready to listen.
type DeckService struct {
	Decks  *decks.Service
	Eraser *erasing.Eraser
	Server process.Server
}

// NewDeckService builds deck-management-service.
func NewDeckService(ctx context.Context, o Common, storage ports.Storage, verifier ports.IdentityVerifier,
	clock ports.Clock, ids ports.IDs) (*DeckService, error) {
	service := decks.New(storage, clock, ids)
	options := rest.ServerOptions{Verifier: verifier, Idempotency: storage.Idempotency, Clock: clock}
	server, err := o.serve(ctx, rest.Decks, options, deckapi.Routes(service))
	return &DeckService{service, erasing.New(storage, clock, domain.PartDecks), server}, err
}

// Background is the work of deck-management-service besides answering: it removes the decks of who has left.
func (s *DeckService) Background(logger *slog.Logger) func(context.Context) {
	return erase(s.Eraser, logger)
}

// LearningService is learning-service, ready to listen.
type LearningService struct {
	Learning *learning.Service
	Settler  *learning.Settler
	Eraser   *erasing.Eraser
	Server   process.Server
}

// NewLearningService builds learning-service.
func NewLearningService(ctx context.Context, o Common, storage ports.Storage, verifier ports.IdentityVerifier,
	clock ports.Clock, ids ports.IDs) (*LearningService, error) {
	service := learning.New(storage, clock, ids)
	options := rest.ServerOptions{Verifier: verifier, Idempotency: storage.Idempotency, Clock: clock}
	server, err := o.serve(ctx, rest.Learning, options, learningapi.Routes(service, plots.New()))
	return &LearningService{
		service, learning.NewSettler(storage, clock), erasing.New(storage, clock, domain.PartLearning), server,
	}, err
}

// Background is the work of learning-service besides answering: what a crash left half done is completed, memories behind
// their events and changes of a schedule. It also removes the logs of who has left.
func (s *LearningService) Background(logger *slog.Logger) []func(context.Context) {
	complete := process.Periodically("completing memories", sweepInterval, logger, func(ctx context.Context) error {
		settled, err := s.Settler.Settle(ctx)
		if settled > 0 {
			logger.Info("completed memories that were behind their events", "cards", settled)
		}
		changed, changeErr := s.Learning.CompleteChanges(ctx)
		if changed > 0 {
			logger.Info("completed changes of schedules that were cut off", "people", changed)
		}
		return errors.Join(err, changeErr)
	})
	return []func(context.Context){complete, erase(s.Eraser, logger)}
}

// erase is background work that removes a part of what is stored of people who have deleted their accounts.
func erase(eraser *erasing.Eraser, logger *slog.Logger) func(context.Context) {
	return process.Periodically("removing what belonged to deleted accounts", eraseInterval, logger, func(ctx context.Context) error {
		people, err := eraser.Run(ctx)
		if people > 0 {
			logger.Info("removed what belonged to deleted accounts", "people", people)
		}
		return err
	})
}

// NewStorageGate returns a gate that is open while storage answers, can be written, and has this program's schema.
func NewStorageGate(engine *Engine) *process.Gate {
	return process.NewGate(func(ctx context.Context) error {
		if err := engine.Ping(ctx); err != nil {
			return err
		}
		return engine.CheckSchema(ctx)
	})
}

// NewFreeGate returns the gate of a process that depends on nothing.
func NewFreeGate() *process.Gate { return process.NewGate(nil) }

// Sweep is background work that removes what has expired from storage.
func Sweep(storage ports.Storage, clock ports.Clock, logger *slog.Logger) func(context.Context) {
	return process.Periodically("sweeping storage", sweepInterval, logger, func(ctx context.Context) error {
		for {
			done, err := storage.Sweeper.Sweep(ctx, clock.Now())
			if done || err != nil {
				return err
			}
		}
	})
}
