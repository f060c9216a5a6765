// Command ferretdb serves MongoDB's protocol for the tests where there is no MongoDB: FerretDB with SQLite in a
// temporary folder, behind a proxy that lets one message through at a time, since FerretDB's updates of one document
// are not atomic. It is a module of its own so that FerretDB never enters the product's go.mod.
//
// It prints its address as one line, for example mongodb://127.0.0.1:40123/, and ends when its standard input closes,
// so it cannot outlive the test that started it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

func run(stdin io.Reader, stdout io.Writer) error {
	folder, err := os.MkdirTemp("", "spacey-ferretdb-")
	if err != nil {
		return fmt.Errorf("making a folder for the data: %w", err)
	}
	defer os.RemoveAll(folder)

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	socket := filepath.Join(folder, "socket")
	ended, err := startDatabase(ctx, folder, socket)
	if err != nil {
		return err
	}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	defer listener.Close()
	go (&proxy{dial: func() (net.Conn, error) { return net.Dial("unix", socket) }}).serve(listener)
	fmt.Fprintf(stdout, "mongodb://%s/\n", listener.Addr())

	closed := make(chan struct{})
	go func() {
		defer close(closed)
		_, _ = io.Copy(io.Discard, stdin)
	}()
	select {
	case err = <-ended:
		return fmt.Errorf("the database ended: %w", err)
	case <-closed:
	}
	cancel()
	select {
	case err = <-ended:
		return err
	case <-time.After(5 * time.Second):
		// It waits for connections that clients do not close. The data are thrown away in any case.
		return nil
	}
}

// startDatabase runs FerretDB on a Unix socket until ctx ends, and returns when it accepts connections. The channel
// gets what it ended with. FerretDB used as a library reports nothing to its makers and keeps no state file.
func startDatabase(ctx context.Context, folder, socket string) (<-chan error, error) {
	database, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{Unix: socket},
		Logger:   slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError + 1})),
		Handler:  "sqlite",
		// Data of tests need not survive a power cut.
		SQLiteURL: "file:" + folder + "/?_pragma=synchronous(off)",
	})
	if err != nil {
		return nil, fmt.Errorf("starting FerretDB: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- database.Run(ctx) }()
	for range 1000 {
		connection, err := net.Dial("unix", socket)
		if err == nil {
			return ended, connection.Close()
		}
		select {
		case err = <-ended:
			return nil, fmt.Errorf("starting FerretDB: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil, errors.New("FerretDB does not accept connections")
}
