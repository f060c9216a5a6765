package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const userListUsage = `Usage: spacey user list [-after CURSOR] [-limit N] [-json]

Tells all accounts, the oldest first: the id, when it was created, the flags, the e-mail address and the name.

  -after CURSOR  only accounts behind this place, which a call with -limit has told
  -limit N       at most so many
  -json          a JSON object a line, with the cursor of its place
`

// listPage is how many things are read at a time.
const listPage = 200

// runUserList runs "spacey user list".
func runUserList(ctx context.Context, args, environ []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("user list", flag.ContinueOnError)
	after, limit, asJSON := flags.String("after", "", ""), flags.Int("limit", 0, ""), flags.Bool("json", false, "")
	_, err := parseFlags("user list", userListUsage, flags, nil, args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	list := userList{limit: *limit, json: *asJSON, stdout: stdout}
	if list.after, err = parseCursor(*after); err != nil {
		return usageError("user list", err)
	}
	if *limit < 0 || *limit == 0 && given(flags, "limit") {
		return usageError("user list", errors.New("-limit must be at least 1"))
	}
	o, closeEngine, err := openOperator(ctx, "user list", environ)
	if err != nil {
		return err
	}
	defer closeEngine()
	return list.run(ctx, o.storage.Users)
}

// given reports whether a flag was set.
func given(flags *flag.FlagSet, name string) bool {
	found := false
	flags.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// userList is a run of "spacey user list".
type userList struct {
	after ports.Cursor
	// limit is how many accounts are told, 0 for all.
	limit  int
	json   bool
	stdout io.Writer
}

// run reads one account more than it tells, to know whether there are more.
func (l *userList) run(ctx context.Context, users ports.Users) error {
	if !l.json {
		fmt.Fprintf(l.stdout, userRow, "id", "created", "flags", "e-mail", "name")
	}
	told := 0
	for {
		page := ports.Page{After: l.after, Limit: listPage}
		found, err := users.ListUsers(ctx, page)
		if err != nil {
			return err
		}
		for _, user := range found {
			if l.limit > 0 && told == l.limit {
				return l.more()
			}
			if err := l.tell(user); err != nil {
				return err
			}
			l.after = userCursor(user)
			told++
		}
		if len(found) < page.Limit {
			return nil
		}
	}
}

// userRow is a line: id, time of creation, flags, e-mail address, name.
const userRow = "%-36s  %-24s  %-22s  %-32s  %s\n"

func (l *userList) tell(user domain.User) error {
	if l.json {
		return json.NewEncoder(l.stdout).Encode(listedUser{
			string(user.ID), user.Email, user.Name, instant(user.CreatedAt), user.EmailVerified, user.Beta, user.Disabled,
			formatCursor(userCursor(user)),
		})
	}
	var flags []string
	for _, f := range []struct {
		name string
		set  bool
	}{{"verified", user.EmailVerified}, {"beta", user.Beta}, {"disabled", user.Disabled}} {
		if f.set {
			flags = append(flags, f.name)
		}
	}
	_, err := fmt.Fprintf(l.stdout, userRow, user.ID, instant(user.CreatedAt), cmp.Or(strings.Join(flags, ","), "-"),
		printable(user.Email), printable(user.Name))
	return err
}

// more tells how to go on. Whoever reads JSON has the cursor of the last line.
func (l *userList) more() error {
	if l.json {
		return nil
	}
	_, err := fmt.Fprintf(l.stdout, "there are more: spacey user list -after %s\n", formatCursor(l.after))
	return err
}

// listedUser is an account as a line of JSON.
type listedUser struct {
	ID       string `json:"id"`
	Email    string `json:"email"`
	Name     string `json:"name"`
	Created  string `json:"created"`
	Verified bool   `json:"verified"`
	Beta     bool   `json:"beta"`
	Disabled bool   `json:"disabled"`
	Cursor   string `json:"cursor"`
}

// instantForm is RFC 3339 with milliseconds.
const instantForm = "2006-01-02T15:04:05.000Z07:00"

func instant(t time.Time) string { return t.UTC().Format(instantForm) }

func userCursor(user domain.User) ports.Cursor {
	return ports.Cursor{At: user.CreatedAt, ID: string(user.ID)}
}

// formatCursor returns a place in a list as text: its time and id.
func formatCursor(c ports.Cursor) string { return instant(c.At) + "/" + c.ID }

// parseCursor returns what formatCursor has written; "" is the beginning of the list.
func parseCursor(text string) (ports.Cursor, error) {
	if text == "" {
		return ports.Cursor{}, nil
	}
	at, name, _ := strings.Cut(text, "/")
	when, err := time.Parse(time.RFC3339, at)
	id, ok := domain.ParseID(name)
	if err != nil || !ok {
		return ports.Cursor{}, fmt.Errorf("%q is no cursor", text)
	}
	return ports.Cursor{At: when.UTC(), ID: id}, nil
}
