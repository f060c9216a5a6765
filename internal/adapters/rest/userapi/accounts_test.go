package userapi_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const done = `{"message":"Success","data":{}}`

func TestChangingTheAccount(t *testing.T) {
	w, _ := newWorld(t)
	signUp(t, w, "Ada")
	signUp(t, w, "Bob")
	w.Keep(t,
		apitest.Promise{
			Name: "gives it another name, and nothing else", As: "Ada", Call: "PATCH /user", Status: 200,
			Body: `{"name":" Ada Lovelace ","email":"x@example.org","betaUser":true,"emailValidated":true,"id":"<id:Bob>"}`,
			Answer: `{"message":"Success","data":{"id":"<id:Ada>","name":"Ada Lovelace","email":"ada@example.org",` +
				`"betaUser":false,"emailValidated":false}}`,
		},
		apitest.Promise{Name: "which stays", As: "Ada", Call: "GET /user", Status: 200, Contains: []string{`"Ada Lovelace"`}},
		apitest.Promise{Name: "others keep theirs", As: "Bob", Call: "GET /user", Status: 200, Contains: []string{`"Bob"`}},
		apitest.Promise{Name: "nothing given changes nothing", As: "Ada", Call: "PATCH /user", Body: `{}`, Status: 200, Contains: []string{`"Ada Lovelace"`}},
		apitest.Promise{
			Name: "an empty name is refused", As: "Ada", Call: "PATCH /user", Body: `{"name":"  "}`, Status: 400,
			Contains: []string{`{"field":"name","message":"A name is required."}`},
		},
		apitest.Promise{Name: "nobody changes one", Call: "PATCH /user", Body: `{"name":"Eve"}`, Status: 401},
	)
}

func TestPasswords(t *testing.T) {
	w, mailer, post := newWorldWithPost(t)
	signUp(t, w, "Ada")
	mailer.EXPECT().SendPasswordChanged(mock.Anything, mock.Anything, mock.Anything).Return(nil).Twice()
	mailer.EXPECT().SendPasswordReset(mock.Anything, mock.Anything, mock.Anything).
		RunAndReturn(func(_ context.Context, _ domain.User, link string) error {
			secret, found := strings.CutPrefix(link, resetLink)
			require.True(t, found, link)
			w.Set("token:reset", secret)
			return nil
		}).Once()
	w.Keep(t,
		apitest.Promise{
			Name: "the current one must be right", As: "Ada", Call: "POST /user/password", Status: 400,
			Body: `{"current":"guess","new":"analytical"}`, Contains: []string{`{"field":"current","message":"This is not the password of the account."}`},
			Lacks: []string{"guess", "analytical"},
		},
		apitest.Promise{
			Name: "the new one must be good", As: "Ada", Call: "POST /user/password", Status: 400,
			Body: `{"current":"secret-of-Ada","new":"12345678"}`, Contains: []string{`"field":"new"`},
		},
		apitest.Promise{Name: "both are needed", As: "Ada", Call: "POST /user/password", Body: `{}`, Status: 400},
		apitest.Promise{Name: "nobody changes one", Call: "POST /user/password", Body: `{"current":"secret-of-Ada","new":"analytical"}`, Status: 401},
		apitest.Promise{Name: "it is changed", As: "Ada", Call: "POST /user/password", Body: `{"current":"secret-of-Ada","new":"analytical"}`, Status: 200, Answer: done},
		apitest.Promise{Name: "the old one is dead", Call: "POST /user/login", Body: `{"email":"ada@example.org","password":"secret-of-Ada"}`, Status: 401},
		apitest.Promise{Name: "the new one works", Call: "POST /user/login", Body: `{"email":"ada@example.org","password":"analytical"}`, Status: 200},
		apitest.Promise{
			Name: "whether an address has an account is told to nobody", Call: "POST /user/password/forgot", Body: `{"email":"nobody@example.org"}`,
			Status: 200, Answer: done,
		},
		apitest.Promise{Name: "the answer is the same for one that has", Call: "POST /user/password/forgot", Body: `{"email":"ADA@example.org"}`, Status: 200, Answer: done},
		apitest.Promise{Name: "an address is needed", Call: "POST /user/password/forgot", Body: `{}`, Status: 400},
	)
	post.Flush(t.Context())
	w.Keep(t,
		apitest.Promise{
			Name: "a link that nobody was sent is refused", Call: "POST /user/password/reset", Body: `{"token":"<id:Ada>_GUESS","password":"engine-1837"}`,
			Status: 400, Contains: []string{`"code":"invalid_token"`},
		},
		apitest.Promise{
			Name: "a short password keeps the link alive", Call: "POST /user/password/reset", Body: `{"token":"<token:reset>","password":"x"}`,
			Status: 400, Contains: []string{`"field":"password"`},
		},
		apitest.Promise{
			Name: "the link sets another one, and signs nobody in", Call: "POST /user/password/reset",
			Body: `{"token":"<token:reset>","password":"engine-1837"}`, Status: 200, Answer: done,
		},
		apitest.Promise{Name: "once", Call: "POST /user/password/reset", Body: `{"token":"<token:reset>","password":"engine-1838"}`, Status: 400},
		apitest.Promise{Name: "it works", Call: "POST /user/login", Body: `{"email":"ada@example.org","password":"engine-1837"}`, Status: 200},
	)
	post.Flush(t.Context())
}

