package interop

import (
	_ "github.com/convuser/convuser/user/usertest"
	_ "github.com/gin-gonic/gin"
	_ "github.com/go-playground/validator/v10"
	_ "github.com/labstack/echo/v4"
	_ "github.com/twilio/twilio-go"
	_ "github.com/twilio/twilio-go/rest/conversations/v1"
)
