package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const userDeleteUsage = `Usage: spacey user delete WHO [-yes]

Removes a person with everything they have: the account at once; decks, cards, the review log and what else there is by
the services within about a quarter of an hour. This cannot be undone. WHO is an e-mail address or the id of an account.
On a terminal the e-mail address is asked for again.

  -yes   do not ask

user-service, deck-management-service, learning-service and card-generation-service each remove what they own, in any of
their processes; "spacey serve" is all four. What does not run removes its part as soon as it runs: the request is stored
until all is done.
`

// runUserDelete runs "spacey user delete".
func runUserDelete(ctx context.Context, args, environ []string, c console, stdout io.Writer) error {
	flags := flag.NewFlagSet("user delete", flag.ContinueOnError)
	yes := flags.Bool("yes", false, "")
	given, err := parseFlags("user delete", userDeleteUsage, flags, []string{"WHO"}, args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if !*yes && !c.person() {
		return usageError("user delete", errors.New("nobody can be asked here, so it needs -yes"))
	}
	o, closeEngine, err := openOperator(ctx, "user delete", environ)
	if err != nil {
		return err
	}
	defer closeEngine()
	administration := o.accounts()
	user, err := administration.Find(ctx, given[0])
	if err != nil {
		return err
	}
	if !*yes {
		if err := confirmDeletion(ctx, c, user); err != nil {
			return err
		}
	}
	if err := administration.Delete(ctx, user.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, `the account %s is gone
The services remove everything else of it within about a quarter of an hour. That is done by any process of user-service,
deck-management-service, learning-service and card-generation-service, or by "spacey serve"; where none of a service runs,
start one, and it goes on.
`, describeUser(user))
	return err
}

// confirmDeletion lets a person type the e-mail address of the account that they want to delete.
func confirmDeletion(ctx context.Context, c console, user domain.User) error {
	question := fmt.Sprintf("This removes %s, named %q, with everything they have, and cannot be undone.\nType the e-mail address to go on: ",
		describeUser(user), printable(user.Name))
	typed, err := c.ask(ctx, question)
	if err != nil {
		return err
	}
	if domain.EmailKey(typed) != domain.EmailKey(user.Email) {
		return errors.New("that is not the e-mail address of the account; nothing is deleted")
	}
	return nil
}
