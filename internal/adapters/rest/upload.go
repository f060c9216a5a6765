package rest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"reflect"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Upload is a file that came in a multipart form, in place of the JSON body. A request of a route with Spec.Upload has a field
// of type *Upload, which is nil when it came with JSON; with a file the field Body is left empty, and its rules do not count.
type Upload struct {
	// Name is what the client calls the file, without folders, "" when it does not say.
	Name string
	// File is the file. It fails with CodeMalformed where the form breaks off.
	File io.Reader
}

const (
	multipartForm = "multipart/form-data"
	// maxFields is how many fields of a form are passed over before the file.
	maxFields = 16
)

var uploadType = reflect.TypeFor[*Upload]()

// upload returns the file of a request, nil when it did not come as a form.
func (p *requestPlan) upload(c *fiber.Ctx) (*Upload, error) {
	media, parameters, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if media != multipartForm {
		return nil, nil //nolint:nilnil // it is JSON
	}
	if err != nil || parameters["boundary"] == "" {
		return nil, domain.WrapError(CodeMalformed, "The Content-Type of the form names no boundary.", err)
	}
	if err := checkCoding(c); err != nil {
		return nil, err
	}
	raw := c.Request().Body()
	if int64(len(raw)) > p.maxUpload {
		return nil, domain.NewError(domain.CodeTooLarge, fmt.Sprintf("The request body is too large: %d bytes at most.", p.maxUpload))
	}
	form := multipart.NewReader(bytes.NewReader(raw), parameters["boundary"])
	for range maxFields {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, malformedForm(err)
		}
		if part.FormName() == p.uploadField && part.FileName() != "" {
			return &Upload{Name: part.FileName(), File: formFile{part}}, nil
		}
	}
	return nil, invalid([]domain.FieldError{{Field: p.uploadField, Message: "The form must have a field " + p.uploadField + " with a file."}})
}

// formFile reads a file of a form.
type formFile struct{ part *multipart.Part }

// Read returns the next bytes.
func (f formFile) Read(p []byte) (int, error) {
	n, err := f.part.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // it is not wrapped, and one that wraps it is no end
		err = malformedForm(err)
	}
	return n, err
}

func malformedForm(err error) error {
	return domain.WrapError(CodeMalformed, "The form cannot be read: it breaks off, or is no form.", err)
}
