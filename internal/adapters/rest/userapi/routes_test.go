package userapi_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/argon2"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/userapi"
	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

const (
	verifyLink = "https://spacey.example/verifying?token="
	resetLink  = "https://spacey.example/reset-password?token="
)

// newWorld serves the accounts of a production: nobody is verified by signing up.
func newWorld(t *testing.T) (*apitest.World, *mocks.Mailer) {
	t.Helper()
	w, mailer, _ := newWorldWithPost(t)
	return w, mailer
}

// newWorldWithPost also returns what sends the mails that no answer waits for.
func newWorldWithPost(t *testing.T) (*apitest.World, *mocks.Mailer, *accounts.Post) {
	t.Helper()
	w, mailer := apitest.New(t), mocks.NewMailer(t)
	service := accounts.New(accounts.Needs{
		Storage: w.Storage, Passwords: argon2.New(), Issuer: w.Signer, Verifier: w.Verifier, Mailer: mailer, Clock: w.Clock, IDs: w.IDs,
	}, accounts.Policy{MinPassword: 6, SessionLifetime: time.Hour, VerifyLink: verifyLink, ResetLink: resetLink})
	w.Serve(userapi.Routes(service, w.Signer.JWKS)...)
	return w, mailer, service.Post()
}

// signUp opens an account: <token:name> is the identity token then, and <token:nameSession> that of the session.
func signUp(t *testing.T, w *apitest.World, name string) {
	t.Helper()
	email := strings.ToLower(name) + "@example.org"
	w.Keep(t,
		apitest.Promise{
			Name: name + " signs up", Call: "POST /user", Status: 201,
			Body: `{"name":"` + name + `","email":"` + email + `","password":"secret-of-` + name + `"}`,
			Answer: `{"message":"Created","data":{"id":"<id:` + name + `>","name":"` + name + `","email":"` + email + `",` +
				`"betaUser":false,"emailValidated":false,"token":"<token:` + name + `Session>"}}`,
		},
		apitest.Promise{
			Name: "and is somebody to the services", As: "service", Call: "POST /internal/identity", Status: 200,
			Body:   `{"token":"<token:` + name + `Session>"}`,
			Answer: `{"message":"Success","data":{"token":"<token:` + name + `>"}}`,
		},
	)
}

func TestSigningUp(t *testing.T) {
	w, _ := newWorld(t)
	const taken = `{"error":"Bad Request","code":"email_taken","message":"There is an account with this e-mail address.","requestID":"<request>"}`
	signUp(t, w, "Ada")
	w.Keep(t,
		apitest.Promise{
			Name: "an address has one account, however it is written", Call: "POST /user", Status: 400,
			Body: `{"name":"Eve","email":" ADA@example.ORG","password":"another"}`, Answer: taken,
		},
		apitest.Promise{
			Name: "all that is wrong is told at once, under names with capitals", Call: "POST /user", Body: `{}`, Status: 400,
			Answer: `{"error":"Bad Request","code":"invalid_input","message":[` +
				`{"field":"Name","message":"A name is required."},` +
				`{"field":"Email","message":"This is not a valid e-mail address."},` +
				`{"field":"Password","message":"The password is too short: 6 characters at least."}],"requestID":"<request>"}`,
		},
		apitest.Promise{
			Name: "a short password is not repeated", Call: "POST /user", Status: 400,
			Body: `{"name":"Eve","email":"eve@example.org","password":"pssst"}`, Contains: []string{`"Password"`}, Lacks: []string{"pssst", `"Email"`},
		},
		apitest.Promise{
			Name: "wrong types are named with capitals", Call: "POST /user", Body: `{"name":1}`, Status: 400,
			Contains: []string{`[{"field":"Name","message":"This must be a text."}]`},
		},
		apitest.Promise{
			Name: "nobody makes themselves verified, or a member of the beta", Call: "POST /user", Status: 201,
			Body:     `{"name":"Eve","email":"eve@example.org","password":"lovelace","betaUser":true,"emailValidated":true,"id":"<id:Ada>"}`,
			Contains: []string{`"betaUser":false,"emailValidated":false`}, Lacks: []string{"<id:Ada>"},
		},
	)
	t.Run("the browser gets the session as a cookie, and scripts a sign of it", func(t *testing.T) {
		got := w.Call(t, "", "POST /user", `{"name":"Bo","email":"bo@example.org","password":"lovelace"}`)
		cookies := got.Cookies()
		require.Contains(t, got.Body, `"token":"`+cookies["Authorization"].Value+`"`)
		require.True(t, cookies["Authorization"].HttpOnly)
		require.Equal(t, "true", cookies["LoggedIn"].Value)
		require.False(t, cookies["LoggedIn"].HttpOnly)
	})
	t.Run("a failure sets no cookie", func(t *testing.T) {
		require.Empty(t, w.Call(t, "", "POST /user", `{}`).Cookies())
	})
}

