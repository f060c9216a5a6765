package domain

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseSource(t *testing.T) {
	for text, want := range map[string]struct {
		source string
		is     SourceType
	}{
		"https://example.org":              {"https://example.org", SourceURL},
		" \thttp://example.org/a?b=c#d \n": {"http://example.org/a?b=c#d", SourceURL},
		"HTTPS://Example.ORG/A":            {"HTTPS://Example.ORG/A", SourceURL},
		"https://exämple.org/ä":            {"https://exämple.org/ä", SourceURL},
		"http://[2001:db8::1]:8080/":       {"http://[2001:db8::1]:8080/", SourceURL},
		"https://doi.org":                  {"https://doi.org", SourceURL},
		"https://doi.org/about":            {"https://doi.org/about", SourceURL},
		"https://example.org/10.1000/182":  {"https://example.org/10.1000/182", SourceURL},
		"10.1000/182":                      {"10.1000/182", SourceDOI},
		"doi:10.1000/182":                  {"10.1000/182", SourceDOI},
		"DOI: 10.1000/182":                 {"10.1000/182", SourceDOI},
		"https://www.doi.org/10.1002/%28SICI%29x%3C1::y%3E?z=1#a":  {"10.1002/(SICI)x<1::y>", SourceDOI},
		"https://doi.org/10.1000/182":                              {"10.1000/182", SourceDOI},
		"http://dx.doi.org/10.1000/a(b)<c>;d/e":                    {"10.1000/a(b)<c>;d/e", SourceDOI},
		"HTTPS://DOI.ORG/10.1000.10/182":                           {"10.1000.10/182", SourceDOI},
		"10.123456789/ä":                                           {"10.123456789/ä", SourceDOI},
		"https://example.org/" + strings.Repeat("a", maxSource-20): {"https://example.org/" + strings.Repeat("a", maxSource-20), SourceURL},
	} {
		source, is, err := ParseSource(text)
		require.NoError(t, err, text)
		assert.Equal(t, want.source, source)
		assert.Equal(t, want.is, is, text)
	}
	for _, text := range []string{
		"", " \n", "example.org", "ftp://example.org", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,a", "//example.org", "https://",
		"https:///a", "http://:80/", "https://ada@example.org", "https://ada:secret@example.org/", "https://exa mple.org", "http://[::1", "https://a/%zz",
		"https://example.org/a\nb", "https://example.org/\x00", "https://example.org/\x7f", "https://example.org/\xff", "10.1000", "10.1000/", "10.10/182",
		"10.1000/a b", "11.1000/182", "doi:", "doi:182", "https://example.org/" + strings.Repeat("a", maxSource-19),
	} {
		_, _, err := ParseSource(text)
		var problem *Error
		require.ErrorAs(t, err, &problem, "%q", text)
		assert.Equal(t, CodeInvalid, problem.Code)
		require.Len(t, problem.Fields, 1)
		assert.Equal(t, "source", problem.Fields[0].Field)
	}
}

func TestCheckAnnotations(t *testing.T) {
	path := make([]int, maxPathDepth)
	many := make([]Annotation, MaxAnnotations)
	for outcome, annotations := range map[string][]Annotation{
		"none are right": nil, "an empty one is right": {{}}, "as many as may be": many, "paths as deep as may be": {{StartPath: path, EndPath: path}},
		"as much text as may be, in characters": {{Text: strings.Repeat("ä", MaxAnnotationText-2), Color: "r"}, {Comment: "c"}},
	} {
		t.Run(outcome, func(t *testing.T) { assert.NoError(t, CheckAnnotations(annotations)) })
	}
	for outcome, c := range map[string]struct {
		annotations []Annotation
		fields      []string
	}{
		"one too many is refused":             {append(many, Annotation{}), []string{"annotations"}},
		"one character too much is refused":   {[]Annotation{{Text: strings.Repeat("a", MaxAnnotationText)}, {Comment: "b"}}, []string{"annotations"}},
		"colors count for the length":         {[]Annotation{{Color: strings.Repeat("a", MaxAnnotationText+1)}}, []string{"annotations"}},
		"a start that is too deep is refused": {[]Annotation{{}, {StartPath: append(path, 1)}}, []string{"annotations[1].start_path"}},
		"an end that is too deep is refused":  {[]Annotation{{EndPath: append(path, 1)}}, []string{"annotations[0].end_path"}},
		"what cannot be stored is refused": {
			[]Annotation{{Color: "\x00", Comment: "\x00", Text: "\x00"}},
			[]string{"annotations[0].color", "annotations[0].comment", "annotations[0].text"},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			var problem *Error
			require.ErrorAs(t, CheckAnnotations(c.annotations), &problem)
			assert.Equal(t, CodeInvalid, problem.Code)
			fields := []string{}
			for _, field := range problem.Fields {
				fields = append(fields, field.Field)
			}
			assert.Equal(t, c.fields, fields)
		})
	}
}

func TestAContentIsCompletedOrFails(t *testing.T) {
	now := time.UnixMilli(1_772_000_000_123).UTC()
	content := Content{ID: "c1", Status: ContentProcessing, Title: "https://example.org", CreatedAt: now.Add(-time.Hour)}
	content.Fail("It is no article.", now)
	assert.Equal(t, Content{
		ID: "c1", Status: ContentFailed, Failure: "It is no article.", Title: "https://example.org", CreatedAt: now.Add(-time.Hour), UpdatedAt: now,
	}, content)
	document := Document{Title: "Title", Image: "https://example.org/a.png", Pages: 3, ContentTexts: ContentTexts{View: "<p>", Raw: "a"}}
	content.Complete(document, "Summary.", now.Add(time.Hour))
	assert.Equal(t, Content{
		ID: "c1", Status: ContentProcessed, Title: "Title", Summary: "Summary.", Image: "https://example.org/a.png", Pages: 3,
		CreatedAt: now.Add(-time.Hour), UpdatedAt: now.Add(time.Hour),
	}, content)
	content.Complete(Document{}, "", now)
	assert.Equal(t, "Title", content.Title, "a document without a title leaves the one that is there")
}
