package generationapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// pdf is the media type of the files.
	pdf = "application/pdf"
	// fileTime is how long a file may take: a client that is slow goes on as long as it reads.
	fileTime = 10 * time.Minute
)

func (a *api) contentRoutes() []rest.Endpoint {
	const one = "/content/{id}"
	list := spec(http.MethodGet, "/content", "List the content, the newest first")
	list.EmptyOutsideBeta = true
	list.Description = "The texts of the newest 200 are there, up to 16 MiB in all; entries behind those have no `view_text` and an empty " +
		"`raw_text`, and are read whole one by one."
	add := spec(http.MethodPost, "/content", "Add a web address or a DOI, or a PDF as multipart form field `file`")
	add.MaxBody, add.Deadline, add.Upload = maxUpload, slow, "file"
	add.Fails = append(add.Fails, domain.CodeConflict)
	add.Description = "The entry is answered as `processing`; what is at the address is read in the background. When that is done it is " +
		"`processed`, or `failed` with a sentence in `failure`."
	annotate := spec(http.MethodPut, one+"/annotation", "Replace the annotations of a content")
	annotate.Fails = append(annotate.Fails, domain.CodeConflict)
	annotate.Description = "The paths are indexes of children in `view_text`, which never changes."
	file := spec(http.MethodGet, "/content/file/{id}", "Download the PDF of a content")
	file.Produces, file.Deadline = pdf, fileTime
	return []rest.Endpoint{
		rest.Route(list, a.listContent),
		rest.Route(add, a.addContent),
		rest.Route(spec(http.MethodGet, one, "Show a content with its texts"), a.showContent),
		rest.Route(spec(http.MethodPatch, one, "Mark a content as read or unread"), a.changeContent),
		rest.Route(annotate, a.annotate),
		rest.Route(spec(http.MethodDelete, one, "Delete a content with its file"), a.deleteContent),
		rest.Route(file, a.contentFile),
	}
}

// A place is within view_text, which has at most domain.MaxViewText bytes.
type annotation struct {
	StartPath   []int  `json:"start_path" validate:"max=64,dive,gte=0,lte=2097152"`
	StartOffset int    `json:"start_offset" validate:"gte=0,lte=2097152"`
	EndPath     []int  `json:"end_path" validate:"max=64,dive,gte=0,lte=2097152"`
	EndOffset   int    `json:"end_offset" validate:"gte=0,lte=2097152"`
	Color       string `json:"color"`
	Comment     string `json:"comment"`
	Text        string `json:"text"`
}

func newAnnotations(annotations []domain.Annotation) []annotation {
	out := make([]annotation, len(annotations))
	for i, a := range annotations {
		out[i] = annotation{a.StartPath, a.StartOffset, a.EndPath, a.EndOffset, a.Color, a.Comment, a.Text}
	}
	return out
}

func (a annotation) entity() domain.Annotation {
	return domain.Annotation{
		StartPath: a.StartPath, StartOffset: a.StartOffset, EndPath: a.EndPath, EndOffset: a.EndOffset,
		Color: a.Color, Comment: a.Comment, Text: a.Text,
	}
}

type contentResponse struct {
	ID               domain.ContentID     `json:"id"`
	Source           string               `json:"source"`
	SourceType       domain.SourceType    `json:"source_type" enum:"url,pdf,doi"`
	ProcessingStatus domain.ContentStatus `json:"processing_status" enum:"processing,processed,failed"`
	Failure          string               `json:"failure,omitempty" description:"Why nothing could be made of it."`
	CreatedAt        rest.Time            `json:"created_at"`
	Title            string               `json:"title"`
	Summary          string               `json:"summary"`
	ViewText         string               `json:"view_text,omitempty" description:"Clean HTML."`
	RawText          string               `json:"raw_text"`
	StorageRef       string               `json:"storage_ref" description:"Names the PDF: the id to download it with. Empty when there is none."`
	Pages            int                  `json:"pages,omitempty" description:"How many pages the PDF has."`
	Image            string               `json:"image"`
	ReadStatus       bool                 `json:"read_status"`
	Annotations      []annotation         `json:"annotations"`
}

