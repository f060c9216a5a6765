// Package logmail stands in for a mail server during development: what would be mailed is written to the log.
package logmail

import (
	"context"
	"log/slog"

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
	if err := ctx.Err(); err != nil {
		return domain.WrapError(domain.CodeUnavailable, "The verification mail could not be sent.", err)
	}
	m.log.InfoContext(ctx, "no mail is sent in development: open this link to verify the e-mail address",
		slog.String("link", link), slog.String("user_id", string(user.ID)))
	return nil
}
