package process

import (
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAClosedListenerTakesWhoHasComeBefore(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	listener := Linger(inner.(*net.TCPListener))
	early, err := net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	defer early.Close()

	closed := make(chan error, 1)
	go func() { closed <- listener.Close() }()
	conn, err := listener.Accept()
	require.NoError(t, err, "who waits is accepted")
	require.NoError(t, conn.Close())
	_, err = listener.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
	require.NoError(t, <-closed)
	_, err = net.Dial("tcp", listener.Addr().String())
	assert.Error(t, err, "and nobody else")
}

func TestAListenerThatNobodyUsesCloses(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	listener := Linger(inner.(*net.TCPListener))
	require.NoError(t, listener.Close())
	_, err = listener.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
}
