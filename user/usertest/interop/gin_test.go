package interop

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"
	"github.com/go-playground/validator/v10"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate/validatorv10"
)

// readme:begin gin

// newGin returns the program under gin. Opt fields are bound from a form
// through gin's binding.BindUnmarshaler (gin 1.10 and later), from JSON through
// json.Unmarshaler.
func newGin() (http.Handler, error) {
	v, ok := binding.Validator.Engine().(*validator.Validate)
	if !ok {
		return nil, errors.New("gin's validator is not validator/v10")
	}
	if err := validatorv10.Register(v); err != nil { // once, before the first request
		return nil, err
	}
	r := gin.New()
	r.POST("/signup", func(c *gin.Context) {
		var in signup
		err := c.ShouldBind(&in) // binds and validates
		if err == nil {
			err = webhook(c.Request.Header, &in.CreateRequest)
		}
		if err != nil {
			status, list := violations(err)
			c.JSON(status, gin.H{"faults": list})
			return
		}
		c.JSON(http.StatusCreated, gin.H{"bound": in, "webhook": in.WebhookEnabled})
	})
	// readme:skip
	r.POST("/strict", func(c *gin.Context) {
		in, err := strict(c.Request)
		if err != nil {
			status, list := strictViolations(err)
			c.JSON(status, gin.H{"faults": list})
			return
		}
		c.JSON(http.StatusCreated, gin.H{"bound": in, "webhook": in.WebhookEnabled})
	})
	// readme:unskip
	return http.MaxBytesHandler(r, 1<<20), nil
}

// readme:end

// ginProgram is made once, since gin has one validator for the whole process.
var ginProgram = sync.OnceValues(func() (http.Handler, error) {
	gin.SetMode(gin.TestMode)
	return newGin()
})

// TestGinHeaderBinding shows a pitfall: a field without a header tag is bound from
// the header with the field's name. So c.ShouldBindHeader on a CreateRequest lets a
// header set the identity, and does not read the webhook header.
func TestGinHeaderBinding(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Identity", "mallory")
	r.Header.Set(user.WebhookHeader, "true")
	type headers struct {
		user.CreateRequest `binding:"-"`
	}
	var in headers
	if err := binding.Header.Bind(r, &in); err != nil {
		t.Fatal(err)
	}
	if want := (user.CreateRequest{Identity: "mallory"}); in.CreateRequest != want {
		t.Errorf("got %+v, want %+v", in.CreateRequest, want)
	}
}

// TestGinFormPost shows how to bind a form without the query.
func TestGinFormPost(t *testing.T) {
	if _, err := ginProgram(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		b    binding.Binding
		want string
	}{{binding.Form, "mallory"}, {binding.FormPost, ""}} {
		r := httptest.NewRequest(http.MethodPost, "/?Identity=mallory", strings.NewReader("FriendlyName=A"))
		r.Header.Set("Content-Type", form)
		var in signup
		err := c.b.Bind(r, &in)
		if in.Identity != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: bound %q, %v, want %q", c.b.Name(), in.Identity, err, c.want)
		}
	}
}
