package porttest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func contentKind() kind[ports.ArchivedContent] {
	return kind[ports.ArchivedContent]{
		name: "contents", owner: ada, other: bob,
		shelf: func(a ports.Archive) ports.Shelf[ports.ArchivedContent] { return a.Contents },
		item:  archivedContent,
		key:   func(c ports.ArchivedContent) string { return string(c.ID) },
		stored: func(t *testing.T, s ports.Storage, c ports.ArchivedContent) {
			requireContent(t, s, c.Content)
			requireTexts(t, s, c.Owner, c.ID, c.ContentTexts)
		},
		gone: func(t *testing.T, s ports.Storage, c ports.ArchivedContent) {
			requireNoContent(t, s, c.Owner, c.ID)
			_, err := s.ContentLists.ContentTexts(t.Context(), c.Owner, c.ID)
			requireNotFound(t, err)
		},
	}
}

// archivedContent returns a version of a content. The even ones are not processed and have no texts.
func archivedContent(owner domain.UserID, key string, version int) ports.ArchivedContent {
	content := ports.ArchivedContent{Content: newContent(owner, version)}
	content.ID, content.Rev, content.UpdatedAt = domain.ContentID(key), int64(version*10), optional(version)
	content.Title, content.Annotations = fmt.Sprint(" Title ", version, " of ", key, "\n"), newAnnotations(version, version%3)
	if version%2 == 0 {
		content.SourceType, content.Status = domain.SourceURL, domain.ContentProcessing
		return content
	}
	content.ContentTexts = domain.ContentTexts{View: fmt.Sprint("<p>Viëw ", version, "\n"), Raw: fmt.Sprint("\tRaw ", version, " ")}
	return content
}

func blobKind() kind[domain.BlobPart] {
	part := func(key string) domain.BlobPart { return domain.BlobPart{Blob: key, N: len(key) * 4321} }
	return kind[domain.BlobPart]{
		name: "parts of blobs", owner: ada, other: bob,
		shelf: func(a ports.Archive) ports.Shelf[domain.BlobPart] { return a.Blobs },
		item: func(_ domain.UserID, key string, version int) domain.BlobPart {
			item := part(key)
			item.Data = []byte(strings.Repeat(fmt.Sprintf("\x00\xff%d", version), version))
			return item
		},
		key:  func(p domain.BlobPart) string { return ports.BlobPartKey(&p) },
		full: func(key string) string { item := part(key); return ports.BlobPartKey(&item) },
		// Of the people who are asked for, only the owner has these bytes.
		stored: func(t *testing.T, s ports.Storage, p domain.BlobPart) {
			owners := 0
			for _, owner := range []domain.UserID{ada, bob} {
				if got, err := s.Blobs.BlobPart(t.Context(), owner, p.Blob, p.N); err == nil && string(got) == string(p.Data) {
					owners++
				}
			}
			require.Equal(t, 1, owners)
		},
		gone: func(t *testing.T, s ports.Storage, p domain.BlobPart) { requireNoPart(t, s, ada, p.Blob, p.N) },
	}
}

func jobKind() kind[domain.Job] {
	// What begins with a letter is of one kind, the others of another one.
	named := func(key string) domain.Job {
		if key >= "A" {
			return domain.Job{Kind: domain.JobContent, Subject: key}
		}
		return domain.Job{Kind: "con", Subject: key}
	}
	return kind[domain.Job]{
		name: "jobs", owner: ada, other: bob,
		shelf: func(a ports.Archive) ports.Shelf[domain.Job] { return a.Jobs },
		item: func(owner domain.UserID, key string, version int) domain.Job {
			job := named(key)
			job.Owner, job.DueAt, job.CreatedAt, job.Takes, job.Failures = owner, at(version), optional(version), version+3, version+1
			job.LastError, job.Rev = fmt.Sprint(" Errör ", version, "\n"), int64(version*10)
			return job
		},
		key:  func(j domain.Job) string { return ports.JobKey(&j) },
		full: func(key string) string { job := named(key); return ports.JobKey(&job) },
		// Its revision says that somebody holds the job as it is.
		stored: func(t *testing.T, s ports.Storage, j domain.Job) {
			got, err := s.Jobs.PutOffJob(t.Context(), j)
			require.NoError(t, err)
			require.NotEqual(t, j.Rev, got.Rev)
			j.Rev = got.Rev
			require.Equal(t, j, got)
		},
		gone: func(t *testing.T, s ports.Storage, j domain.Job) {
			requireCode(t, domain.CodeConflict, s.Jobs.FinishJob(t.Context(), j))
		},
	}
}

