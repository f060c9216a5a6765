package rest

import (
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
)

// The cookies of a session. Scripts read the second one to know whether somebody is signed in.
const (
	SessionCookie  = "Authorization"
	SignedInCookie = "LoggedIn"
)

// Cookies sets and expires the cookies of a session.
type Cookies struct {
	// Domain is left out of the cookies when empty, as localhost and IP addresses need it.
	Domain string
	// Secure cookies travel by HTTPS only.
	Secure bool
	// MaxAge is how long the cookies live.
	MaxAge time.Duration
}

// Set puts a session token into the cookies of the answer.
func (k Cookies) Set(c *fiber.Ctx, token string) {
	seconds := int(k.MaxAge / time.Second)
	k.write(c, http.Cookie{Name: SessionCookie, Value: token, HttpOnly: true, MaxAge: seconds})
	k.write(c, http.Cookie{Name: SignedInCookie, Value: "true", MaxAge: seconds})
}

// Expire tells the browser to forget both cookies, and those of the time before there was a domain: a browser keeps a
// cookie for a host beside one of the same name for its domain, and sends both.
func (k Cookies) Expire(c *fiber.Ctx) {
	past := time.Unix(0, 0)
	k.write(c, http.Cookie{Name: SessionCookie, HttpOnly: true, MaxAge: -1, Expires: past})
	k.write(c, http.Cookie{Name: SignedInCookie, MaxAge: -1, Expires: past})
	if k.Domain != "" {
		k.add(c, http.Cookie{Name: SessionCookie, HttpOnly: true, MaxAge: -1, Expires: past})
		k.add(c, http.Cookie{Name: SignedInCookie, MaxAge: -1, Expires: past})
	}
}

// write replaces a cookie of the answer.
func (k Cookies) write(c *fiber.Ctx, cookie http.Cookie) {
	cookie.Domain = k.Domain
	c.Response().Header.DelCookie(cookie.Name)
	k.add(c, cookie)
}

// add adds a cookie to the answer. net/http writes it, as fasthttp cannot say Max-Age=0.
func (k Cookies) add(c *fiber.Ctx, cookie http.Cookie) {
	cookie.Path, cookie.Secure, cookie.SameSite = "/", k.Secure, http.SameSiteLaxMode
	c.Response().Header.Add(fiber.HeaderSetCookie, cookie.String())
}