func TestSigningIn(t *testing.T) {
	w, _ := newWorld(t)
	const refused = `{"error":"Unauthorized","code":"invalid_credentials","message":"Invalid email or password.","requestID":"<request>"}`
	signUp(t, w, "Ada")
	w.Keep(t,
		apitest.Promise{
			Name: "the case of the address does not matter", Call: "POST /user/login", Status: 200,
			Body: `{"email":" aDa@Example.org ","password":"secret-of-Ada"}`,
			Answer: `{"message":"Success","data":{"id":"<id:Ada>","name":"Ada","email":"ada@example.org",` +
				`"betaUser":false,"emailValidated":false,"token":"<token:second>"}}`,
		},
		apitest.Promise{
			Name: "a wrong password is refused", Call: "POST /user/login", Status: 401,
			Body: `{"email":"ada@example.org","password":"Secret-of-Ada"}`, Answer: refused,
		},
		apitest.Promise{
			Name: "an unknown address is refused in the same words", Call: "POST /user/login", Status: 401,
			Body: `{"email":"nobody@example.org","password":"secret-of-Ada"}`, Answer: refused,
		},
		apitest.Promise{
			Name: "both are needed", Call: "POST /user/login", Body: `{}`, Status: 400,
			Contains: []string{`{"field":"Email","message":"This is required."}`, `{"field":"Password","message":"This is required."}`},
		},
	)
	t.Run("the browser gets the session as a cookie", func(t *testing.T) {
		got := w.Call(t, "", "POST /user/login", `{"email":"ada@example.org","password":"secret-of-Ada"}`)
		require.Contains(t, got.Body, `"token":"`+got.Cookies()["Authorization"].Value+`"`)
	})
	t.Run("a refusal sets no cookie", func(t *testing.T) {
		require.Empty(t, w.Call(t, "", "POST /user/login", `{"email":"ada@example.org","password":"wrong"}`).Cookies())
	})
}

func TestAnAccountIsForItsOwner(t *testing.T) {
	w, _ := newWorld(t)
	signUp(t, w, "Ada")
	signUp(t, w, "Bob")
	w.Person(t, "gone", true, true)
	w.Keep(t,
		apitest.Promise{
			Name: "the owner sees it, without the token", As: "Ada", Call: "GET /user", Status: 200,
			Answer: `{"message":"Success","data":{"id":"<id:Ada>","name":"Ada","email":"ada@example.org","betaUser":false,"emailValidated":false}}`,
		},
		apitest.Promise{
			Name: "others see theirs, whomever they ask for", As: "Bob", Call: "GET /user?id=<id:Ada>", Status: 200,
			Contains: []string{`"bob@example.org"`}, Lacks: []string{"ada@example.org", "<id:Ada>"},
		},
		apitest.Promise{
			Name: "nobody sees one", Call: "GET /user", Status: 401,
			Answer: `{"error":"Unauthorized","code":"not_signed_in","message":"Sign in to do this.","requestID":"<request>"}`,
		},
		apitest.Promise{Name: "a session token is no identity here", As: "AdaSession", Call: "GET /user", Status: 401, Lacks: []string{"ada@example.org"}},
		apitest.Promise{Name: "an account that is gone is nobody", As: "gone", Call: "GET /user", Status: 401, Contains: []string{"not_signed_in"}},
	)
}

func TestProvingAnAddress(t *testing.T) {
	w, mailer := newWorld(t)
	const (
		refused = `{"error":"Bad Request","code":"invalid_token",` +
			`"message":"This link is not valid any more. Please ask for a new verification mail.","requestID":"<request>"}`
		body = `{"token":"<token:mailed>"}`
	)
	signUp(t, w, "Ada")
	signUp(t, w, "Bob")
	mailer.EXPECT().SendVerification(mock.Anything, mock.Anything, mock.Anything).
		RunAndReturn(func(_ context.Context, user domain.User, link string) error {
			require.Equal(t, "ada@example.org", user.Email)
			secret, found := strings.CutPrefix(link, verifyLink)
			require.True(t, found, link)
			w.Set("token:mailed", secret)
			return nil
		}).Once()
	w.Keep(t,
		apitest.Promise{
			Name: "a mail with a link is sent", As: "Ada", Call: "GET /user/validate", Status: 200, Answer: `{"message":"Success","data":{}}`,
		},
		apitest.Promise{Name: "a token that nobody was sent is refused", As: "Ada", Call: "POST /user/validate", Body: `{"token":"made up"}`, Status: 400, Answer: refused},
		apitest.Promise{Name: "somebody else cannot use the token", As: "Bob", Call: "POST /user/validate", Body: body, Status: 400, Answer: refused},
		apitest.Promise{Name: "nobody cannot use it", Call: "POST /user/validate", Body: body, Status: 401},
		apitest.Promise{
			Name: "its owner can, after others have tried", As: "Ada", Call: "POST /user/validate", Body: body, Status: 200,
			Answer: `{"message":"Success","data":{"id":"<id:Ada>","name":"Ada","email":"ada@example.org",` +
				`"betaUser":false,"emailValidated":true,"token":"<token:renewed>"}}`,
		},
		apitest.Promise{Name: "once", As: "Ada", Call: "POST /user/validate", Body: body, Status: 400, Answer: refused},
		apitest.Promise{
			Name: "the account is verified", As: "Ada", Call: "GET /user", Status: 200, Contains: []string{`"betaUser":false,"emailValidated":true`},
		},
		apitest.Promise{Name: "the other one is not", As: "Bob", Call: "GET /user", Status: 200, Contains: []string{`"emailValidated":false`}},
		apitest.Promise{
			Name: "no mail is sent to a verified address", As: "Ada", Call: "GET /user/validate", Status: 400,
			Answer: `{"error":"Bad Request","code":"email_already_verified","message":"This e-mail address is already verified.","requestID":"<request>"}`,
		},
		apitest.Promise{Name: "a token is needed", As: "Ada", Call: "POST /user/validate", Body: `{}`, Status: 400, Contains: []string{`"field":"Token"`}},
	)
}

