package gateway

import (
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// maxHops bounds how many proxies a request is believed to have passed.
const maxHops = 16

// clientNetwork is what a client is counted by: its address, of IPv6 the network, since one machine has all of that.
func clientNetwork(address netip.Addr) netip.Prefix {
	address = address.Unmap()
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	network, _ := address.Prefix(bits) // the zero Prefix for no address, which fits none
	return network
}

// remoteAddress is the address of the other end of the connection. Headers that tell another one are not believed.
func remoteAddress(ctx *fasthttp.RequestCtx) netip.Addr {
	address, _ := netip.AddrFromSlice(ctx.RemoteIP())
	return address.Unmap()
}

// ClientAddress returns a function for Options that tells the address of a client behind proxies. Each trusted proxy
// adds the address that called it at the end of X-Forwarded-For; so the client is the last address there that is not a
// trusted proxy's. What stands before it is the client's own word and is not looked at.
func ClientAddress(trusted []netip.Prefix) func(*fasthttp.RequestCtx) netip.Addr {
	isTrusted := func(address netip.Addr) bool { return contains(trusted, address) }
	return func(ctx *fasthttp.RequestCtx) netip.Addr {
		client := remoteAddress(ctx)
		if !isTrusted(client) {
			return client
		}
		var line []string
		for _, value := range ctx.Request.Header.PeekAll(fiber.HeaderXForwardedFor) {
			line = append(line, strings.Split(string(value), ",")...)
		}
		for i := len(line) - 1; i >= 0 && len(line)-i <= maxHops; i-- {
			address, err := netip.ParseAddr(strings.TrimSpace(line[i]))
			if err != nil {
				return client // not written by a proxy that is to be trusted
			}
			client = address.Unmap().WithZone("")
			if !isTrusted(client) {
				return client
			}
		}
		return client
	}
}
