package generationapi_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/generationapi"
	"github.com/moshrank/spacey-backend/internal/app/content"
	"github.com/moshrank/spacey-backend/internal/app/generation"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

// library is a world in which there is one page, and one thing that every PDF says.
type library struct {
	*apitest.World
	contents *content.Service
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	w := &library{World: apitest.New(t)}
	w.Person(t, "Ada", true, true)
	w.Person(t, "Bob", true, true)
	web, documents, summaries := mocks.NewFetcher(t), mocks.NewDocumentReader(t), mocks.NewSummarizer(t)
	web.EXPECT().Fetch(mock.Anything, "https://example.org/lamps").Return(ports.Fetched{
		Address: "https://example.org/lamps", Format: domain.FormatHTML, Body: io.NopCloser(strings.NewReader("<p>lamps</p>")),
	}, nil).Maybe()
	web.EXPECT().Fetch(mock.Anything, mock.Anything).Return(ports.Fetched{}, domain.NewError(domain.CodeInvalid, "The page answers 404 Not Found.")).Maybe()
	documents.EXPECT().ReadDocument(mock.Anything, domain.FormatHTML, "https://example.org/lamps", mock.Anything).Return(domain.Document{
		Title: "Lamps", Image: "https://example.org/lamp.jpg", ContentTexts: domain.ContentTexts{View: "<p>A <b>lamp</b></p>", Raw: "A lamp"},
	}, nil).Maybe()
	documents.EXPECT().ReadDocument(mock.Anything, domain.FormatPDF, "", mock.Anything).Return(domain.Document{
		Pages: 3, ContentTexts: domain.ContentTexts{View: "<p>A page</p>", Raw: "A page"},
	}, nil).Maybe()
	summaries.EXPECT().Summarize(mock.Anything, mock.Anything).Return("In short.", nil).Maybe()
	w.contents = content.New(content.Needs{
		Storage: w.Storage, Documents: documents, Web: web, Extractive: summaries, Clock: w.Clock, IDs: w.IDs, DOIResolver: "https://doi.example",
	})
	w.Serve(generationapi.Routes(generation.New(generation.Needs{
		Storage: w.Storage, Configs: w.Storage.Configs, Clock: w.Clock, IDs: w.IDs, MaxText: 100,
	}), w.contents, nil)...)
	return w
}

// work does the jobs that there are.
func (w *library) work(t *testing.T) {
	t.Helper()
	for {
		job, found, err := w.Storage.Jobs.TakeJob(t.Context(), domain.JobContent, w.Clock.Now().Add(time.Hour), w.Clock.Now().Add(2*time.Hour))
		require.NoError(t, err)
		if !found {
			return
		}
		require.NoError(t, w.contents.Do(t.Context(), job))
		require.NoError(t, w.Storage.Jobs.FinishJob(t.Context(), job))
	}
}

// upload sends a file as a form does.
func (w *library) upload(t *testing.T, as, name, file string) apitest.Answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = io.WriteString(part, file)
	require.NoError(t, err)
	require.NoError(t, form.Close())
	return w.Call(t, as, "POST /content", body.String(), "Content-Type", form.FormDataContentType())
}

