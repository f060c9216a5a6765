package porttest_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// contentRow is a content with its texts.
type contentRow struct {
	ports.ArchivedContent
	order int
}

var contentsByCreation = listing[contentRow]{
	at:    func(c contentRow) time.Time { return c.CreatedAt },
	id:    func(c contentRow) string { return string(c.ID) },
	order: func(c contentRow) int { return c.order },
}

// keepContent returns a content as the store keeps it.
func (s *memstore) keepContent(c domain.Content) domain.Content {
	c.Source, c.Failure, c.Title = s.text(c.Source), s.text(c.Failure), s.text(c.Title)
	c.Summary, c.Image = s.text(c.Summary), s.text(c.Image)
	c.CreatedAt, c.UpdatedAt = s.at(c.CreatedAt), s.at(c.UpdatedAt)
	switch {
	case s.is("a content forgets why it failed"):
		c.Failure = ""
	case s.is("a content forgets that it was read"):
		c.Read = false
	case s.is("the size of a file is stored in 32 bits"):
		c.FileSize = int64(int32(c.FileSize))
	case s.is("a content keeps 100 marks at most"):
		c.Annotations = c.Annotations[:min(len(c.Annotations), 100)]
	}
	return s.copyContent(c)
}

// copyContent returns a content that shares nothing with the given one.
func (s *memstore) copyContent(c domain.Content) domain.Content {
	if s.is("marks of a content are shared with callers") {
		return c
	}
	c.Annotations = append(none[domain.Annotation](s), c.Annotations...)
	for i := range c.Annotations {
		a := &c.Annotations[i]
		a.Color, a.Comment, a.Text = s.text(a.Color), s.text(a.Comment), s.text(a.Text)
		if s.is("paths of marks are shared with callers") || s.is("a path without steps is nil") && len(a.StartPath) == 0 {
			continue
		}
		a.StartPath, a.EndPath = append([]int{}, a.StartPath...), append([]int{}, a.EndPath...)
		if s.is("a mark ends where it begins") {
			a.EndPath, a.EndOffset = a.StartPath, a.StartOffset
		}
	}
	return c
}

func (s *memstore) keepTexts(texts domain.ContentTexts) domain.ContentTexts {
	return domain.ContentTexts{View: s.text(texts.View), Raw: s.text(texts.Raw)}
}

func (s *memstore) InsertContent(ctx context.Context, content domain.Content) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	_, _, taken := lookup(s.contents, content.Owner, string(content.ID), s.is("an id of a content is unique over all people"))
	if taken && !s.is("a content replaces another one of its id") {
		return s.conflict("content")
	}
	s.gap("InsertContent looks for the id, then stores")
	k := key{content.Owner, string(content.ID)}
	s.inserted++
	row := contentRow{order: s.inserted}
	row.Content, row.ContentTexts = s.keepContent(content), s.leftTexts[k]
	s.contents[k] = row
	if s.is("a content is found before it is completed") {
		s.findContent(row)
	}
	return nil
}

func (s *memstore) Content(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.Content, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Content{}, err
	}
	defer s.mu.Unlock()
	_, row, found := lookup(s.contents, owner, string(id), s.is("Content forgets the owner"))
	if !found && !s.is(unknownIsEmpty) {
		return domain.Content{}, s.notFound("content")
	}
	return s.copyContent(row.Content), nil
}

func (s *memstore) UpdateContent(
	ctx context.Context, owner domain.UserID, id domain.ContentID, edit func(*domain.Content) error,
) (domain.Content, error) {
	return s.updateContent(ctx, owner, id, nil, edit)
}

func (s *memstore) CompleteContent(
	ctx context.Context, owner domain.UserID, id domain.ContentID, texts domain.ContentTexts, edit func(*domain.Content) error,
) (domain.Content, error) {
	return s.updateContent(ctx, owner, id, &texts, edit)
}

