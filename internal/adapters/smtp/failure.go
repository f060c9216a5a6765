package smtp

import (
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// transient reports whether the same mail may be taken a moment later: the network failed, or the server answered with
// a 4xx (RFC 5321, 4.2.1). A bad certificate, a missing extension and a 5xx stay as they are.
func transient(err error) bool {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return reply.Code < 500
	}
	var sending *gomail.SendError
	if errors.As(err, &sending) {
		return sending.ErrorCode() < 500 // 0: no answer came
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// redacted is an error whose text has lost its secrets.
type redacted struct {
	text string
	err  error
}

// Error returns the text without secrets.
func (r *redacted) Error() string { return r.text }

// Unwrap returns the error as it was, to be compared and not to be shown.
func (r *redacted) Unwrap() error { return r.err }

// withoutSecrets returns err with a text for the log. Mail servers quote what they refuse, in their own spelling.
func (m *Mailer) withoutSecrets(err error, secrets ...string) error {
	plain := base64.StdEncoding.EncodeToString([]byte("\x00" + m.options.Username + "\x00" + m.options.Password))
	password := base64.StdEncoding.EncodeToString([]byte(m.options.Password))
	text := strings.ToValidUTF8(err.Error(), "\ufffd")
	for _, secret := range append(secrets, m.options.Password, plain, password) {
		if secret = strings.ToValidUTF8(secret, "\ufffd"); secret == "" { // no expression holds anything else
			continue
		}
		quoted := strconv.Quote(secret) // as an error shows it that quotes a server
		for _, spelling := range []string{secret, quoted[1 : len(quoted)-1]} {
			text = regexp.MustCompile("(?i)"+regexp.QuoteMeta(spelling)).ReplaceAllLiteralString(text, "[removed]")
		}
	}
	return &redacted{text, err}
}
