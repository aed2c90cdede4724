package encode_test

import (
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
)

// TestNil: a nil pointer is appended as the zero value.
func TestNil(t *testing.T) {
	for what, of := range map[string]func(zero bool) ([]byte, error){
		"AppendForm": func(zero bool) ([]byte, error) {
			return encode.AppendForm([]byte("lead"), pointer[user.CreateRequest](zero))
		},
		"AppendRequest": func(zero bool) ([]byte, error) {
			return encode.AppendRequest([]byte("lead"), pointer[user.CreateRequest](zero))
		},
		"AppendUser": func(zero bool) ([]byte, error) {
			return encode.AppendUser([]byte("lead"), pointer[user.User](zero))
		},
		"AppendError": func(zero bool) ([]byte, error) {
			return encode.AppendError([]byte("lead"), pointer[user.APIError](zero))
		},
	} {
		got, err := of(false)
		want, wantErr := of(true)
		if string(got) != string(want) || err != wantErr {
			t.Errorf("%s: %s, %v, want %s, %v", what, got, err, want, wantErr)
		}
	}
}

// pointer returns a pointer to the zero value, or nil.
func pointer[T any](zero bool) *T {
	if zero {
		return new(T)
	}
	return nil
}
