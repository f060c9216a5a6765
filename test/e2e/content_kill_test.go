package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/pdfs"
)

// TestContentSurvivesKills kills everything while contents are added, processed and deleted, again and again. In the end each that was
// acknowledged is there once and has ended, and nothing is left of those that were deleted or never came to be.
func TestContentSurvivesKills(t *testing.T) {
	t.Parallel()
	paper := pdfs.Text(40)
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			rounds := 6
			if engine == "sqlite" {
				rounds = 20
			}
			l := newLibrary(t, map[string]http.HandlerFunc{
				"/slow/": func(w http.ResponseWriter, _ *http.Request) {
					time.Sleep(rand.N(300 * time.Millisecond))
					serving("text/html", []byte(lighthouse))(w, nil)
				},
				"/papers/": serving("application/pdf", paper),
			})
			s := startFor(t, engine, l.environment()...)
			c := s.person(t)
			k := &contentKills{s: s, c: c, library: l, paper: paper, fates: map[string]fate{}}
			for round := range rounds {
				k.round(t, round)
			}
			k.requireEnded(t)
			requireNothingLeftOver(t, s.storage.open(t), domain.UserID(c.user))
		})
	}
}

// fate is what became of a content whose addition was acknowledged.
type fate int

// The fates. Of one that is doomed the deletion was not acknowledged: it may be there or not.
const (
	kept fate = iota
	doomed
	gone
)

// contentKills is a person who adds and deletes contents while processes are killed.
type contentKills struct {
	s       *system
	c       *client
	library *library
	paper   []byte
	mu      sync.Mutex
	fates   map[string]fate
}

// round adds contents of each kind, deletes one of those before, and kills all processes at a random moment meanwhile.
func (k *contentKills) round(t *testing.T, round int) {
	t.Helper()
	var sending sync.WaitGroup
	for _, path := range []string{"slow", "papers"} {
		source := fmt.Sprintf("%s/%s/%d", k.library.URL, path, round)
		sending.Go(func() { k.note(t)(k.c.again().try(http.MethodPost, "/content", object{"source": source})) })
	}
	sending.Go(func() { k.note(t)(k.c.again().sendFile(fmt.Sprintf("paper-%d.pdf", round), k.paper)) })
	if victim, ok := k.victim(); ok && round%2 == 1 {
		sending.Go(func() {
			if a, err := k.c.again().try(http.MethodDelete, "/content/"+victim, nil); err == nil && a.Status == http.StatusOK {
				k.setFate(victim, gone)
			}
		})
	}
	time.Sleep(rand.N(1500 * time.Millisecond))
	k.s.kill()
	sending.Wait()
	k.s.run()
}

// note notes what was acknowledged.
func (k *contentKills) note(t *testing.T) func(answer, error) {
	return func(a answer, err error) {
		if err == nil && a.Status == http.StatusOK {
			k.setFate(data[content](t, a).ID, kept)
		}
	}
}

func (k *contentKills) setFate(id string, to fate) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fates[id] = to
}

// victim dooms one of the contents.
func (k *contentKills) victim() (string, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for id, fate := range k.fates {
		if fate == kept {
			k.fates[id] = doomed
			return id, true
		}
	}
	return "", false
}

// requireEnded checks that what was acknowledged is there once, that what was deleted is not, and that all work has ended.
func (k *contentKills) requireEnded(t *testing.T) {
	t.Helper()
	seen, sources := map[string]bool{}, map[string]bool{}
	processed := 0
	for _, listed := range k.c.contents() {
		one := k.c.processed(listed.ID)
		assert.False(t, seen[one.ID] || sources[one.Source], "twice: %s", one.Source)
		seen[one.ID], sources[one.Source] = true, true
		if one.Status == "processed" {
			processed++
			assert.NotEmpty(t, one.Raw)
		} else {
			assert.NotEmpty(t, one.Failure)
		}
		if one.StorageRef != "" {
			k.c.must(http.StatusOK, http.MethodGet, "/content/file/"+one.StorageRef, nil)
		}
	}
	count := map[fate]int{}
	for id, fate := range k.fates {
		count[fate]++
		assert.True(t, fate == doomed || seen[id] == (fate == kept), "%s, whose fate is %d", id, fate)
	}
	t.Logf("%d were acknowledged and kept, %d deleted, of %d nobody knows; %d are there, %d of them processed",
		count[kept], count[gone], count[doomed], len(seen), processed)
	assert.Positive(t, processed)
}

// requireNothingLeftOver waits until no job is left, and checks that each part of a file belongs to a content.
func requireNothingLeftOver(t *testing.T, storage ports.Storage, owner domain.UserID) {
	t.Helper()
	require.Eventually(t, func() bool {
		jobs, err := storage.Archive.Jobs.Page(t.Context(), owner, "", 1000)
		return err == nil && len(jobs) == 0
	}, 4*time.Minute, 500*time.Millisecond, "all work ends")
	contents, err := storage.Archive.Contents.Page(t.Context(), owner, "", 1000)
	require.NoError(t, err)
	files := map[string]bool{}
	for _, one := range contents {
		files[string(one.ID)] = one.FileSize > 0
	}
	for after := ""; ; {
		parts, err := storage.Archive.Blobs.Page(t.Context(), owner, after, 16)
		require.NoError(t, err)
		for _, part := range parts {
			assert.True(t, files[part.Blob], "the file %s is of no content", part.Blob)
			after = ports.BlobPartKey(&part)
		}
		if len(parts) == 0 {
			return
		}
	}
}
