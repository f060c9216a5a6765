package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var (
	_ ports.Contents     = (*Store)(nil)
	_ ports.ContentLists = (*Store)(nil)
)

// contentRecord is a content without its texts. A tombstone is one whose texts are being removed: it is there for nobody.
type contentRecord struct {
	Key       string           `bson:"_id"`
	Owner     domain.UserID    `bson:"user_id"`
	ID        domain.ContentID `bson:"id"`
	CreatedAt bson.DateTime    `bson:"created_at"`
	DeletedAt *bson.DateTime   `bson:"deleted_at"`
	Head      contentHead      `bson:",inline"`
	// Texts names the texts that belong to it, "" while it has none; Terms are the words of these.
	Texts string `bson:"texts"`
	Terms terms  `bson:"terms"`
}

// contentHead is what an update changes.
type contentHead struct {
	Source      string               `bson:"source"`
	SourceType  domain.SourceType    `bson:"source_type"`
	Status      domain.ContentStatus `bson:"status"`
	Failure     string               `bson:"failure"`
	Title       string               `bson:"title"`
	Summary     string               `bson:"summary"`
	Image       string               `bson:"image"`
	FileSize    int64                `bson:"file_size"`
	Pages       int                  `bson:"pages"`
	Read        bool                 `bson:"read"`
	Annotations []annotationRecord   `bson:"annotations"`
	UpdatedAt   *bson.DateTime       `bson:"updated_at"`
	Rev         int64                `bson:"rev"`
}

type annotationRecord struct {
	StartPath   []int  `bson:"start_path"`
	StartOffset int    `bson:"start_offset"`
	EndPath     []int  `bson:"end_path"`
	EndOffset   int    `bson:"end_offset"`
	Color       string `bson:"color"`
	Comment     string `bson:"comment"`
	Text        string `bson:"text"`
}

func newContentRecord(c domain.Content) contentRecord {
	annotations := make([]annotationRecord, len(c.Annotations))
	for i, a := range c.Annotations {
		annotations[i] = annotationRecord{listed(a.StartPath), a.StartOffset, listed(a.EndPath), a.EndOffset, a.Color, a.Comment, a.Text}
	}
	return contentRecord{
		Key: key(c.Owner, c.ID), Owner: c.Owner, ID: c.ID, CreatedAt: bson.NewDateTimeFromTime(c.CreatedAt), Terms: terms{},
		Head: contentHead{
			Source: c.Source, SourceType: c.SourceType, Status: c.Status, Failure: c.Failure, Title: c.Title, Summary: c.Summary,
			Image: c.Image, FileSize: c.FileSize, Pages: c.Pages, Read: c.Read, Annotations: annotations, UpdatedAt: date(c.UpdatedAt), Rev: c.Rev,
		},
	}
}

// listed returns a list that is not nil.
func listed(list []int) []int { return append([]int{}, list...) }

func (r contentRecord) content() domain.Content {
	annotations := make([]domain.Annotation, len(r.Head.Annotations))
	for i, a := range r.Head.Annotations {
		annotations[i] = domain.Annotation{
			StartPath: listed(a.StartPath), StartOffset: a.StartOffset, EndPath: listed(a.EndPath), EndOffset: a.EndOffset,
			Color: a.Color, Comment: a.Comment, Text: a.Text,
		}
	}
	h := r.Head
	return domain.Content{
		ID: r.ID, Owner: r.Owner, Source: h.Source, SourceType: h.SourceType, Status: h.Status, Failure: h.Failure, Title: h.Title,
		Summary: h.Summary, Image: h.Image, FileSize: h.FileSize, Pages: h.Pages, Read: h.Read, Annotations: annotations,
		CreatedAt: r.CreatedAt.Time().UTC(), UpdatedAt: instant(h.UpdatedAt), Rev: h.Rev,
	}
}

// InsertContent adds a content without texts.
func (s *Store) InsertContent(ctx context.Context, content domain.Content) error {
	_, err := s.contents.InsertOne(ctx, newContentRecord(content))
	return inserted(ctx, "content", err)
}

