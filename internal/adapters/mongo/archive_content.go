package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// contentShelf is contents with their texts, which lie in a collection of their own.
type contentShelf struct{ store *Store }

// blobShelf is parts of files. A part does not say whose it is.
type blobShelf struct{ store *Store }

var (
	_ ports.Shelf[ports.ArchivedContent] = contentShelf{}
	_ ports.Shelf[domain.BlobPart]       = blobShelf{}
)

// Page returns contents in order of the bytes of their ids. It reads on behind tombstones until the page is full.
func (c contentShelf) Page(ctx context.Context, owner domain.UserID, after string, limit int) ([]ports.ArchivedContent, error) {
	page := []ports.ArchivedContent{}
	for {
		missing := limit - len(page)
		records, err := findList[contentRecord](ctx, c.store.contents, "contents", ownKeysBehind(owner, after),
			options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(missing)).SetProjection(withoutTerms))
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			after = string(r.ID)
			if r.DeletedAt != nil {
				continue
			}
			texts, err := c.store.ContentTexts(ctx, owner, r.ID)
			if domain.CodeOf(err) == domain.CodeNotFound {
				continue // it was deleted meanwhile
			}
			if err != nil {
				return nil, err
			}
			page = append(page, ports.ArchivedContent{Content: r.content(), ContentTexts: texts})
		}
		if len(records) < missing || len(page) == limit {
			return page, nil
		}
	}
}

// Put stores contents as they are: of each the texts first, under a new name, then what names them.
func (c contentShelf) Put(ctx context.Context, owner domain.UserID, items []ports.ArchivedContent) error {
	for _, item := range items {
		name := bson.NewObjectID().Hex()
		texts := textsRecord{key(owner, textsID(item.ID, name)), owner, item.View, item.Raw}
		if _, err := c.store.contentTexts.InsertOne(ctx, texts); err != nil {
			return failure(ctx, "storing the texts of a content", err)
		}
		item.Owner = owner
		record := newContentRecord(item.Content)
		record.Texts = name
		if item.Status == domain.ContentProcessed {
			record.Terms = domain.SearchTerms(item.Title, item.Raw)
		}
		_, err := c.store.contents.ReplaceOne(ctx, ownKey(owner, item.ID), record, options.Replace().SetUpsert(true))
		if err != nil {
			return failure(ctx, "storing a content", err)
		}
		if err := c.store.removeTexts(ctx, owner, item.ID, name); err != nil {
			return err
		}
	}
	return nil
}

// Remove removes contents by their ids.
func (c contentShelf) Remove(ctx context.Context, owner domain.UserID, keys []string) error {
	for _, id := range keys {
		err := c.store.DeleteContent(ctx, owner, domain.ContentID(id))
		if err != nil && domain.CodeOf(err) != domain.CodeNotFound {
			return err
		}
	}
	return nil
}

// Page returns parts of files in order of the bytes of their keys.
func (b blobShelf) Page(ctx context.Context, owner domain.UserID, after string, limit int) ([]domain.BlobPart, error) {
	records, err := findList[blobRecord](ctx, b.store.blobs, "files", ownKeysBehind(owner, after),
		options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)))
	parts := make([]domain.BlobPart, len(records))
	for i, r := range records {
		parts[i] = r.part()
	}
	return parts, err
}

// Put stores parts of files.
func (b blobShelf) Put(ctx context.Context, owner domain.UserID, items []domain.BlobPart) error {
	if len(items) == 0 {
		return nil
	}
	writes := make([]driver.WriteModel, len(items))
	for i, part := range items {
		record := newBlobRecord(owner, part)
		writes[i] = driver.NewReplaceOneModel().SetFilter(ownKey(owner, ports.BlobPartKey(&part))).SetReplacement(record).SetUpsert(true)
	}
	_, err := b.store.blobs.BulkWrite(ctx, writes)
	return failure(ctx, "storing files", err)
}

// Remove removes parts of files by their keys.
func (b blobShelf) Remove(ctx context.Context, owner domain.UserID, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	_, err := b.store.blobs.DeleteMany(ctx, ownKeys(owner, keys))
	return failure(ctx, "removing files", err)
}
