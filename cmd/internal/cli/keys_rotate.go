package cli

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
)

// rotateKeys runs "spacey keys rotate".
func rotateKeys(args, environ []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("keys", flag.ContinueOnError)
	file, early := flags.String("file", "", ""), flags.Bool("early", false, "")
	given, err := parseFlags("keys", keysUsage, flags, []string{"add, promote or drop"}, args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	step, ok := rotationSteps[given[0]]
	if !ok {
		return usageError("keys", fmt.Errorf("%q is not a step of a rotation", given[0]))
	}
	c, err := config.Load(environ, config.Needs{DefaultStorage: config.StorageSQLite})
	if err != nil {
		return err
	}
	if *file == "" && c.AuthPrivateKey != "" {
		return printRotated(c, step, *early, stdout)
	}
	return rotateFile(c, cmp.Or(*file, c.KeyPath()), step, *early, stdout)
}

// rotationStep is a step of a rotation: what it does, and what is to be done after it.
type rotationStep struct {
	do   func(ring jwt.Keyring, now time.Time, lifetime time.Duration, early bool) (jwt.Keyring, error)
	done string
	// next is the step that follows, after how long.
	next func(lifetime time.Duration) (step string, after time.Duration)
}

var rotationSteps = map[string]rotationStep{
	"add": {
		func(ring jwt.Keyring, now time.Time, _ time.Duration, _ bool) (jwt.Keyring, error) {
			key, err := jwt.GenerateKey()
			if err != nil {
				return jwt.Keyring{}, err
			}
			return ring.Add(key, now)
		},
		"a new key verifies, and does not sign yet",
		func(time.Duration) (string, time.Duration) { return "promote", jwt.SettleTime },
	},
	"promote": {
		func(ring jwt.Keyring, now time.Time, _ time.Duration, early bool) (jwt.Keyring, error) {
			return ring.Promote(now, early)
		},
		"the new key signs, the old one only verifies",
		func(lifetime time.Duration) (string, time.Duration) { return "drop", jwt.DropAfter(lifetime) },
	},
	"drop": {
		func(ring jwt.Keyring, now time.Time, lifetime time.Duration, early bool) (jwt.Keyring, error) {
			return ring.Drop(now, lifetime, early)
		},
		"the old key is gone",
		nil,
	},
}

// rotate takes a step with the keys of a text, and returns the new text and a report.
func (s rotationStep) rotate(c config.Config, text []byte, early bool) (rotated []byte, report string, err error) {
	ring, err := jwt.ParseKeyring(text)
	if err != nil {
		return nil, "", err
	}
	now := time.Now()
	if ring, err = s.do(ring, now, c.SessionLifetime(), early); err != nil {
		return nil, "", fmt.Errorf("this step is not due: %w", err)
	}
	if rotated, err = ring.Encode(); err != nil {
		return nil, "", err
	}
	ids := ring.KeyIDs()
	report = fmt.Sprintf("done      %s\nsigns     %s\n", s.done, ids[0])
	for _, id := range ids[1:] {
		report += fmt.Sprintf("verifies  %s\n", id)
	}
	report += "now       restart each user-service with these keys, one after the other\n"
	if s.next != nil {
		step, after := s.next(c.SessionLifetime())
		report += fmt.Sprintf("then      spacey keys rotate %s, from %s on\n", step, now.Add(after).UTC().Format(time.RFC3339))
	}
	return rotated, report, nil
}

// printRotated takes a step with the keys of AUTH_PRIVATE_KEY, and prints its new value. What the step did stands before it:
// text outside of PEM blocks belongs to no key.
func printRotated(c config.Config, step rotationStep, early bool, stdout io.Writer) error {
	text, report, err := step.rotate(c, []byte(c.AuthPrivateKey), early)
	if err != nil {
		return fmt.Errorf("AUTH_PRIVATE_KEY: %w", err)
	}
	_, err = fmt.Fprintf(stdout, "%s\n%s", report, text)
	return err
}

// rotateFile takes a step with the keys of a file.
func rotateFile(c config.Config, path string, step rotationStep, early bool, stdout io.Writer) error {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there are no keys to rotate (-file names their file, \"spacey keys generate\" makes a first one): %w", err)
	}
	if err != nil {
		return fmt.Errorf("reading the keys: %w", err)
	}
	text, report, err := step.rotate(c, text, early)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := replaceFile(path, text); err != nil {
		return fmt.Errorf("the keys stay as they were: %w", err)
	}
	_, err = fmt.Fprintf(stdout, "file      %s\n%s", absolute(path), report)
	return err
}
