package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// The states of SQL that mean something here: https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	notNullViolation     = "23502"
	uniqueViolation      = "23505"
	characterUnstorable  = "22021"
	untranslatable       = "22P05"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	lockNotAvailable     = "55P03"
	readOnlyTransaction  = "25006"
	queryCanceled        = "57014"
	noPrivilege          = "42501"
	tooManyConnections   = "53300"
)

// shutdowns are the states with which a server ends connections: admin_shutdown, crash_shutdown, idle_session_timeout.
var shutdowns = []string{"57P01", "57P02", "57P05"}

// The classes of states that say that the server cannot do anything now, or not here: connection, authorization, no such
// database, resources, operator intervention, system.
var unavailableClasses = []string{"08", "28", "3D", "53", "57", "58"}

// state returns the SQLSTATE of an error, empty when there is none.
func state(err error) string {
	var failed *pgconn.PgError
	if errors.As(err, &failed) {
		return failed.Code
	}
	return ""
}

// breaks reports whether a write broke a constraint. On a server that spreads a table over others a number follows the name.
func breaks(err error, constraint string) bool {
	var failed *pgconn.PgError
	return errors.As(err, &failed) && failed.Code == uniqueViolation &&
		(failed.ConstraintName == constraint || strings.HasPrefix(failed.ConstraintName, constraint+"_"))
}

// contended reports whether a transaction met another one, was undone, and can be made again.
func contended(err error) bool {
	s := state(err)
	return s == serializationFailure || s == deadlockDetected
}

// repeatable reports whether a call can be made again: nothing of it can have happened.
func repeatable(err error) bool { return contended(err) || pgconn.SafeToRetry(err) }

// unreachable reports whether there was no connection to be had, or one that was there is gone.
func unreachable(err error) bool {
	var refused *pgconn.ConnectError
	return errors.As(err, &refused) || lost(err)
}

// lost reports whether a connection is gone that was there, as all are after a server was started again. Whether the server
// did what it was told nobody knows.
func lost(err error) bool {
	var refused *pgconn.ConnectError
	if err == nil || errors.As(err, &refused) {
		return false
	}
	var broken net.Error
	ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &broken) && !broken.Timeout()
	return ended || slices.Contains(shutdowns, state(err))
}

// unencodable reports whether a value does not fit its column. The driver finds that out before it sends the value, has no type
// for it, and interrupts a copy with it.
func unencodable(err error) bool {
	s := state(err)
	return (s == "" || s == queryCanceled) && strings.Contains(err.Error(), "unable to encode ")
}

// errReadOnly is a server that takes no writes: one that follows another, or that its operator has locked.
var errReadOnly = errors.New("the server takes no writes")

// onlyReads returns the error for a server that takes no writes. By the time of the next call the writes may go to another
// one, which only a new connection reaches.
func (s *Store) onlyReads(cause error) error {
	s.pool.Reset()
	return domain.WrapError(domain.CodeUnavailable, "The storage can only be read now.", cause)
}

// failure returns the error for a failed call: with its code, and what was being tried for the log. Errors of the domain
// stay as they are.
func (s *Store) failure(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	var known *domain.Error
	if errors.As(err, &known) {
		return err
	}
	trying := fmt.Errorf("%s: %w", doing, err)
	if ended := ctx.Err(); ended != nil {
		return domain.WrapError(domain.CodeUnavailable, "The call ended before the storage answered.", fmt.Errorf("%w (%w)", trying, ended))
	}
	var unread pgx.ScanArgError
	switch code := state(err); {
	case errors.As(err, &unread) || unencodable(err):
		return domain.WrapError(domain.CodeInternal, "", trying)
	case code == "":
		return domain.WrapError(domain.CodeUnavailable, "The storage does not answer.", trying)
	case code == uniqueViolation:
		return domain.WrapError(domain.CodeConflict, "There is one of this id already.", trying)
	case code == characterUnstorable || code == untranslatable:
		return domain.WrapError(domain.CodeInvalid, "A text has a character that cannot be stored: U+0000, or what is not UTF-8.", trying)
	case code == readOnlyTransaction:
		return s.onlyReads(trying)
	case contended(err) || code == lockNotAvailable || code == tooManyConnections:
		return domain.WrapError(domain.CodeBusy, "The storage is busy. Try again.", trying)
	}
	for _, class := range unavailableClasses {
		if strings.HasPrefix(state(err), class) {
			return domain.WrapError(domain.CodeUnavailable, "The storage does not answer.", trying)
		}
	}
	return domain.WrapError(domain.CodeInternal, "", trying)
}
