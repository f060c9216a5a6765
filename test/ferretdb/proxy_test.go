package main

import (
	"encoding/binary"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// message returns a message of the current form whose document has one element of this name and kind int32.
func message(flags uint32, name string, value uint32) []byte {
	element := append(append([]byte{0x10}, name...), 0)
	element = binary.LittleEndian.AppendUint32(element, value)
	body := binary.LittleEndian.AppendUint32(nil, flags)
	body = append(body, 0)
	body = binary.LittleEndian.AppendUint32(body, uint32(len(element)+5))
	body = append(append(body, element...), 0)
	header := binary.LittleEndian.AppendUint32(nil, uint32(headerSize+len(body)))
	header = append(header, make([]byte, 8)...)
	return append(binary.LittleEndian.AppendUint32(header, opMsg), body...)
}

// start runs a proxy before a database that answers every request with what answer returns.
func start(t *testing.T, answer func(request []byte) []byte) (connect func() net.Conn) {
	t.Helper()
	listen := func() net.Listener {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { listener.Close() })
		return listener
	}
	database, front := listen(), listen()
	go func() {
		for {
			connection, err := database.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				for {
					request, err := readMessage(connection)
					if err != nil {
						return
					}
					if _, err = connection.Write(answer(request)); err != nil {
						return
					}
				}
			}()
		}
	}()
	go (&proxy{dial: func() (net.Conn, error) { return net.Dial("tcp", database.Addr().String()) }}).serve(front)
	return func() net.Conn {
		connection, err := net.Dial("tcp", front.Addr().String())
		if err != nil {
			t.Error(err)
			return nil
		}
		t.Cleanup(func() { connection.Close() })
		return connection
	}
}

func ask(t *testing.T, connection net.Conn, request []byte) []byte {
	t.Helper()
	if _, err := connection.Write(request); err != nil {
		t.Error(err)
		return nil
	}
	reply, err := readMessage(connection)
	if err != nil {
		t.Error(err)
	}
	return reply
}

func TestProxy(t *testing.T) {
	t.Run("messages of many connections reach the database one at a time", func(t *testing.T) {
		var busy, clashes atomic.Int32
		connect := start(t, func([]byte) []byte {
			if busy.Add(1) > 1 {
				clashes.Add(1)
			}
			for range 1000 {
				_ = message(0, "work", 1)
			}
			busy.Add(-1)
			return message(0, "ok", 1)
		})
		var clients sync.WaitGroup
		for range 8 {
			clients.Go(func() {
				connection := connect()
				for range 50 {
					ask(t, connection, message(0, "insert", 1))
				}
			})
		}
		clients.Wait()
		if clashes.Load() != 0 {
			t.Errorf("%d requests arrived while another one was answered", clashes.Load())
		}
	})

	t.Run("a greeting goes past a request that waits for its reply", func(t *testing.T) {
		held, release := make(chan struct{}), make(chan struct{})
		connect := start(t, func(request []byte) []byte {
			if !isHello(request) {
				close(held)
				<-release
			}
			return message(0, "ok", 1)
		})
		var slow sync.WaitGroup
		slow.Go(func() { ask(t, connect(), message(0, "find", 1)) })
		<-held
		ask(t, connect(), message(exhaustable, "hello", 1))
		close(release)
		slow.Wait()
	})

	t.Run("a greeting is not allowed several replies", func(t *testing.T) {
		connect := start(t, func(request []byte) []byte { return request })
		got := ask(t, connect(), message(exhaustable, "hello", 1))
		if string(got) != string(message(0, "hello", 1)) {
			t.Errorf("the database got %x", got)
		}
	})

	t.Run("a write that wants no reply closes the connection", func(t *testing.T) {
		connect := start(t, func(request []byte) []byte { return request })
		connection := connect()
		if _, err := connection.Write(message(moreToCome, "insert", 1)); err != nil {
			t.Fatal(err)
		}
		if reply, err := readMessage(connection); err == nil {
			t.Errorf("there is a reply: %x", reply)
		}
	})

	t.Run("a broken unique index is told as a duplicate key, other errors as they are", func(t *testing.T) {
		for text, want := range map[string]uint32{"UNIQUE constraint failed": 11000, "disk full": 1} {
			connect := start(t, func([]byte) []byte {
				reply := append(message(0, "code", 1), text...)
				binary.LittleEndian.PutUint32(reply, uint32(len(reply)))
				return reply
			})
			reply := ask(t, connect(), message(0, "update", 1))
			if got := binary.LittleEndian.Uint32(reply[elementAt+6:]); got != want {
				t.Errorf("code %d for %q, want %d", got, text, want)
			}
		}
	})
}
