package modelserver

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Behaviour answers a request.
type Behaviour func(w http.ResponseWriter, r *http.Request, request Request)

// Good answers with cards made from the text, each with a verbatim quote; or with a summary, or the answer to a question, where those
// are asked for.
func Good(w http.ResponseWriter, _ *http.Request, request Request) {
	if words, ok := wordsFrom(request); ok {
		say(w, request, words)
		return
	}
	say(w, request, cardsJSON(cardsFrom(request)))
}

// Slow answers well after a pause, or not at all when the client goes before that.
func Slow(pause time.Duration) Behaviour {
	return func(w http.ResponseWriter, r *http.Request, request Request) {
		select {
		case <-time.After(pause):
			Good(w, r, request)
		case <-r.Context().Done():
		}
	}
}

// Silent never answers; it ends when the client goes.
func Silent(_ http.ResponseWriter, r *http.Request, _ Request) { <-r.Context().Done() }

// WrongQuotes answers with cards whose quotes are not in the text.
func WrongQuotes(w http.ResponseWriter, _ *http.Request, request Request) {
	cards := cardsFrom(request)
	for i := range cards {
		cards[i].Quote = "Nobody ever wrote sentence " + strconv.Itoa(i) + "."
	}
	say(w, request, cardsJSON(cards))
}

// BrokenJSON answers with cards whose JSON ends too early.
func BrokenJSON(w http.ResponseWriter, _ *http.Request, request Request) {
	whole := cardsJSON(cardsFrom(request))
	say(w, request, whole[:len(whole)-3])
}

// Says answers with these words.
func Says(words string) Behaviour {
	return func(w http.ResponseWriter, _ *http.Request, request Request) { say(w, request, words) }
}

// Cut answers with half of the cards and says that the answer reached the limit of its length.
func Cut(w http.ResponseWriter, _ *http.Request, request Request) {
	whole := cardsJSON(cardsFrom(request))
	complete(w, request, map[string]any{"role": "assistant", "content": whole[:len(whole)/2]}, "length")
}

// Refusal declines to answer.
func Refusal(w http.ResponseWriter, _ *http.Request, request Request) {
	complete(w, request, map[string]any{"role": "assistant", "content": nil, "refusal": "I can't help with that."}, "stop")
}

// EmptyChoices answers with no choice at all.
func EmptyChoices(w http.ResponseWriter, _ *http.Request, request Request) {
	send(w, http.StatusOK, map[string]any{"id": "chatcmpl-0", "object": "chat.completion", "model": request.Model, "choices": []any{}})
}

// Busy answers 429 and asks to come again after so many seconds.
func Busy(seconds int) Behaviour {
	return func(w http.ResponseWriter, _ *http.Request, _ Request) {
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		refuse(w, http.StatusTooManyRequests, "requests", "", "rate_limit_exceeded", "Rate limit reached.")
	}
}

// Failing answers 500.
func Failing(w http.ResponseWriter, _ *http.Request, _ Request) {
	refuse(w, http.StatusInternalServerError, "server_error", "", "", "The server had an error.")
}

// WrongKey answers 401 and, as careless servers do, repeats the key.
func WrongKey(w http.ResponseWriter, _ *http.Request, request Request) {
	refuse(w, http.StatusUnauthorized, "invalid_request_error", "", "invalid_api_key", "Incorrect API key provided: "+request.Authorization)
}

// UnknownModel answers 404.
func UnknownModel(w http.ResponseWriter, _ *http.Request, _ Request) {
	refuse(w, http.StatusNotFound, "invalid_request_error", "model", "model_not_found", "The model does not exist.")
}

// BadGateway answers 502 with a page, as proxies do.
func BadGateway(w http.ResponseWriter, _ *http.Request, _ Request) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusBadGateway)
	_, _ = w.Write([]byte("<html><body>502 Bad Gateway</body></html>"))
}

// CutConnection begins a good answer and closes the connection in the middle of it.
func CutConnection(w http.ResponseWriter, _ *http.Request, _ Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"id":"chatcmpl-0","object":"chat.completion","choices":[{"ind`))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// Huge answers with well-formed JSON of so many bytes and more.
func Huge(size int) Behaviour {
	return func(w http.ResponseWriter, _ *http.Request, request Request) {
		say(w, request, cardsJSON([]Card{{"What is long?", strings.Repeat("x", size), "long"}}))
	}
}

// Redirect sends the client elsewhere, with 307, by which the body and headers would go along.
func Redirect(to string) Behaviour {
	return func(w http.ResponseWriter, r *http.Request, _ Request) {
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	}
}

// WithoutSchema refuses the response format json_schema and answers anything else well.
func WithoutSchema(w http.ResponseWriter, r *http.Request, request Request) {
	if request.Format == "json_schema" {
		refuse(w, http.StatusBadRequest, "invalid_request_error", "response_format", "", "'response_format' of type 'json_schema' is not supported.")
		return
	}
	Good(w, r, request)
}

// WithoutFormats refuses every response format, without saying why, and answers in Markdown.
func WithoutFormats(w http.ResponseWriter, _ *http.Request, request Request) {
	if request.Format != "" {
		send(w, http.StatusUnprocessableEntity, map[string]any{"detail": "unprocessable"})
		return
	}
	say(w, request, "<think>The {text} is short.</think>\nHere you are:\n```json\n"+cardsJSON(cardsFrom(request))+"\n```\n")
}

// Old knows neither max_completion_tokens nor temperatures, and answers well without them.
func Old(w http.ResponseWriter, r *http.Request, request Request) {
	switch {
	case request.MaxCompletionTokens != nil:
		refuse(w, http.StatusBadRequest, "invalid_request_error", "max_completion_tokens", "unsupported_parameter", "Unrecognized request argument.")
	case request.Temperature != nil:
		refuse(w, http.StatusBadRequest, "invalid_request_error", "temperature", "unsupported_value", "Only the default (1) value is supported.")
	default:
		Good(w, r, request)
	}
}

// Rejecting answers 400 to everything.
func Rejecting(w http.ResponseWriter, _ *http.Request, _ Request) {
	refuse(w, http.StatusBadRequest, "invalid_request_error", "", "", "No.")
}

// TooLong answers that the request is longer than what the model can hold.
func TooLong(w http.ResponseWriter, _ *http.Request, _ Request) {
	refuse(w, http.StatusBadRequest, "invalid_request_error", "messages", "context_length_exceeded", "This model's maximum context length is 10 tokens.")
}

// say answers with the words of an assistant.
func say(w http.ResponseWriter, request Request, words string) {
	complete(w, request, map[string]any{"role": "assistant", "content": words, "refusal": nil}, "stop")
}

func complete(w http.ResponseWriter, request Request, message map[string]any, reason string) {
	send(w, http.StatusOK, map[string]any{
		"id": "chatcmpl-0", "object": "chat.completion", "created": 1_700_000_000, "model": request.Model,
		"choices": []any{map[string]any{"index": 0, "message": message, "logprobs": nil, "finish_reason": reason}},
		"usage":   map[string]int{"prompt_tokens": len(request.Body) / 4, "completion_tokens": 1, "total_tokens": len(request.Body)/4 + 1},
	})
}

func refuse(w http.ResponseWriter, status int, kind, parameter, code, message string) {
	orNull := func(text string) any {
		if text == "" {
			return nil
		}
		return text
	}
	send(w, status, map[string]any{"error": map[string]any{
		"message": message, "type": kind, "param": orNull(parameter), "code": orNull(code),
	}})
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
