package gateway

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

func FuzzTarget(f *testing.F) {
	for _, seed := range []string{
		"/decks", "/decks/%2e%2e/user", "/decks//x", "http://evil.example/decks?x=1", "HTTPS://h", "*", "//evil.example/decks", "/decks/a%2fb?c=d#e?f",
		"/decks/%5c", "/decks/%2e%2e", "/config/%2E", "/decks/1/cards/%C3%A4?userID=x", "/a?b://c/d", "https://h?/decks",
	} {
		f.Add(seed)
	}
	var t table
	for _, spec := range routes() {
		if err := t.add(&route{spec: spec}); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(test *testing.T, target string) {
		path, query, ok := splitTarget(target)
		if !ok {
			return
		}
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#") || strings.Contains(query, "#") {
			test.Fatalf("%q is the path %q and the query %q", target, path, query)
		}
		if p, q, ok := splitTarget(path + "?" + query); !ok || p != path || q != query {
			test.Fatalf("%q is read as %q, and that as %q and %q", target, path, p, q)
		}
		place, params := t.find(path)
		if place == nil {
			return
		}
		for _, r := range place.routes {
			sent := r.build(slices.Clone(params))
			if again, values := t.find(sent); again != place || !slices.Equal(values, params) {
				test.Fatalf("%q is sent as %q, which names %q of another place", target, sent, values)
			}
			if strings.ContainsAny(sent, "?#\\ \r\n") || strings.Contains(sent, "//") {
				test.Fatalf("%q is sent as %q", target, sent)
			}
			// The service reads the same segments, however often it cleans the path.
			if seen, err := url.Parse(sent); err != nil || seen.JoinPath().EscapedPath() != seen.EscapedPath() {
				test.Fatalf("%q is sent as %q, which is another path when it is cleaned (%v)", target, sent, err)
			}
		}
	})
}

func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "a=b&c", "userID=x", "user%49D=x&a=1", "+isBeta=true", "%20user_id=1", "a=b;userID=x", "a=1%26userID=x", "user_id", "&&=&a#b",
		"USERid=1", "emailValidated%3dtrue", "a=\r\nX: y", "us%", "\xffuserID=1", "user%2549D=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		clean := cleanQuery(query)
		if again := cleanQuery(clean); again != clean {
			t.Fatalf("%q is sent as %q, and that would be as %q", query, clean, again)
		}
		for _, c := range []byte(clean) {
			if c <= ' ' || c >= 0x7f || c == '#' || c == ';' {
				t.Fatalf("%q is sent as %q", query, clean)
			}
		}
		values, _ := url.ParseQuery(clean) // what it cannot read it leaves out
		var arguments fasthttp.Args
		arguments.Parse(clean)
		keys := []string{}
		for key := range values {
			keys = append(keys, key)
		}
		arguments.VisitAll(func(key, _ []byte) { keys = append(keys, string(key)) })
		for _, key := range keys {
			for _, name := range identityKeys {
				if strings.EqualFold(strings.TrimSpace(key), name) {
					t.Fatalf("%q is sent as %q, which says %s", query, clean, key)
				}
			}
		}
	})
}

