package documents

import (
	"io"
	"sync"
)

// feed copies a document to a child. It remembers why the source broke off.
type feed struct {
	from   io.Reader
	cancel func()
	mu     sync.Mutex
	err    error
}

// newFeed returns the feed of a document. What comes of one that breaks off is of no use: cancel is called.
func newFeed(from io.Reader, cancel func()) *feed { return &feed{from: from, cancel: cancel} }

// to writes a head and the document. It is not waited for: the source may hang for longer than the child lives.
func (f *feed) to(child io.WriteCloser, head []byte) {
	if _, err := child.Write(head); err != nil {
		return
	}
	if _, err := io.Copy(child, f); err != nil || f.broken() != nil {
		return // a closed pipe would be the end of a whole document
	}
	_ = child.Close() // the child may have ended
}

// Read returns the next bytes.
func (f *feed) Read(p []byte) (int, error) {
	n, err := f.from.Read(p)
	if err != nil && err != io.EOF { // what wraps it is no end
		f.mu.Lock()
		f.err = err
		f.mu.Unlock()
		f.cancel()
	}
	return n, err
}

// broken returns why the source broke off, nil when it did not.
func (f *feed) broken() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}
