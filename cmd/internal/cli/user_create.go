package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const userCreateUsage = `Usage: spacey user create EMAIL -name NAME [-beta] [-unverified] [-generate]

Opens an account. The password is asked for twice on a terminal, and is else the first line of standard input: it is no
argument, since others see the arguments of a process.

  -name NAME   the name of the person
  -beta        let them into the beta
  -unverified  do not take the e-mail address for proven
  -generate    make a password and print it
`

// runUserCreate runs "spacey user create".
func runUserCreate(ctx context.Context, args, environ []string, c console, stdout io.Writer) error {
	flags := flag.NewFlagSet("user create", flag.ContinueOnError)
	name, beta := flags.String("name", "", ""), flags.Bool("beta", false, "")
	unverified, generate := flags.Bool("unverified", false, ""), flags.Bool("generate", false, "")
	given, err := parseFlags("user create", userCreateUsage, flags, []string{"EMAIL"}, args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if *name == "" {
		return usageError("user create", errors.New("-name is missing"))
	}
	o, closeEngine, err := openOperator(ctx, "user create", environ)
	if err != nil {
		return err
	}
	defer closeEngine()
	password := generatePassword(o.minPassword)
	if !*generate {
		if password, err = c.password(ctx); err != nil {
			return err
		}
	}
	user, err := o.accounts().Create(ctx, accounts.NewAccount{
		SignUp: domain.SignUp{Name: *name, Email: given[0], Password: password}, Verified: !*unverified, Beta: *beta,
	})
	if user.ID == "" {
		return err
	}
	fmt.Fprintf(stdout, "account   %s\ne-mail    %s\n", user.ID, printable(user.Email))
	if *generate {
		fmt.Fprintf(stdout, "password  %s\n", password)
	}
	return err
}

// generatePassword returns a password that nobody can guess, of at least so many characters.
func generatePassword(least int) string {
	password := rand.Text()
	for len(password) < least {
		password += rand.Text()
	}
	return password
}
