package accounts

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Delete removes the caller's account at once, and has everything else of them removed by the services that own it.
// CodeInvalid when the password is wrong.
//
// The row that asks for it decides: whatever is cut off behind it is completed by the work in the background.
func (s *Service) Delete(ctx context.Context, caller domain.Identity, password string) error {
	user, err := s.confirm(ctx, caller, "password", password)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	// The entry comes first, so that no deletion goes without one. It is about nobody, so that it stays when everything about the
	// person goes, and does not say from where.
	entry := domain.DeletionEntry(domain.AuditEntryID(s.ids.NewID()), user.ID, string(user.ID), now)
	if err := s.audits.InsertAudit(ctx, entry); err != nil {
		s.logger.Error("an entry of the audit log could not be written", "action", entry.Action, "userID", user.ID, "error", err)
	}
	if err := s.deletions.InsertDeletion(ctx, domain.NewDeletion(user.ID, now)); err != nil {
		return err
	}
	if err := Erase(ctx, user.ID, s.erasure.EraseAccount); err != nil {
		s.logger.Warn("an account could not be removed at once; it will be in the background", "userID", user.ID, "error", err)
	}
	return nil
}

// Erase calls a step of ports.Erasure until it is done.
func Erase(ctx context.Context, owner domain.UserID, step func(context.Context, domain.UserID) (bool, error)) error {
	for {
		if done, err := step(ctx, owner); done || err != nil {
			return err
		}
	}
}

// ExportedItem is a part of an export. Exactly one is set.
type ExportedItem struct {
	Account *domain.User
	Session *domain.Session
	Token   *domain.APIToken
	Place   *domain.SignInPlace
	Audit   *domain.AuditEntry
}

// exportPage is how many items are read at a time.
const exportPage = 200

// Export tells everything that belongs to the caller's account, until give fails.
func (s *Service) Export(ctx context.Context, caller domain.Identity, client domain.Client, give func(ExportedItem) error) error {
	user, err := s.Account(ctx, caller)
	if err != nil {
		return err
	}
	s.note(ctx, domain.ActionExported, user.ID, "", client)
	if err := give(ExportedItem{Account: &user}); err != nil {
		return err
	}
	err = eachPage(func(page ports.Page) ([]domain.Session, error) { return s.sessions.SessionsOf(ctx, user.ID, page) },
		func(session *domain.Session) (ports.Cursor, error) {
			return ports.Cursor{At: session.CreatedAt, ID: string(session.ID)}, give(ExportedItem{Session: session})
		})
	if err != nil {
		return err
	}
	err = eachPage(func(page ports.Page) ([]domain.APIToken, error) { return s.apiTokens.APITokensOf(ctx, user.ID, page) },
		func(token *domain.APIToken) (ports.Cursor, error) {
			return ports.Cursor{At: token.CreatedAt, ID: string(token.ID)}, give(ExportedItem{Token: token})
		})
	if err != nil {
		return err
	}
	err = eachPage(
		func(page ports.Page) ([]domain.SignInPlace, error) {
			return s.archive.Page(ctx, user.ID, page.After.ID, page.Limit)
		},
		func(place *domain.SignInPlace) (ports.Cursor, error) {
			return ports.Cursor{ID: place.Network}, give(ExportedItem{Place: place})
		})
	if err != nil {
		return err
	}
	return eachPage(func(page ports.Page) ([]domain.AuditEntry, error) { return s.audits.AuditsOf(ctx, user.ID, page) },
		func(entry *domain.AuditEntry) (ports.Cursor, error) {
			return ports.Cursor{At: entry.At, ID: string(entry.ID)}, give(ExportedItem{Audit: entry})
		})
}

// eachPage gives every item of a paged list. Give returns where the item is in the list.
func eachPage[T any](read func(ports.Page) ([]T, error), give func(*T) (ports.Cursor, error)) error {
	page := ports.Page{Limit: exportPage}
	for {
		items, err := read(page)
		if err != nil {
			return err
		}
		for i := range items {
			if page.After, err = give(&items[i]); err != nil {
				return err
			}
		}
		if len(items) < page.Limit {
			return nil
		}
	}
}
