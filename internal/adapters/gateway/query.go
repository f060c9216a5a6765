package gateway

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// identityKeys are the query keys by which some services are, or were, told who is calling. Nobody outside says that.
var identityKeys = []string{"userID", "user_id", "isBeta", "is_beta", "emailValidated", "email_validated"}

// cleanQuery returns a query string without the keys that carry identity, and without bytes that could end a request
// line or begin another pair in a server that splits at semicolons.
func cleanQuery(query string) string {
	if query == "" {
		return ""
	}
	var b strings.Builder
	b.Grow(len(query))
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		if pair == "" || carriesIdentity(pair) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		writeEscaped(&b, pair)
	}
	return b.String()
}

func carriesIdentity(pair string) bool {
	key, _, _ := strings.Cut(pair, "=")
	if strings.ContainsAny(key, "%+") {
		if plain, err := url.QueryUnescape(key); err == nil {
			key = plain
		}
	}
	key = strings.TrimSpace(key)
	for _, name := range identityKeys {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

// writeEscaped writes a pair, escaping only what may not stand in a query (RFC 3986, section 3.4), and the semicolon.
func writeEscaped(b *strings.Builder, pair string) {
	const hex = "0123456789ABCDEF"
	for i := range len(pair) {
		if c := pair[i]; c <= ' ' || c >= 0x7f || c == '#' || c == ';' {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&0x0f])
		} else {
			b.WriteByte(c)
		}
	}
}

// foreignQuery adds who is calling in the dialect of a card generation service that is not ours. The query must be clean.
func foreignQuery(query string, caller domain.Identity) string {
	if query != "" {
		query += "&"
	}
	return query + "userID=" + url.QueryEscape(string(caller.User)) +
		"&isBeta=" + strconv.FormatBool(caller.Beta) +
		"&emailValidated=" + strconv.FormatBool(caller.EmailVerified)
}
