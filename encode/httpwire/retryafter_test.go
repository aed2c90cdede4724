package httpwire

import (
	"net/http"
	"testing"
	"time"

	"github.com/convuser/convuser/fuzz/vectors"
)

// TestRetryAfterVectors runs the table that the JavaScript package runs too.
func TestRetryAfterVectors(t *testing.T) {
	for _, v := range vectors.Load[struct {
		Name string
		vectors.Text
		Now  time.Time
		Want int
	}](t, "encode/testdata/retryafter.json") {
		if got := retryAfter(http.Header{"Retry-After": {v.String()}}, v.Now); got != v.Want {
			t.Errorf("%s: got %d, want %d", v.Name, got, v.Want)
		}
	}
}
