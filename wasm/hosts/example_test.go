package hosts_test

import (
	"context"
	"fmt"
	"os"

	"github.com/tetratelabs/wazero"

	"github.com/convuser/convuser/wasm/hosts"
)

func Example() {
	ctx := context.Background()
	runtime := wazero.NewRuntime(ctx)
	defer runtime.Close(ctx)
	module, err := os.ReadFile(modulePath)
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := hosts.New(ctx, runtime, module)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range []struct {
		operation string
		parts     []any
	}{
		{"encodeForm", []any{`{"Identity":"admin","Attributes":"{ \"duty\": \"tech\" }"}`, hosts.True}},
		{"validateSid", []any{"RL", "RLxyz"}},
		{"parseResponse", []any{int32(409), "application/json", `{"code":50201,"message":"User already exists"}`}},
	} {
		answer, err := h.Call(ctx, c.operation, 0, c.parts...)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(string(answer))
	}
	// Output:
	// {"ok":true,"value":{"body":"Identity=admin&Attributes=%7B+%22duty%22%3A+%22tech%22+%7D","headers":{"Content-Type":"application/x-www-form-urlencoded","X-Twilio-Webhook-Enabled":"true"}}}
	// {"ok":false,"issues":[{"path":[],"code":"hex","message":"want a hex digit","offset":2,"source":"value"}]}
	// {"ok":false,"issues":[],"error":{"code":50201,"message":"User already exists","moreInfo":"","detail":"","instance":"","extra":"","class":"already_exists","reason":""}}
}
