package sqlite

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Users stores accounts.
type Users struct{ store *Store }

var _ ports.Users = (*Users)(nil)

const (
	insertUser query = `INSERT INTO users (id, email_key, name, email, password_hash, email_verified, beta, disabled, created_at,
		updated_at, rev) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	userColumns       = "id, name, email, password_hash, email_verified, beta, disabled, created_at, updated_at, rev"
	userByID    query = "SELECT " + userColumns + " FROM users WHERE id = ?"
	userByEmail query = "SELECT " + userColumns + " FROM users WHERE email_key = ?"
	allUsers    query = "SELECT " + userColumns + " FROM users WHERE " + behindInCreation
	updateUser  query = `UPDATE users SET email_key = ?, name = ?, email = ?, password_hash = ?, email_verified = ?, beta = ?, disabled = ?,
		updated_at = ?, rev = ? WHERE id = ? AND rev = ?`
)

// userFields returns where userColumns go.
func userFields(u *domain.User) []any {
	return []any{
		(*string)(&u.ID), &u.Name, &u.Email, &u.PasswordHash, &u.EmailVerified, &u.Beta, &u.Disabled,
		instant{&u.CreatedAt}, instant{&u.UpdatedAt}, &u.Rev,
	}
}

// InsertUser adds an account.
func (u *Users) InsertUser(ctx context.Context, user domain.User) error {
	_, err := u.store.exec(ctx, "insert a user", insertUser, userValues(user.ID, &user)...)
	return emailTaken(err)
}

// emailTaken gives the error of a write its code when the e-mail address was the reason: the id is the primary key.
func emailTaken(err error) error {
	if breaks(err, uniqueKey) {
		return domain.WrapError(domain.CodeEmailTaken, "There is an account with this e-mail address.", err)
	}
	return err
}

// User returns an account.
func (u *Users) User(ctx context.Context, id domain.UserID) (domain.User, error) {
	return u.one(ctx, userByID, string(id))
}

// UserByEmail returns the account with an e-mail address of this domain.EmailKey.
func (u *Users) UserByEmail(ctx context.Context, emailKey string) (domain.User, error) {
	return u.one(ctx, userByEmail, emailKey)
}

func (u *Users) one(ctx context.Context, q query, key string) (domain.User, error) {
	var user domain.User
	found, err := u.store.row(ctx, "read a user", q, []any{key}, userFields(&user)...)
	if err == nil && !found {
		err = domain.NotFound("account")
	}
	if err != nil {
		return domain.User{}, err
	}
	return user, nil
}

// ListUsers returns a page of all accounts.
func (u *Users) ListUsers(ctx context.Context, page ports.Page) ([]domain.User, error) {
	return list(ctx, u.store, "list users", userFields, allUsers, page.After.At.UnixMilli(), page.After.ID, page.Limit)
}

// UpdateUser changes an account and returns it as stored.
func (u *Users) UpdateUser(ctx context.Context, id domain.UserID, edit func(*domain.User) error) (domain.User, error) {
	read := func() (domain.User, error) { return u.User(ctx, id) }
	return ports.Update(ctx, "account", read, edit, func(before, user *domain.User) (bool, error) {
		user.ID, user.CreatedAt, user.Rev, user.UpdatedAt = before.ID, before.CreatedAt, before.Rev+1, stored(user.UpdatedAt)
		rows, err := u.store.exec(ctx, "update a user", updateUser, domain.EmailKey(user.Email), user.Name, user.Email,
			user.PasswordHash, user.EmailVerified, user.Beta, user.Disabled, millis(user.UpdatedAt), user.Rev, user.ID, before.Rev)
		return rows == 1, emailTaken(err)
	})
}
