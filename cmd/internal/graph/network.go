package graph

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/valyala/fasthttp/fasthttputil"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/gateway"
	"github.com/moshrank/spacey-backend/internal/adapters/rest"
)

// Network is how the services of an installation reach each other.
type Network interface {
	// Listen returns where a service of this process listens.
	Listen(ctx context.Context, service rest.Service) (net.Listener, error)
	// Upstream returns the gateway's way to a service, nil when there is no such service.
	Upstream(service rest.Service) *gateway.Upstream
	// Client returns a client for a service, and the URLs of its replicas.
	Client(service rest.Service) (*http.Client, []string)
}

// TCPNetwork is the network of services that are processes of their own.
type TCPNetwork struct{ config config.Config }

var _ Network = TCPNetwork{}

// NewTCPNetwork returns the network of the addresses in the configuration.
func NewTCPNetwork(c config.Config) TCPNetwork { return TCPNetwork{c} }

// Listen listens at the address of the process.
func (n TCPNetwork) Listen(ctx context.Context, _ rest.Service) (net.Listener, error) {
	return listen(ctx, n.config)
}

func listen(ctx context.Context, c config.Config) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Address())
	if err != nil {
		return nil, fmt.Errorf("cannot listen at %s (set PORT to a free port): %w", c.Address(), err)
	}
	if tcp, ok := listener.(*net.TCPListener); ok {
		return process.Linger(tcp), nil
	}
	return listener, nil
}

// Upstream returns the way to the replicas of a service.
func (n TCPNetwork) Upstream(service rest.Service) *gateway.Upstream {
	if addresses := n.addresses(service); len(addresses) > 0 {
		return gateway.NewUpstream(addresses...)
	}
	return nil
}

// Client returns a client and the URLs of the replicas of a service.
func (n TCPNetwork) Client(service rest.Service) (*http.Client, []string) {
	var urls []string
	for _, address := range n.addresses(service) {
		urls = append(urls, "http://"+address)
	}
	return &http.Client{Transport: &http.Transport{}}, urls
}

func (n TCPNetwork) addresses(service rest.Service) []string {
	return map[rest.Service][]string{
		rest.Users: n.config.UserService, rest.Configs: n.config.ConfigService, rest.Decks: n.config.DeckService,
		rest.Learning: n.config.LearningService, rest.Generation: n.config.GenerationService,
	}[service]
}

// LocalNetwork is the network of services that share one process: pipes in memory, and TCP for what is elsewhere.
type LocalNetwork struct {
	config    config.Config
	mu        sync.Mutex
	listeners map[rest.Service]*fasthttputil.InmemoryListener
}

var _ Network = (*LocalNetwork)(nil)

// NewLocalNetwork returns a network within this process.
func NewLocalNetwork(c config.Config) *LocalNetwork {
	return &LocalNetwork{config: c, listeners: map[rest.Service]*fasthttputil.InmemoryListener{}}
}

func (n *LocalNetwork) pipe(service rest.Service) *fasthttputil.InmemoryListener {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners[service] == nil {
		n.listeners[service] = fasthttputil.NewInmemoryListener()
	}
	return n.listeners[service]
}

// Listen returns the end of a pipe; only the gateway listens where others can reach it.
func (n *LocalNetwork) Listen(ctx context.Context, service rest.Service) (net.Listener, error) {
	if service == rest.Gateway {
		return listen(ctx, n.config)
	}
	return n.pipe(service), nil
}

// Upstream returns the way to a service of this process. Card generation may be elsewhere.
func (n *LocalNetwork) Upstream(service rest.Service) *gateway.Upstream {
	if service == rest.Generation && n.config.ForeignGeneration() {
		return NewTCPNetwork(n.config).Upstream(service)
	}
	return gateway.NewLocalUpstream(n.pipe(service).Dial)
}

// Client returns a client for a service of this process.
func (n *LocalNetwork) Client(service rest.Service) (*http.Client, []string) {
	dial := func(context.Context, string, string) (net.Conn, error) { return n.pipe(service).Dial() }
	return &http.Client{Transport: &http.Transport{DialContext: dial}}, []string{"http://" + string(service)}
}