// liveContent returns a content that is no tombstone.
func (s *Store) liveContent(ctx context.Context, owner domain.UserID, id domain.ContentID) (contentRecord, error) {
	r, err := findOne[contentRecord](ctx, s.contents, "content", ownKey(owner, id), options.FindOne().SetProjection(withoutTerms))
	if err == nil && r.DeletedAt != nil {
		err = domain.NotFound("content")
	}
	return r, err
}

// Content returns a content.
func (s *Store) Content(ctx context.Context, owner domain.UserID, id domain.ContentID) (domain.Content, error) {
	r, err := s.liveContent(ctx, owner, id)
	if err != nil {
		return domain.Content{}, err
	}
	return r.content(), nil
}

// UpdateContent changes a content.
func (s *Store) UpdateContent(
	ctx context.Context, owner domain.UserID, id domain.ContentID, edit func(*domain.Content) error,
) (domain.Content, error) {
	return s.updateContent(ctx, owner, id, edit, func(contentRecord) (bson.D, error) { return nil, nil })
}

// updateContent changes a content. besides returns fields that are set, too.
func (s *Store) updateContent(ctx context.Context, owner domain.UserID, id domain.ContentID, edit func(*domain.Content) error,
	besides func(contentRecord) (bson.D, error)) (domain.Content, error) {
	read := func() (domain.Content, error) { return s.Content(ctx, owner, id) }
	return ports.Update(ctx, "content", read, edit, func(before, after *domain.Content) (bool, error) {
		after.ID, after.Owner, after.CreatedAt, after.Rev = before.ID, before.Owner, before.CreatedAt, before.Rev+1
		record := newContentRecord(*after)
		*after = record.content()
		more, err := besides(record)
		if err != nil {
			return false, err
		}
		head, err := bson.Marshal(record.Head)
		if err != nil {
			return false, err
		}
		var set bson.D
		if err := bson.Unmarshal(head, &set); err != nil {
			return false, err
		}
		unchanged := append(ownKey(owner, id), bson.E{Key: "rev", Value: before.Rev}, bson.E{Key: "deleted_at", Value: nil})
		done, err := setWhere(ctx, s.contents, unchanged, append(set, more...))
		return done, failure(ctx, "updating a content", err)
	})
}

// Contents returns a part of a person's contents.
func (s *Store) Contents(ctx context.Context, owner domain.UserID, page ports.Page) ([]domain.Content, error) {
	filter := behind(append(ofOwner(owner), bson.E{Key: "deleted_at", Value: nil}), "created_at", "id", page.After)
	records, err := findList[contentRecord](ctx, s.contents, "contents", filter,
		inOrder("created_at", "id", page.Limit).SetProjection(withoutTerms))
	contents := make([]domain.Content, len(records))
	for i, r := range records {
		contents[i] = r.content()
	}
	return contents, err
}

// CountContents returns how many contents a person has, up to limit.
func (s *Store) CountContents(ctx context.Context, owner domain.UserID, limit int) (int, error) {
	count, err := s.contents.CountDocuments(ctx, append(ofOwner(owner), bson.E{Key: "deleted_at", Value: nil}),
		options.Count().SetLimit(int64(limit)))
	return int(count), failure(ctx, "counting contents", err)
}

// DeleteContent makes a content a tombstone, which nobody sees, and then removes it with its texts. A crash in between leaves that to Sweep.
func (s *Store) DeleteContent(ctx context.Context, owner domain.UserID, id domain.ContentID) error {
	done, err := setWhere(ctx, s.contents, append(ownKey(owner, id), bson.E{Key: "deleted_at", Value: nil}),
		bson.D{{Key: "deleted_at", Value: date(s.now())}})
	switch {
	case err != nil:
		return failure(ctx, "deleting a content", err)
	case !done:
		return domain.NotFound("content")
	}
	if err := s.interrupt(contentTombstoned); err != nil {
		return err
	}
	return s.removeContent(ctx, owner, id)
}

// removeContent removes a tombstone, behind its texts.
func (s *Store) removeContent(ctx context.Context, owner domain.UserID, id domain.ContentID) error {
	if err := s.removeTexts(ctx, owner, id, ""); err != nil {
		return err
	}
	_, err := s.contents.DeleteOne(ctx, append(ownKey(owner, id), bson.E{Key: "deleted_at", Value: bson.D{{Key: "$ne", Value: nil}}}))
	return failure(ctx, "removing a content", err)
}
