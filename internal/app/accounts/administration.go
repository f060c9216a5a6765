package accounts

import (
	"context"
	"errors"
	"fmt"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Administration is what operators do with the accounts of people. Each change is noted in the audit log. Make one with
// NewAdministration.
type Administration struct {
	users       ports.Users
	sessions    ports.Sessions
	audits      ports.Audits
	deletions   ports.Deletions
	erasure     ports.Erasure
	passwords   ports.Passwords
	clock       ports.Clock
	ids         ports.IDs
	minPassword int
	actor       string
}

// NewAdministration returns the use cases of operators. minPassword is the length of the shortest password, in characters;
// systemUser is the name by which the machine knows the operator.
func NewAdministration(storage ports.Storage, passwords ports.Passwords, clock ports.Clock, ids ports.IDs, minPassword int,
	systemUser string) *Administration {
	return &Administration{
		users: storage.Users, sessions: storage.Sessions, audits: storage.Audits, deletions: storage.Deletions, erasure: storage.Erasure,
		passwords: passwords, clock: clock, ids: ids, minPassword: minPassword, actor: domain.Operator(systemUser),
	}
}

// Find returns the account with an id, or with an e-mail address. CodeNotFound when there is none.
func (a *Administration) Find(ctx context.Context, who string) (domain.User, error) {
	read := func() (domain.User, error) { return a.users.UserByEmail(ctx, domain.EmailKey(who)) }
	kind := "e-mail address"
	if id, ok := domain.ParseID(who); ok {
		read = func() (domain.User, error) { return a.users.User(ctx, domain.UserID(id)) }
		kind = "id"
	}
	user, err := read()
	// An address that cannot be stored belongs to nobody either.
	if code := domain.CodeOf(err); code == domain.CodeNotFound || code == domain.CodeInvalid {
		return domain.User{}, domain.NewError(domain.CodeNotFound, fmt.Sprintf("There is no account with the %s %q.", kind, who))
	}
	return user, err
}

// NewAccount is what an operator gives to open an account for somebody.
type NewAccount struct {
	domain.SignUp
	Verified bool
	Beta     bool
}

// Create opens an account. CodeInvalid when the input breaks a rule, CodeEmailTaken when the address has an account.
func (a *Administration) Create(ctx context.Context, request NewAccount) (domain.User, error) {
	if err := request.Check(a.minPassword); err != nil {
		return domain.User{}, err
	}
	if a.passwords.Common(request.Password) {
		return domain.User{}, tooCommon("password")
	}
	hash, err := a.passwords.Hash(ctx, request.Password)
	if err != nil {
		return domain.User{}, err
	}
	user := domain.NewUser(domain.UserID(a.ids.NewID()), request.SignUp, hash, a.clock.Now())
	user.EmailVerified, user.Beta = request.Verified, request.Beta
	if err := a.users.InsertUser(ctx, user); err != nil {
		return domain.User{}, err
	}
	return user, a.note(ctx, user.ID, domain.ActionAccountCreated)
}

// Verify takes the e-mail address of a person for proven. changed is false when it was before. CodeNotFound when there is
// no such account.
func (a *Administration) Verify(ctx context.Context, id domain.UserID) (changed bool, err error) {
	return a.set(ctx, id, true, func(u *domain.User) *bool { return &u.EmailVerified }, domain.ActionEmailVerified)
}

// SetBeta lets a person into the beta, or out of it. changed is false when they were there before. CodeNotFound when there
// is no such account.
func (a *Administration) SetBeta(ctx context.Context, id domain.UserID, beta bool) (changed bool, err error) {
	action := domain.ActionBetaTaken
	if beta {
		action = domain.ActionBetaGiven
	}
	return a.set(ctx, id, beta, func(u *domain.User) *bool { return &u.Beta }, action)
}

// Disable makes an account unusable and ends its sessions; API tokens stay, and are refused meanwhile. changed is false when
// it was disabled before. CodeNotFound when there is no such account.
func (a *Administration) Disable(ctx context.Context, id domain.UserID) (changed bool, err error) {
	changed, err = a.set(ctx, id, true, func(u *domain.User) *bool { return &u.Disabled }, domain.ActionDisabled)
	// A session may be left from a call that was cut off, so they are ended in any case.
	if domain.CodeOf(err) == domain.CodeNotFound {
		return changed, err
	}
	return changed, errors.Join(err, a.sessions.EndSessions(ctx, id, ""))
}

// Enable makes an account usable again. changed is false when it was before. CodeNotFound when there is no such account.
func (a *Administration) Enable(ctx context.Context, id domain.UserID) (changed bool, err error) {
	return a.set(ctx, id, false, func(u *domain.User) *bool { return &u.Disabled }, domain.ActionEnabled)
}

// errAsItWas ends an update that would change nothing.
var errAsItWas = errors.New("it is so already")

// set gives a flag of an account a value.
func (a *Administration) set(ctx context.Context, id domain.UserID, value bool, flag func(*domain.User) *bool, action domain.Action) (bool, error) {
	_, err := a.users.UpdateUser(ctx, id, func(u *domain.User) error {
		if *flag(u) == value {
			return errAsItWas
		}
		*flag(u), u.UpdatedAt = value, a.clock.Now()
		return nil
	})
	if errors.Is(err, errAsItWas) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, a.note(ctx, id, action)
}

// Delete asks for everything of a person to be removed, and removes the account at once; the services remove the rest, and
// what was still under way meanwhile. Whoever is deleted already may be deleted again.
func (a *Administration) Delete(ctx context.Context, id domain.UserID) error {
	// The entry of the audit log is about nobody, so that it stays when what is about the person goes. It comes first, so that no
	// deletion goes without one.
	entry := domain.DeletionEntry(domain.AuditEntryID(a.ids.NewID()), id, a.actor, a.clock.Now())
	if err := a.audits.InsertAudit(ctx, entry); err != nil {
		return fmt.Errorf("nothing is deleted, since the audit log does not take it: %w", err)
	}
	// From the request on the services complete what is cut off here.
	if err := a.deletions.InsertDeletion(ctx, domain.NewDeletion(id, a.clock.Now())); err != nil {
		return err
	}
	if err := Erase(ctx, id, a.erasure.EraseAccount); err != nil {
		return fmt.Errorf("the deletion is asked for, and the services complete it; removing the account at once: %w", err)
	}
	return nil
}

// note notes what was done to an account.
func (a *Administration) note(ctx context.Context, subject domain.UserID, action domain.Action) error {
	return a.insert(ctx, domain.AuditEntry{
		ID: domain.AuditEntryID(a.ids.NewID()), At: a.clock.Now(), Subject: subject, Actor: a.actor, Action: action,
	})
}

// insert adds an entry to the audit log.
func (a *Administration) insert(ctx context.Context, entry domain.AuditEntry) error {
	if err := a.audits.InsertAudit(ctx, entry); err != nil {
		return fmt.Errorf("it is done, but the audit log does not have it: %w", err)
	}
	return nil
}
