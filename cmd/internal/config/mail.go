package config

import (
	"net"
	"net/mail"
	"slices"
	"strings"
)

// mailSecurities are the values of SMTP_TLS.
var mailSecurities = []string{"starttls", "tls", "none"}

func defaultMailFrom(domain string) string { return "spacey <no-reply@" + domain + ">" }

// checkMail says what is wrong with the settings of mail. A missing SMTP_HOST is not: most services send no mail.
func (c *Config) checkMail(fault func(wrong bool, format string, args ...any)) {
	fault(!slices.Contains(mailSecurities, c.SMTPTLS), "SMTP_TLS must be starttls, tls or none, it is %q", c.SMTPTLS)
	fault(c.SMTPPort < 1 || c.SMTPPort > 65535, "SMTP_PORT must be between 1 and 65535, it is %d", c.SMTPPort)
	_, err := mail.ParseAddress(c.MailFrom)
	fault(err != nil && c.MailFrom != defaultMailFrom(c.Domain), // else DOMAIN is to blame
		"MAIL_FROM must be an address or a name with an address, like spacey <no-reply@example.org>, it is %q", c.MailFrom)
	fault((c.SMTPUsername == "") != (c.SMTPPassword == ""), "SMTP_USERNAME and SMTP_PASSWORD must be set together")
	if c.SMTPHost == "" {
		return
	}
	fault(strings.ContainsAny(c.SMTPHost, "/:@ ") && net.ParseIP(c.SMTPHost) == nil,
		"SMTP_HOST must be a bare host name like mail.example.org, it is %q", c.SMTPHost)
	if c.SMTPTLS == "none" {
		fault(c.SMTPUsername != "" && !thisMachine(c.SMTPHost), "SMTP_TLS=none would show SMTP_PASSWORD to everybody on the way to %s", c.SMTPHost)
		fault(c.Production() && !thisMachine(c.SMTPHost) && !privateName(c.SMTPHost),
			"SMTP_TLS=none would show mails to everybody on the way to %s; set starttls or tls", c.SMTPHost)
	}
}

func thisMachine(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// privateName reports whether a host has a name without a dot, as containers of one network have. Such names mean nothing
// in public DNS.
func privateName(host string) bool { return !strings.ContainsAny(host, ".:") }