func TestTooManySignIns(t *testing.T) {
	w, _ := newWorld(t)
	signUp(t, w, "Ada")
	const body = `{"email":"ada@example.org","password":"a-guess"}`
	for range 31 {
		require.Equal(t, 401, w.Call(t, "", "POST /user/login", body).Status)
	}
	got := w.Call(t, "", "POST /user/login", body)
	assert.Equal(t, 429, got.Status)
	assert.Equal(t, "1", got.Header.Get("Retry-After"))
	assert.Contains(t, got.Body, `"code":"too_many_attempts"`)
}

func TestSessionsOfAPerson(t *testing.T) {
	w, _ := newWorld(t)
	signUp(t, w, "Ada")
	signUp(t, w, "Bob")
	var list struct {
		Data struct {
			Items []struct {
				ID      string `json:"id"`
				Current bool   `json:"current"`
			} `json:"items"`
			NextCursor string `json:"nextCursor"`
		} `json:"data"`
	}
	read := func(call string) int {
		t.Helper()
		list.Data.Items, list.Data.NextCursor = nil, ""
		got := w.Call(t, "Ada", call, "")
		require.Equal(t, 200, got.Status, got.Body)
		require.NoError(t, json.Unmarshal([]byte(got.Body), &list))
		return len(list.Data.Items)
	}
	const signIn = `{"email":"ada@example.org","password":"secret-of-Ada"}`
	for range 2 {
		require.Equal(t, 200, w.Call(t, "", "POST /user/login", signIn).Status)
	}
	require.Equal(t, 3, read("GET /user/sessions"))
	assert.Empty(t, list.Data.NextCursor)
	assert.True(t, list.Data.Items[0].Current)
	assert.False(t, list.Data.Items[1].Current)
	w.Set("id:second", list.Data.Items[1].ID)
	require.Equal(t, 2, read("GET /user/sessions?limit=2"))
	require.Equal(t, 1, read("GET /user/sessions?limit=2&cursor="+list.Data.NextCursor), "the list goes on behind the cursor")
	w.Keep(t,
		apitest.Promise{Name: "nobody lists them", Call: "GET /user/sessions", Status: 401},
		apitest.Promise{Name: "a made-up cursor is refused", As: "Ada", Call: "GET /user/sessions?cursor=x", Status: 400, Contains: []string{`"cursor"`}},
		apitest.Promise{Name: "others do not see them", As: "Bob", Call: "GET /user/sessions", Status: 200, Lacks: []string{"<id:second>"}},
		apitest.Promise{Name: "others cannot end them", As: "Bob", Call: "DELETE /user/sessions/<id:second>", Status: 404},
		apitest.Promise{Name: "one is ended", As: "Ada", Call: "DELETE /user/sessions/<id:second>", Status: 200, Answer: done},
		apitest.Promise{Name: "once", As: "Ada", Call: "DELETE /user/sessions/<id:second>", Status: 404},
		apitest.Promise{Name: "what is no id is not there", As: "Ada", Call: "DELETE /user/sessions/x", Status: 404},
		apitest.Promise{Name: "all others are ended", As: "Ada", Call: "DELETE /user/sessions", Status: 200, Answer: done},
	)
	require.Equal(t, 1, read("GET /user/sessions"))
}

