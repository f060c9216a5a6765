package porttest

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func contentUpdateCases() []testCase {
	return []testCase{
		{"an update of a content is stored and counted, and leaves its texts", contentUpdate},
		{"an update of a content returns it as it is stored", contentUpdateStored},
		{"an update cannot change id, owner, creation and revision of a content", contentFixed},
		{"an update of a content that its function refuses stores nothing", contentRefused},
		{"concurrent updates of a content lose nothing", contentUpdateRace},
	}
}

func contentCompleteCases() []testCase {
	return []testCase{
		{"a content that is completed has its texts, byte for byte", contentComplete},
		{"a content that is completed again has its new texts only", contentCompleteAgain},
		{"completing cannot change id, owner, creation and revision of a content", contentCompleteFixed},
		{"texts whose change is refused are not stored", contentCompleteRefused},
		{"texts are never seen without the change", contentCompleteSeen},
		{"completing and updating at once lose nothing of each other", contentCompleteRace},
	}
}

func contentUpdate(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := completeContent(t, s, addContent(t, s, newContent(ada, 1)), "Title", newTexts(1))
	other, theirs := addContent(t, s, newContent(ada, 2)), addContent(t, s, newContent(bob, 1))
	for n := 3; n <= 5; n++ {
		id, created, rev := want.ID, want.CreatedAt, want.Rev
		want = newContent(ada, n)
		want.ID, want.CreatedAt, want.Rev, want.SourceType, want.Status = id, created, rev, domain.SourceDOI, domain.ContentFailed
		if n == 5 {
			want = startedContent(ada, 1)
			want.CreatedAt, want.UpdatedAt, want.Rev = created, time.Time{}, rev
		}
		got, err := s.Contents.UpdateContent(t.Context(), ada, want.ID, func(c *domain.Content) error { *c = want; return nil })
		require.NoError(t, err)
		want.Rev++
		require.Equal(t, want, got)
		requireContents(t, s, ada, want, other)
	}
	requireTexts(t, s, ada, want.ID, newTexts(1))
	requireContents(t, s, bob, theirs)
}

func contentUpdateStored(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addContent(t, s, newContent(ada, 1))
	got, err := s.Contents.UpdateContent(t.Context(), ada, want.ID, func(c *domain.Content) error {
		c.UpdatedAt = at(3).In(time.FixedZone("Kathmandu", 5*3600+45*60))
		return nil
	})
	require.NoError(t, err)
	want.UpdatedAt, want.Rev = at(3), 2
	require.Equal(t, want, got)
	requireContent(t, s, want)
}

// editFixed is an edit function that changes what cannot be changed, and the title.
func editFixed(c *domain.Content) error {
	c.ID, c.Owner, c.CreatedAt, c.Rev, c.Title = contentID(9), bob, at(99), 77, "New"
	return nil
}

func contentFixed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addContent(t, s, newContent(ada, 1))
	got, err := s.Contents.UpdateContent(t.Context(), ada, want.ID, editFixed)
	require.NoError(t, err)
	want.Title, want.Rev = "New", 2
	require.Equal(t, want, got)
	requireContents(t, s, ada, want)
	requireContents(t, s, bob)
}

func contentCompleteFixed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addContent(t, s, newContent(ada, 1))
	got, err := s.Contents.CompleteContent(t.Context(), ada, want.ID, newTexts(1), editFixed)
	require.NoError(t, err)
	want.Title, want.Rev = "New", 2
	require.Equal(t, want, got)
	requireContents(t, s, ada, want)
	requireContents(t, s, bob)
	requireTexts(t, s, ada, want.ID, newTexts(1))
}

func contentRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addContent(t, s, newContent(ada, 1))
	_, err := s.Contents.UpdateContent(t.Context(), ada, want.ID, func(c *domain.Content) error {
		c.Title, c.Annotations[0].Comment, c.Annotations[0].StartPath[0] = "New", "New", 99
		return errEdit
	})
	require.Same(t, errEdit, err, "the error is returned as it is")
	requireContents(t, s, ada, want)
}

func contentUpdateRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := addContent(t, s, startedContent(ada, 1))
	got := race(racers, func(i int) error {
		_, err := s.Contents.UpdateContent(t.Context(), ada, content.ID, func(c *domain.Content) error {
			c.Annotations = append(c.Annotations, domain.Annotation{Comment: uuid(1, i)})
			return nil
		})
		return err
	})
	done := requireMostDone(t, got)
	stored, err := s.Contents.Content(t.Context(), ada, content.ID)
	require.NoError(t, err)
	require.Equal(t, content.Rev+int64(done), stored.Rev)
	require.Len(t, stored.Annotations, done)
	for i, err := range got {
		if err == nil {
			require.Contains(t, stored.Annotations, domain.Annotation{StartPath: []int{}, EndPath: []int{}, Comment: uuid(1, i)})
		}
	}
}

func contentComplete(t *testing.T, engine Engine) {
	s := engine.Open(t)
	other := completeContent(t, s, addContent(t, s, startedContent(ada, 100)), "Other", newTexts(100))
	for i, text := range append(texts(), "", mediumText()) {
		content := addContent(t, s, startedContent(ada, i))
		requireTexts(t, s, ada, content.ID, domain.ContentTexts{})
		want := domain.ContentTexts{View: text + "<p>", Raw: text}
		requireContent(t, s, completeContent(t, s, content, "Title", want))
		got, err := s.ContentLists.ContentTexts(t.Context(), ada, content.ID)
		require.NoError(t, err)
		require.Truef(t, want == got, "the texts come back: %.40q", text)
	}
	requireTexts(t, s, ada, other.ID, newTexts(100))
}

func contentCompleteAgain(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := addContent(t, s, startedContent(ada, 1))
	content = completeContent(t, s, content, "Title", domain.ContentTexts{View: mediumText(), Raw: mediumText()})
	for _, texts := range []domain.ContentTexts{newTexts(2), {Raw: "only"}, {View: "only"}, {}} {
		content = completeContent(t, s, content, "Again", texts)
		requireTexts(t, s, ada, content.ID, texts)
	}
	requireContents(t, s, ada, content)
}

func contentCompleteRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	fresh := addContent(t, s, startedContent(ada, 1))
	done := completeContent(t, s, addContent(t, s, startedContent(ada, 2)), "Title", newTexts(2))
	for _, content := range []domain.Content{fresh, done} {
		_, err := s.Contents.CompleteContent(t.Context(), ada, content.ID, newTexts(9), func(c *domain.Content) error {
			c.Title = "New"
			return errEdit
		})
		require.Same(t, errEdit, err, "the error is returned as it is")
	}
	requireContents(t, s, ada, fresh, done)
	requireTexts(t, s, ada, fresh.ID, domain.ContentTexts{})
	requireTexts(t, s, ada, done.ID, newTexts(2))
}

func contentCompleteSeen(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := addContent(t, s, startedContent(ada, 1))
	var reading sync.WaitGroup
	begun, failures := make(chan struct{}), make(chan error, 1)
	var early bool
	reading.Go(func() {
		close(begun)
		for range 10_000 {
			texts, err := s.ContentLists.ContentTexts(t.Context(), ada, content.ID)
			if err != nil {
				failures <- err
				return
			}
			if texts == (domain.ContentTexts{}) {
				continue
			}
			seen, err := s.Contents.Content(t.Context(), ada, content.ID)
			if err != nil {
				failures <- err
			}
			early = seen.Status != domain.ContentProcessed
			return
		}
	})
	<-begun
	completeContent(t, s, content, "Title", newTexts(1))
	reading.Wait()
	require.Empty(t, failures)
	require.False(t, early, "the texts were there before the change")
}

func contentCompleteRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := addContent(t, s, startedContent(ada, 1))
	got := race(8, func(i int) error {
		mark := func(c *domain.Content) error {
			c.Annotations = append(c.Annotations, domain.Annotation{Comment: uuid(1, i)})
			if i%4 == 0 {
				c.Title = newTexts(i).Raw
			}
			return nil
		}
		if i%4 == 0 {
			_, err := s.Contents.CompleteContent(t.Context(), ada, content.ID, newTexts(i), mark)
			return err
		}
		_, err := s.Contents.UpdateContent(t.Context(), ada, content.ID, mark)
		return err
	})
	done := requireMostDone(t, got)
	stored, err := s.Contents.Content(t.Context(), ada, content.ID)
	require.NoError(t, err)
	require.Equal(t, content.Rev+int64(done), stored.Rev)
	require.Len(t, stored.Annotations, done)
	texts, err := s.ContentLists.ContentTexts(t.Context(), ada, content.ID)
	require.NoError(t, err)
	require.Equal(t, stored.Title, texts.Raw, "title and texts are of one completion")
}
