package smtp

import (
	"crypto/tls"
	"crypto/x509"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/mailserver"
)

// certified returns a server's settings, and the pool that trusts its certificate.
func certified(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	settings, certificate := mailserver.SelfSigned(t)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(certificate))
	return settings, pool
}

func TestMailGoesOverEncryptedConnections(t *testing.T) {
	settings, pool := certified(t)
	for outcome, c := range map[string]struct {
		server   mailserver.Options
		security Security
	}{
		"STARTTLS":                {mailserver.Options{TLS: settings}, StartTLS},
		"TLS from the first byte": {mailserver.Options{TLS: settings, Implicit: true}, TLS},
	} {
		t.Run(outcome, func(t *testing.T) {
			c.server.Username, c.server.Password = "spacey", "secret"
			server := mailserver.Start(t, c.server)
			require.NoError(t, mailerFor(t, server, func(o *Options) {
				o.Security, o.RootCAs, o.Username, o.Password = c.security, pool, "spacey", "secret"
			}).SendVerification(t.Context(), ada, link))
			require.Len(t, server.Mails(), 1)
			assert.True(t, server.Mails()[0].Encrypted)
			assert.Equal(t, "spacey", server.Mails()[0].Username)
		})
		t.Run(outcome+": a wrong password is told at once", func(t *testing.T) {
			c.server.Username, c.server.Password = "spacey", "secret"
			server := mailserver.Start(t, c.server)
			err := mailerFor(t, server, func(o *Options) {
				o.Security, o.RootCAs, o.Username, o.Password = c.security, pool, "spacey", "guess"
			}).SendVerification(t.Context(), ada, link)
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			assert.ErrorContains(t, err, "535")
			assert.False(t, transient(err))
			assert.Empty(t, server.Mails())
		})
		t.Run(outcome+": a certificate that nobody vouches for gets no mail", func(t *testing.T) {
			server := mailserver.Start(t, c.server)
			err := mailerFor(t, server, func(o *Options) { o.Security = c.security }).SendVerification(t.Context(), ada, link)
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			var unknown *tls.CertificateVerificationError
			assert.ErrorAs(t, err, &unknown)
			assert.False(t, transient(err), "it will be the same certificate")
			assert.Empty(t, server.Mails())
		})
		t.Run(outcome+": a server in clear gets no mail", func(t *testing.T) {
			server := mailserver.Start(t, mailserver.Options{})
			err := mailerFor(t, server, func(o *Options) { o.Security, o.RootCAs = c.security, pool }).SendVerification(t.Context(), ada, link)
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			assert.False(t, transient(err))
			assert.Empty(t, server.Mails())
		})
	}
}

func TestAServerThatWantsNoPasswordDoesNotGetOne(t *testing.T) {
	server := mailserver.Start(t, mailserver.Options{})
	err := mailerFor(t, server, func(o *Options) { o.Username, o.Password = "spacey", "secret" }).SendVerification(t.Context(), ada, link)
	assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	assert.ErrorContains(t, err, "AUTH")
	assert.Empty(t, server.Mails())
}