func TestTokensOfAPerson(t *testing.T) {
	w, _ := newWorld(t)
	w.Person(t, "Bob", true, false)
	w.Person(t, "Eve", false, false)
	signUp(t, w, "Ann")
	_, err := w.Storage.Users.UpdateUser(t.Context(), domain.UserID(w.Value("id:Ann")), func(u *domain.User) error {
		u.EmailVerified = true
		return nil
	})
	require.NoError(t, err)
	w.Keep(t, apitest.Promise{
		Name: "who has proven their address is verified", As: "service", Call: "POST /internal/identity", Body: `{"token":"<token:AnnSession>"}`, Status: 200,
		Answer: `{"message":"Success","data":{"token":"<token:Ada>"}}`,
	})
	const answer = `{"message":"Created","data":{"id":"<id:token>","name":"importer","scopes":["decks:read","learning:write"],"createdAt":"<time>","token":"<token:api>"}}`
	w.Keep(t,
		apitest.Promise{
			Name: "who has not proven their address makes none", As: "Eve", Call: "POST /user/tokens", Body: `{"name":"x","scopes":["decks:read"]}`,
			Status: 403, Contains: []string{"email_not_verified"},
		},
		apitest.Promise{
			Name: "it is shown when it is made", As: "Ada", Call: "POST /user/tokens", Body: `{"name":"importer","scopes":["learning:write","decks:read"]}`,
			Status: 201, Answer: answer,
		},
		apitest.Promise{
			Name: "and never again", As: "Ada", Call: "GET /user/tokens", Status: 200, Contains: []string{`"importer"`, `"nextCursor":""`},
			Lacks: []string{"<token:api>", `"token"`, "hash"},
		},
		apitest.Promise{
			Name: "its owner is who it says, with its scopes", As: "service", Call: "POST /internal/identity", Body: `{"token":"<token:api>"}`, Status: 200,
			Answer: `{"message":"Success","data":{"token":"<token:identity>"}}`,
		},
		apitest.Promise{Name: "it does not reach the account", As: "identity", Call: "GET /user", Status: 403, Contains: []string{"missing_scope"}},
		apitest.Promise{Name: "it makes no other tokens", As: "identity", Call: "POST /user/tokens", Body: `{"name":"x","scopes":["decks:write"]}`, Status: 403},
		apitest.Promise{
			Name: "all that is wrong is told", As: "Ada", Call: "POST /user/tokens", Body: `{"name":" ","scopes":["everything"],"expiresAt":"2020-01-01T00:00:00Z"}`,
			Status: 400, Contains: []string{`"field":"name"`, `"field":"scopes"`, `"field":"expiresAt"`},
		},
		apitest.Promise{Name: "others do not see it", As: "Bob", Call: "GET /user/tokens", Status: 200, Contains: []string{`"items":[]`}},
		apitest.Promise{Name: "others cannot end it", As: "Bob", Call: "DELETE /user/tokens/<id:token>", Status: 404},
		apitest.Promise{Name: "its owner can", As: "Ada", Call: "DELETE /user/tokens/<id:token>", Status: 200, Answer: done},
		apitest.Promise{Name: "then it is no good", As: "service", Call: "POST /internal/identity", Body: `{"token":"<token:api>"}`, Status: 401},
	)
}

func TestDeletingAnAccount(t *testing.T) {
	w, _ := newWorld(t)
	signUp(t, w, "Ada")
	signUp(t, w, "Bob")
	export := w.Call(t, "Ada", "GET /export/account", "")
	require.Equal(t, "application/x-ndjson", export.Header.Get("Content-Type"))
	lines := strings.Split(strings.TrimSpace(export.Body), "\n")
	require.Len(t, lines, 4, export.Body)
	for i, kind := range []string{`{"type":"account",`, `{"type":"session",`, `{"type":"audit_entry",`, `{"type":"audit_entry",`} {
		require.True(t, strings.HasPrefix(lines[i], kind), lines[i])
		require.True(t, json.Valid([]byte(lines[i])))
		require.NotContains(t, lines[i], "bob@example.org")
		require.NotContains(t, lines[i], "argon2")
	}
	w.Keep(t,
		apitest.Promise{Name: "the password is needed", As: "Ada", Call: "DELETE /user", Body: `{}`, Status: 400, Contains: []string{`"field":"password"`}},
		apitest.Promise{Name: "a wrong one deletes nothing", As: "Ada", Call: "DELETE /user", Body: `{"password":"guess"}`, Status: 400},
		apitest.Promise{Name: "nobody deletes one", Call: "DELETE /user", Body: `{"password":"secret-of-Ada"}`, Status: 401},
		apitest.Promise{Name: "the account is still there", As: "Ada", Call: "GET /user", Status: 200},
		apitest.Promise{Name: "its owner deletes it", As: "Ada", Call: "DELETE /user", Body: `{"password":"secret-of-Ada"}`, Status: 200, Answer: done},
		apitest.Promise{Name: "then it is gone", As: "Ada", Call: "GET /user", Status: 401},
		apitest.Promise{Name: "and its session", As: "service", Call: "POST /internal/identity", Body: `{"token":"<token:AdaSession>"}`, Status: 401},
		apitest.Promise{Name: "others keep theirs", As: "Bob", Call: "GET /user", Status: 200},
	)
	t.Run("the browser keeps the session when the password was wrong", func(t *testing.T) {
		require.Empty(t, w.Call(t, "Bob", "DELETE /user", `{"password":"guess"}`).Cookies())
	})
	t.Run("the browser forgets the session", func(t *testing.T) {
		got := w.Call(t, "Bob", "DELETE /user", `{"password":"secret-of-Bob"}`)
		require.Equal(t, 200, got.Status)
		require.Equal(t, -1, got.Cookies()["Authorization"].MaxAge)
	})
}
