package domain

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAProgramIsNamedInOurWords(t *testing.T) {
	const mozilla = "Mozilla/5.0 "
	for says, want := range map[string]string{
		mozilla + "(X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0":                                                                  "Firefox on Linux",
		mozilla + "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36":                         "Chrome on Windows",
		mozilla + "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36 Edg/128.0.0.0":           "Edge on Windows",
		mozilla + "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36 OPR/113.0.0.0":           "Opera on Windows",
		mozilla + "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15":                   "Safari on macOS",
		mozilla + "(iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1": "Safari on iPhone",
		mozilla + "(iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/128.0 Mobile/15E148 Safari/604.1":           "Chrome on iPad",
		mozilla + "(Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Safari/537.36":     "Samsung Internet on Android",
		mozilla + "(X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36":                          "Chrome on ChromeOS",
		"okhttp/4.12.0":              "An app",
		"curl/8.5.0":                 "curl",
		"Something (Linux)":          "Linux",
		"":                           "",
		"Visit https://evil.example": "",
		strings.Repeat("x", maxUserAgent) + "Firefox/130.0":   "",
		strings.Repeat("x", maxUserAgent-8) + "Firefox/130.0": "Firefox",
	} {
		assert.Equal(t, want, NewClient(netip.Addr{}, says).Program, "%q", says)
	}
}

func TestANetworkIsOneCustomerOfAProvider(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.7":           "203.0.113.0/24",
		"::ffff:203.0.113.7":    "203.0.113.0/24",
		"2001:db8:1:2::7":       "2001:db8:1::/48",
		"2001:db8:1:ffff::1":    "2001:db8:1::/48",
		"fe80::1%eth0":          "fe80::/48",
		"2001:db8:2:2::7%other": "2001:db8:2::/48",
	} {
		assert.Equal(t, want, NewClient(netip.MustParseAddr(address), "").Network(), address)
	}
	assert.Empty(t, Client{}.Network(), "nobody knows where that is")
}

func TestAPlaceIsWhatAPersonMayKnow(t *testing.T) {
	address := netip.MustParseAddr("::ffff:203.0.113.7")
	assert.Equal(t, "Firefox on Linux, 203.0.113.7", NewClient(address, "Firefox/130.0 Linux").Place())
	assert.Equal(t, "203.0.113.7", NewClient(address, "").Place())
	assert.Equal(t, "203.0.113.7", NewClient(address, "").IP())
	assert.Equal(t, "curl", NewClient(netip.Addr{}, "curl/8.5.0").Place())
	assert.Empty(t, Client{}.Place())
	assert.Empty(t, Client{}.IP())
	assert.Equal(t, "fe80::1", NewClient(netip.MustParseAddr("fe80::1%eth0"), "").IP(), "the zone is a name on our own machine")
}
