package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/swaggest/openapi-go/openapi31"
)

// Info is what the document says of itself.
type Info struct {
	Title       string
	Version     string
	Description string
	// Servers are base addresses; none means the address that the document came from.
	Servers []string
}

// OpenAPI returns the OpenAPI 3.1 document, in JSON, of all endpoints that are neither Internal nor Hidden. Two routes of the same
// method and path, or with the same operation id, are an error.
func OpenAPI(endpoints []Endpoint, info Info) ([]byte, error) {
	d := newDocument(info)
	for _, e := range endpoints {
		if e.Spec.Access == Internal || e.Spec.Hidden {
			continue
		}
		if err := d.add(e); err != nil {
			return nil, fmt.Errorf("document of %s %s: %w", e.Spec.Method, e.Spec.Path, err)
		}
	}
	return json.Marshal(d.spec)
}

// document is an OpenAPI document that is being written.
type document struct {
	reflector *openapi31.Reflector
	spec      *openapi31.Spec
	ids       map[string]bool
	tags      map[Service]bool
}

func newDocument(info Info) *document {
	r := openapi31.NewReflector()
	d := &document{r, r.SpecEns(), map[string]bool{}, map[Service]bool{}}
	d.spec.Info.WithTitle(info.Title).WithVersion(info.Version)
	if info.Description != "" {
		d.spec.Info.WithDescription(info.Description)
	}
	for _, address := range info.Servers {
		d.spec.Servers = append(d.spec.Servers, openapi31.Server{URL: address})
	}
	d.addSecurity()
	d.addFailureSchemas()
	return d
}

func (d *document) add(e Endpoint) error {
	op := openapi31.Operation{}
	id := operationID(e.Spec)
	if d.ids[id] {
		return fmt.Errorf("the operation id %s is taken", id)
	}
	d.ids[id] = true
	op.WithID(id).WithSummary(e.Spec.Summary).WithTags(string(e.Spec.Service))
	if description := describe(e.Spec); description != "" {
		op.WithDescription(description)
	}
	if !d.tags[e.Spec.Service] {
		d.tags[e.Spec.Service] = true
		d.spec.Tags = append(d.spec.Tags, openapi31.Tag{Name: string(e.Spec.Service)})
	}
	op.Security = securityOf(e.Spec)
	if err := d.addParameters(&op, e); err != nil {
		return err
	}
	if err := d.addBody(&op, e); err != nil {
		return err
	}
	if err := d.addSuccess(&op, e); err != nil {
		return err
	}
	d.addFailures(&op, e)
	return d.spec.AddOperation(strings.ToLower(e.Spec.Method), e.Spec.Path, op)
}

// operationID names a route for generated clients: GET /decks/{id}/cards is getDecksByIdCards.
func operationID(s Spec) string {
	var b strings.Builder
	b.WriteString(strings.ToLower(s.Method))
	for segment := range strings.SplitSeq(s.Path, "/") {
		name, varies := strings.CutPrefix(segment, "{")
		if varies {
			b.WriteString("By")
		}
		for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r > 0x7f || !isAlphanumeric(byte(r)) }) {
			b.WriteString(capital(word))
		}
	}
	return b.String()
}

func (d *document) addParameters(op *openapi31.Operation, e Endpoint) error {
	if e.Spec.Idempotent {
		op.Parameters = append(op.Parameters, openapi31.ParameterOrReference{Reference: &openapi31.Reference{Ref: parameterPrefix + idempotencyParameter}})
	}
	if len(e.request.parameters) == 0 {
		return nil
	}
	properties, required, err := d.parameterSchemas(e)
	if err != nil {
		return err
	}
	for _, p := range e.request.parameters {
		schema := properties[p.name]
		out := openapi31.Parameter{Name: p.name, In: openapi31.ParameterInQuery, Schema: schema}
		if p.inPath {
			out.In = openapi31.ParameterInPath
		}
		if description, ok := schema["description"].(string); ok {
			out.WithDescription(description)
			delete(schema, "description")
		}
		switch {
		case p.inPath || p.required || required[p.name]:
			out.WithRequired(true)
		case !p.list:
			// An empty one counts as not given. The library knows no field for that.
			out.WithMapOfAnythingItem("allowEmptyValue", true)
		}
		op.Parameters = append(op.Parameters, openapi31.ParameterOrReference{Parameter: &out})
	}
	return nil
}

func (d *document) addBody(op *openapi31.Operation, e Endpoint) error {
	content := map[string]openapi31.MediaType{}
	if e.request.body != nil {
		schema, err := d.bodySchema(e)
		if err != nil {
			return err
		}
		content[jsonMedia] = openapi31.MediaType{Schema: schema}
	}
	if e.Spec.Upload != "" {
		content["multipart/form-data"] = openapi31.MediaType{Schema: map[string]any{
			"type": "object", "required": []string{e.Spec.Upload},
			"properties": map[string]any{e.Spec.Upload: map[string]any{"type": "string", "format": "binary"}},
		}}
	}
	if len(content) == 0 {
		return nil
	}
	body := openapi31.RequestBody{Content: content}
	body.WithRequired(e.request.body == nil || !e.request.body.optional)
	op.RequestBody = &openapi31.RequestBodyOrReference{RequestBody: &body}
	return nil
}

func (d *document) addSuccess(op *openapi31.Operation, e Endpoint) error {
	response := openapi31.Response{Description: http.StatusText(e.Spec.Status)}
	switch {
	case e.Spec.Produces == NDJSON:
		response.WithContentItem(NDJSON, openapi31.MediaType{Schema: map[string]any{
			"type": "string", "description": "JSON values, each in a line. An answer that is not whole is broken off: its last chunk is missing.",
		}})
	case e.Spec.Produces != "":
		response.WithContentItem(e.Spec.Produces, openapi31.MediaType{Schema: map[string]any{"type": "string", "format": "binary"}})
	default:
		schema, err := d.responseSchema(e)
		if err != nil {
			return err
		}
		response.WithContentItem(jsonMedia, openapi31.MediaType{Schema: schema})
	}
	if e.Spec.Session != KeepsSession {
		header := openapi31.Header{Schema: map[string]any{"type": "string"}}
		header.WithDescription("Sets, or expires, the cookies " + SessionCookie + " and " + SignedInCookie + ".")
		response.WithHeadersItem("Set-Cookie", openapi31.HeaderOrReference{Header: &header})
	}
	if e.Spec.Idempotent {
		header := openapi31.Header{Schema: map[string]any{"type": "string", "const": "true"}}
		header.WithDescription("This answer is that of an earlier request with the same " + IdempotencyKeyHeader + ".")
		response.WithHeadersItem(IdempotencyReplayedHeader, openapi31.HeaderOrReference{Header: &header})
	}
	op.ResponsesEns().WithMapOfResponseOrReferenceValuesItem(
		fmt.Sprint(e.Spec.Status), openapi31.ResponseOrReference{Response: &response})
	return nil
}
