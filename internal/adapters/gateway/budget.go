package gateway

import "sync/atomic"

const (
	// maxBodies is how much memory all request bodies may take together that are larger than freeBody, in bytes. Without
	// it, somebody with 1,024 connections and patience has 1,024 times the limit of a route.
	maxBodies = 96 << 20
	// freeBody is the size of a body that always finds room, in bytes.
	freeBody = 64 << 10
)

// budget is memory that is shared by all who ask for it.
type budget struct{ taken atomic.Int64 }

// take takes so many bytes. It reports whether there are as many.
func (b *budget) take(bytes int64) bool {
	if b.taken.Add(bytes) > maxBodies {
		b.give(bytes)
		return false
	}
	return true
}

// give gives bytes back.
func (b *budget) give(bytes int64) { b.taken.Add(-bytes) }
