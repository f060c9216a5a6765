package cli

import (
	"context"
	"errors"
	"flag"
	"io"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const userAuditUsage = `Usage: spacey user audit WHO

Tells what was done to an account, the oldest first: when, what, to whose account, by whom, what it was about, and from
which address. A dash stands for what there is not. WHO is an e-mail address or the id of an account, or of one that was
deleted: of that nothing is left but who has deleted it.
`

// runUserAudit runs "spacey user audit".
func runUserAudit(ctx context.Context, args, environ []string, stdout io.Writer) error {
	given, err := parseFlags("user audit", userAuditUsage, nil, []string{"WHO"}, args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	o, closeEngine, err := openOperator(ctx, "user audit", environ)
	if err != nil {
		return err
	}
	defer closeEngine()
	user, gone := o.accounts().Find(ctx, given[0])
	if gone != nil {
		id, isID := domain.ParseID(given[0])
		if !isID || domain.CodeOf(gone) != domain.CodeNotFound {
			return gone
		}
		user.ID = domain.UserID(id)
	}
	told, err := tellAuditsOf(ctx, o.storage.Audits, user.ID, stdout)
	if err == nil && told == 0 {
		return gone
	}
	return err
}

// tellAuditsOf tells the entries about a person, and those about the installation that name them: that they were deleted.
func tellAuditsOf(ctx context.Context, audits ports.Audits, id domain.UserID, stdout io.Writer) (told int, err error) {
	for _, subject := range []domain.UserID{id, ""} {
		read := func(page ports.Page) ([]domain.AuditEntry, error) { return audits.AuditsOf(ctx, subject, page) }
		err := eachAudit(read, ports.Cursor{}, func(entry domain.AuditEntry) error {
			if subject == "" && entry.Object != string(id) {
				return nil
			}
			told++
			return tellAudit(stdout, entry)
		})
		if err != nil {
			return told, err
		}
	}
	return told, nil
}
