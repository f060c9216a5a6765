package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// userChange is a command that sets a flag of an account.
type userChange struct {
	usage string
	do    func(ctx context.Context, a *accounts.Administration, id domain.UserID, off bool) (changed bool, err error)
	// state is what the account is then, and off what it is with -off, "" when there is no -off.
	state, off string
	// more is what else is to be known when it is done.
	more string
}

var userChanges = map[string]userChange{
	"verify": {
		usage: `Usage: spacey user verify WHO

Takes the e-mail address of an account for proven. WHO is the address or the id of the account.
`,
		do: func(ctx context.Context, a *accounts.Administration, id domain.UserID, _ bool) (bool, error) {
			return a.Verify(ctx, id)
		},
		state: "verified",
	},
	"beta": {
		usage: `Usage: spacey user beta WHO [-off]

Lets a person into the beta, who may then use generated cards, contents and the search. WHO is an e-mail address or the
id of an account.

  -off   take them out of the beta
`,
		do: func(ctx context.Context, a *accounts.Administration, id domain.UserID, off bool) (bool, error) {
			return a.SetBeta(ctx, id, !off)
		},
		state: "in the beta", off: "not in the beta",
	},
	"disable": {
		usage: `Usage: spacey user disable WHO

Makes an account unusable: nobody can sign in, its sessions end, and its API tokens are refused. Nothing is lost, and
"spacey user enable" makes it usable again. WHO is an e-mail address or the id of an account.
`,
		do: func(ctx context.Context, a *accounts.Administration, id domain.UserID, _ bool) (bool, error) {
			return a.Disable(ctx, id)
		},
		state: "disabled", more: "its sessions have ended, and its API tokens are refused, everywhere within 30 seconds\n",
	},
	"enable": {
		usage: `Usage: spacey user enable WHO

Makes an account usable again that was disabled. Its API tokens work again; its sessions do not come back. WHO is an
e-mail address or the id of an account.
`,
		do: func(ctx context.Context, a *accounts.Administration, id domain.UserID, _ bool) (bool, error) {
			return a.Enable(ctx, id)
		},
		state: "enabled",
	},
}

// runUserChange runs one of userChanges.
func runUserChange(ctx context.Context, name string, args, environ []string, stdout io.Writer) error {
	command, change := "user "+name, userChanges[name]
	flags, off := flag.NewFlagSet(command, flag.ContinueOnError), new(bool)
	if change.off != "" {
		off = flags.Bool("off", false, "")
	}
	given, err := parseFlags(command, change.usage, flags, []string{"WHO"}, args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	o, closeEngine, err := openOperator(ctx, command, environ)
	if err != nil {
		return err
	}
	defer closeEngine()
	administration := o.accounts()
	user, err := administration.Find(ctx, given[0])
	if err != nil {
		return err
	}
	changed, err := change.do(ctx, administration, user.ID, *off)
	if err != nil {
		return err
	}
	state := change.state
	if *off {
		state = change.off
	}
	if !changed {
		_, err = fmt.Fprintf(stdout, "%s was %s before\n", describeUser(user), state)
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s is %s\n%s", describeUser(user), state, change.more)
	return err
}

// describeUser returns by what an operator knows an account.
func describeUser(user domain.User) string {
	return printable(user.Email) + " (" + string(user.ID) + ")"
}
