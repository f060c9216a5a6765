package ports_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func TestSearchPrefix(t *testing.T) {
	form := regexp.MustCompile(`^[a-z2-7]{10}$`)
	seen := map[string]string{}
	for _, owner := range []domain.UserID{"", "ada", "ADA", "bob", "card", "0198f0a0-0000-7000-8000-00000000000a", "0198f0a0-0000-7000-8000-00000000000b"} {
		for _, kind := range []domain.SearchKind{domain.SearchCards, domain.SearchNotes, domain.SearchContents} {
			prefix := ports.SearchPrefix(owner, kind)
			require.Regexp(t, form, prefix)
			require.Equal(t, prefix, ports.SearchPrefix(owner, kind), "it is always the same")
			name := string(kind) + " of " + string(owner)
			require.Emptyf(t, seen[prefix], "%s has that of another", name)
			seen[prefix] = name
		}
	}
	// What is stored was stored with this one.
	require.Equal(t, "owvm6vaisq", ports.SearchPrefix("ada", domain.SearchCards))
}

func TestKeysOfTheArchive(t *testing.T) {
	require.Equal(t, "a b/000007", ports.BlobPartKey(&domain.BlobPart{Blob: "a b", N: 7}))
	require.Equal(t, "a/123456", ports.BlobPartKey(&domain.BlobPart{Blob: "a", N: 123_456}))
	require.Equal(t, "content/c1", ports.JobKey(&domain.Job{Kind: domain.JobContent, Subject: "c1"}))
}
