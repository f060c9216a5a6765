package gateway

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// arriving is a listener to which connections come from given addresses.
type arriving struct {
	net.Listener
	conns []*drip
}

func arrivals(addresses ...string) *arriving {
	a := &arriving{}
	for _, address := range addresses {
		a.conns = append(a.conns, &drip{from: net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(address), 40000))})
	}
	return a
}

func (a *arriving) Accept() (net.Conn, error) {
	if len(a.conns) == 0 {
		return nil, net.ErrClosed
	}
	conn := a.conns[0]
	a.conns = a.conns[1:]
	return conn, nil
}

// accepted returns the connections that get through to the server.
func accepted(t *testing.T, listener net.Listener) []net.Conn {
	t.Helper()
	var conns []net.Conn
	for {
		conn, err := listener.Accept()
		if err != nil {
			require.ErrorIs(t, err, net.ErrClosed)
			return conns
		}
		conns = append(conns, conn)
	}
}

func crowdedWorld(t *testing.T) *world {
	t.Helper()
	return newWorld(t, func(o *Options) {
		o.MaxConnections, o.TrustedProxies = 9, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	})
}

func TestNoClientHasAllConnections(t *testing.T) {
	t.Run("a client has a quarter of them; what goes beyond is told so and closed", func(t *testing.T) {
		w := crowdedWorld(t)
		inner := arrivals("203.0.113.7", "::ffff:203.0.113.7", "203.0.113.7")
		third := inner.conns[2]
		require.Len(t, accepted(t, w.gateway.Listener(inner)), 2)
		require.True(t, third.closed)
		answer, err := http.ReadResponse(bufio.NewReader(strings.NewReader(third.wrote)), nil)
		require.NoError(t, err)
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.Equal(t, 503, answer.StatusCode)
		require.Equal(t, "Too many connections from your address.", string(text))
		require.EqualValues(t, 1, w.figure("spacey_gateway_refused_connections_total"))
	})
	t.Run("others are not concerned; a network of IPv6 is one client", func(t *testing.T) {
		w := crowdedWorld(t)
		inner := arrivals("203.0.113.7", "203.0.113.7", "203.0.113.8", "2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1")
		sixth := inner.conns[5]
		require.Len(t, accepted(t, w.gateway.Listener(inner)), 6)
		require.True(t, sixth.closed)
	})
	t.Run("a connection that closes makes room for one, however often it is closed", func(t *testing.T) {
		w := crowdedWorld(t)
		conns := accepted(t, w.gateway.Listener(arrivals("203.0.113.7", "203.0.113.7")))
		require.NoError(t, conns[0].Close())
		require.NoError(t, conns[0].Close())
		require.Len(t, accepted(t, w.gateway.Listener(arrivals("203.0.113.7", "203.0.113.7"))), 1)
		require.NoError(t, conns[1].Close())
	})
	t.Run("who has gone is forgotten", func(t *testing.T) {
		w := crowdedWorld(t)
		for _, conn := range accepted(t, w.gateway.Listener(arrivals("203.0.113.7", "203.0.113.8"))) {
			require.NoError(t, conn.Close())
		}
		require.Empty(t, w.gateway.crowd.clients)
	})
	t.Run("trusted proxies and this machine may have more", func(t *testing.T) {
		w := crowdedWorld(t)
		inner := arrivals("10.1.2.3", "10.1.2.3", "10.1.2.3", "127.0.0.1", "127.0.0.1", "127.0.0.1", "::1", "::1", "::1")
		require.Len(t, accepted(t, w.gateway.Listener(inner)), 9)
	})
	t.Run("through a real socket the reason arrives", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { _ = listener.Close() }()
		client, err := net.Dial("tcp", listener.Addr().String())
		require.NoError(t, err)
		conn, err := listener.Accept()
		require.NoError(t, err)
		turnAway(conn)
		text, err := io.ReadAll(client)
		require.NoError(t, err)
		require.Equal(t, crowded, string(text))
	})
}
