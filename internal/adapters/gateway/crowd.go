package gateway

import (
	"net"
	"net/netip"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// connectionsShare is the part of all connections that one client address may have: a quarter.
const connectionsShare = 4

// crowd counts connections by the network of the client. Without it one client that opens many and says nothing keeps all
// others out.
type crowd struct {
	// most is how many connections a client may have.
	most int
	// exempt are networks that are not counted: all clients of a proxy come from its address. So may those of a proxy on this
	// machine, whose other programs have better ways to wear it out.
	exempt  []netip.Prefix
	refused prometheus.Counter

	mu      sync.Mutex
	clients map[netip.Prefix]int
}

// enter counts a connection until leave is called. ok is false when its client has too many.
func (c *crowd) enter(from net.Addr) (leave func(), ok bool) {
	tcp, isTCP := from.(*net.TCPAddr)
	if !isTCP {
		return func() {}, true
	}
	address := tcp.AddrPort().Addr().Unmap().WithZone("")
	if !address.IsValid() || address.IsLoopback() || contains(c.exempt, address) {
		return func() {}, true
	}
	network := clientNetwork(address)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clients[network] >= c.most {
		c.refused.Inc()
		return nil, false
	}
	if c.clients == nil {
		c.clients = make(map[netip.Prefix]int)
	}
	c.clients[network]++
	return sync.OnceFunc(func() { c.leave(network) }), true
}

func (c *crowd) leave(network netip.Prefix) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clients[network]--; c.clients[network] <= 0 {
		delete(c.clients, network)
	}
}

// contains reports whether one of the networks has an address.
func contains(networks []netip.Prefix, address netip.Addr) bool {
	for _, network := range networks {
		if network.Contains(address) {
			return true
		}
	}
	return false
}