func archiveContentCases() []testCase {
	return []testCase{
		{"the parts of a blob come in order of their numbers", archiveBlobOrder},
		{"cards, notes and contents that are put are found by their words, and by no others", archiveFound},
		{"a content that is put and not processed is not found", archiveNotFound},
		{"cards, notes and contents that are removed are not found", archiveRemovedNotFound},
		{"a job that is put is taken when it is due", archiveJobTaken},
		{"a long content comes back", archiveLongContent},
	}
}

func archiveBlobOrder(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want, keys := []domain.BlobPart{}, []string{}
	for _, n := range []int{0, 1, 2, 9, 10, 11, 99, 100, 101, 1000, 99_999, 100_000} {
		want = append(want, newPart("a", n))
		keys = append(keys, ports.BlobPartKey(&want[len(want)-1]))
	}
	want = append(want, newPart("a0", 0), newPart("a0", 5))
	keys = append(keys, "a0/000000", "a0/000005")
	putItems(t, s.Archive.Blobs, ada, want...)
	place := func(p domain.BlobPart) ports.Cursor { return ports.Cursor{ID: ports.BlobPartKey(&p)} }
	requirePages(t, want, place, func(page ports.Page) ([]domain.BlobPart, error) {
		return s.Archive.Blobs.Page(t.Context(), ada, page.After.ID, page.Limit)
	})
	require.NoError(t, s.Archive.Blobs.Remove(t.Context(), ada, []string{keys[1], keys[4], keys[12], "a/000003"}))
	left := append(append(append([]domain.BlobPart{want[0]}, want[2:4]...), want[5:12]...), want[13])
	requireShelf(t, s.Archive.Blobs, ada, left)
}

// putWords puts the nth card, note and content of a person, each with a word.
func putWords(t *testing.T, s ports.Storage, owner domain.UserID, n int, word string) {
	t.Helper()
	card, note := archived(newCard(newDeck(owner, 1), n), newMemory(int64(n))), openNote(owner, n)
	card.Question, note.Text = word, word
	content := ports.ArchivedContent{Content: newContent(owner, n), ContentTexts: domain.ContentTexts{Raw: word}}
	content.Title = word + "title"
	putItems(t, s.Archive.Cards, owner, card)
	putItems(t, s.Archive.Notes, owner, note)
	putItems(t, s.Archive.Contents, owner, content)
}

// requireFoundWords checks that a word finds the cards, notes and contents of these numbers.
func requireFoundWords(t *testing.T, s ports.Storage, owner domain.UserID, word string, want ...int) {
	t.Helper()
	got, err := s.CardSearch.SearchCards(t.Context(), owner, sought(t, word), domain.MaxFound)
	require.NoError(t, err)
	ids, wanted := []domain.CardID{}, []domain.CardID{}
	for _, card := range got {
		ids = append(ids, card.ID)
	}
	for _, n := range want {
		wanted = append(wanted, cardID(n))
	}
	require.ElementsMatchf(t, wanted, ids, "cards found by %q", word)
	requireFoundNotes(t, s, owner, word, want...)
	requireFoundContents(t, s, owner, word, want...)
	requireFoundContents(t, s, owner, word+"title", want...)
}