func TestContent(t *testing.T) {
	w := newLibrary(t)
	const (
		begun = `{"id":"<id:page>","source":"https://example.org/lamps","source_type":"url","processing_status":"processing","created_at":"<time>",` +
			`"title":"https://example.org/lamps","summary":"","raw_text":"","storage_ref":"","image":"","read_status":false,"annotations":[]}`
		done = `{"id":"<id:page>","source":"https://example.org/lamps","source_type":"url","processing_status":"processed","created_at":"<time>",` +
			`"title":"Lamps","summary":"In short.","view_text":"<p>A <b>lamp</b></p>","raw_text":"A lamp","storage_ref":"",` +
			`"image":"https://example.org/lamp.jpg","read_status":false,"annotations":[]}`
		marks = `{"annotations":[{"start_path":[0,1],"start_offset":1,"end_path":[],"end_offset":4,"color":"red","comment":"<b>","text":"amp"}]}`
	)
	w.Keep(t,
		apitest.Promise{Name: "there is none at first", As: "Ada", Call: "GET /content", Status: 200, Answer: `{"message":"Success","data":[]}`},
		apitest.Promise{
			Name: "a page is read later", As: "Ada", Call: "POST /content", Body: `{"source":" https://example.org/lamps "}`, Status: 200,
			Answer: `{"message":"Success","data":` + begun + `}`,
		},
		apitest.Promise{Name: "until then it has no text to mark", As: "Ada", Call: "PUT /content/<id:page>/annotation", Body: marks, Status: 409},
		apitest.Promise{Name: "what is no address is refused", As: "Ada", Call: "POST /content", Body: `{"source":"lamps"}`, Status: 400, Contains: []string{`"field":"source"`}},
		apitest.Promise{Name: "a source is needed", As: "Ada", Call: "POST /content", Body: `{}`, Status: 400, Contains: []string{`"field":"source"`}},
	)
	w.work(t)
	w.Keep(t,
		apitest.Promise{Name: "then it is there", As: "Ada", Call: "GET /content", Status: 200, Answer: `{"message":"Success","data":[` + done + `]}`},
		apitest.Promise{Name: "and by itself", As: "Ada", Call: "GET /content/<id:page>", Status: 200, Answer: `{"message":"Success","data":` + done + `}`},
		apitest.Promise{Name: "it is marked", As: "Ada", Call: "PUT /content/<id:page>/annotation", Body: marks, Status: 200},
		apitest.Promise{
			Name: "and the marks come back as they were", As: "Ada", Call: "GET /content/<id:page>", Status: 200,
			Contains: []string{strings.TrimSuffix(strings.TrimPrefix(marks, "{"), "}")},
		},
		apitest.Promise{Name: "an annotation is at a place", As: "Ada", Call: "PUT /content/<id:page>/annotation", Body: strings.Replace(marks, `:4,`, `:-4,`, 1), Status: 400, Contains: []string{"end_offset"}},
		apitest.Promise{Name: "annotations are not removed by mistake", As: "Ada", Call: "PUT /content/<id:page>/annotation", Body: `{"annotation":[]}`, Status: 400, Contains: []string{`"field":"annotations"`}},
		apitest.Promise{Name: "it was read", As: "Ada", Call: "PATCH /content/<id:page>", Body: `{"read_status":true}`, Status: 200},
		apitest.Promise{Name: "which must be said", As: "Ada", Call: "PATCH /content/<id:page>", Body: `{}`, Status: 400, Contains: []string{`"field":"read_status"`}},
		apitest.Promise{Name: "and is told", As: "Ada", Call: "GET /content/<id:page>", Status: 200, Contains: []string{`"read_status":true`}},
		apitest.Promise{Name: "a page has no file", As: "Ada", Call: "GET /content/file/<id:page>", Status: 404},
		apitest.Promise{Name: "others do not see it", As: "Bob", Call: "GET /content", Status: 200, Answer: `{"message":"Success","data":[]}`},
		apitest.Promise{Name: "nor by itself", As: "Bob", Call: "GET /content/<id:page>", Status: 404},
		apitest.Promise{Name: "nor mark it", As: "Bob", Call: "PUT /content/<id:page>/annotation", Body: marks, Status: 404},
		apitest.Promise{Name: "nor delete it", As: "Bob", Call: "DELETE /content/<id:page>", Status: 404},
		apitest.Promise{Name: "its owner does", As: "Ada", Call: "DELETE /content/<id:page>", Status: 200},
		apitest.Promise{Name: "and then it is gone", As: "Ada", Call: "GET /content/<id:page>", Status: 404},
		apitest.Promise{Name: "a DOI is resolved", As: "Ada", Call: "POST /content", Body: `{"source":"doi:10.1000/182"}`, Status: 200, Contains: []string{`"source":"10.1000/182","source_type":"doi"`}},
	)
	w.work(t)
	w.Keep(t, apitest.Promise{
		Name: "or that fails with a sentence", As: "Ada", Call: "GET /content", Status: 200,
		Contains: []string{`"processing_status":"failed","failure":"The page answers 404 Not Found."`, `"raw_text":""`}, Lacks: []string{"view_text"},
	})
}

func TestFilesOfContent(t *testing.T) {
	w := newLibrary(t)
	const file = "%PDF-1.7 three pages"
	added := w.upload(t, "Ada", "Über Lampen.pdf", file)
	require.Equal(t, http.StatusOK, added.Status, added.Body)
	assert.Contains(t, added.Body, `"source":"Über Lampen.pdf","source_type":"pdf","processing_status":"processing"`)
	w.work(t)
	w.Keep(t, apitest.Promise{
		Name: "a PDF has pages and a name for its file", As: "Ada", Call: "GET /content", Status: 200,
		Contains: []string{`"title":"Über Lampen"`, `"pages":3`, `"storage_ref":"`},
	})
	all, err := w.Storage.ContentLists.Contents(t.Context(), domain.UserID(w.Value("id:Ada")), ports.Page{Limit: 2})
	require.NoError(t, err)
	require.Len(t, all, 1)
	back := w.Call(t, "Ada", "GET /content/file/"+string(all[0].ID), "")
	assert.Equal(t, http.StatusOK, back.Status)
	assert.Equal(t, file, back.Body)
	assert.Equal(t, "application/pdf", back.Header.Get("Content-Type"))
	assert.Contains(t, back.Header.Get("Content-Disposition"), "attachment; filename*=utf-8''%C3%9Cber%20Lampen.pdf")
	assert.Equal(t, http.StatusNotFound, w.Call(t, "Bob", "GET /content/file/"+string(all[0].ID), "").Status)
	refused := w.upload(t, "Ada", "x.pdf", "a text")
	assert.Equal(t, http.StatusBadRequest, refused.Status)
	assert.Contains(t, refused.Body, "The file is no PDF.")
}
