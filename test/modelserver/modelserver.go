// Package modelserver gives tests a server on this machine that speaks OpenAI's chat completions, and that answers by a script:
// well, slowly, wrongly or not at all.
package modelserver

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Server is a running server.
type Server struct {
	// URL is the base URL that a client is given; it ends with "/v1".
	URL string

	mu       sync.Mutex
	script   []Behaviour
	requests []Request
	now      int
	most     int
}

// Request is a request that came in.
type Request struct {
	Path, Authorization string
	Header              http.Header
	// Body is the request as it was sent; the fields below are read from it.
	Body     string
	Model    string
	Messages []Message
	// Format is the type of the response_format, "" when there is none, and Schema its JSON schema.
	Format string
	Schema json.RawMessage
	Strict bool
	// Temperature and the limits are nil when they were not sent.
	Temperature                    *float64
	MaxTokens, MaxCompletionTokens *int
}

// Message is one message of a conversation.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Start starts a server that ends with the test. The first request is answered by the first behaviour and so on, all after the
// last one by the last; without any, all are answered by Good.
func Start(t testing.TB, script ...Behaviour) *Server {
	t.Helper()
	s := &Server{script: script}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(server.Close)
	s.URL = server.URL + "/v1"
	return s
}

// Answer replaces the script from the next request on.
func (s *Server) Answer(script ...Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = script
}

// Requests returns the requests that came in.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// AtOnce returns how many requests were being answered at once, at most.
func (s *Server) AtOnce() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.most
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	request := Request{Path: r.URL.Path, Authorization: r.Header.Get("Authorization"), Header: r.Header.Clone(), Body: string(body)}
	if err == nil {
		err = request.read(body)
	}
	behave := s.next(request)
	defer func() {
		s.mu.Lock()
		s.now--
		s.mu.Unlock()
	}()
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/v1/chat/completions":
		refuse(w, http.StatusNotFound, "invalid_request_error", "", "unknown_url", "Unknown request URL.")
	case err != nil || len(request.Messages) == 0 || request.Model == "":
		refuse(w, http.StatusBadRequest, "invalid_request_error", "", "", "The request is no chat completion.")
	default:
		behave(w, r, request)
	}
}

// next keeps a request, and takes its behaviour from the script.
func (s *Server) next(request Request) Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, request)
	s.now++
	s.most = max(s.most, s.now)
	if len(s.script) == 0 {
		return Good
	}
	behave := s.script[0]
	if len(s.script) > 1 {
		s.script = s.script[1:]
	}
	return behave
}

func (r *Request) read(body []byte) error {
	var sent struct {
		Model               string
		Messages            []Message
		Temperature         *float64
		MaxTokens           *int `json:"max_tokens"`
		MaxCompletionTokens *int `json:"max_completion_tokens"`
		ResponseFormat      struct {
			Type       string
			JSONSchema struct {
				Strict bool
				Schema json.RawMessage
			} `json:"json_schema"`
		} `json:"response_format"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return err
	}
	r.Model, r.Messages, r.Temperature = sent.Model, sent.Messages, sent.Temperature
	r.MaxTokens, r.MaxCompletionTokens = sent.MaxTokens, sent.MaxCompletionTokens
	r.Format, r.Schema, r.Strict = sent.ResponseFormat.Type, sent.ResponseFormat.JSONSchema.Schema, sent.ResponseFormat.JSONSchema.Strict
	return nil
}
