package rest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gofiber/fiber/v2"
)

// streamBuffer is how many bytes of a Stream are sent at once.
const streamBuffer = 32 << 10

// exportDeadline is how long the part of an export may take that one service has.
const exportDeadline = 10 * time.Minute

// ExportSpec declares the route of the part of an export that one service has. The gateway puts the parts together.
func ExportSpec(service Service, path, summary string) Spec {
	return Spec{
		Method: http.MethodGet, Path: path, Service: service, Access: SignedIn, Hidden: true, Summary: summary, Produces: NDJSON,
		Deadline: exportDeadline,
	}
}

// writeStream answers with a Stream. It runs after the handler has returned, in a goroutine of its own, for at most the
// deadline of the route. The answer has no length: when the stream fails the connection is closed without the chunk that
// would end it.
func (s *server) writeStream(ctx context.Context, c *fiber.Ctx, spec Spec, stream Stream) error {
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Response().Header.SetContentType(spec.Produces)
	c.Status(spec.Status)
	if c.Method() == fiber.MethodHead {
		return nil // an answer without a body needs no work, and the library would end its chunks all the same
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), spec.Deadline)
	out, in := io.Pipe()
	go run(ctx, stream, in, s.options.Logger.With("requestID", RequestID(c), "route", spec.Path))
	c.Context().SetBodyStream(&streamReader{out, cancel, c.Context().Conn()}, -1)
	return nil
}

// run writes a stream into a pipe.
func run(ctx context.Context, stream Stream, in *io.PipeWriter, logger *slog.Logger) {
	err := writeLines(ctx, stream, in)
	// A client that has gone is no failure.
	if err != nil && !errors.Is(err, io.ErrClosedPipe) && !errors.Is(err, context.Canceled) {
		attributes := []slog.Attr{slog.String("error", err.Error())}
		var p *panicError
		if errors.As(err, &p) {
			attributes = append(attributes, slog.String("stack", string(p.stack)))
		}
		logger.LogAttrs(ctx, slog.LevelError, "a stream broke off", attributes...)
	}
	_ = in.CloseWithError(err) // never fails; without an error it is the end
}

// writeLines writes the values of a stream, each as a line.
func writeLines(ctx context.Context, stream Stream, to io.Writer) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value, debug.Stack()}
		}
	}()
	buffer := bufio.NewWriterSize(to, streamBuffer)
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	err = stream(ctx, func(value any) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return encoder.Encode(value)
	})
	if err != nil {
		return err
	}
	return buffer.Flush()
}

// streamReader is what the server reads a Stream or a Download from.
type streamReader struct {
	out    io.ReadCloser
	cancel context.CancelFunc
	conn   net.Conn
}

// Read returns the next part. Each part has the time that an answer has elsewhere as a whole, so that a long stream is not cut
// off while its client keeps reading.
func (r *streamReader) Read(p []byte) (int, error) {
	n, err := r.out.Read(p)
	if deadlineErr := r.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err == nil {
		err = deadlineErr
	}
	return n, err
}

// Close ends the stream: it is over, or its client is gone.
func (r *streamReader) Close() error {
	r.cancel()
	return r.out.Close()
}
