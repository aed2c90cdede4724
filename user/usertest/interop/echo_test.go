package interop

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/go-playground/validator/v10"
	"github.com/labstack/echo/v4"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate/validatorv10"
)

// readme:begin echo

// echoValidator implements c.Validate.
type echoValidator struct{ v *validator.Validate }

func (e echoValidator) Validate(i any) error { return e.v.Struct(i) }

// newEcho returns the program under echo. Opt fields are bound from a form
// through echo.BindUnmarshaler, from JSON through json.Unmarshaler.
func newEcho() (http.Handler, error) {
	v := validator.New(validator.WithRequiredStructEnabled())
	if err := validatorv10.Register(v); err != nil {
		return nil, err
	}
	e := echo.New()
	e.Validator = echoValidator{v}
	e.POST("/signup", func(c echo.Context) error {
		var in signup
		err := c.Bind(&in)
		if err == nil {
			err = c.Validate(&in)
		}
		if err == nil {
			err = webhook(c.Request().Header, &in.CreateRequest)
		}
		if err == echo.ErrUnsupportedMediaType {
			return err
		}
		if err != nil {
			status, list := violations(err)
			return c.JSON(status, echo.Map{"faults": list})
		}
		return c.JSON(http.StatusCreated, echo.Map{"bound": in, "webhook": in.WebhookEnabled})
	})
	// readme:skip
	e.POST("/strict", func(c echo.Context) error {
		in, err := strict(c.Request())
		if err != nil {
			status, list := strictViolations(err)
			return c.JSON(status, echo.Map{"faults": list})
		}
		return c.JSON(http.StatusCreated, echo.Map{"bound": in, "webhook": in.WebhookEnabled})
	})
	// readme:unskip
	return http.MaxBytesHandler(e, 1<<20), nil
}

// readme:end

var echoProgram = sync.OnceValues(newEcho)

// TestEchoDash shows a pitfall: to echo the tag form:"-" is a name, so a form can
// set the webhook header. The program's function webhook resets it.
func TestEchoDash(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("Identity=alice&-=true"))
	r.Header.Set("Content-Type", form)
	var in signup
	if err := new(echo.DefaultBinder).Bind(&in, echo.New().NewContext(r, nil)); err != nil {
		t.Fatal(err)
	}
	if want := user.Some(true); in.WebhookEnabled != want {
		t.Errorf("got %v, want %v", in.WebhookEnabled, want)
	}
}