func archiveFound(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addDeck(t, s, ada, 1)
	addDeck(t, s, bob, 1)
	for _, word := range []string{"first", "second"} { // the second time in place of what is there
		putWords(t, s, ada, 1, word)
		putWords(t, s, bob, 1, word)
		putWords(t, s, ada, 2, word)
		requireFoundWords(t, s, ada, word, 1, 2)
		requireFoundWords(t, s, bob, word, 1)
	}
	requireFoundWords(t, s, ada, "first")
	putWords(t, s, ada, 1, "first")
	requireFoundWords(t, s, ada, "first", 1)
	requireFoundWords(t, s, ada, "second", 2)
	requireFoundWords(t, s, bob, "second", 1)
	other := openNote(ada, 9) // in place of the note of a deck, with another id
	other.Deck, other.Text = deckID(1), "third"
	putItems(t, s.Archive.Notes, ada, other)
	requireFoundNotes(t, s, ada, "|first second third", 2, 9)
}

func archiveNotFound(t *testing.T, engine Engine) {
	s := engine.Open(t)
	content := ports.ArchivedContent{Content: newContent(ada, 1), ContentTexts: domain.ContentTexts{Raw: "word"}}
	for _, status := range []domain.ContentStatus{domain.ContentFailed, domain.ContentProcessed, domain.ContentProcessing} {
		content.Status, content.Title = status, "titled"
		putItems(t, s.Archive.Contents, ada, content)
		if status == domain.ContentProcessed {
			requireFoundContents(t, s, ada, "titled word", 1)
			continue
		}
		requireFoundContents(t, s, ada, "|titled word")
	}
	completeContent(t, s, content.Content, "again", domain.ContentTexts{})
	requireFoundContents(t, s, ada, "|titled word again", 1)
	requireFoundContents(t, s, ada, "word")
}

func archiveRemovedNotFound(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	putWords(t, s, ada, 1, "first")
	putWords(t, s, ada, 2, "first")
	require.NoError(t, s.Archive.Cards.Remove(t.Context(), ada, []string{string(cardID(1))}))
	require.NoError(t, s.Archive.Notes.Remove(t.Context(), ada, []string{string(deckID(1))}))
	require.NoError(t, s.Archive.Contents.Remove(t.Context(), ada, []string{string(contentID(1))}))
	requireFoundWords(t, s, ada, "first", 2)
	writeCards(t, s, deck, 1, "again")
	writeNote(t, s, ada, 1, "again")
	completeContent(t, s, addContent(t, s, startedContent(ada, 1)), "againtitle", domain.ContentTexts{Raw: "again"})
	requireFoundWords(t, s, ada, "first", 2)
	requireFoundWords(t, s, ada, "again", 1)
}

func archiveJobTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	job := newJob(ada, 5)
	job.Takes, job.Failures, job.LastError, job.Rev = 3, 2, "It broke.", 17
	putItems(t, s.Archive.Jobs, ada, job)
	requireNoJob(t, s, 4)
	job.DueAt = at(3)
	putItems(t, s.Archive.Jobs, ada, job)
	held := requireTaken(t, s, job, 3)
	require.NoError(t, s.Archive.Jobs.Remove(t.Context(), ada, []string{ports.JobKey(&job)}))
	requireLost(t, s, held)
	requireNoJob(t, s, 5000)
}

func archiveLongContent(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := ports.ArchivedContent{Content: newContent(ada, 1), ContentTexts: domain.ContentTexts{View: mediumText() + "<p>", Raw: mediumText()}}
	putItems(t, s.Archive.Contents, ada, want)
	got, err := s.Archive.Contents.Page(t.Context(), ada, "", 10)
	require.NoError(t, err)
	require.Len(t, got, 1)
	require.Equal(t, want.Content, got[0].Content)
	require.True(t, want.ContentTexts == got[0].ContentTexts, "the texts come back")
}
