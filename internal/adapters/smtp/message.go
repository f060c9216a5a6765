package smtp

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// compose returns a mail. All attempts send the same one, with the same id, so a server that gets it twice can tell.
func (m *Mailer) compose(user domain.User, kind kind, shows content) (*gomail.Msg, error) {
	to, err := recipient(user)
	if err != nil {
		return nil, err
	}
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(m.from)
	message.ToMailAddress(to)
	message.Subject(kind.subject + " – spacey")
	message.SetDate()
	message.SetMessageIDWithValue(rand.Text() + "@" + m.domain)
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: holiday notices do not answer
	shows.Subject = kind.subject
	if err := message.SetBodyTextTemplate(kind.text, shows); err != nil {
		return nil, fmt.Errorf("writing the text of the mail: %w", err)
	}
	if err := message.AddAlternativeHTMLTemplate(kind.html, shows); err != nil {
		return nil, fmt.Errorf("writing the HTML of the mail: %w", err)
	}
	return message, nil
}

// recipient returns whom a mail goes to: exactly one address, whatever the account holds.
func recipient(user domain.User) (*mail.Address, error) {
	address, err := mail.ParseAddress(user.Email)
	if err != nil || address.Address != user.Email {
		return nil, errors.New("the account's e-mail address is not a plain address")
	}
	// net/mail cannot read a backslash in a name that it has to encode.
	address.Name = strings.ReplaceAll(oneLine(user.Name), `\`, "")
	return address, nil
}

// oneLine returns a text with single spaces for all that is space or cannot be seen.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || !unicode.IsPrint(c) }), " ")
}
