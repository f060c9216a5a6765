package configs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// MaxValue is the size of the largest document, in bytes.
const MaxValue = 256 << 10

// setTries is how often a document is set that others insert at the same time.
const setTries = 3

// nameForm is the form of names: they stand in the paths of routes.
var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,99}$`)

// Administration is what operators do with configuration documents. Each change is noted in the audit log. Make one with
// NewAdministration.
type Administration struct {
	configs ports.Configs
	audits  ports.Audits
	clock   ports.Clock
	ids     ports.IDs
	actor   string
}

// NewAdministration returns the use cases of operators; systemUser is the name by which the machine knows the operator.
func NewAdministration(storage ports.Storage, clock ports.Clock, ids ports.IDs, systemUser string) *Administration {
	return &Administration{storage.Configs, storage.Audits, clock, ids, domain.Operator(systemUser)}
}

// Setting is what a document is set to.
type Setting struct {
	Name string
	// Value is the JSON value, nil to leave the one that is there.
	Value []byte
	// Public says whether everybody may read it, nil to leave that as it is. A new document is private then.
	Public *bool
}

// check says what is wrong with a setting.
func (s Setting) check() error {
	switch {
	case !nameForm.MatchString(s.Name):
		return domain.Invalid("name", "A name has 1 to 100 of a to z, 0 to 9, dot, underscore and dash, and begins with a letter or a digit.")
	case len(s.Value) > MaxValue:
		return &domain.Error{Code: domain.CodeTooLarge, Message: fmt.Sprintf("The value has %d bytes: %d at most.", len(s.Value), MaxValue)}
	case s.Value == nil || json.Valid(s.Value) && utf8.Valid(s.Value):
		return nil
	default:
		return domain.Invalid("value", "The value is not JSON: "+faultOf(s.Value)+".")
	}
}

// faultOf says what keeps a value from being JSON in UTF-8, and where: lines and characters count from 1.
func faultOf(value []byte) string {
	var parsed any
	var syntax *json.SyntaxError
	fault, at := "there is something behind its end", len(value)
	switch err := json.Unmarshal(value, &parsed); {
	case errors.As(err, &syntax) && len(value) == 0:
		return "it is empty"
	case errors.As(err, &syntax):
		fault, at = syntax.Error(), int(syntax.Offset)
		if at > 0 && fault != "unexpected end of JSON input" {
			at-- // the offset is that behind the character
		}
	case err == nil:
		fault, at = "a text is not UTF-8", 0
		for at < len(value) {
			r, size := utf8.DecodeRune(value[at:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			at += size
		}
	}
	before := value[:min(at, len(value))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("%s, at line %d, character %d", fault, line, column)
}

// errAsItWas ends an update that would change nothing.
var errAsItWas = errors.New("it is so already")

// Set changes a document, or adds one when there is a value, and returns it as stored. changed is false when it was so
// before. CodeInvalid and CodeTooLarge when the setting breaks a rule, CodeNotFound when there is neither a document nor a
// value.
func (a *Administration) Set(ctx context.Context, s Setting) (document domain.ConfigDocument, changed bool, err error) {
	if err := s.check(); err != nil {
		return domain.ConfigDocument{}, false, err
	}
	s.Value = bytes.Clone(bytes.TrimSpace(s.Value))
	document, changed, err = a.store(ctx, s)
	if err != nil || !changed {
		return document, false, err
	}
	entry := domain.AuditEntry{
		ID: domain.AuditEntryID(a.ids.NewID()), At: a.clock.Now(), Actor: a.actor, Action: domain.ActionConfigSet, Object: s.Name,
	}
	if err := a.audits.InsertAudit(ctx, entry); err != nil {
		return document, true, fmt.Errorf("the document is set, but the audit log does not have it: %w", err)
	}
	return document, true, nil
}

// store updates a document, or inserts it when it is not there.
func (a *Administration) store(ctx context.Context, s Setting) (domain.ConfigDocument, bool, error) {
	for range setTries {
		document, changed, err := a.update(ctx, s)
		if domain.CodeOf(err) != domain.CodeNotFound || s.Value == nil {
			return document, changed, err
		}
		document = domain.ConfigDocument{
			Name: s.Name, Public: s.Public != nil && *s.Public, Value: s.Value, UpdatedAt: a.clock.Now(), Rev: 1,
		}
		err = a.configs.InsertConfig(ctx, document)
		if domain.CodeOf(err) != domain.CodeConflict {
			return document, err == nil, err
		}
	}
	return domain.ConfigDocument{}, false, domain.NewError(domain.CodeBusy, "Others change this document at the same time. Try again.")
}

func (a *Administration) update(ctx context.Context, s Setting) (domain.ConfigDocument, bool, error) {
	var same domain.ConfigDocument
	document, err := a.configs.UpdateConfig(ctx, s.Name, func(d *domain.ConfigDocument) error {
		before := *d
		if s.Value != nil {
			d.Value = s.Value
		}
		if s.Public != nil {
			d.Public = *s.Public
		}
		if d.Public == before.Public && bytes.Equal(d.Value, before.Value) {
			same = before
			return errAsItWas
		}
		d.UpdatedAt = a.clock.Now()
		return nil
	})
	if errors.Is(err, errAsItWas) {
		return same, false, nil
	}
	return document, err == nil, err
}
