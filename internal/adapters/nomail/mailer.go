// Package nomail is for an installation without a mail server: it says so to whoever wants a mail.
package nomail

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Mailer sends nothing.
type Mailer struct{}

var _ ports.Mailer = Mailer{}

// SendVerification returns CodeUnavailable.
func (Mailer) SendVerification(context.Context, domain.User, string) error {
	return domain.NewError(domain.CodeUnavailable, "This installation cannot send mail.")
}
