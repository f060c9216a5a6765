package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// serveArgument makes this program a server that spacey is compared with: "serve bytes BASE64" or "serve proxy ADDRESS".
// Its port is in the variable PORT.
const serveArgument = "serve"

const (
	floorBytes = "bytes"
	floorProxy = "proxy"
)

// floorServer starts this program as a server to compare with.
func (s *stand) floorServer(ctx context.Context, kind, argument string) (*process, error) {
	own, err := os.Executable()
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	p := &process{name: kind, address: net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}
	p.command = exec.Command(own, serveArgument, kind, argument)
	p.command.Env = []string{"PORT=" + strconv.Itoa(port)}
	return p, s.start(ctx, p)
}

// serve is the server of floorServer, until ctx ends.
func serve(ctx context.Context, kind, argument string) error {
	address := net.JoinHostPort("127.0.0.1", os.Getenv("PORT"))
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = listener.Close() })
	switch kind {
	case floorBytes:
		err = serveBytes(listener, argument)
	case floorProxy:
		err = serveProxy(listener, argument)
	default:
		err = fmt.Errorf("there is no floor %q", kind)
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// serveBytes answers everything with the same bytes of JSON.
func serveBytes(listener net.Listener, encoded string) error {
	body, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/*", func(c *fiber.Ctx) error {
		c.Response().Header.SetContentType(fiber.MIMEApplicationJSON)
		return c.Send(body)
	})
	return app.Listener(listener)
}

// serveProxy passes everything on to an address, and nothing else.
func serveProxy(listener net.Listener, address string) error {
	client := &fasthttp.HostClient{Addr: address, MaxConns: 512, NoDefaultUserAgentHeader: true, DisablePathNormalizing: true}
	server := &fasthttp.Server{IdleTimeout: time.Minute, Handler: func(ctx *fasthttp.RequestCtx) {
		if err := client.Do(&ctx.Request, &ctx.Response); err != nil {
			ctx.Error(err.Error(), fasthttp.StatusBadGateway)
		}
	}}
	return server.Serve(listener)
}