func TestSigningOut(t *testing.T) {
	w, _ := newWorld(t)
	signUp(t, w, "Ada")
	signUp(t, w, "Bob")
	w.Set("token:bad", "a.b.c")
	const done = `{"message":"Success","data":{}}`
	w.Keep(t,
		apitest.Promise{Name: "it ends the session", As: "Ada", Call: "GET /user/logout", Status: 200, Answer: done},
		apitest.Promise{
			Name: "its token is no good from then on", As: "service", Call: "POST /internal/identity", Body: `{"token":"<token:AdaSession>"}`, Status: 401,
			Answer: `{"error":"Unauthorized","code":"not_signed_in","message":"The session has ended. Please sign in again.","requestID":"<request>"}`,
		},
		apitest.Promise{
			Name: "sessions of others go on", As: "service", Call: "POST /internal/identity", Body: `{"token":"<token:BobSession>"}`, Status: 200,
		},
		apitest.Promise{Name: "twice is fine", As: "Ada", Call: "GET /user/logout", Status: 200, Answer: done},
		apitest.Promise{Name: "a bad token is fine", As: "bad", Call: "GET /user/logout", Status: 200, Answer: done},
		apitest.Promise{Name: "none is fine", Call: "GET /user/logout", Status: 200, Answer: done},
	)
	t.Run("the browser forgets both cookies, whoever asks", func(t *testing.T) {
		for _, as := range []string{"Bob", "bad", ""} {
			cookies := w.Call(t, as, "GET /user/logout", "").Cookies()
			require.Equal(t, -1, cookies["Authorization"].MaxAge)
			require.Equal(t, -1, cookies["LoggedIn"].MaxAge)
			require.Empty(t, cookies["LoggedIn"].Value)
		}
	})
}

func TestInternalRoutesAreForServices(t *testing.T) {
	w, _ := newWorld(t)
	signUp(t, w, "Ada")
	const refused = `{"error":"Forbidden","code":"forbidden","message":"This is for the services of spacey only.","requestID":"<request>"}`
	w.Keep(t,
		apitest.Promise{
			Name: "a person gets no identity there", As: "Ada", Call: "POST /internal/identity", Body: `{"token":"<token:AdaSession>"}`,
			Status: 403, Answer: refused,
		},
		apitest.Promise{Name: "nobody gets keys there", Call: "GET /internal/jwks", Status: 403, Answer: refused},
		apitest.Promise{
			Name: "an identity token is no session", As: "service", Call: "POST /internal/identity", Body: `{"token":"<token:Ada>"}`, Status: 401,
			Contains: []string{"not_signed_in"},
		},
		apitest.Promise{
			Name: "a service gets the public keys and no private one", As: "service", Call: "GET /internal/jwks", Status: 200,
			Answer: string(w.Signer.JWKS()), Contains: []string{`"keys":[{"kty":"OKP"`}, Lacks: []string{`"d":`},
		},
	)
}

func TestThePublicKeys(t *testing.T) {
	w, _ := newWorld(t)
	w.Keep(t, apitest.Promise{
		Name: "are for everybody, and no private key is among them", Call: "GET /.well-known/jwks.json", Status: 200,
		Answer: string(w.Signer.JWKS()), Contains: []string{`"keys":[{"kty":"OKP","crv":"Ed25519","x":"`}, Lacks: []string{`"d":`, "message"},
	})
	t.Run("may be kept for some minutes", func(t *testing.T) {
		for _, method := range []string{"GET", "HEAD"} {
			got := w.Call(t, "", method+" /.well-known/jwks.json", "")
			require.Equal(t, 200, got.Status)
			require.Equal(t, "public, max-age=300", got.Header.Get("Cache-Control"))
			require.Empty(t, got.Cookies())
		}
	})
	t.Run("nothing else may", func(t *testing.T) {
		require.Empty(t, w.Call(t, "service", "GET /internal/jwks", "").Header.Get("Cache-Control"))
		require.Empty(t, w.Call(t, "", "GET /user", "").Header.Get("Cache-Control"))
	})
}
