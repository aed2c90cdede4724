//go:build ignore

// Program upstream takes the place of the real service in the tests of the
// gateway: it serves package usertest over TLS, prints its URL, and writes its
// certificate to the file in its argument.
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
