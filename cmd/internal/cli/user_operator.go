package cli

import (
	"cmp"
	"context"
	"os"
	"os/user"
	"strconv"
	"strings"
	"unicode"

	"github.com/moshrank/spacey-backend/internal/adapters/argon2"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/app/configs"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// operator is somebody who works on the storage of an installation.
type operator struct {
	storage     ports.Storage
	name        string
	minPassword int
}

// openOperator opens the storage of "spacey serve", which must be there and have this program's schema. What it logs goes to
// standard error: standard output may be read by a program.
func openOperator(ctx context.Context, command string, environ []string) (operator, func(), error) {
	c, storage, closeEngine, err := openStorage(ctx, command, environ, os.Stderr)
	return operator{storage, systemUser(), c.PasswordMin}, closeEngine, err
}

func (o operator) accounts() *accounts.Administration {
	return accounts.NewAdministration(o.storage, argon2.New(), system.Clock{}, system.IDs{}, o.minPassword, o.name)
}

func (o operator) configs() *configs.Administration {
	return configs.NewAdministration(o.storage, system.Clock{}, system.IDs{}, o.name)
}

// systemUser returns the name of the system's user. A container may have no more than a number for it.
func systemUser() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return cmp.Or(os.Getenv("USER"), strconv.Itoa(os.Getuid()))
}

// printable returns a text that somebody has chosen without what would steer a terminal or hide a part of it.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// orDash returns a dash for nothing, so that columns stay columns.
func orDash(text string) string { return cmp.Or(printable(text), "-") }
