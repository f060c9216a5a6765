// Package logmail stands in for a mail server during development: what would be mailed is written to the log.
package logmail

import (
	"context"
	"log/slog"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Mailer writes links to a log. The links are secrets, so it is for development alone.
type Mailer struct {
	log *slog.Logger
}

var _ ports.Mailer = (*Mailer)(nil)

// New returns a mailer that writes to a log at level Info.
func New(log *slog.Logger) *Mailer { return &Mailer{log: log} }

// SendVerification logs the link and the user's id, and neither name nor e-mail address. It fails only when ctx has
// ended.
func (m *Mailer) SendVerification(ctx context.Context, user domain.User, link string) error {
	return m.write(ctx, user, "no mail is sent in development: open this link to verify the e-mail address", slog.String("link", link))
}

// SendPasswordReset logs the link and the user's id. It fails only when ctx has ended.
func (m *Mailer) SendPasswordReset(ctx context.Context, user domain.User, link string) error {
	return m.write(ctx, user, "no mail is sent in development: open this link to choose a new password", slog.String("link", link))
}

// SendPasswordChanged logs when that was, and the user's id. It fails only when ctx has ended.
func (m *Mailer) SendPasswordChanged(ctx context.Context, user domain.User, at time.Time) error {
	return m.write(ctx, user, "no mail is sent in development: the password was changed", slog.Time("at", at.UTC()))
}

// SendNewSignIn logs when and from where somebody signed in, and the user's id. It fails only when ctx has ended.
func (m *Mailer) SendNewSignIn(ctx context.Context, user domain.User, at time.Time, place string) error {
	return m.write(ctx, user, "no mail is sent in development: somebody signed in from a new place",
		slog.Time("at", at.UTC()), slog.String("place", place))
}

func (m *Mailer) write(ctx context.Context, user domain.User, text string, attrs ...slog.Attr) error {
	if err := ctx.Err(); err != nil {
		return domain.WrapError(domain.CodeUnavailable, "The mail could not be sent.", err)
	}
	m.log.LogAttrs(ctx, slog.LevelInfo, text, append(attrs, slog.String("user_id", string(user.ID)))...)
	return nil
}
