// Package mailserver gives tests a mail server on this machine that keeps the mails it is sent.
package mailserver

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// Options say how a server behaves. The zero value takes every mail, in clear.
type Options struct {
	// TLS offers STARTTLS; with Implicit the connection is encrypted from the first byte.
	TLS      *tls.Config
	Implicit bool
	// Username and Password, when set, must be shown (AUTH PLAIN) before a mail is taken, on encrypted connections only.
	Username, Password string
	// Recipient and Content answer a recipient and a whole mail, by number from 1; nil answers yes. Errors of type
	// *smtp.SMTPError are sent as they are.
	Recipient, Content func(number int, text string) error
}

// Server is a running mail server.
type Server struct {
	Host string
	Port int

	options    Options
	mu         sync.Mutex
	mails      []Mail
	sessions   int
	recipients int
	contents   int
}

// Mail is a mail that was taken.
type Mail struct {
	From string
	To   []string
	// Content is the message with its headers.
	Content string
	// Greeting is the name by which the client introduced itself.
	Greeting string
	// Encrypted says that the connection was, Username who signed in.
	Encrypted bool
	Username  string
}

// Start starts a server that ends with the test.
func Start(t *testing.T, options Options) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &Server{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, options: options}
	server := smtp.NewServer(smtp.BackendFunc(s.newSession))
	server.Domain, server.ErrorLog, server.EnableSMTPUTF8 = "mail.test", log.New(io.Discard, "", 0), true
	if options.Implicit {
		listener = tls.NewListener(listener, options.TLS)
	} else {
		server.TLSConfig = options.TLS
	}
	ended := make(chan struct{})
	go func() {
		_ = server.Serve(listener)
		close(ended)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		_ = listener.Close()
		<-ended
	})
	return s
}

// Mails returns the mails that were taken.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Sessions returns how many connections said hello.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

func (s *Server) newSession(connection *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions++
	_, encrypted := connection.TLSConnectionState()
	return &session{server: s, connection: connection, mail: Mail{Encrypted: encrypted}}, nil
}

// session is one connection.
type session struct {
	server     *Server
	connection *smtp.Conn
	mail       Mail
}

var _ smtp.AuthSession = (*session)(nil)

// AuthMechanisms returns how a client may sign in.
func (s *session) AuthMechanisms() []string {
	if s.server.options.Username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks a password.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != s.server.options.Username || password != s.server.options.Password {
			return smtp.ErrAuthFailed
		}
		s.mail.Username = username
		return nil
	}), nil
}

// Mail begins a mail.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.mail.Username != s.server.options.Username {
		return smtp.ErrAuthRequired
	}
	s.mail.From, s.mail.Greeting = from, s.connection.Hostname()
	return nil
}

// Rcpt adds a recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.recipients++
	if answer := s.server.options.Recipient; answer != nil {
		if err := answer(s.server.recipients, to); err != nil {
			return err
		}
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

// Data takes the content.
func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.contents++
	if answer := s.server.options.Content; answer != nil {
		if err := answer(s.server.contents, string(content)); err != nil {
			return err
		}
	}
	s.mail.Content = string(content)
	s.server.mails = append(s.server.mails, s.mail)
	return nil
}

// Reset forgets the mail that was begun.
func (s *session) Reset() {
	s.mail = Mail{Encrypted: s.mail.Encrypted, Username: s.mail.Username}
}

// Logout ends the session.
func (s *session) Logout() error { return nil }
