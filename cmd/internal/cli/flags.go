package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
)

// parseFlags parses the arguments of a command: what flags defines, if not nil, and one argument for each of names, in any
// order. It returns those arguments. flag.ErrHelp when the usage was asked for, which it prints; else errors are
// process.ErrUsage.
func parseFlags(command, usage string, flags *flag.FlagSet, names, args []string, stdout io.Writer) ([]string, error) {
	if flags == nil {
		flags = flag.NewFlagSet(command, flag.ContinueOnError)
	}
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	given := []string{}
	for {
		if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stdout, usage)
			return nil, err
		} else if err != nil {
			return nil, usageError(command, err)
		}
		if flags.NArg() == 0 {
			break
		}
		given, args = append(given, flags.Arg(0)), flags.Args()[1:]
	}
	if len(given) < len(names) {
		return nil, usageError(command, fmt.Errorf("%s is missing", names[len(given)]))
	}
	if len(given) > len(names) {
		return nil, usageError(command, fmt.Errorf("%q is not expected", given[len(names)]))
	}
	return given, nil
}

// usageError returns the error for a wrong call of a command.
func usageError(command string, err error) error {
	return fmt.Errorf("%w: %s; \"spacey %s -help\" says how to call it", process.ErrUsage, err.Error(), command)
}
