package porttest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testContents(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a content comes back as given, whatever became of it", contentRoundTrip},
		{"times of a content come back in UTC to the millisecond, zero as zero", contentTimes},
		{"texts of a content and its marks come back byte for byte", contentStrings},
		{"no marks are an empty list, and so are paths without steps", contentNoMarks},
		{"the most marks with the most text fit", contentManyMarks},
		{"an unknown content is not found", contentUnknown},
		{"another person's content is not found, and ids are free for others", contentForeign},
		{"a content of an id that is taken conflicts and changes nothing", contentTaken},
		{"of many who insert a content of one id one wins", contentRace},
		{"what callers do to their copy of a content changes nothing", contentCopies},
		{"a deleted content is gone with its texts, and nothing else", contentDeleted},
		{"of many who delete a content one does", contentDeleteRace},
		{"the blob of a deleted content stays", contentDeleteLeavesBlob},
		{"a cancelled context stores, changes and deletes no content", contentCancelled},
	})
	runCases(t, engine, contentUpdateCases())
	runCases(t, engine, contentCompleteCases())
}

func contentRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	failed := startedContent(ada, 3)
	failed.Status, failed.Failure, failed.SourceType, failed.Source = domain.ContentFailed, "It is no article.", domain.SourceDOI, "10.1000/182"
	contents := []domain.Content{newContent(ada, 1), startedContent(ada, 2), failed, newContent(ada, 4)}
	contents[3].Rev = 9
	for _, content := range contents {
		addContent(t, s, content)
	}
	for _, content := range contents {
		requireContent(t, s, content)
	}
	requireContents(t, s, ada, contents...)
}

func contentTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range instants() {
		content := newContent(ada, i)
		content.CreatedAt, content.UpdatedAt = instant, instant
		addContent(t, s, content)
		content.CreatedAt, content.UpdatedAt = instant.UTC(), instant.UTC()
		requireContent(t, s, content)
	}
	never := newContent(ada, 100)
	never.UpdatedAt = time.Time{}
	requireContent(t, s, addContent(t, s, never))
}

func contentStrings(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, text := range append(texts(), "") {
		content := newContent(ada, i)
		content.Source, content.Failure, content.Title, content.Summary, content.Image = text, text, text, text, text
		content.Annotations[1].Color, content.Annotations[1].Comment, content.Annotations[1].Text = text, text, text
		requireContent(t, s, addContent(t, s, content))
	}
}

func contentNoMarks(t *testing.T, engine Engine) {
	s := engine.Open(t)
	none, empty, bare := newContent(ada, 1), newContent(ada, 2), newContent(ada, 3)
	none.Annotations, empty.Annotations = nil, []domain.Annotation{}
	bare.Annotations = []domain.Annotation{{}, {StartPath: []int{}, EndPath: []int{0}}}
	for _, content := range []domain.Content{none, empty, bare} {
		addContent(t, s, content)
	}
	none.Annotations = []domain.Annotation{}
	bare.Annotations = []domain.Annotation{{StartPath: []int{}, EndPath: []int{}}, {StartPath: []int{}, EndPath: []int{0}}}
	requireContent(t, s, none)
	requireContent(t, s, empty)
	requireContent(t, s, bare)
	requireContents(t, s, ada, none, empty, bare)

	got, err := s.Contents.UpdateContent(t.Context(), ada, bare.ID, func(c *domain.Content) error {
		c.Annotations = []domain.Annotation{{Color: "red"}}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []domain.Annotation{{StartPath: []int{}, EndPath: []int{}, Color: "red"}}, got.Annotations)
	got, err = s.Contents.UpdateContent(t.Context(), ada, bare.ID, func(c *domain.Content) error { c.Annotations = nil; return nil })
	require.NoError(t, err)
	require.Equal(t, []domain.Annotation{}, got.Annotations)
}

func contentManyMarks(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := newContent(ada, 1)
	content.Annotations = newAnnotations(1, domain.MaxAnnotations)
	content.Annotations[7].Comment = string(slices.Repeat([]rune{'\U0001f600'}, domain.MaxAnnotationText))
	content.Annotations[9].StartPath = slices.Repeat([]int{1_000_000}, 64)
	addContent(t, s, content)
	got, err := s.Contents.Content(t.Context(), ada, content.ID)
	require.NoError(t, err)
	require.Len(t, got.Annotations, len(content.Annotations))
	for i := range got.Annotations { // to show how long lists differ takes long
		require.Equal(t, content.Annotations[i], got.Annotations[i])
	}
}

func contentUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := addContent(t, s, newContent(ada, 1))
	for _, id := range []domain.ContentID{contentID(2), "", "%", content.ID[:20], content.ID + "0"} {
		requireNoContent(t, s, ada, id)
		_, err := s.Contents.UpdateContent(t.Context(), ada, id, func(c *domain.Content) error { c.Title = "Other"; return nil })
		requireNotFound(t, err)
		_, err = s.Contents.CompleteContent(t.Context(), ada, id, newTexts(1), func(c *domain.Content) error { c.Title = "Other"; return nil })
		requireNotFound(t, err)
		requireNotFound(t, s.Contents.DeleteContent(t.Context(), ada, id))
	}
	requireContents(t, s, ada, content)
	second := addContent(t, s, newContent(ada, 2))
	requireTexts(t, s, ada, second.ID, domain.ContentTexts{})
}