func FuzzHead(f *testing.F) {
	for _, seed := range []string{
		"Host: a\r\n\r\n", "Host: a\r\nContent-Length: 5\r\n\r\n", "Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", "Host: a\r\nContent-Length: +5\r\n\r\n",
		"Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "Host: a\r\nTransfer-Encoding: xchunked\r\n\r\n", "Host: a\r\nHost: b\r\n\r\n",
		"Host: a\nX: y\r\n\r\n", "Host: a\r\n X: y\r\n\r\n", "Host : a\r\n\r\n", "Host: a\r\nX: \x00\r\n\r\n", "Host: a\r\nContent-Length: 0x1\r\n\r\n", "Host: a\r\ntransfer-encoding:gzip\r\n\r\n", "Host: a\r\n\r\nGET / HTTP/1.1\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		if checkHeaders([]byte(lines), "HTTP/1.1") != nil {
			return
		}
		head, _, _ := strings.Cut("\r\n"+lines, "\r\n\r\n")
		bodies := 0
		for _, line := range strings.FieldsFunc(head, func(r rune) bool { return r == '\r' || r == '\n' }) {
			name, value, _ := strings.Cut(strings.ToLower(line), ":")
			switch value = strings.Trim(value, " \t"); strings.TrimSpace(name) {
			case "content-length":
				bodies++
				if value == "" || strings.Trim(value, "0123456789") != "" {
					t.Fatalf("%q is taken, with a length of %q", lines, value)
				}
			case "transfer-encoding":
				bodies++
				if value != "chunked" {
					t.Fatalf("%q is taken, in the coding %q", lines, value)
				}
			}
		}
		if bodies > 1 {
			t.Fatalf("%q is taken, and says %d times where it ends", lines, bodies)
		}
		request, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET / HTTP/1.1" + head + "\r\n\r\n")))
		if err != nil {
			// Another program may be stricter about what a host or a length may be: then it answers nothing of it.
			return
		}
		var ours fasthttp.RequestHeader
		if err := ours.Read(bufio.NewReader(strings.NewReader("GET / HTTP/1.1" + head + "\r\n\r\n"))); err != nil {
			return
		}
		if length := int64(ours.ContentLength()); length > 0 && length != request.ContentLength {
			t.Fatalf("%q has a body of %d bytes to us and of %d to others", lines, length, request.ContentLength)
		}
		if chunked := ours.ContentLength() == -1; chunked != (len(request.TransferEncoding) > 0) {
			t.Fatalf("%q has a body in chunks to us: %v, to others %q", lines, chunked, request.TransferEncoding)
		}
		names := 0
		for _, values := range request.Header {
			names += len(values)
		}
		if request.Host != "" {
			names++
		}
		if sent := strings.Count(head, "\r\n"); names > sent {
			t.Fatalf("%q has %d headers to others and %d lines", lines, names, sent)
		}
	})
}

func FuzzForwarded(f *testing.F) {
	for _, seed := range [][2]string{
		{"198.51.100.1", ""}, {"1.1.1.1, 198.51.100.1", "10.9.9.9"}, {"nonsense", "10.0.0.3"}, {"fe80::1%eth0", ""}, {"::ffff:10.0.0.1", ","}, {"[::1]:80", "10.0.0.1:1"},
	} {
		f.Add(seed[0], seed[1])
	}
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	address := func(remote string, values ...string) netip.Addr {
		var ctx fasthttp.RequestCtx
		ctx.Init(&fasthttp.Request{}, &net.TCPAddr{IP: net.ParseIP(remote), Port: 1}, nil)
		for _, value := range values {
			ctx.Request.Header.Add("X-Forwarded-For", value)
		}
		return ClientAddress(trusted)(&ctx)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		if got := address("203.0.113.9", first, second); got.String() != "203.0.113.9" {
			t.Fatalf("a stranger who says %q, %q is taken for %v", first, second, got)
		}
		// What a client writes stands before what the trusted proxy adds: its own address.
		if got := address("10.0.0.1", first, second, "198.51.100.7"); got.String() != "198.51.100.7" {
			t.Fatalf("a client behind a proxy who says %q, %q is taken for %v", first, second, got)
		}
		got := address("10.0.0.1", first, second)
		if !got.IsValid() || got.Zone() != "" || got.Is4In6() || !clientNetwork(got).Contains(got) {
			t.Fatalf("%q, %q is the address %v", first, second, got)
		}
	})
}

func FuzzCookies(f *testing.F) {
	for _, seed := range []string{"", "Authorization=a", `Authorization="a"; Authorization=b`, "x=Authorization=a", "Authorization", "authorization=a", " Authorization = a ;;", "a=b; Authorization=a,b"} {
		f.Add(seed)
	}
	app := fiber.New()
	f.Fuzz(func(t *testing.T, line string) {
		var ctx fasthttp.RequestCtx
		ctx.Request.Header.Set("Cookie", line)
		c := app.AcquireCtx(&ctx)
		defer app.ReleaseCtx(c)
		values := (&exchange{c: c}).cookies("Authorization")
		for i, value := range values {
			if value == "" || strings.ContainsAny(value, ";") || slices.Contains(values[:i], value) {
				t.Fatalf("%q has the values %q", line, values)
			}
			if !bytes.Contains([]byte(line), []byte("Authorization")) {
				t.Fatalf("%q has the values %q of a cookie that is not there", line, values)
			}
		}
		// Whatever another server finds is among what we look at.
		request := http.Request{Header: http.Header{"Cookie": {line}}}
		for _, cookie := range request.CookiesNamed("Authorization") {
			if value := strings.Trim(cookie.Value, ` "`); value != "" && !slices.Contains(values, value) {
				t.Fatalf("%q has the value %q, which is not among %q", line, cookie.Value, values)
			}
		}
	})
}
