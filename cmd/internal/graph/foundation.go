package graph

import (
	"io"
	"log/slog"
	"net"

	"github.com/google/wire"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Foundation is what every process has: time, ids and the cookies' settings.
var Foundation = wire.NewSet(
	wire.Struct(new(system.Clock)), wire.Bind(new(ports.Clock), new(system.Clock)),
	wire.Struct(new(system.IDs)), wire.Bind(new(ports.IDs), new(system.IDs)),
	NewCookies,
)

// NewLogger returns the logger of a process: JSON in production, text for people in development.
func NewLogger(c config.Config, process string, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.Level()}
	var handler slog.Handler = slog.NewTextHandler(w, options)
	if c.Production() {
		handler = slog.NewJSONHandler(w, options)
	}
	return slog.New(handler).With("process", process)
}

// NewCookies returns the settings of the session's cookies. localhost and addresses have no Domain: browsers refuse it.
func NewCookies(c config.Config) rest.Cookies {
	domain := c.Domain
	if domain == "localhost" || net.ParseIP(domain) != nil {
		domain = ""
	}
	return rest.Cookies{Domain: domain, Secure: c.Production(), MaxAge: c.SessionLifetime()}
}
