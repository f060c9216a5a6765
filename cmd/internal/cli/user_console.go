package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// maxLine is how long a line may be that somebody types, in bytes.
const maxLine = 4096

// errInterrupted is a question that the person did not answer.
var errInterrupted = errors.New("interrupted; nothing is changed")

// console is where a person, or a script, answers questions.
type console struct {
	// in is standard input.
	in io.Reader
	// prompt is where questions go: standard output may be read by a program.
	prompt io.Writer
	// secret reads a line without showing it. It is nil when no person sits there.
	secret func(ctx context.Context) (string, error)
}

// systemConsole returns the console of this process.
func systemConsole() console {
	c := console{in: os.Stdin, prompt: os.Stderr}
	if fd := int(os.Stdin.Fd()); term.IsTerminal(fd) {
		c.secret = func(ctx context.Context) (string, error) { return readSecret(ctx, fd) }
	}
	return c
}

// person reports whether somebody can be asked.
func (c console) person() bool { return c.secret != nil }

// ask asks a person something, and returns the line that they type.
func (c console) ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(c.prompt, question)
	return awaitAnswer(ctx, c.line)
}

// line reads a line of standard input, without its end.
func (c console) line() (string, error) {
	line, err := bufio.NewReader(io.LimitReader(c.in, maxLine+1)).ReadString('\n')
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return "", fmt.Errorf("reading standard input: %w", err)
	case len(line) > maxLine:
		return "", errors.New("the line on standard input is too long")
	}
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), nil
}

// password asks a person twice for a password, and takes the first line of standard input from a script.
func (c console) password(ctx context.Context) (string, error) {
	read := func(question string) (string, error) {
		if !c.person() {
			return awaitAnswer(ctx, c.line)
		}
		fmt.Fprint(c.prompt, question)
		defer fmt.Fprintln(c.prompt)
		return c.secret(ctx)
	}
	password, err := read("Password: ")
	switch {
	case err != nil:
		return "", err
	case password == "":
		return "", errors.New("there is no password on standard input (-generate makes one)")
	case !utf8.ValidString(password):
		return "", errors.New("the password is not UTF-8, so nobody could sign in with it")
	case !c.person():
		return password, nil
	}
	again, err := read("The same again: ")
	if err == nil && again != password {
		err = errors.New("the two passwords are not the same; nothing is changed")
	}
	return password, err
}

// awaitAnswer waits for an answer, or for ctx to end: then the reading goes on behind it until the process ends.
func awaitAnswer(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		text, err := read()
		typed <- answer{text, err}
	}()
	select {
	case a := <-typed:
		return a.text, a.err
	case <-ctx.Done():
		return "", errInterrupted
	}
}

// readSecret reads a line of a terminal without showing it. Whoever interrupts it gets a terminal back that shows what they type.
func readSecret(ctx context.Context, fd int) (string, error) {
	state, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	text, err := awaitAnswer(ctx, func() (string, error) {
		typed, err := term.ReadPassword(fd)
		if err != nil {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		return string(typed), nil
	})
	if errors.Is(err, errInterrupted) {
		_ = term.Restore(fd, state) // nothing better is left to do
	}
	return text, err
}
