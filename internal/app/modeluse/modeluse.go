// Package modeluse bounds what people have language models read: so many characters a person and day, whatever it is for.
package modeluse

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// LimitsConfig is the name of the configuration document with the limits.
const LimitsConfig = "generation-limits"

// defaultCharacters is how many characters a day a person may have a language model read: some fifty pages.
const defaultCharacters = 100_000

const secondsPerDay = 24 * 60 * 60

// limits is the document.
type limits struct {
	// CharactersPerDay is how many characters a person may have a model read in a day of UTC; 0 is none.
	CharactersPerDay *int `json:"charactersPerDay"`
}

// Budget counts what people have language models read.
type Budget struct {
	// Configs is where the limits are looked up.
	Configs ports.Configs
	Usage   ports.GenerationUsage
	Clock   ports.Clock
	// Logger is told when the document cannot be read. It may be nil.
	Logger *slog.Logger
}

// Grant counts what a model is to read against the person's day: characters, of which fewer than 1 count as 1. Where there are
// not so many left nothing is counted, and granted is false. limit is how many there are in a day.
func (b *Budget) Grant(ctx context.Context, owner domain.UserID, characters int) (granted bool, limit int, err error) {
	limit, err = b.limit(ctx)
	if err != nil {
		return false, 0, err
	}
	today := domain.Day(b.Clock.Now().Unix() / secondsPerDay)
	granted, err = b.Usage.CountUsage(ctx, owner, today, max(characters, 1), limit)
	return granted, limit, err
}

// limit returns how many characters there are in a day.
func (b *Budget) limit(ctx context.Context) (int, error) {
	document, err := b.Configs.Config(ctx, LimitsConfig)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return defaultCharacters, nil
	}
	if err != nil {
		return 0, err
	}
	var l limits
	if err := json.Unmarshal(document.Value, &l); err != nil {
		b.logger().ErrorContext(ctx, "the configuration document cannot be read, the default counts", "document", LimitsConfig, "error", err)
		return defaultCharacters, nil
	}
	if l.CharactersPerDay == nil {
		return defaultCharacters, nil
	}
	return *l.CharactersPerDay, nil
}

func (b *Budget) logger() *slog.Logger {
	if b.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return b.Logger
}
