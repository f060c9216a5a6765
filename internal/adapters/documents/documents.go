// Package documents makes texts of articles and PDFs. They are read in a child process, so that neither a crash nor a hang nor a file
// that unpacks to any size takes the service down.
package documents

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Defaults of a Reader.
const (
	DefaultDeadline = time.Minute
	DefaultMemory   = 512 << 20
	DefaultParallel = 2
)

const (
	// maxAnswer is how much a child may answer, in bytes: in JSON a text may be several times as long.
	maxAnswer = 32 << 20
	// maxComplaint is how much of what a child prints to its standard error is kept.
	maxComplaint = 4 << 10
	// leaveTime is how long what is fed to a child may go on once the child has ended.
	leaveTime = time.Second
	// watchInterval is how often the memory of a child is looked at.
	watchInterval = 25 * time.Millisecond
)

// Options are the limits of a Reader. Zero is the default.
type Options struct {
	// Deadline is how long a document may take.
	Deadline time.Duration
	// Memory is how many bytes a child may have.
	Memory int64
	// Parallel is how many documents are read at once; others wait.
	Parallel int
	// Logger is told when a child fails, never with a word of a document.
	Logger *slog.Logger
}

// Reader reads documents in child processes. Make one with New.
type Reader struct {
	options Options
	places  chan struct{}
	// cache is where children keep what they have compiled, "" for nowhere.
	cache func() string
}

var _ ports.DocumentReader = (*Reader)(nil)

// New returns a reader. The program it is in must call ChildMain first in its main.
func New(options Options) *Reader {
	options.Deadline, options.Memory = cmp.Or(options.Deadline, DefaultDeadline), cmp.Or(options.Memory, DefaultMemory)
	options.Parallel = cmp.Or(options.Parallel, DefaultParallel)
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	return &Reader{options: options, places: make(chan struct{}, options.Parallel), cache: sync.OnceValue(cacheFolder)}
}

// cannotRead is what a person is told when a child cannot be started.
const cannotRead = "Documents cannot be read now."

// The failures of which the document is the cause.
var (
	errTooMuch    = domain.NewError(domain.CodeTooLarge, "The document takes too much time or memory to be read.")
	errUnreadable = domain.NewError(domain.CodeInvalid, "The document cannot be read.")
)

// ReadDocument reads a document in a child process. After a failure from may still be read, once, until that read returns.
func (r *Reader) ReadDocument(ctx context.Context, format domain.DocumentFormat, address string, from io.Reader) (domain.Document, error) {
	select {
	case r.places <- struct{}{}:
		defer func() { <-r.places }()
	case <-ctx.Done():
		return domain.Document{}, domain.WrapError(domain.CodeUnavailable, "The document was not read in time.", ctx.Err())
	}
	head, err := json.Marshal(order{
		Format: format, Address: address, Cache: r.cache(), Memory: r.options.Memory, Deadline: r.options.Deadline,
	})
	if err != nil {
		return domain.Document{}, err
	}
	answered, err := r.run(ctx, append(head, '\n'), from)
	if err != nil {
		return domain.Document{}, err
	}
	var a answer
	if err := json.Unmarshal(answered, &a); err != nil {
		return domain.Document{}, domain.WrapError(domain.CodeInvalid, errUnreadable.Message, err)
	}
	if a.Code != "" {
		return domain.Document{}, domain.NewError(a.Code, a.Message)
	}
	return a.Document, nil
}

// run starts a child, feeds it and returns what it answers.
func (r *Reader) run(ctx context.Context, head []byte, from io.Reader) ([]byte, error) {
	// On Linux a child dies with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	own, cancel := context.WithTimeout(ctx, r.options.Deadline)
	defer cancel()
	program, err := executable()
	if err != nil {
		return nil, domain.WrapError(domain.CodeUnavailable, cannotRead, err)
	}
	out, complaints := &bounded{limit: maxAnswer}, &bounded{limit: maxComplaint}
	child := exec.CommandContext(own, program) //nolint:gosec // it is this program
	child.Args[0], child.Env, child.Dir = "spacey-document", []string{childVariable + "=1"}, os.TempDir()
	child.Stdout, child.Stderr, child.WaitDelay = out, complaints, leaveTime
	bind(child)
	input, err := child.StdinPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		return nil, domain.WrapError(domain.CodeUnavailable, cannotRead, err)
	}
	fed := newFeed(from, cancel)
	go fed.to(input, head)
	watched := watch(own, cancel, child.Process.Pid, r.options.Memory)
	err = child.Wait()
	slow := errors.Is(own.Err(), context.DeadlineExceeded)
	cancel()
	large, broken := <-watched, fed.broken()
	switch {
	case ctx.Err() != nil:
		return nil, domain.WrapError(domain.CodeUnavailable, "The document was not read in time.", ctx.Err())
	case broken != nil:
		return nil, broken
	case large || slow || out.full:
		return nil, errTooMuch
	case err != nil:
		r.options.Logger.WarnContext(ctx, "the reader of a document failed", "error", err, "complaint", complaints.String())
		return nil, crash(complaints.String(), err)
	default:
		return out.Bytes(), nil
	}
}

// crash returns the error for a child that has ended without an answer.
func crash(complaint string, err error) error {
	for _, sign := range []string{"out of memory", "cannot allocate memory", "failed to allocate", "stack overflow", "stack exceeds"} {
		if strings.Contains(complaint, sign) {
			return errTooMuch
		}
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		switch status, ok := exit.Sys().(syscall.WaitStatus); {
		case !ok || !status.Signaled():
		case status.Signal() == syscall.SIGKILL: // so does a system that is out of memory
			return errTooMuch
		case status.Signal() == syscall.SIGTERM, status.Signal() == syscall.SIGINT, status.Signal() == syscall.SIGHUP:
			return domain.WrapError(domain.CodeUnavailable, cannotRead, err) // all processes are being ended
		}
	}
	return domain.WrapError(domain.CodeInvalid, errUnreadable.Message, fmt.Errorf("the reader ended: %w", err))
}

// watch cancels when a process takes more memory than it may; the channel then says so. It is to be read once the process has ended and
// ctx with it.
func watch(ctx context.Context, cancel func(), pid int, limit int64) <-chan bool {
	tooMuch := make(chan bool, 1)
	go func() {
		defer close(tooMuch)
		ticker := time.NewTicker(watchInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				tooMuch <- false
				return
			case <-ticker.C:
				if resident(pid) > limit {
					tooMuch <- true
					cancel()
					return
				}
			}
		}
	}()
	return tooMuch
}

// bounded keeps what is written up to a limit, and forgets the rest.
type bounded struct {
	bytes.Buffer
	limit int
	full  bool
}

// Write takes all there is.
func (b *bounded) Write(p []byte) (int, error) {
	if room := b.limit - b.Len(); len(p) > room {
		b.full = true
		b.Buffer.Write(p[:max(room, 0)])
		return len(p), nil
	}
	return b.Buffer.Write(p)
}
