package moving

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// markLifetime is how long the mark of CheckDistinct is in storage at most, when nothing removes it.
const markLifetime = time.Minute

// CheckDistinct fails with CodeConflict when source and target are the same storage under two names: a copy would then end
// with the news that both are equal, and one of them might be thrown away. It puts a one-time token, whose secret nobody
// knows, into the target, looks for it in the source, and removes it. One that is left behind by a process that is killed
// goes with the next copy.
func (c *Copier) CheckDistinct(ctx context.Context) (err error) {
	digest, now := sha256.Sum256([]byte(rand.Text())), time.Now()
	mark := domain.OneTimeToken{
		Hash: hex.EncodeToString(digest[:]), Purpose: "copy", CreatedAt: now, ExpiresAt: now.Add(markLifetime),
	}
	defer func() {
		err = errors.Join(err, c.to.Archive.OneTimeTokens.Remove(context.WithoutCancel(ctx), "", []string{mark.Hash}))
	}()
	if err := c.to.Archive.OneTimeTokens.Put(ctx, "", []domain.OneTimeToken{mark}); err != nil {
		return fmt.Errorf("marking the target: %w", err)
	}
	found, err := c.from.Archive.OneTimeTokens.Page(ctx, "", mark.Hash[:len(mark.Hash)-1], 1)
	if err != nil {
		return fmt.Errorf("looking for the mark of the target in the source: %w", err)
	}
	if len(found) > 0 && found[0].Hash == mark.Hash {
		return domain.NewError(domain.CodeConflict, "Source and target are the same storage. Nothing was changed.")
	}
	return nil
}