func (s *memstore) updateContent(
	ctx context.Context, owner domain.UserID, id domain.ContentID, texts *domain.ContentTexts, edit func(*domain.Content) error,
) (domain.Content, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Content{}, err
	}
	defer s.mu.Unlock()
	k, row, found := lookup(s.contents, owner, string(id), s.is("an update of a content forgets the owner"))
	if !found {
		if texts != nil && s.is("texts of a content that is not there are stored") {
			s.leftTexts[k] = *texts
		}
		return domain.Content{}, s.notFound("content")
	}
	before, after := row.Content, s.copyContent(row.Content)
	store, err := s.changed(edit(&after))
	if !store {
		if texts != nil && s.is("texts are stored though the change is refused") {
			row.ContentTexts = *texts
			s.contents[k] = row
		}
		return domain.Content{}, err
	}
	after.CreatedAt, after.Rev = s.editedAt(before.CreatedAt, after.CreatedAt), s.raised(s.editedRev(before.Rev, after.Rev))
	if !s.is("an edit function may change id and owner") {
		after.ID, after.Owner = before.ID, before.Owner
	}
	if texts != nil {
		if s.is("texts are stored before the change") {
			row.ContentTexts = *texts
			s.contents[k] = row
			s.gap("texts are stored before the change")
		}
		row.ContentTexts = s.completed(row.ContentTexts, *texts)
	}
	s.gap("an update forgets others at the same time")
	row.Content = s.keepContent(after)
	switch {
	case s.is("an update of a content leaves its source"):
		row.Source, row.SourceType = before.Source, before.SourceType
	case texts == nil && s.is("an update of a content drops its texts"):
		row.ContentTexts = domain.ContentTexts{}
	}
	s.contents[k] = row
	if texts != nil || s.is("an update of a content changes by what it is found") {
		s.findContent(row)
	}
	if s.is("UpdateContent returns a content as its function leaves it") {
		return after, err
	}
	return s.copyContent(row.Content), err
}

// completed returns the texts of a content that is completed.
func (s *memstore) completed(was, texts domain.ContentTexts) domain.ContentTexts {
	switch {
	case s.is("completing adds to the texts"):
		texts.Raw = was.Raw + texts.Raw
	case texts.Raw == "" && s.is("an empty text leaves the one that is there"):
		texts.Raw = was.Raw
	case s.is("texts of contents are cut at 64 KiB"):
		texts.View = texts.View[:min(len(texts.View), 64<<10)]
	case s.is("view and raw text are exchanged"):
		texts.View, texts.Raw = texts.Raw, texts.View
	}
	return s.keepTexts(texts)
}

// findContent makes a content found by its words.
func (s *memstore) findContent(row contentRow) {
	title, raw := row.Title, row.Raw
	switch {
	case s.is("contents are not found by their titles"):
		title = ""
	case s.is("contents are found by what is viewed"):
		raw = row.View
	case s.is("contents are found by their summaries"):
		raw += " " + row.Summary
	}
	s.findBy(row.Owner, domain.SearchContents, string(row.ID), title, raw)
}

func (s *memstore) DeleteContent(ctx context.Context, owner domain.UserID, id domain.ContentID) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k, row, found := lookup(s.contents, owner, string(id), s.is("DeleteContent forgets the owner"))
	if !found {
		if s.is("deleting a content that is not there is no error") {
			return nil
		}
		return s.notFound("content")
	}
	s.gap("many delete a content")
	if s.is("a deleted content leaves its texts") {
		s.leftTexts[k] = row.ContentTexts
	}
	if s.is("a deleted content takes its blob along") {
		s.deleteBlob(owner, func(blob string) bool { return blob == string(id) })
	}
	s.removeContent(k)
	return nil
}

func (s *memstore) removeContent(k key) {
	delete(s.contents, k)
	if !s.is("a content that is gone is found") {
		s.forget(k.owner, domain.SearchContents, k.id)
	}
}

func (s *memstore) Contents(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Content, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	rows := []contentRow{}
	for k, row := range s.contents {
		if k.owner == owner || s.is("Contents forgets the owner") {
			rows = append(rows, row)
		}
	}
	contents := none[domain.Content](s)
	for _, row := range part(s, rows, contentsByCreation, page) {
		contents = append(contents, s.copyContent(row.Content))
	}
	return contents, nil
}

func (s *memstore) ContentTexts(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.ContentTexts, error) {
	if err := s.enter(ctx); err != nil {
		return domain.ContentTexts{}, err
	}
	defer s.mu.Unlock()
	_, row, found := lookup(s.contents, owner, string(id), s.is("ContentTexts forgets the owner"))
	switch {
	case !found && s.is("texts of a content that is not there are empty"):
		return domain.ContentTexts{}, nil
	case !found, row.ContentTexts == domain.ContentTexts{} && s.is("empty texts are not found"):
		return domain.ContentTexts{}, s.notFound("content")
	}
	return row.ContentTexts, nil
}

func (s *memstore) CountContents(ctx context.Context, owner domain.UserID, limit int) (int, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	count := 0
	for k, row := range s.contents {
		switch {
		case k.owner != owner && !s.is("CountContents forgets the owner"):
		case row.Status == domain.ContentProcessing && s.is("CountContents leaves out what is processing"):
		default:
			count++
		}
	}
	if s.is("CountContents ignores its limit") {
		return count, nil
	}
	return min(count, limit), nil
}

