package accounts

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// senders is how many mails are sent at the same time, and waitingMails how many may wait.
	senders      = 4
	waitingMails = 1000
	// mailTimeout is how long one mail may take, and farewell how long all that wait have when the process stops.
	mailTimeout = 30 * time.Second
	farewell    = 5 * time.Second
)

// Post sends mails behind the answers that cause them: an answer that waited would tell by its time whether there was somebody
// to write to. Mails that wait are lost in a crash; the people ask again.
type Post struct {
	letters chan letter
	logger  *slog.Logger
}

type letter struct {
	about string
	send  func(context.Context) error
}

func newPost(logger *slog.Logger) *Post {
	return &Post{letters: make(chan letter, waitingMails), logger: logger}
}

// sendAsked is send for mails that anybody can have sent: they leave room for those that warn people.
func (p *Post) sendAsked(about string, send func(context.Context) error) error {
	if len(p.letters) >= waitingMails/2 {
		return errManyMails
	}
	return p.send(about, send)
}

var errManyMails = domain.NewError(domain.CodeBusy, "Too many mails are waiting. Try again in a minute.")

// send has a mail sent soon. CodeBusy when too many are waiting.
func (p *Post) send(about string, send func(context.Context) error) error {
	select {
	case p.letters <- letter{about, send}:
		return nil
	default:
		p.logger.Error("too many mails are waiting, one is lost", "mail", about)
		return errManyMails
	}
}

// Run sends mails until ctx ends, and then for a moment those that still wait.
func (p *Post) Run(ctx context.Context) {
	var working sync.WaitGroup
	for range senders {
		working.Go(func() { p.work(ctx) })
	}
	working.Wait()
}

func (p *Post) work(ctx context.Context) {
	for {
		select {
		case l := <-p.letters:
			p.deliver(ctx, l)
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
			defer cancel()
			p.Flush(ctx)
			return
		}
	}
}

// Flush sends the mails that wait, until ctx ends.
func (p *Post) Flush(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case l := <-p.letters:
			p.deliver(ctx, l)
		default:
			return
		}
	}
}

func (p *Post) deliver(ctx context.Context, l letter) {
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	if err := l.send(ctx); err != nil {
		p.logger.Error("a mail could not be sent", "mail", l.about, "error", err)
	}
}
