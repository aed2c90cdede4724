//go:build ignore

// Program upstream is the real service of the gateway's tests: the endpoint of
// package usertest over TLS, at a URL that it prints. It writes its certificate
// to the file that its argument names.
package main

import (
	"encoding/pem"
	"fmt"
	"log"
	"net/http/httptest"
	"os"

	"github.com/convuser/convuser/user/usertest"
)

func main() {
	server := httptest.NewTLSServer(usertest.NewHandler(nil))
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(os.Args[1], certificate, 0o600); err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening", server.URL)
	select {}
}
