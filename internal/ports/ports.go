// Package ports holds the interfaces through which the rules of spacey reach everything outside: storage, tokens,
// mail, time. The comment on a method is its contract; porttest checks it on every engine.
//
// What holds for every storage port:
//
//   - A method is atomic: when it returns an error, nothing it promises has been half done, or it is completed later by
//     a sweep before anybody can see the difference.
//   - The owner is a parameter of every method about what people own. Another person's object is CodeNotFound, exactly
//     as if it were not there.
//   - Errors are *domain.Error with the code the method names. When storage does not answer the code is
//     CodeUnavailable, and when a context ends the error wraps the context's error.
//   - A write that returned nil is on disk.
//   - Times are stored in milliseconds and come back in UTC. Texts are UTF-8 without U+0000 (an engine may refuse others
//     with CodeInvalid) and come back byte for byte.
//   - Lists are never nil.
//   - An edit function may be called several times, since an update that meets another one is tried again with what
//     that one left; after a bounded number of tries the error is CodeBusy. An error of the function ends the update,
//     is returned as it is, and nothing is stored. The store raises Rev by one; what the function does to ids, owner,
//     CreatedAt and Rev is ignored.
package ports

import (
	"time"
)

// Clock tells the time, in UTC and whole milliseconds.
type Clock interface {
	Now() time.Time
}

// IDs makes new ids: UUIDs of version 7 in text, each greater than the ones before it in the same process.
type IDs interface {
	NewID() string
}

// Page asks for a part of a list. Lists of one person are in order of creation, then id.
type Page struct {
	// After is where the part begins; the zero Cursor is the beginning of the list.
	After Cursor
	// Limit is how many items there are at most, at least 1.
	Limit int
}

// Cursor is a place in a list: behind the item with this time and id.
type Cursor struct {
	At time.Time
	ID string
}

// IsZero reports whether the cursor is the beginning of the list.
func (c Cursor) IsZero() bool { return c.At.IsZero() && c.ID == "" }
