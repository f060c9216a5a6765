package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
)

const userUsage = `Usage: spacey user list [-after CURSOR] [-limit N] [-json]
       spacey user create EMAIL -name NAME [-beta] [-unverified] [-generate]
       spacey user verify WHO
       spacey user beta WHO [-off]
       spacey user disable WHO
       spacey user enable WHO
       spacey user delete WHO [-yes]
       spacey user audit WHO

list     tell all accounts
create   open an account for somebody
verify   take the e-mail address of an account for proven
beta     let a person into the beta, or with -off out of it
disable  make an account unusable, and end its sessions; nothing is lost
enable   make it usable again
delete   remove a person with everything they have
audit    tell what was done to an account, by whom, when and from where

WHO is an e-mail address or the id of an account. "spacey user COMMAND -help" says more. Each change is noted in the audit
log, with the name of the system's user. Services heed it within 30 seconds. The storage is the one of "spacey serve", by
the same variables; spacey may run meanwhile. The exit code is 0 when it is done, 1 when it is not, 2 for a wrong call.
`

// runUser runs "spacey user" with the command behind it.
func runUser(ctx context.Context, args, environ []string, c console, stdout io.Writer) error {
	command := ""
	if len(args) > 0 {
		command = args[0]
	}
	if _, ok := userChanges[command]; ok {
		return runUserChange(ctx, command, args[1:], environ, stdout)
	}
	switch command {
	case "list":
		return runUserList(ctx, args[1:], environ, stdout)
	case "create":
		return runUserCreate(ctx, args[1:], environ, c, stdout)
	case "delete":
		return runUserDelete(ctx, args[1:], environ, c, stdout)
	case "audit":
		return runUserAudit(ctx, args[1:], environ, stdout)
	}
	return noSuchCommand("user", userUsage, args, stdout)
}

// noSuchCommand answers a call of a group of commands that names none of them: with help, if that is asked for.
func noSuchCommand(group, usage string, args []string, stdout io.Writer) error {
	given, err := parseFlags(group, usage, nil, []string{"a command"}, args[:min(len(args), 1)], stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	return usageError(group, fmt.Errorf("there is no command %q", given[0]))
}
