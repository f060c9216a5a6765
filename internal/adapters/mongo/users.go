package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Users = (*Store)(nil)

type userRecord struct {
	ID            domain.UserID `bson:"_id"`
	EmailKey      string        `bson:"email_key"`
	Name          string        `bson:"name"`
	Email         string        `bson:"email"`
	PasswordHash  string        `bson:"password_hash"`
	EmailVerified bool          `bson:"email_verified"`
	Beta          bool          `bson:"beta"`
	// Disabled is missing in documents of earlier schema versions, where nobody was.
	Disabled  bool           `bson:"disabled"`
	CreatedAt *bson.DateTime `bson:"created_at"`
	UpdatedAt *bson.DateTime `bson:"updated_at"`
	Rev       int64          `bson:"rev"`
}

func newUserRecord(u domain.User) userRecord {
	return userRecord{
		ID: u.ID, EmailKey: domain.EmailKey(u.Email), Name: u.Name, Email: u.Email, PasswordHash: u.PasswordHash,
		EmailVerified: u.EmailVerified, Beta: u.Beta, Disabled: u.Disabled,
		CreatedAt: date(u.CreatedAt), UpdatedAt: date(u.UpdatedAt), Rev: u.Rev,
	}
}

func (r userRecord) user() domain.User {
	return domain.User{
		ID: r.ID, Name: r.Name, Email: r.Email, PasswordHash: r.PasswordHash, EmailVerified: r.EmailVerified, Beta: r.Beta,
		Disabled: r.Disabled, CreatedAt: instant(r.CreatedAt), UpdatedAt: instant(r.UpdatedAt), Rev: r.Rev,
	}
}

// InsertUser adds an account.
func (s *Store) InsertUser(ctx context.Context, user domain.User) error {
	_, err := s.users.InsertOne(ctx, newUserRecord(user))
	if !driver.IsDuplicateKeyError(err) {
		return failure(ctx, "inserting an account", err)
	}
	// Servers word it differently which index refused, so the data are asked.
	taken, failed := exists(ctx, s.users, "account", bson.D{{Key: "_id", Value: user.ID}})
	if failed != nil {
		return failed
	}
	if taken {
		return inserted(ctx, "account", err)
	}
	return emailTaken(err)
}

func emailTaken(cause error) error {
	return domain.WrapError(domain.CodeEmailTaken, "There is an account with this e-mail address.", cause)
}

// User returns an account.
func (s *Store) User(ctx context.Context, id domain.UserID) (domain.User, error) {
	return s.userWhere(ctx, bson.D{{Key: "_id", Value: id}})
}

// UserByEmail returns the account with an e-mail address.
func (s *Store) UserByEmail(ctx context.Context, emailKey string) (domain.User, error) {
	return s.userWhere(ctx, bson.D{{Key: "email_key", Value: emailKey}})
}

func (s *Store) userWhere(ctx context.Context, filter bson.D) (domain.User, error) {
	record, err := findOne[userRecord](ctx, s.users, "account", filter)
	if err != nil {
		return domain.User{}, err
	}
	return record.user(), nil
}

// UpdateUser changes an account.
func (s *Store) UpdateUser(ctx context.Context, id domain.UserID, edit func(*domain.User) error) (domain.User, error) {
	read := func() (domain.User, error) { return s.User(ctx, id) }
	return ports.Update(ctx, "account", read, edit, func(before, after *domain.User) (bool, error) {
		after.ID, after.CreatedAt, after.Rev = before.ID, before.CreatedAt, before.Rev+1
		*after = newUserRecord(*after).user()
		done, err := setWhere(ctx, s.users, bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: before.Rev}}, bson.D{
			{Key: "email_key", Value: domain.EmailKey(after.Email)}, {Key: "name", Value: after.Name},
			{Key: "email", Value: after.Email}, {Key: "password_hash", Value: after.PasswordHash},
			{Key: "email_verified", Value: after.EmailVerified}, {Key: "beta", Value: after.Beta},
			{Key: "disabled", Value: after.Disabled},
			{Key: "updated_at", Value: date(after.UpdatedAt)}, {Key: "rev", Value: after.Rev},
		})
		if driver.IsDuplicateKeyError(err) {
			return false, emailTaken(err)
		}
		return done, failure(ctx, "updating an account", err)
	})
}

// ListUsers returns a part of all accounts.
func (s *Store) ListUsers(ctx context.Context, page ports.Page) ([]domain.User, error) {
	filter := behind(bson.D{}, "created_at", "_id", page.After)
	records, err := findList[userRecord](ctx, s.users, "accounts", filter, inOrder("created_at", "_id", page.Limit))
	users := make([]domain.User, len(records))
	for i, r := range records {
		users[i] = r.user()
	}
	return users, err
}
