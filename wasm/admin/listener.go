package main

import (
	"net"
	"sync"
)

// mostConns is the maximum of open connections.
const mostConns = 256

// A limited listener has a maximum of open connections. Further ones wait until
// another is closed.
type limited struct {
	net.Listener
	slots chan struct{}
}

func newLimited(l net.Listener, most int) *limited { return &limited{l, make(chan struct{}, most)} }

func (l *limited) Accept() (net.Conn, error) {
	l.slots <- struct{}{}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &limitedConn{conn, sync.OnceFunc(func() { <-l.slots })}, nil
}

type limitedConn struct {
	net.Conn
	free func()
}

func (c *limitedConn) Close() error {
	defer c.free()
	return c.Conn.Close()
}
