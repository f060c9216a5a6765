// Package smtp sends mail through a mail server.
package smtp

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Security is how a connection to the mail server is encrypted.
type Security string

// The kinds of encryption.
const (
	// StartTLS begins in clear and encrypts before anything is said. A server that does not offer it gets no mail.
	StartTLS Security = "starttls"
	// TLS encrypts from the first byte.
	TLS Security = "tls"
	// None encrypts nothing: for a server on the same machine or private network.
	None Security = "none"
)

const (
	// maxAttempts and firstPause bound the retries: pauses of 0.5, 1 and 2 seconds, which a request can wait for.
	maxAttempts = 4
	firstPause  = 500 * time.Millisecond
	// attemptTime is how long one attempt may take when the caller has more time than that.
	attemptTime = 10 * time.Second
)

// Options say which mail server is used, and how.
type Options struct {
	// Host is a name or an IP address.
	Host string
	Port int
	// Username and Password are for servers that want them; an empty Username means that this one does not. The password
	// is sent over an encrypted connection or to this machine only.
	Username string
	Password string
	Security Security
	// From is the sender in the form of RFC 5322, like "spacey <no-reply@example.org>".
	From string
	// RootCAs are who may vouch for the server; nil means the system's.
	RootCAs *x509.CertPool
}

// Mailer sends mail through a mail server, a connection a mail.
type Mailer struct {
	options Options
	from    *mail.Address
	// domain is the sender's, by which this program introduces itself and names its mails.
	domain      string
	pause       time.Duration
	attemptTime time.Duration
}

var _ ports.Mailer = (*Mailer)(nil)

// New returns a mailer. It connects to nothing yet. The error says which option is wrong.
func New(options Options) (*Mailer, error) {
	if options.Host == "" {
		return nil, errors.New("the mail server has no host")
	}
	switch options.Security {
	case StartTLS, TLS, None:
	default:
		return nil, fmt.Errorf("the security of mail is starttls, tls or none, not %q", options.Security)
	}
	from, err := mail.ParseAddress(options.From)
	if err != nil {
		return nil, fmt.Errorf("%q is not a sender of mail: %w", options.From, err)
	}
	return &Mailer{options, from, greetingName(from.Address), firstPause, attemptTime}, nil
}

// greetingName returns the domain of an address, if it can be said in ASCII, as SMTP greetings and message ids must be.
func greetingName(address string) string {
	name := address[strings.LastIndexByte(address, '@')+1:]
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return "localhost"
		}
	}
	return name
}

// The methods send one mail each. Failures that may pass are tried again, a few times and within the time that ctx has.
// CodeUnavailable when the server took no mail; its cause, for the log, holds neither address nor link nor place.

// SendVerification sends the link that proves an address.
func (m *Mailer) SendVerification(ctx context.Context, user domain.User, link string) error {
	return m.send(ctx, user, verification, content{Link: link, Hours: int(domain.VerificationLifetime.Hours())})
}

// SendPasswordReset sends the link by which a new password is chosen.
func (m *Mailer) SendPasswordReset(ctx context.Context, user domain.User, link string) error {
	return m.send(ctx, user, passwordReset, content{Link: link})
}

// SendPasswordChanged tells that a password was changed.
func (m *Mailer) SendPasswordChanged(ctx context.Context, user domain.User, at time.Time) error {
	return m.send(ctx, user, passwordChanged, content{At: minute(at)})
}

// SendNewSignIn tells that somebody signed in from a new place.
func (m *Mailer) SendNewSignIn(ctx context.Context, user domain.User, at time.Time, place string) error {
	return m.send(ctx, user, newSignIn, content{At: minute(at), Place: shown(place)})
}

// send sends a mail of a kind.
func (m *Mailer) send(ctx context.Context, user domain.User, kind kind, shows content) error {
	message, err := m.compose(user, kind, shows)
	if err == nil {
		err = m.deliver(ctx, message)
	}
	if err == nil {
		return nil
	}
	return domain.WrapError(domain.CodeUnavailable, "The "+kind.name+" mail could not be sent.",
		m.withoutSecrets(err, user.Email, shows.Link, shows.Place))
}