func contentForeign(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine := completeContent(t, s, addContent(t, s, startedContent(ada, 1)), "Title", newTexts(1))
	edit := func(c *domain.Content) error { c.Title = "Other"; return nil }
	requireNoContent(t, s, bob, mine.ID)
	_, err := s.Contents.UpdateContent(t.Context(), bob, mine.ID, edit)
	requireNotFound(t, err)
	_, err = s.Contents.CompleteContent(t.Context(), bob, mine.ID, newTexts(2), edit)
	requireNotFound(t, err)
	requireNotFound(t, s.Contents.DeleteContent(t.Context(), bob, mine.ID))

	theirs := completeContent(t, s, addContent(t, s, startedContent(bob, 1)), "Bob's", newTexts(3))
	requireContents(t, s, ada, mine)
	requireContents(t, s, bob, theirs)
	requireTexts(t, s, ada, mine.ID, newTexts(1))
	requireTexts(t, s, bob, mine.ID, newTexts(3))
	require.NoError(t, s.Contents.DeleteContent(t.Context(), ada, mine.ID))
	requireContents(t, s, bob, theirs)
	requireTexts(t, s, bob, mine.ID, newTexts(3))
}

func contentTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := completeContent(t, s, addContent(t, s, startedContent(ada, 1)), "Title", newTexts(1))
	again := newContent(ada, 1)
	again.Title = "Again"
	requireCode(t, domain.CodeConflict, s.Contents.InsertContent(t.Context(), again))
	requireContents(t, s, ada, content)
	requireTexts(t, s, ada, content.ID, newTexts(1))
}

func contentRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := func(i int) domain.Content {
		content := newContent(ada, i)
		content.ID = contentID(1)
		return content
	}
	got := race(racers, func(i int) error { return s.Contents.InsertContent(t.Context(), content(i)) })
	requireContents(t, s, ada, content(requireOneWinner(t, got, domain.CodeConflict)))
}

func contentCopies(t *testing.T, engine Engine) {
	s := engine.Open(t)
	given, want := newContent(ada, 1), newContent(ada, 1)
	addContent(t, s, given)
	given.Annotations[0].Comment, given.Annotations[0].StartPath[0] = "changed", 99
	got, err := s.Contents.Content(t.Context(), ada, want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
	got.Annotations[1].Comment, got.Annotations[1].EndPath[0] = "changed", 99
	list, err := s.ContentLists.Contents(t.Context(), ada, ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []domain.Content{want}, list)
	list[0].Annotations[0].Text, list[0].Annotations[0].StartPath[1] = "changed", 99
	requireContent(t, s, want)
}

func contentDeleted(t *testing.T, engine Engine) {
	s := engine.Open(t)
	gone := completeContent(t, s, addContent(t, s, startedContent(ada, 1)), "Title", newTexts(1))
	stays := completeContent(t, s, addContent(t, s, startedContent(ada, 2)), "Title", newTexts(2))
	theirs := addContent(t, s, newContent(bob, 1))
	require.NoError(t, s.Contents.DeleteContent(t.Context(), ada, gone.ID))
	requireNoContent(t, s, ada, gone.ID)
	_, err := s.ContentLists.ContentTexts(t.Context(), ada, gone.ID)
	requireNotFound(t, err)
	_, err = s.Contents.UpdateContent(t.Context(), ada, gone.ID, func(c *domain.Content) error { c.Title = "Other"; return nil })
	requireNotFound(t, err)
	requireNotFound(t, s.Contents.DeleteContent(t.Context(), ada, gone.ID))
	requireContents(t, s, ada, stays)
	requireTexts(t, s, ada, stays.ID, newTexts(2))
	requireContents(t, s, bob, theirs)

	again := addContent(t, s, startedContent(ada, 1))
	requireContents(t, s, ada, again, stays)
	requireTexts(t, s, ada, again.ID, domain.ContentTexts{})
}

func contentDeleteRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := addContent(t, s, newContent(ada, 1))
	got := race(racers, func(int) error { return s.Contents.DeleteContent(t.Context(), ada, content.ID) })
	requireOneWinner(t, got, domain.CodeNotFound)
	requireNoContent(t, s, ada, content.ID)
}

func contentDeleteLeavesBlob(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := addContent(t, s, newContent(ada, 1))
	part := putPart(t, s, ada, newPart(string(content.ID), 0))
	require.NoError(t, s.Contents.DeleteContent(t.Context(), ada, content.ID))
	requirePart(t, s, ada, part)
}

func contentCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addContent(t, s, newContent(ada, 1))
	ctx, edit := cancelled(t), func(c *domain.Content) error { c.Title = "Other"; return nil }
	_, read := s.Contents.Content(ctx, ada, want.ID)
	_, update := s.Contents.UpdateContent(ctx, ada, want.ID, edit)
	_, complete := s.Contents.CompleteContent(ctx, ada, want.ID, newTexts(1), edit)
	requireCancelled(t, map[string]error{
		"InsertContent": s.Contents.InsertContent(ctx, newContent(ada, 2)), "Content": read, "UpdateContent": update,
		"CompleteContent": complete, "DeleteContent": s.Contents.DeleteContent(ctx, ada, want.ID),
	})
	requireContents(t, s, ada, want)
	requireTexts(t, s, ada, want.ID, domain.ContentTexts{})
}
