//go:build !convuser_bundle

package encode

import (
	"strconv"

	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
)

// AppendError appends e in the legacy envelope that this API answers with,
// {"code":…,"message":…,"more_info":…,"status":…}, as compact JSON. It
// returns dst as it was and a [*validate.Error] where a string is not valid
// UTF-8.
func AppendError(dst []byte, e *user.APIError) ([]byte, error) {
	if e == nil {
		e = &user.APIError{}
	}
	w := jsonWriter{orig: dst, dst: dst}
	w.int(&errorKeys.code, e.Code)
	w.text(&errorKeys.message, e.Message)
	w.text(&errorKeys.moreInfo, e.MoreInfo)
	w.int(&errorKeys.status, e.Status)
	return w.finish()
}

var errorKeys = struct{ code, message, moreInfo, status wire.Key }{
	wire.NewKey("code"), wire.NewKey("message"), wire.NewKey("more_info"), wire.NewKey("status"),
}

// int appends a member that is a number.
func (w *jsonWriter) int(k *wire.Key, n int) {
	w.dst = strconv.AppendInt(append(w.dst, k.String()...), int64(n), 10)
}
