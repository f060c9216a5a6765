package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// contentRecord is a content without its texts.
type contentRecord struct {
	Key   string           `bson:"_id"`
	Owner domain.UserID    `bson:"user_id"`
	ID    domain.ContentID `bson:"id"`
	// CreatedAt stays when the content changes.
	CreatedAt *bson.DateTime `bson:"created_at"`
	Changed   contentFields  `bson:",inline"`
	Completed completion     `bson:",inline"`
}

// contentFields is what an update changes.
type contentFields struct {
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

// completion is what a content has when it was completed.
type completion struct {
	// Texts names the texts of the content: others that may be there for it are not seen. It is empty when it has none.
	Texts string      `bson:"texts_id"`
	Terms searchTerms `bson:"terms"`
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
		annotations[i] = annotationRecord{a.StartPath, a.StartOffset, a.EndPath, a.EndOffset, a.Color, a.Comment, a.Text}
	}
	return contentRecord{
		Key: key(c.Owner, c.ID), Owner: c.Owner, ID: c.ID, CreatedAt: date(c.CreatedAt),
		Changed: contentFields{
			Source: c.Source, SourceType: c.SourceType, Status: c.Status, Failure: c.Failure, Title: c.Title, Summary: c.Summary,
			Image: c.Image, FileSize: c.FileSize, Pages: c.Pages, Read: c.Read, Annotations: annotations,
			UpdatedAt: date(c.UpdatedAt), Rev: c.Rev,
		},
		Completed: completion{Terms: searchTerms{}},
	}
}

func (r contentRecord) content() domain.Content {
	annotations := make([]domain.Annotation, len(r.Changed.Annotations))
	for i, a := range r.Changed.Annotations {
		annotations[i] = domain.Annotation{
			StartPath: append([]int{}, a.StartPath...), EndPath: append([]int{}, a.EndPath...),
			StartOffset: a.StartOffset, EndOffset: a.EndOffset, Color: a.Color, Comment: a.Comment, Text: a.Text,
		}
	}
	c := r.Changed
	return domain.Content{
		ID: r.ID, Owner: r.Owner, Source: c.Source, SourceType: c.SourceType, Status: c.Status, Failure: c.Failure, Title: c.Title,
		Summary: c.Summary, Image: c.Image, FileSize: c.FileSize, Pages: c.Pages, Read: c.Read, Annotations: annotations,
		CreatedAt: instant(r.CreatedAt), UpdatedAt: instant(c.UpdatedAt), Rev: c.Rev,
	}
}

// textsRecord holds texts of a content. Each time that a content is completed it gets a document of its own. SweepAt is when Sweep
// looks whether the content names it; it is null when a sweep has seen that it does, and nobody is about to change that.
type textsRecord struct {
	Key     string           `bson:"_id"`
	Owner   domain.UserID    `bson:"user_id"`
	ID      string           `bson:"id"`
	Content domain.ContentID `bson:"content_id"`
	View    string           `bson:"view"`
	Raw     string           `bson:"raw"`
	SweepAt *bson.DateTime   `bson:"sweep_at"`
}
