package gateway

import (
	"bytes"

	"github.com/gofiber/fiber/v2"
)

// checkHead refuses a request that another program on its way may have read differently: such a proxy would take the rest
// of it for the next person's request. The library that parses is more generous than RFC 9112 allows.
func (x *exchange) checkHead() error {
	header := &x.c.Request().Header
	address := header.RequestURI()
	if hasControl(address) || bytes.ContainsAny(address, " \t") {
		return errNotHTTP
	}
	if len(address) > longAddress {
		if changes(x.method) {
			return errLargeHead
		}
		// What is kept for a connection is as large as the largest request on it.
		x.c.Context().SetConnectionClose()
	}
	if len(header.Peek(fiber.HeaderTransferEncoding)) > 0 || header.ContentLength() == -1 {
		// The library skips whatever stands between the size of a chunk and a carriage return, line feeds too: a proxy may
		// see another end of the body than we do. So nothing that follows it is taken for a request.
		x.c.Context().SetConnectionClose()
	}
	lines := header.RawHeaders()
	if len(lines) > maxHeaders || bytes.Count(lines, []byte{'\n'}) > maxHeaderLines+1 {
		return errLargeHead
	}
	return checkHeaders(lines, string(header.Protocol()))
}

// refuse answers what was not read as a request. Whatever follows on the connection is nothing to go by.
func (x *exchange) refuse(err error) {
	x.bodyBroken = true
	x.c.Context().SetConnectionClose()
	discardConn(x.c.Context().Conn())
	x.fail(err)
}

// headerCount counts the headers that may be there once.
type headerCount struct{ host, length, encoding, authorization int }

// checkHeaders checks the lines of a head (RFC 9112, sections 2.2 to 6.3), an empty one at the end included.
func checkHeaders(lines []byte, protocol string) error {
	var seen headerCount
	for len(lines) > 0 {
		end := bytes.IndexByte(lines, '\n')
		if end < 1 || lines[end-1] != '\r' {
			return errNotHTTP
		}
		line := lines[:end-1]
		if lines = lines[end+1:]; len(line) == 0 {
			break
		}
		colon := bytes.IndexByte(line, ':')
		if colon < 1 || !isToken(line[:colon]) || hasControl(line[colon+1:]) {
			return errNotHTTP
		}
		if !seen.add(line[:colon], bytes.Trim(line[colon+1:], " \t")) {
			return errBodyLength
		}
	}
	modern := protocol == "HTTP/1.1"
	switch {
	case !modern && protocol != "HTTP/1.0":
		return errNotHTTP
	case seen.host > 1 || modern && seen.host == 0 || seen.authorization > 1:
		return errNotHTTP
	case seen.length+seen.encoding > 1 || seen.encoding > 0 && !modern:
		return errBodyLength
	}
	return nil
}

// add counts a header. It reports whether what it says of the body, if anything, is clear.
func (n *headerCount) add(name, value []byte) bool {
	switch {
	case isHeader(name, fiber.HeaderHost):
		n.host++
	case isHeader(name, fiber.HeaderAuthorization):
		n.authorization++
	case isHeader(name, fiber.HeaderContentLength):
		n.length++
		return isNumber(value)
	case isHeader(name, fiber.HeaderTransferEncoding):
		n.encoding++
		return bytes.EqualFold(value, []byte("chunked"))
	}
	return true
}

func isHeader(name []byte, header string) bool {
	return len(name) == len(header) && bytes.EqualFold(name, []byte(header))
}

func isNumber(value []byte) bool {
	for _, c := range value {
		if c < '0' || '9' < c {
			return false
		}
	}
	return len(value) > 0
}

// hasControl reports whether a text holds a control character other than a tab.
func hasControl(text []byte) bool {
	for _, c := range text {
		if c < ' ' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}

// isToken reports whether a name is made of what RFC 9110, section 5.6.2, allows.
func isToken(name []byte) bool {
	for _, c := range name {
		if !tokenBytes[c] {
			return false
		}
	}
	return true
}

var tokenBytes = func() (table [256]bool) {
	for _, c := range []byte("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
		table[c] = true
	}
	return table
}()
