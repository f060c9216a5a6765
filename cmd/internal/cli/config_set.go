package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/moshrank/spacey-backend/internal/app/configs"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const configSetUsage = `Usage: spacey config set NAME [VALUE | -] [-public | -private]

Changes a configuration document, or adds one. VALUE is JSON of at most 256 KiB, with - that of standard input; without
VALUE only who may read the document is changed. Services show it within 5 seconds.

  -public   everybody may read it
  -private  nobody may read it but operators. A new document is private unless it is -public
`

// runConfigSet runs "spacey config set".
func runConfigSet(ctx context.Context, args, environ []string, c console, stdout io.Writer) error {
	setting, err := parseConfigSet(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if string(setting.Value) == "-" {
		// One byte more shows that there is too much.
		setting.Value, err = io.ReadAll(io.LimitReader(c.in, configs.MaxValue+1))
		if err != nil {
			return fmt.Errorf("reading standard input: %w", err)
		}
	}
	o, closeEngine, err := openOperator(ctx, "config set", environ)
	if err != nil {
		return err
	}
	defer closeEngine()
	document, changed, err := o.configs().Set(ctx, setting)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return describeMissing(setting.Name, err)
	}
	if err != nil {
		return err
	}
	if !changed {
		_, err = fmt.Fprintf(stdout, "%s was so before\n", document.Name)
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s is set: %s, %d bytes; services show it within %s\n",
		document.Name, visibility(document), len(document.Value), configs.FreshFor)
	return err
}

// parseConfigSet reads the arguments, NAME and at most one VALUE.
func parseConfigSet(args []string, stdout io.Writer) (configs.Setting, error) {
	flags := flag.NewFlagSet("config set", flag.ContinueOnError)
	public, private := flags.Bool("public", false, ""), flags.Bool("private", false, "")
	names := []string{"NAME"}
	if countArguments(flags, args) > 1 {
		names = append(names, "VALUE")
	}
	given, err := parseFlags("config set", configSetUsage, flags, names, args, stdout)
	if err != nil {
		return configs.Setting{}, err
	}
	setting := configs.Setting{Name: given[0]}
	if len(given) > 1 {
		setting.Value = []byte(given[1])
	}
	switch {
	case *public && *private:
		return setting, usageError("config set", errors.New("-public and -private exclude each other"))
	case *public || *private:
		setting.Public = public
	case setting.Value == nil:
		return setting, usageError("config set", errors.New("VALUE is missing"))
	}
	return setting, nil
}

// countArguments returns how many arguments are no flags.
func countArguments(flags *flag.FlagSet, args []string) int {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	for count := 0; ; count++ {
		if flags.Parse(args) != nil || flags.NArg() == 0 {
			return count
		}
		args = flags.Args()[1:]
	}
}
