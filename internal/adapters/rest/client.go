package rest

import (
	"context"
	"net"
	"net/netip"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// contextKey is the type of the keys under which the server puts things into a handler's context.
type contextKey int

const (
	clientKey contextKey = iota
	idempotencyKey
	identityTokenKey
)

// ClientOf returns where the call comes from that a handler answers. It is known on routes with WantsClient only.
func ClientOf(ctx context.Context) domain.Client {
	client, _ := ctx.Value(clientKey).(domain.Client)
	return client
}

// IdentityToken returns the identity token of the caller, on routes with PassesIdentity only.
func IdentityToken(ctx context.Context) string {
	token, _ := ctx.Value(identityTokenKey).(string)
	return token
}

// clientOf finds out where a call comes from. Only who has the service credential is believed about it.
func (s *server) clientOf(c *fiber.Ctx) domain.Client {
	address := peer(c.Context().RemoteAddr())
	if sameSecret(c.Get(ServiceTokenHeader), s.options.ServiceToken) {
		address, _ = netip.ParseAddr(c.Get(ClientAddressHeader)) // what cannot be read is not known
	}
	return domain.NewClient(address, c.Get(fiber.HeaderUserAgent))
}

// peer returns the address of the other end of a connection, the zero Addr when it has none: within a process, it has not.
func peer(address net.Addr) netip.Addr {
	tcp, ok := address.(*net.TCPAddr)
	if !ok || tcp.IP.IsUnspecified() {
		return netip.Addr{}
	}
	return tcp.AddrPort().Addr()
}
