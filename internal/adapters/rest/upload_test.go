package rest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

type uploadRequest struct {
	File *rest.Upload
	Body struct {
		Source string `json:"source" validate:"required"`
	}
}

// uploading returns a route that takes a file of a form or JSON, and answers what it got.
func uploading(path string) rest.Endpoint {
	s := with(spec(http.MethodPost, path), func(s *rest.Spec) { s.Upload, s.MaxBody = "file", 2000 })
	return rest.Route(s, func(_ context.Context, _ domain.Identity, r uploadRequest) (string, error) {
		if r.File == nil {
			return "source " + r.Body.Source, nil
		}
		content, err := io.ReadAll(r.File.File)
		return r.File.Name + ": " + string(content), err
	})
}

// form returns a form with one file, or what is to be one.
func form(disposition, content string) string {
	return "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; " + disposition +
		"\r\nContent-Type: application/pdf\r\n\r\n" + content + "\r\n--b--\r\n"
}

func TestUploads(t *testing.T) {
	app, _ := serve(uploading("/content"), echo[deckRequest](spec(http.MethodPost, "/decks")))
	const named = `name="file"; filename="../../etc/a b.pdf"`
	kind := []string{"Content-Type", "multipart/form-data; boundary=b"}
	missing := field("file", "The form must have a field file with a file.")
	keep(t, app, []promise{
		{name: "come as a form", method: "POST", target: "/content", body: form(named, "%PDF-1.7"), headers: kind, status: 200, contains: []string{`"a b.pdf: %PDF-1.7"`}, lacks: []string{"etc"}},
		{name: "may be empty", method: "POST", target: "/content", body: form(named, ""), headers: kind, status: 200, contains: []string{`"a b.pdf: "`}},
		{name: "or not, and it is JSON", method: "POST", target: "/content", body: `{"source":"x"}`, status: 200, contains: []string{`"source x"`}},
		{name: "JSON keeps its rules", method: "POST", target: "/content", body: `{}`, status: 400, contains: []string{`"source"`}},
		{name: "need the field", method: "POST", target: "/content", body: form(`name="other"; filename="a.pdf"`, "x"), headers: kind, status: 400, contains: []string{missing}},
		{name: "need a file in it", method: "POST", target: "/content", body: form(`name="file"`, "x"), headers: kind, status: 400, contains: []string{missing}},
		{name: "need a boundary", method: "POST", target: "/content", body: form(named, "x"), headers: []string{"Content-Type", "multipart/form-data"}, status: 400, contains: []string{`"malformed`}},
		{name: "must not break off", method: "POST", target: "/content", body: strings.TrimSuffix(form(named, "x"), "\r\n--b--\r\n"), headers: kind, status: 400, contains: []string{"breaks off"}},
		{name: "are no garbage", method: "POST", target: "/content", body: "garbage", headers: kind, status: 400},
		{name: "hide behind few fields only", method: "POST", target: "/content", body: strings.Repeat("--b\r\n\r\n\r\n", 100) + form(named, "x"), headers: kind, status: 400, contains: []string{missing}},
		{name: "have a limit", method: "POST", target: "/content", body: form(named, strings.Repeat("x", 2000)), headers: kind, status: 413, contains: []string{"2000 bytes"}},
		{name: "are not compressed", method: "POST", target: "/content", body: form(named, "x"), headers: append(kind, "Content-Encoding", "gzip"), status: 415},
		{name: "other routes take none", method: "POST", target: "/decks", body: form(named, "x"), headers: kind, status: 415},
	})
}

// downloading returns a route that answers with a file.
func downloading(path string, size int64, file io.Reader) rest.Endpoint {
	s := with(spec(http.MethodGet, path), func(s *rest.Spec) { s.Produces, s.Deadline = "application/pdf", time.Minute })
	return rest.Route(s, func(context.Context, domain.Identity, rest.Empty) (rest.Download, error) {
		return rest.Download{Name: "Größe \"x\"\r\n.pdf", Size: size, Open: func(context.Context) io.Reader { return file }}, nil
	})
}

func TestDownloads(t *testing.T) {
	app, _ := serve(
		downloading("/whole", 1<<20, strings.NewReader(strings.Repeat("x", 1<<20))),
		downloading("/head", 7, iotest.ErrReader(errors.New("nobody reads it"))),
		downloading("/broken", 1<<20, io.MultiReader(strings.NewReader("begin"), iotest.ErrReader(errors.New(secretCause)))),
		whoami("/x", rest.Anyone),
	)
	address := listenWith(t, app, nil)
	t.Run("are the bytes, under a name that is harmless", func(t *testing.T) {
		response, body, err := download(t, address+"/whole")
		require.NoError(t, err)
		require.Equal(t, strings.Repeat("x", 1<<20), body)
		require.Equal(t, int64(1<<20), response.ContentLength)
		require.Equal(t, "application/pdf", response.Header.Get("Content-Type"))
		require.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"))
		require.Equal(t, rest.ContentPolicy, response.Header.Get("Content-Security-Policy"))
		require.Regexp(t, `^attachment; filename\*=utf-8''Gr%C3%B6%C3%9Fe`, response.Header.Get("Content-Disposition"))
		require.NotContains(t, response.Header.Get("Content-Disposition"), "\n")
	})
	t.Run("are not read where only the head is asked for", func(t *testing.T) {
		got := exchange(t, address, "HEAD /head HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		require.True(t, strings.HasPrefix(got, "HTTP/1.1 200 "), got)
		require.Contains(t, got, "Content-Length: 7\r\n")
		require.Equal(t, strings.Index(got, "\r\n\r\n")+4, len(got), "nothing follows the head")
	})
	t.Run("break off so that the client notices", func(t *testing.T) {
		_, body, err := download(t, address+"/broken")
		require.Error(t, err)
		require.NotContains(t, body, "hunter2")
		_, body, err = download(t, address+"/x")
		require.NoError(t, err)
		require.Contains(t, body, "Success")
	})
}
