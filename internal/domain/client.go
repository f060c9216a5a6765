package domain

import (
	"net/netip"
	"strings"
)

// Client is where a call comes from, as the gateway saw it. The zero Client is unknown.
type Client struct {
	// Address is the IP address, behind trusted proxies too; the zero Addr when it is not known.
	Address netip.Addr
	// Program says in our own words which program it seems to be, for example "Firefox on Linux". It is what the client claims.
	Program string
}

// NewClient returns a client from its address and what it says of itself (the header User-Agent), of which nothing but known
// names is kept: the words of a stranger are mailed to nobody.
func NewClient(address netip.Addr, userAgent string) Client {
	return Client{Address: address.Unmap().WithZone(""), Program: programOf(userAgent)}
}

// Network is the network that the address seems to belong to: one customer of a provider. It is the /24 of an IPv4 address,
// the /48 of an IPv6 address, and "" when the address is not known.
func (c Client) Network() string {
	bits := 48
	switch {
	case !c.Address.IsValid():
		return ""
	case c.Address.Is4():
		bits = 24
	}
	prefix, _ := c.Address.Prefix(bits) // fails only for more bits than there are
	return prefix.String()
}

// IP returns the address as text, "" when it is not known.
func (c Client) IP() string {
	if !c.Address.IsValid() {
		return ""
	}
	return c.Address.String()
}

// Place is what a person may know the client by, for example "Firefox on Linux, 203.0.113.7"; "" when nothing is known.
func (c Client) Place() string {
	words := make([]string, 0, 2)
	if c.Program != "" {
		words = append(words, c.Program)
	}
	if c.Address.IsValid() {
		words = append(words, c.Address.String())
	}
	return strings.Join(words, ", ")
}

// Browsers and systems by what stands in their User-Agent. The first that fits counts: most name others too.
var (
	browsers = [][2]string{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}, {"okhttp/", "An app"}, {"Dart/", "An app"},
	}
	systems = [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"},
	}
)

// maxUserAgent is how much of a User-Agent is looked at, in bytes.
const maxUserAgent = 500

func programOf(userAgent string) string {
	userAgent = userAgent[:min(len(userAgent), maxUserAgent)]
	name := func(known [][2]string) string {
		for _, k := range known {
			if strings.Contains(userAgent, k[0]) {
				return k[1]
			}
		}
		return ""
	}
	browser, system := name(browsers), name(systems)
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	default:
		return browser + " on " + system
	}
}
