package gateway

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/valyala/fasthttp"
)

func TestTheClientBehindProxies(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"a stranger's word does not count":          {"203.0.113.9", []string{"198.51.100.1"}, "203.0.113.9"},
		"a trusted proxy names the client":          {"10.0.0.1", []string{"198.51.100.1"}, "198.51.100.1"},
		"what the client put before is not read":    {"10.0.0.1", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
		"several proxies and several headers":       {"10.0.0.1", []string{"1.1.1.1,198.51.100.1", "10.9.9.9"}, "198.51.100.1"},
		"only proxies: the farthest of them":        {"10.0.0.1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"nothing forwarded: the proxy itself":       {"10.0.0.1", nil, "10.0.0.1"},
		"nonsense ends what is believed":            {"10.0.0.1", []string{"198.51.100.1, nonsense, 10.0.0.2"}, "10.0.0.2"},
		"an IPv6 client behind an IPv6 proxy":       {"fd00::1", []string{"2001:db8::7"}, "2001:db8::7"},
		"an IPv4 client written as an IPv6 address": {"10.0.0.1", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
	} {
		t.Run(name, func(t *testing.T) {
			var ctx fasthttp.RequestCtx
			ctx.Init(&fasthttp.Request{}, &net.TCPAddr{IP: net.ParseIP(c.remote), Port: 1}, nil)
			for _, value := range c.forwarded {
				ctx.Request.Header.Add("X-Forwarded-For", value)
			}
			assert.Equal(t, c.want, ClientAddress(trusted)(&ctx).String())
		})
	}
}
