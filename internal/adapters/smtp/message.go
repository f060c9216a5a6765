package smtp

import (
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"net/mail"
	"strings"
	texttemplate "text/template"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/moshrank/spacey-backend/internal/domain"
)

//go:embed templates
var templates embed.FS

var (
	verificationText = texttemplate.Must(texttemplate.ParseFS(templates, "templates/verification.txt"))
	verificationHTML = htmltemplate.Must(htmltemplate.ParseFS(templates, "templates/verification.html"))
)

const verificationSubject = "Confirm your e-mail address – spacey"

// verificationContent is what the templates show. A name is not in it: whoever signs up with a stranger's address would
// choose words that we send to that stranger.
type verificationContent struct {
	Link string
	// Hours is how long the link works.
	Hours int
}

// verification returns the mail that asks a person to prove their address. All attempts send the same one, with the same
// id, so a server that gets it twice can tell.
func (m *Mailer) verification(user domain.User, link string) (*gomail.Msg, error) {
	to, err := recipient(user)
	if err != nil {
		return nil, err
	}
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(m.from)
	message.ToMailAddress(to)
	message.Subject(verificationSubject)
	message.SetDate()
	message.SetMessageIDWithValue(rand.Text() + "@" + m.domain)
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: holiday notices do not answer
	content := verificationContent{link, int(domain.VerificationLifetime.Hours())}
	if err := message.SetBodyTextTemplate(verificationText, content); err != nil {
		return nil, fmt.Errorf("writing the text of the mail: %w", err)
	}
	if err := message.AddAlternativeHTMLTemplate(verificationHTML, content); err != nil {
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
	address.Name = oneLine(user.Name)
	return address, nil
}

// oneLine returns a name with single spaces for all that is space or cannot be seen.
func oneLine(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(c rune) bool { return unicode.IsSpace(c) || !unicode.IsPrint(c) }), " ")
}
