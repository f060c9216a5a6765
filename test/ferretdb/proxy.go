package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
)

// The parts of MongoDB's wire protocol that the proxy looks at. All integers are little-endian.
const (
	headerSize  = 16
	opCodeAt    = 12
	maxMessage  = 64 << 20
	opQuery     = 2004
	opMsg       = 2013
	flagsAt     = headerSize
	sectionAt   = flagsAt + 4
	documentAt  = sectionAt + 1
	elementAt   = documentAt + 4
	moreToCome  = 1 << 1
	exhaustable = 1 << 16
)

// proxy passes messages to a database one at a time across all connections: a request and its reply, then the next.
type proxy struct {
	dial func() (net.Conn, error)
	turn sync.Mutex
}

// serve answers connections until the listener closes.
func (p *proxy) serve(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			go p.relay(client)
		}
	}
}

// relay passes the messages of one client to a connection of its own until either side closes.
func (p *proxy) relay(client net.Conn) {
	defer client.Close()
	database, err := p.dial()
	if err != nil {
		return
	}
	defer database.Close()
	for {
		request, err := readMessage(client)
		if err != nil || !takesReply(request) {
			return
		}
		reply, err := p.ask(database, request)
		if err != nil {
			return
		}
		tellDuplicate(reply)
		if _, err = client.Write(reply); err != nil {
			return
		}
	}
}

// ask sends a request when its turn has come, and returns the reply. Greetings go past the others: a database may keep
// one open until something about it changes, and nothing is stored by them.
func (p *proxy) ask(database net.Conn, request []byte) ([]byte, error) {
	if !isHello(request) {
		p.turn.Lock()
		defer p.turn.Unlock()
	}
	if _, err := database.Write(request); err != nil {
		return nil, err
	}
	return readMessage(database)
}

func readMessage(from io.Reader) ([]byte, error) {
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(from, header); err != nil {
		return nil, err
	}
	size := int(binary.LittleEndian.Uint32(header))
	if size < headerSize || size > maxMessage {
		return nil, fmt.Errorf("a message of %d bytes", size)
	}
	message := append(slices.Grow(header, size-headerSize), make([]byte, size-headerSize)...)
	_, err := io.ReadFull(from, message[headerSize:])
	return message, err
}

func opCode(message []byte) uint32 { return binary.LittleEndian.Uint32(message[opCodeAt:]) }

// takesReply reports whether a request has exactly one reply, and takes away the permission to send several. A client
// then asks for changes of the topology at intervals. Unacknowledged writes are not passed on; spacey has none.
func takesReply(request []byte) bool {
	if opCode(request) != opMsg || len(request) < elementAt {
		return true
	}
	flags := binary.LittleEndian.Uint32(request[flagsAt:])
	binary.LittleEndian.PutUint32(request[flagsAt:], flags&^exhaustable)
	return flags&moreToCome == 0
}

// isHello reports whether a request is the greeting that begins and watches over a connection. In the old form of
// message there is nothing else any more.
func isHello(request []byte) bool {
	if opCode(request) == opQuery {
		return true
	}
	if opCode(request) != opMsg || len(request) <= elementAt+1 || request[sectionAt] != 0 {
		return false
	}
	name, _, _ := bytes.Cut(request[elementAt+1:], []byte{0})
	return slices.Contains([]string{"hello", "ismaster", "isMaster"}, string(name))
}

// tellDuplicate corrects FerretDB's reply to an update that breaks a unique index: it says code 1, an internal error,
// where MongoDB says 11000, a duplicate key.
func tellDuplicate(reply []byte) {
	if opCode(reply) != opMsg || !bytes.Contains(reply, []byte("UNIQUE constraint failed")) {
		return
	}
	internal := []byte("\x10code\x00\x01\x00\x00\x00")
	if at := bytes.Index(reply, internal); at >= 0 {
		binary.LittleEndian.PutUint32(reply[at+len(internal)-4:], 11000)
	}
}
