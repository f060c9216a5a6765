package smtp

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/mailserver"
)

// answers returns a server's answer: this code for the first times, then yes.
func answers(code, times int) func(int, string) error {
	return func(number int, _ string) error {
		if number > times {
			return nil
		}
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "not now, not like this"}
	}
}

func TestFailuresThatPassAreTriedAgain(t *testing.T) {
	for outcome, options := range map[string]mailserver.Options{
		"a recipient refused twice with 451": {Recipient: answers(451, 2)},
		"a mail refused twice with 451":      {Content: answers(451, 2)},
	} {
		t.Run(outcome, func(t *testing.T) {
			server := mailserver.Start(t, options)
			require.NoError(t, mailerFor(t, server).SendVerification(t.Context(), ada, link))
			require.Len(t, server.Mails(), 1)
			assert.Equal(t, 3, server.Sessions())
			l := open(t, server.Mails()[0].Content)
			assert.Contains(t, l.text, link, "a message can be sent again")
			assert.Contains(t, l.html, link)
		})
	}
	t.Run("the attempts have an end", func(t *testing.T) {
		server := mailserver.Start(t, mailserver.Options{Content: answers(451, 1000)})
		err := mailerFor(t, server).SendVerification(t.Context(), ada, link)
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.ErrorContains(t, err, "451")
		assert.Equal(t, maxAttempts, server.Sessions())
	})
	t.Run("all attempts are the same mail", func(t *testing.T) {
		var seen []string
		server := mailserver.Start(t, mailserver.Options{Content: func(number int, content string) error {
			seen = append(seen, open(t, content).header.Get("Message-Id"))
			return answers(451, 1)(number, content)
		}})
		require.NoError(t, mailerFor(t, server).SendVerification(t.Context(), ada, link))
		require.Len(t, seen, 2)
		assert.Equal(t, seen[0], seen[1])
	})
	t.Run("not when the caller has no time for a pause", func(t *testing.T) {
		server := mailserver.Start(t, mailserver.Options{Content: answers(451, 1000)})
		mailer := mailerFor(t, server)
		mailer.pause = time.Hour
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := mailer.SendVerification(ctx, ada, link)
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.ErrorContains(t, err, "451", "the log is told why")
		assert.Equal(t, 1, server.Sessions())
	})
	t.Run("a caller who leaves ends the pause", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		server := mailserver.Start(t, mailserver.Options{Content: func(int, string) error {
			cancel()
			return answers(451, 1000)(1, "")
		}})
		mailer := mailerFor(t, server)
		mailer.pause = time.Hour
		assert.ErrorIs(t, mailer.SendVerification(ctx, ada, link), context.Canceled)
	})
}

func TestFailuresThatStayAreToldAtOnce(t *testing.T) {
	for outcome, options := range map[string]mailserver.Options{
		"a recipient refused with 550": {Recipient: answers(550, 1000)},
		"a mail refused with 554":      {Content: answers(554, 1000)},
	} {
		t.Run(outcome, func(t *testing.T) {
			server := mailserver.Start(t, options)
			err := mailerFor(t, server).SendVerification(t.Context(), ada, link)
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			assert.ErrorContains(t, err, "not now, not like this", "the log is told why")
			assert.Equal(t, 1, server.Sessions())
		})
	}
}

func TestTheLogGetsNoSecrets(t *testing.T) {
	tlsConfig, pool := certified(t)
	plain := base64.StdEncoding.EncodeToString([]byte("\x00spacey\x00s3cret-password"))
	server := mailserver.Start(t, mailserver.Options{
		TLS: tlsConfig, Username: "spacey", Password: "s3cret-password",
		Content: func(int, string) error {
			return &smtp.SMTPError{Code: 550, Message: "no mail for <ADA@Example.org> with " + link + " by s3cret-password " + plain}
		},
	})
	err := mailerFor(t, server, func(o *Options) {
		o.Security, o.RootCAs, o.Username, o.Password = StartTLS, pool, "spacey", "s3cret-password"
	}).SendVerification(t.Context(), ada, link)
	require.ErrorContains(t, err, "no mail for <[removed]> with [removed] by [removed] [removed]")
	for _, secret := range []string{"ada@example.org", "token=", "s3cret", plain} {
		assert.NotContains(t, strings.ToLower(err.Error()), strings.ToLower(secret))
	}
	var ours *domain.Error
	require.ErrorAs(t, err, &ours)
	assert.Equal(t, "The verification mail could not be sent.", ours.Message, "the caller is told no more")
}

func TestARecipientIsNotInTheLogEither(t *testing.T) {
	server := mailserver.Start(t, mailserver.Options{Recipient: answers(550, 1000)})
	err := mailerFor(t, server).SendVerification(t.Context(), ada, link)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "ada@example.org")
}