func (s *memstore) contentShelf() *memshelf[ports.ArchivedContent] {
	return &memshelf[ports.ArchivedContent]{
		store: s, key: func(c ports.ArchivedContent) string { return string(c.ID) },
		rev: func(c *ports.ArchivedContent) *int64 { return &c.Rev },
		rows: func() map[key]ports.ArchivedContent {
			rows := map[key]ports.ArchivedContent{}
			for k, row := range s.contents {
				content := row.ArchivedContent
				content.Content = s.copyContent(content.Content)
				if s.is("the shelf of contents has no texts") {
					content.ContentTexts = domain.ContentTexts{}
				}
				rows[k] = content
			}
			return rows
		},
		remove: s.removeContent,
		put: func(k key, content ports.ArchivedContent) error {
			s.inserted++
			row := contentRow{order: s.inserted}
			row.Content, row.ContentTexts = s.keepContent(content.Content), s.keepTexts(content.ContentTexts)
			s.contents[k] = row
			switch {
			case s.is("what is put is not found"):
			case content.Status == domain.ContentProcessed, s.is("a content that is put is found whatever became of it"):
				s.findContent(row)
			case !s.is("a content that is put stays found"):
				s.forget(k.owner, domain.SearchContents, k.id)
			}
			return nil
		},
	}
}

// partRow returns the key of a part of a blob.
func partRow(owner domain.UserID, blob string, n int) key {
	return key{owner, ports.BlobPartKey(&domain.BlobPart{Blob: blob, N: n})}
}

// keepPart returns a part as the store keeps it.
func (s *memstore) keepPart(part domain.BlobPart) domain.BlobPart {
	part.Data = s.clone(part.Data)
	switch {
	case s.is("parts of blobs are cut at 100,000 bytes"):
		part.Data = part.Data[:min(len(part.Data), 100_000)]
	case s.is("parts of blobs are texts"):
		part.Data = []byte(strings.ToValidUTF8(string(part.Data), "?"))
	}
	return part
}

func (s *memstore) PutBlobPart(ctx context.Context, owner domain.UserID, part domain.BlobPart) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k := partRow(owner, part.Blob, part.N)
	was, there := s.blobs[k]
	s.gap("putting a part that somebody else puts conflicts")
	_, now := s.blobs[k]
	switch {
	case there && s.is("PutBlobPart leaves the part that is there"):
		return nil
	case there && s.is("PutBlobPart adds to the part that is there"):
		part.Data = append(slices.Clone(was.Data), part.Data...)
	case now && !there && s.is("putting a part that somebody else puts conflicts"):
		return s.conflict("part")
	}
	s.blobs[k] = s.keepPart(part)
	return nil
}

func (s *memstore) BlobPart(ctx context.Context, owner domain.UserID, blob string, n int) ([]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	_, part, found := lookup(s.blobs, owner, partRow(owner, blob, n).id, s.is("BlobPart forgets the owner"))
	switch {
	case !found && s.is("a part that is not there is empty"):
		return []byte{}, nil
	case !found:
		return nil, s.notFound("part of a file")
	}
	return s.clone(part.Data), nil
}

func (s *memstore) DeleteBlob(ctx context.Context, owner domain.UserID, blob string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	deleted := s.deleteBlob(owner, func(name string) bool {
		return name == blob || s.is("DeleteBlob takes a name for a prefix") && strings.HasPrefix(name, blob) ||
			s.is("DeleteBlob takes names in other letters") && strings.EqualFold(name, blob)
	})
	if deleted == 0 && s.is("deleting a blob that is not there is an error") {
		return s.notFound("file")
	}
	return nil
}

// deleteBlob deletes blobs of a person.
func (s *memstore) deleteBlob(owner domain.UserID, named func(string) bool) int {
	deleted := 0
	for k, part := range s.blobs {
		mine := k.owner == owner || s.is("DeleteBlob forgets the owner")
		if mine && named(part.Blob) && (part.N < 10 || !s.is("DeleteBlob deletes ten parts at most")) {
			delete(s.blobs, k)
			deleted++
		}
	}
	return deleted
}

func (s *memstore) blobShelf() *memshelf[domain.BlobPart] {
	return shelfOf(s, s.blobs, func(p domain.BlobPart) string { return ports.BlobPartKey(&p) }, s.keepPart)
}
