package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// unavailableCodes are the answers of a server that cannot do its work now: it is not or no longer primary, shuts down,
// does not reach others, or ran out of time.
// https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
var unavailableCodes = []int{6, 7, 50, 64, 89, 91, 133, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436}

// failure returns the domain's error for one of the driver, or nil for nil. doing says what was being tried.
func failure(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		err = fmt.Errorf("%w: %w", ended, err)
	}
	err = fmt.Errorf("%s: %w", doing, err)
	if ctx.Err() != nil || isUnavailable(err) {
		return domain.WrapError(domain.CodeUnavailable, "Storage does not answer.", err)
	}
	return domain.WrapError(domain.CodeInternal, "", err)
}

// isUnavailable reports whether an error means that there was no answer, or one that says to come again later.
func isUnavailable(err error) bool {
	if driver.IsNetworkError(err) || driver.IsTimeout(err) {
		return true
	}
	var answer driver.ServerError
	if errors.As(err, &answer) {
		return answer.HasErrorLabel("RetryableWriteError") || slices.ContainsFunc(unavailableCodes, answer.HasErrorCode)
	}
	// What is left is about the selection of a server, connections and their pool, or a mistake in this package.
	var notMarshalled driver.MarshalError
	var badArgument driver.InvalidArgumentError
	var notDecoded *bson.DecodeError
	return !errors.As(err, &notMarshalled) && !errors.As(err, &badArgument) && !errors.As(err, &notDecoded) &&
		!errors.Is(err, driver.ErrNoDocuments)
}

// inserted returns the domain's error for one of an insert: CodeConflict when the key is taken.
func inserted(ctx context.Context, what string, err error) error {
	if driver.IsDuplicateKeyError(err) {
		return domain.WrapError(domain.CodeConflict, "There is such a "+what+" already.", err)
	}
	return failure(ctx, "inserting a "+what, err)
}