func newContentResponse(c domain.Content, texts domain.ContentTexts) contentResponse {
	response := contentResponse{
		ID: c.ID, Source: c.Source, SourceType: c.SourceType, ProcessingStatus: c.Status, Failure: c.Failure, CreatedAt: rest.Time(c.CreatedAt),
		Title: c.Title, Summary: c.Summary, ViewText: texts.View, RawText: texts.Raw, Pages: c.Pages, Image: c.Image, ReadStatus: c.Read,
		Annotations: newAnnotations(c.Annotations),
	}
	if c.FileSize > 0 {
		response.StorageRef = string(c.ID)
	}
	return response
}

func (a *api) listContent(ctx context.Context, caller domain.Identity, _ rest.Empty) ([]contentResponse, error) {
	entries, err := a.content.List(ctx, caller)
	response := make([]contentResponse, len(entries))
	for i, entry := range entries {
		response[i] = newContentResponse(entry.Content, entry.ContentTexts)
	}
	return response, err
}

type addContentRequest struct {
	File *rest.Upload
	Body struct {
		Source string `json:"source" validate:"required"`
	}
}

func (a *api) addContent(ctx context.Context, caller domain.Identity, r addContentRequest) (contentResponse, error) {
	var added domain.Content
	var err error
	if r.File != nil {
		added, err = a.content.AddFile(ctx, caller, r.File.Name, r.File.File)
	} else {
		added, err = a.content.AddSource(ctx, caller, r.Body.Source)
	}
	return newContentResponse(added, domain.ContentTexts{}), err
}

type contentPath struct {
	ID domain.ContentID `path:"id"`
}

func (a *api) showContent(ctx context.Context, caller domain.Identity, r contentPath) (contentResponse, error) {
	entry, err := a.content.Get(ctx, caller, r.ID)
	return newContentResponse(entry.Content, entry.ContentTexts), err
}

type changeContentRequest struct {
	ID   domain.ContentID `path:"id"`
	Body struct {
		ReadStatus *bool `json:"read_status" validate:"required"`
	}
}

func (a *api) changeContent(ctx context.Context, caller domain.Identity, r changeContentRequest) (rest.Empty, error) {
	return rest.Empty{}, a.content.MarkRead(ctx, caller, r.ID, *r.Body.ReadStatus)
}

type annotateRequest struct {
	ID   domain.ContentID `path:"id"`
	Body struct {
		// An empty list removes all; none would be a mistake.
		Annotations *[]annotation `json:"annotations" validate:"required,max=500,dive"`
	}
}

func (a *api) annotate(ctx context.Context, caller domain.Identity, r annotateRequest) (rest.Empty, error) {
	annotations := make([]domain.Annotation, len(*r.Body.Annotations))
	for i, annotation := range *r.Body.Annotations {
		annotations[i] = annotation.entity()
	}
	return rest.Empty{}, a.content.Annotate(ctx, caller, r.ID, annotations)
}

func (a *api) deleteContent(ctx context.Context, caller domain.Identity, r contentPath) (rest.Empty, error) {
	return rest.Empty{}, a.content.Delete(ctx, caller, r.ID)
}

func (a *api) contentFile(ctx context.Context, caller domain.Identity, r contentPath) (rest.Download, error) {
	c, open, err := a.content.File(ctx, caller, r.ID)
	return rest.Download{Name: fileName(c), Size: c.FileSize, Open: open}, err
}

// fileName returns what the PDF of a content may be called.
func fileName(c domain.Content) string {
	name := []rune(c.Title)
	name = slices.DeleteFunc(name[:min(len(name), 100)], func(r rune) bool {
		return r < ' ' || slices.Contains([]rune(`/\:*?"<>|`), r)
	})
	if len(name) == 0 {
		return string(c.ID) + ".pdf"
	}
	return string(name) + ".pdf"
}
