package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// deliver sends a message, again after growing pauses while the failure may pass and ctx has time for it.
func (m *Mailer) deliver(ctx context.Context, message *gomail.Msg) error {
	pause := m.pause
	for attempt := 1; ; attempt++ {
		err := m.attempt(ctx, message)
		if err == nil || !transient(err) || attempt == maxAttempts {
			return err
		}
		if !wait(ctx, pause) {
			return errors.Join(ctx.Err(), err)
		}
		pause *= 2
	}
}

// wait returns after a pause, or at once with false when ctx ends before that.
func wait(ctx context.Context, pause time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= pause {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// attempt sends a message over a connection of its own.
func (m *Mailer) attempt(ctx context.Context, message *gomail.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, m.attemptTime)
	defer cancel()
	client, err := gomail.NewClient(m.options.Host, m.clientOptions(ctx)...)
	if err != nil {
		return fmt.Errorf("preparing to send mail: %w", err)
	}
	err = client.DialAndSendWithContext(ctx, message)
	if message.IsDelivered() {
		return nil // a farewell that failed is no reason to send the mail again
	}
	if err != nil && ctx.Err() != nil {
		return errors.Join(ctx.Err(), err) // the connection was closed, which says nothing of why
	}
	return err
}

// clientOptions returns the library's options for one connection, which ends with ctx.
func (m *Mailer) clientOptions(ctx context.Context) []gomail.Option {
	settings := &tls.Config{ServerName: m.options.Host, MinVersion: tls.VersionTLS12, RootCAs: m.options.RootCAs}
	late := 2 * m.attemptTime // ctx ends the connection before the library does
	options := []gomail.Option{
		gomail.WithPort(m.options.Port), gomail.WithHELO(m.domain), gomail.WithTimeout(late),
		gomail.WithoutNoop(), gomail.WithoutRset(), gomail.WithTLSConfig(settings),
		gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return m.dial(ctx, settings) }),
	}
	switch m.options.Security {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		options = append(options, gomail.WithSSL())
	case None:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if m.options.Username != "" {
		options = append(options, gomail.WithUsername(m.options.Username), gomail.WithPassword(m.options.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return options
}

// dial connects to the server. The library minds a context while it connects and no longer, and forgets connections of
// failed greetings, so the end of ctx closes the connection.
func (m *Mailer) dial(ctx context.Context, settings *tls.Config) (net.Conn, error) {
	address := net.JoinHostPort(m.options.Host, strconv.Itoa(m.options.Port))
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = connection.Close() })
	if m.options.Security != TLS {
		return connection, nil
	}
	encrypted := tls.Client(connection, settings)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return encrypted, nil
}
