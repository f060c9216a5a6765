package smtp

import (
	"embed"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
	"time"
)

//go:embed templates
var templates embed.FS

// The kinds of mails.
var (
	verification    = newKind("verification", "Confirm your e-mail address")
	passwordReset   = newKind("password reset", "Choose a new password")
	passwordChanged = newKind("password changed", "Your password was changed")
	newSignIn       = newKind("new sign-in", "New sign-in to your account")
)

// kind is what the mails of a kind have in common.
type kind struct {
	name, subject string
	text          *texttemplate.Template
	html          *htmltemplate.Template
}

// newKind reads the templates of a kind: the layout, and what goes into it.
func newKind(name, subject string) kind {
	file := "templates/" + strings.ReplaceAll(name, " ", "-")
	return kind{
		name, subject,
		texttemplate.Must(texttemplate.ParseFS(templates, "templates/layout.txt", file+".txt")),
		htmltemplate.Must(htmltemplate.ParseFS(templates, "templates/layout.html", file+".html")),
	}
}

// content is what the templates show. A name is not in it: whoever signs up with a stranger's address would choose words
// that we send to that stranger.
type content struct {
	Subject string
	Link    string
	// Hours is how long the link works.
	Hours int
	// At is when it happened, and Place from where.
	At, Place string
}

// minute returns a time for people, who do not care for seconds.
func minute(at time.Time) string { return at.UTC().Format("2 January 2006, 15:04 UTC") }

// maxPlace is how much of a place is shown, in characters.
const maxPlace = 100

// shown returns what is shown of a place.
func shown(place string) string {
	characters := []rune(oneLine(place))
	if len(characters) > maxPlace {
		return string(characters[:maxPlace-1]) + "…"
	}
	return string(characters)
}