// silent accepts connections, counts them and says what it is told to.
func silent(t *testing.T, greeting string) (address *mailserver.Server, connections *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	connections = new(atomic.Int64)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			_, _ = fmt.Fprint(connection, greeting)
			t.Cleanup(func() { connection.Close() })
		}
	}()
	t.Cleanup(func() { listener.Close() })
	return &mailserver.Server{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port}, connections
}

func TestAServerThatNeverAnswers(t *testing.T) {
	for outcome, greeting := range map[string]string{
		"not even a greeting":         "",
		"a greeting and nothing more": "220 mail.test\r\n",
	} {
		t.Run("the caller's deadline holds: "+outcome, func(t *testing.T) {
			server, connections := silent(t, greeting)
			mailer := mailerFor(t, server)
			mailer.attemptTime = time.Hour // only the caller's deadline can end it
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			err := mailer.SendVerification(ctx, ada, link)
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			assert.EqualValues(t, 1, connections.Load())
		})
	}
	t.Run("a caller without a deadline is not kept for ever", func(t *testing.T) {
		server, connections := silent(t, "")
		mailer := mailerFor(t, server)
		mailer.attemptTime = 50 * time.Millisecond
		err := mailer.SendVerification(t.Context(), ada, link)
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.EqualValues(t, maxAttempts, connections.Load())
	})
	t.Run("a TLS server that says nothing", func(t *testing.T) {
		server, _ := silent(t, "")
		mailer := mailerFor(t, server, func(o *Options) { o.Security = TLS })
		mailer.attemptTime = time.Hour
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		assert.ErrorIs(t, mailer.SendVerification(ctx, ada, link), context.DeadlineExceeded)
	})
}

func TestServersThatCannotBeTalkedTo(t *testing.T) {
	t.Run("nobody listens: tried again, then told", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		port := listener.Addr().(*net.TCPAddr).Port
		listener.Close()
		err = mailerFor(t, &mailserver.Server{Host: "127.0.0.1", Port: port}).SendVerification(t.Context(), ada, link)
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.ErrorContains(t, err, "connection refused")
		assert.True(t, transient(err))
	})
	t.Run("busy at the greeting: tried again", func(t *testing.T) {
		server, connections := silent(t, "421 too many connections\r\n")
		err := mailerFor(t, server).SendVerification(t.Context(), ada, link)
		assert.ErrorContains(t, err, "too many connections")
		assert.EqualValues(t, maxAttempts, connections.Load())
	})
	t.Run("closed to us at the greeting: told at once", func(t *testing.T) {
		server, connections := silent(t, "554 go away\r\n")
		err := mailerFor(t, server).SendVerification(t.Context(), ada, link)
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.ErrorContains(t, err, "go away")
		assert.EqualValues(t, 1, connections.Load())
	})
	t.Run("something else than a mail server", func(t *testing.T) {
		server, _ := silent(t, "HTTP/1.1 400 Bad Request\r\n\r\n")
		err := mailerFor(t, server).SendVerification(t.Context(), ada, link)
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	})
}

func TestAFarewellThatFailsDoesNotSendTheMailTwice(t *testing.T) {
	server, connections := scripted(t)
	require.NoError(t, mailerFor(t, server).SendVerification(t.Context(), ada, link))
	assert.EqualValues(t, 1, connections.Load())
}

// scripted is a server that takes a mail and breaks the connection instead of saying goodbye.
func scripted(t *testing.T) (*mailserver.Server, *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	connections := new(atomic.Int64)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			takeAndBreak(connection)
		}
	}()
	return &mailserver.Server{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port}, connections
}

func takeAndBreak(connection net.Conn) {
	defer connection.Close()
	say := func(line string) { _, _ = fmt.Fprint(connection, line+"\r\n") }
	say("220 mail.test")
	var heard strings.Builder
	for _, exchange := range [][2]string{{"EHLO", "250 mail.test"}, {"MAIL", "250 yes"}, {"RCPT", "250 yes"}, {"DATA", "354 go on"}, {"\r\n.\r\n", "250 taken"}} {
		for buffer := make([]byte, 4096); !strings.Contains(heard.String(), exchange[0]); {
			n, err := connection.Read(buffer)
			if err != nil {
				return
			}
			heard.Write(buffer[:n])
		}
		heard.Reset()
		say(exchange[1])
	}
}

func TestTransient(t *testing.T) {
	assert.False(t, transient(errors.New("the server does not offer STARTTLS")))
	assert.True(t, transient(fmt.Errorf("dialling: %w", &net.OpError{Op: "dial", Err: errors.New("no route to host")})))
}
