//go:build !unix

package gateway

import "net"

// closedByPeer cannot be told here; a write or the read after it will.
func closedByPeer(net.Conn) bool { return false }
