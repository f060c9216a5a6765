//go:build unix

package gateway

import (
	"net"
	"syscall"
)

// closedByPeer reports whether an idle connection has an end, an error or an unasked answer waiting: whatever it is, no
// answer to a request will come over it. It never waits.
func closedByPeer(conn net.Conn) bool {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return false // a connection within the process tells when it is written to
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return true
	}
	closed := false
	// Control, since Read would mind the deadline of the request before.
	err = raw.Control(func(fd uintptr) {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		closed = err != syscall.EAGAIN && err != syscall.EINTR
	})
	return closed || err != nil
}
