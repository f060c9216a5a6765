package web

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// maxDials is how many addresses of a host are tried, minDialTime how long each of them has at least.
const (
	maxDials    = 4
	minDialTime = 2 * time.Second
)

// localNames end no name of the public web: they are in the registry of special-use domain names (RFC 6761), or kept free by ICANN, or
// in wide use at home. Some resolvers know hosts of such names.
var localNames = []string{
	"alt", "corp", "example", "home", "home.arpa", "internal", "invalid", "lan", "local", "localdomain", "localhost", "onion", "test",
}

// errRefused says nothing of what is there: else the answers would be a map of what lies behind.
var errRefused = domain.NewError(domain.CodeInvalid, "This address may not be asked: only pages of the public web.")

// errNoHost is the same for a name that is nobody's and for one of a host that is not public.
var errNoHost = domain.NewError(domain.CodeInvalid, "There is no such host on the public web.")

// dial connects to a host that is on the public web, or that the operator allows.
func (f *Fetcher) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, errRefused
	}
	host = hostName(host)
	if f.isAllowed(host, port) {
		return new(net.Dialer).DialContext(ctx, network, hostPort)
	}
	addresses, err := f.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	return f.dialFirst(ctx, network, addresses, port)
}

// resolve returns the addresses of a host. It is an error if one of them is not public: no host of the public web has such.
func (f *Fetcher) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if address, err := netip.ParseAddr(host); err == nil {
		if !isPublic(address) {
			return nil, f.refused(ctx, host, errRefused)
		}
		return []netip.Addr{address}, nil
	}
	if !isName(host) || !isPublicName(host) {
		return nil, f.refused(ctx, host, errRefused)
	}
	// With the dot at its end the name is complete: no search domain is tried behind it, where a cluster has its own hosts.
	addresses, err := f.lookup(ctx, strings.TrimSuffix(host, ".")+".")
	if err != nil {
		var unknown *net.DNSError
		if errors.As(err, &unknown) && unknown.IsNotFound {
			return nil, errNoHost
		}
		return nil, err
	}
	if len(addresses) == 0 {
		return nil, errNoHost
	}
	for i, address := range addresses {
		addresses[i] = address.Unmap() // resolvers write IPv4 in either form
		if !isPublic(addresses[i]) {
			return nil, f.refused(ctx, host, errNoHost)
		}
	}
	return addresses, nil
}

// isPublicName reports whether a host of the public web can have a name.
func isPublicName(host string) bool {
	host = strings.TrimSuffix(host, ".")
	return strings.Contains(host, ".") && !slices.ContainsFunc(localNames, func(local string) bool { return strings.HasSuffix(host, "."+local) })
}

// refused notes for the operator that an address was refused.
func (f *Fetcher) refused(ctx context.Context, host string, why error) error {
	f.logger.InfoContext(ctx, "a host that is not on the public web was not asked", "host", host)
	return why
}

// dialFirst connects to the first of some addresses that answers. One that does not must leave time for the others.
func (f *Fetcher) dialFirst(ctx context.Context, network string, addresses []netip.Addr, port string) (net.Conn, error) {
	var first error
	addresses = addresses[:min(len(addresses), maxDials)]
	for i, address := range addresses {
		conn, err := func() (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, f.share(ctx, len(addresses)-i))
			defer cancel()
			return f.connect(ctx, network, net.JoinHostPort(address.String(), port))
		}()
		if err == nil {
			return conn, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// share returns the part of the time left that one of n has.
func (f *Fetcher) share(ctx context.Context, n int) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return f.deadline
	}
	return max(time.Until(deadline)/time.Duration(n), minDialTime)
}

// connectPublic connects to an address of the public web. The system says where it is about to connect to, which nobody can change any more.
func connectPublic(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		if to, err := netip.ParseAddrPort(address); err != nil || !isPublic(to.Addr()) {
			return errRefused
		}
		return nil
	}}
	return dialer.DialContext(ctx, network, address)
}

func (f *Fetcher) isAllowed(host, port string) bool {
	return slices.ContainsFunc(f.allowed, func(a allowed) bool { return a.host == host && (a.port == 0 || strconv.Itoa(a.port) == port) })
}
