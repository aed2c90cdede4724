// Package hosts calls convuser.wasm from a Go program, on wazero. It is an example
// of a host in any language: wasm/ABI.md specifies the interface of the module and
// lists the operations. The tests compare the module's answers with the library's.
//
// A Go program that only needs the operations imports the library instead.
package hosts

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// operations are the names of the operations by number, "" for those that do not
// answer in JSON.
var operations = []string{
	"", "validateRequest", "adviseRequest", "encodeForm", "parseForm", "encodeRequest", "parseRequest", "encodeUser",
	"parseUser", "validateUser", "parseError", "validateSid", "validateAttributes", "", "parseResponse",
}

// Flags of a call.
const (
	AllowUnknown int32 = 1 << iota // parseForm, parseRequest: ignore unknown names
	Validate                       // parseForm, parseRequest: check the values too
	HTMLSafe                       // encodeRequest, encodeUser: escape <, >, &, U+2028 and U+2029
	inJSON
)

// Parts of a call that stand for a value that is not a text.
const (
	Absent int32 = -1
	Null   int32 = -2
	True   int32 = -5
	False  int32 = -6
)

// A Host calls one instance of the module. It must not be used by several
// goroutines at once; a program that needs that makes several. The zero Host is not
// valid; call [New].
type Host struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	instance api.Module // nil before the first call, and after one that failed
	record   uint32
	stamp    uint32
}

// New compiles the module, which "make wasm" builds as wasm/npm/convuser.wasm. The
// caller closes the runtime, which ends the Host too.
func New(ctx context.Context, runtime wazero.Runtime, module []byte) (*Host, error) {
	compiled, err := runtime.CompileModule(ctx, module)
	if err != nil {
		return nil, err
	}
	return &Host{runtime: runtime, compiled: compiled}, nil
}

// Call does the named operation of wasm/ABI.md and returns its answer in JSON,
// which the caller may keep. A part is a string, or an int32: [Absent], [Null],
// [True], [False] or an HTTP status. Invalid data is not an error but an answer with
// issues. An error means that the operation or a part is unknown, that the module
// cannot be started, or that it trapped, as it does when its memory cannot grow;
// the next call starts a new instance. ctx stops a call only if the runtime is
// configured WithCloseOnContextDone.
func (h *Host) Call(ctx context.Context, operation string, flags int32, parts ...any) (answer []byte, err error) {
	number := slices.Index(operations, operation)
	if number <= 0 {
		return nil, fmt.Errorf("no operation %q", operation)
	}
	var lengths, texts []byte
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			lengths = binary.LittleEndian.AppendUint32(lengths, uint32(len(part)))
			texts = append(texts, part...)
		case int32:
			lengths = binary.LittleEndian.AppendUint32(lengths, uint32(part))
		default:
			return nil, fmt.Errorf("a part of the type %T", part)
		}
	}
	if h.instance == nil {
		if err := h.start(ctx); err != nil {
			return nil, err
		}
	}
	defer func() {
		if err != nil {
			h.Reset(ctx) // the instance must not be used again
		}
	}()
	input := append(lengths, texts...)
	if len(input) > int(h.word(2)) {
		if err := h.stamped(ctx, "reserve", uint64(len(input))); err != nil {
			return nil, err
		}
	}
	memory := h.instance.Memory()
	memory.Write(h.word(1), input)
	if err := h.stamped(ctx, "call", uint64(number), api.EncodeI32(flags|inJSON), uint64(len(parts))); err != nil {
		return nil, err
	}
	text, _ := memory.Read(h.word(3), h.word(4))
	return bytes.Clone(text), nil // text is the memory of the module
}

// MemorySize returns the size of the instance's memory in bytes, 0 if there is no
// instance.
func (h *Host) MemorySize() uint32 {
	if h.instance == nil {
		return 0
	}
	return h.instance.Memory().Size()
}

// Reset closes the instance, whose memory never shrinks. The next call starts a new
// one.
func (h *Host) Reset(ctx context.Context) {
	if h.instance != nil {
		h.instance.Close(ctx)
		h.instance = nil
	}
}

func (h *Host) start(ctx context.Context) error {
	instance, err := h.runtime.InstantiateModule(ctx, h.compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return err
	}
	version, err := export(ctx, instance, "abi")
	if err == nil && version != 2 {
		err = fmt.Errorf("want ABI 2, the module has %d", version)
	}
	if err == nil {
		h.record, err = export(ctx, instance, "record")
	}
	if err != nil {
		instance.Close(ctx)
		return err
	}
	h.instance = instance
	return nil
}

// stamped calls an export with a stamp, and checks that the call completed.
func (h *Host) stamped(ctx context.Context, name string, args ...uint64) error {
	h.stamp++
	_, err := export(ctx, h.instance, name, append([]uint64{uint64(h.stamp)}, args...)...)
	if err == nil && h.word(0) != h.stamp {
		err = errors.New("the call did not complete")
	}
	return err
}

// word returns a word of the record.
func (h *Host) word(i uint32) uint32 {
	n, _ := h.instance.Memory().ReadUint32Le(h.record + 4*i)
	return n
}

// export calls an export, and returns its result if it has one.
func export(ctx context.Context, instance api.Module, name string, args ...uint64) (uint32, error) {
	f := instance.ExportedFunction(name)
	if f == nil {
		return 0, fmt.Errorf("the module has no export %s", name)
	}
	results, err := f.Call(ctx, args...)
	return uint32(append(results, 0)[0]), err
}
