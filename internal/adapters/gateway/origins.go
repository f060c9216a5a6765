package gateway

import (
	"net/url"
	"strings"
)

// Origins tells which web pages may call the gateway with a person's cookies.
type Origins struct {
	listed      map[string]bool
	domain      string
	development bool
}

// NewOrigins returns the origins to accept: those listed, for example "https://app.example.com"; without a list the
// domain and its subdomains by https, and in development by http too, and the machine itself on any port.
func NewOrigins(listed []string, domain string, development bool) *Origins {
	o := &Origins{domain: strings.ToLower(domain), development: development}
	for _, origin := range listed {
		if origin = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(origin)), "/"); origin != "" {
			if o.listed == nil {
				o.listed = make(map[string]bool)
			}
			o.listed[origin] = true
		}
	}
	return o
}

// Allows reports whether pages of an origin, as a browser writes it in the header Origin, may call.
func (o *Origins) Allows(origin string) bool {
	origin = strings.ToLower(origin)
	if o.listed != nil {
		return o.listed[origin]
	}
	u, err := url.Parse(origin)
	if err != nil || u.Scheme+"://"+u.Host != origin {
		return false
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !o.development) {
		return false // whoever sits between could speak for a page that came by http
	}
	if o.domain != "" && (u.Host == o.domain || strings.HasSuffix(u.Host, "."+o.domain)) {
		return true
	}
	switch u.Hostname() {
	case "localhost", "127.0.0.1", "::1":
		return o.development
	}
	return false
}
