package usertest

import (
	"context"
	"net"
	"net/http/httptest"
	"time"
)

// A Server is an [httptest.Server] around a [Handler].
type Server struct {
	*httptest.Server
	// Handler is the endpoint behind the server: it holds the users and the
	// pending failures.
	Handler *Handler
}

// grace is how long Close waits for requests in progress.
const grace = time.Second

// NewServer starts a server on a loopback address, with a Handler of
// [NewHandler]. The caller calls Close.
//
// A client has 10 seconds for a request's header, a minute for all of the
// request, and two minutes from the header's end to the end of the answer,
// besides the delay of a [Failure]. After that, or two minutes without a
// request, its connection is closed.
func NewServer(opts *Options) *Server {
	ctx, end := context.WithCancel(context.Background())
	h := NewHandler(opts)
	h.end = end
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ReadHeaderTimeout = 10 * time.Second
	srv.Config.ReadTimeout = time.Minute
	srv.Config.WriteTimeout = 2 * time.Minute
	srv.Config.IdleTimeout = 2 * time.Minute
	srv.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	srv.Start()
	return &Server{srv, h}
}

// Close stops the server. Delayed requests are answered 503 at once; other
// requests in progress have a second to finish, then their connections are closed.
func (s *Server) Close() {
	if s.Handler != nil && s.Handler.end != nil { // a Server of NewServer
		s.Handler.end()
	}
	defer time.AfterFunc(grace, s.CloseClientConnections).Stop()
	s.Server.Close()
}
