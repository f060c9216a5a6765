package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const configUsage = `Usage: spacey config list
       spacey config get NAME
       spacey config set NAME [VALUE | -] [-public | -private]

list  tell the names of all configuration documents, who may read them, when they were changed, and their sizes
get   print a document
set   change a document, or add one

"spacey config COMMAND -help" says more. Each change is noted in the audit log, with the name of the system's user. The
storage is the one of "spacey serve", by the same variables; spacey may run meanwhile. The exit code is 0 when it is done, 1
when it is not, 2 for a wrong call.
`

const configListUsage = `Usage: spacey config list

Tells the configuration documents, in order of their names: the name, public or private, when it was changed, its size.
`

const configGetUsage = `Usage: spacey config get NAME

Prints the JSON value of a configuration document, public or not.
`

// runConfig runs "spacey config" with the command behind it.
func runConfig(ctx context.Context, args, environ []string, c console, stdout io.Writer) error {
	command := ""
	if len(args) > 0 {
		command = args[0]
	}
	switch command {
	case "list":
		return runConfigList(ctx, args[1:], environ, stdout)
	case "get":
		return runConfigGet(ctx, args[1:], environ, stdout)
	case "set":
		return runConfigSet(ctx, args[1:], environ, c, stdout)
	}
	return noSuchCommand("config", configUsage, args, stdout)
}

// runConfigList runs "spacey config list".
func runConfigList(ctx context.Context, args, environ []string, stdout io.Writer) error {
	_, err := parseFlags("config list", configListUsage, nil, nil, args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	o, closeEngine, err := openOperator(ctx, "config list", environ)
	if err != nil {
		return err
	}
	defer closeEngine()
	return listConfigs(ctx, o.storage.Configs, stdout)
}

func listConfigs(ctx context.Context, configs ports.Configs, stdout io.Writer) error {
	for after := ""; ; {
		documents, err := configs.ListConfigs(ctx, after, listPage)
		if err != nil {
			return err
		}
		for _, d := range documents {
			_, err := fmt.Fprintf(stdout, "%-32s  %-7s  %s  %d bytes\n", printable(d.Name), visibility(d), instant(d.UpdatedAt), len(d.Value))
			if err != nil {
				return err
			}
			after = d.Name
		}
		if len(documents) < listPage {
			return nil
		}
	}
}

// visibility says who may read a document.
func visibility(d domain.ConfigDocument) string {
	if d.Public {
		return "public"
	}
	return "private"
}

// runConfigGet runs "spacey config get".
func runConfigGet(ctx context.Context, args, environ []string, stdout io.Writer) error {
	given, err := parseFlags("config get", configGetUsage, nil, []string{"NAME"}, args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	o, closeEngine, err := openOperator(ctx, "config get", environ)
	if err != nil {
		return err
	}
	defer closeEngine()
	document, err := o.storage.Configs.Config(ctx, given[0])
	if err != nil {
		return describeMissing(given[0], err)
	}
	_, err = fmt.Fprintf(stdout, "%s\n", document.Value)
	return err
}

// describeMissing names the document that is not there.
func describeMissing(name string, err error) error {
	if domain.CodeOf(err) == domain.CodeNotFound {
		return fmt.Errorf("there is no configuration document %q; \"spacey config list\" tells all: %w", name, err)
	}
	return err
}
