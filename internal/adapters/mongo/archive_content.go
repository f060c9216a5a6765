package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// contentShelf is the contents with their texts, which are documents of their own.
type contentShelf struct{ store *Store }

// blobShelf is parts of files. A part does not say whose it is.
type blobShelf struct{ store *Store }

var (
	_ ports.Shelf[ports.ArchivedContent] = contentShelf{}
	_ ports.Shelf[domain.BlobPart]       = blobShelf{}
)

// Page returns contents in order of the bytes of their ids. It reads on behind those that are deleted meanwhile until the page is full.
func (c contentShelf) Page(ctx context.Context, owner domain.UserID, after string, limit int) ([]ports.ArchivedContent, error) {
	page := []ports.ArchivedContent{}
	for {
		missing := limit - len(page)
		ids, err := findList[contentRecord](ctx, c.store.contents, "contents", ownKeysBehind(owner, after),
			options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(missing)).SetProjection(fields("_id", "id")))
		if err != nil {
			return nil, err
		}
		for _, r := range ids {
			content, texts, err := c.store.contentWithTexts(ctx, owner, r.ID)
			after = string(r.ID)
			if domain.CodeOf(err) == domain.CodeNotFound {
				continue
			}
			if err != nil {
				return nil, err
			}
			page = append(page, ports.ArchivedContent{Content: content.content(), ContentTexts: texts})
		}
		if len(ids) < missing || len(page) == limit {
			return page, nil
		}
	}
}

// Put stores contents as they are. One that is not processed is not found, though the one that it replaces may have been. Most are new when
// data are moved, so these are inserted together, and the others follow one by one.
func (c contentShelf) Put(ctx context.Context, owner domain.UserID, items []ports.ArchivedContent) error {
	if len(items) == 0 {
		return nil
	}
	ids := make([]domain.ContentID, len(items))
	for i, item := range items {
		ids[i] = item.ID
	}
	there, err := findList[contentRecord](ctx, c.store.contents, "contents", ownKeys(owner, ids), options.Find().SetProjection(fields("id")))
	if err != nil {
		return err
	}
	seen := map[domain.ContentID]bool{}
	for _, r := range there {
		seen[r.ID] = true
	}
	var added, others []ports.ArchivedContent
	for _, item := range items {
		if seen[item.ID] {
			others = append(others, item)
		} else {
			added = append(added, item)
		}
		seen[item.ID] = true
	}
	if err := c.insert(ctx, owner, added); err != nil {
		return err
	}
	for _, item := range others {
		if err := c.replace(ctx, owner, item); err != nil {
			return err
		}
	}
	return nil
}

// insert adds contents: the texts first, which nobody sees before their content.
func (c contentShelf) insert(ctx context.Context, owner domain.UserID, items []ports.ArchivedContent) error {
	var texts []textsRecord
	records := make([]contentRecord, len(items))
	for i, item := range items {
		records[i] = archivedRecord(item)
		if item.ContentTexts != (domain.ContentTexts{}) {
			t := c.store.newTexts(owner, item.ID, item.ContentTexts)
			records[i].Completed.Texts = t.ID
			texts = append(texts, t)
		}
	}
	if len(texts) > 0 {
		if _, err := c.store.contentTexts.InsertMany(ctx, texts); err != nil {
			return failure(ctx, "storing the texts of contents", err)
		}
	}
	if len(records) == 0 {
		return nil
	}
	_, err := c.store.contents.InsertMany(ctx, records)
	return inserted(ctx, "content", err)
}

// archivedRecord returns a content as it is stored, without the name of its texts.
func archivedRecord(item ports.ArchivedContent) contentRecord {
	record := newContentRecord(item.Content)
	if item.Status == domain.ContentProcessed {
		record.Completed.Terms = domain.SearchTerms(item.Title, item.Raw)
	}
	return record
}

// replace puts a content in place of the one that is there.
func (c contentShelf) replace(ctx context.Context, owner domain.UserID, item ports.ArchivedContent) error {
	before, err := c.store.contentHead(ctx, owner, item.ID)
	if err != nil && domain.CodeOf(err) != domain.CodeNotFound {
		return err
	}
	record := archivedRecord(item)
	if item.ContentTexts != (domain.ContentTexts{}) {
		if record.Completed.Texts, err = c.store.addTexts(ctx, owner, item.ID, item.ContentTexts); err != nil {
			return err
		}
	}
	before.Owner = owner
	if err = c.store.markTexts(ctx, before); err != nil {
		return err
	}
	if _, err = c.store.contents.ReplaceOne(ctx, ownKey(owner, item.ID), record, options.Replace().SetUpsert(true)); err != nil {
		return failure(ctx, "replacing a content", err)
	}
	return c.store.removeTexts(ctx, owner, before.Completed.Texts)
}

// Remove removes contents by their ids.
func (c contentShelf) Remove(ctx context.Context, owner domain.UserID, keys []string) error {
	for _, id := range keys {
		if err := c.store.DeleteContent(ctx, owner, domain.ContentID(id)); err != nil && domain.CodeOf(err) != domain.CodeNotFound {
			return err
		}
	}
	return nil
}

// of returns the shelf of one person.
func (b blobShelf) of(owner domain.UserID) *shelf[domain.BlobPart, blobRecord] {
	return &shelf[domain.BlobPart, blobRecord]{
		in: b.store.blobs, items: "parts of files", keys: keyed, item: blobRecord.part,
		record: func(p domain.BlobPart) blobRecord { return newBlobRecord(owner, p) },
		key:    func(p domain.BlobPart) string { return ports.BlobPartKey(&p) },
	}
}

// Page returns parts of files in order of the bytes of their keys.
func (b blobShelf) Page(ctx context.Context, owner domain.UserID, after string, limit int) ([]domain.BlobPart, error) {
	return b.of(owner).Page(ctx, owner, after, limit)
}

// Put stores parts of files.
func (b blobShelf) Put(ctx context.Context, owner domain.UserID, items []domain.BlobPart) error {
	return b.of(owner).Put(ctx, owner, items)
}

// Remove removes parts of files by their keys.
func (b blobShelf) Remove(ctx context.Context, owner domain.UserID, keys []string) error {
	return b.of(owner).Remove(ctx, owner, keys)
}
