package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testContentLists(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"contents are listed by creation, then id, in pages", contentPages},
		{"a page of contents goes on behind one that is gone", contentPageBehindGone},
		{"a list without contents is empty and not nil", contentListEmpty},
		{"texts of a content that is not there, or another person's, are not found", contentTextsUnknown},
		{"contents are counted up to a limit, of one person", contentCount},
		{"a cancelled context lists, reads and counts no content", contentListCancelled},
	})
}

// addContentList inserts contents of a person, some created at one time, in another order than that of the list, and
// returns the list.
func addContentList(t *testing.T, s ports.Storage, owner domain.UserID) []domain.Content {
	t.Helper()
	list := []domain.Content{}
	for i, n := range []int{6, 3, 1, 2, 5, 7, 4} {
		content := newContent(owner, n)
		content.CreatedAt = at([]int{1, 2, 3, 3, 3, 5, 5}[i]).Add(time.Duration(i/6) * time.Millisecond)
		list = append(list, content)
	}
	for _, i := range []int{4, 0, 6, 2, 3, 1, 5} {
		addContent(t, s, list[i])
	}
	return list
}

func contentPages(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addContentList(t, s, ada)
	addContentList(t, s, bob)
	requirePages(t, list, contentPlace, func(page ports.Page) ([]domain.Content, error) {
		return s.ContentLists.Contents(t.Context(), ada, page)
	})
}

func contentPageBehindGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addContentList(t, s, ada)
	require.NoError(t, s.Contents.DeleteContent(t.Context(), ada, list[3].ID))
	got, err := s.ContentLists.Contents(t.Context(), ada, ports.Page{After: contentPlace(list[3]), Limit: 2})
	require.NoError(t, err)
	require.Equal(t, list[4:6], got)
}

func contentListEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addContent(t, s, newContent(bob, 1))
	list, err := s.ContentLists.Contents(t.Context(), ada, ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	content := addContent(t, s, newContent(ada, 1))
	list, err = s.ContentLists.Contents(t.Context(), ada, ports.Page{After: contentPlace(content), Limit: 10})
	requireEmpty(t, list, err)
}

func contentTextsUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := completeContent(t, s, addContent(t, s, startedContent(ada, 1)), "Title", newTexts(1))
	_, err := s.ContentLists.ContentTexts(t.Context(), ada, contentID(2))
	requireNotFound(t, err)
	_, err = s.ContentLists.ContentTexts(t.Context(), bob, content.ID)
	requireNotFound(t, err)
	fresh := addContent(t, s, startedContent(bob, 1))
	requireTexts(t, s, bob, fresh.ID, domain.ContentTexts{})
	requireTexts(t, s, ada, content.ID, newTexts(1))
}

func contentCount(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireCount := func(owner domain.UserID, limit, want int) {
		t.Helper()
		got, err := s.ContentLists.CountContents(t.Context(), owner, limit)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	requireCount(ada, 10, 0)
	for n := 1; n <= 5; n++ {
		addContent(t, s, []domain.Content{newContent(ada, n), startedContent(ada, n)}[n%2])
	}
	addContent(t, s, newContent(bob, 1))
	for limit, want := range map[int]int{1: 1, 4: 4, 5: 5, 6: 5, 1000: 5} {
		requireCount(ada, limit, want)
	}
	requireCount(bob, 10, 1)
	require.NoError(t, s.Contents.DeleteContent(t.Context(), ada, contentID(3)))
	requireCount(ada, 10, 4)
}

func contentListCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := addContent(t, s, newContent(ada, 1))
	ctx := cancelled(t)
	_, list := s.ContentLists.Contents(ctx, ada, ports.Page{Limit: 10})
	_, texts := s.ContentLists.ContentTexts(ctx, ada, content.ID)
	_, count := s.ContentLists.CountContents(ctx, ada, 10)
	requireCancelled(t, map[string]error{"Contents": list, "ContentTexts": texts, "CountContents": count})
}
