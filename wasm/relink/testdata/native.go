// This file replaces wasm/main_other.go when a test builds package wasm natively,
// together with wasm/npm/test/twins/inputs.go. It does every operation with all
// inputs of the project, and writes the calls and the answers, which the test
// compares with those of the module.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Operations in the output besides those of the protocol.
const (
	opExport op = -1 // the export validate
	opNew    op = -2 // a new instance
)

const inputsOfOne = 500 // inputs of an instance

func main() {
	inputs, err := collect(".")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	w := &recorder{out: bufio.NewWriter(os.Stdout)}
	for i, s := range inputs {
		if i%inputsOfOne == 0 {
			w.session = session{}
			w.numbers(opNew)
		}
		w.input(s)
	}
	w.out.Flush()
}

type recorder struct {
	session session
	out     *bufio.Writer
}

// input does every operation with an input in every argument.
func (w *recorder) input(s string) {
	for flags := range int32(4) {
		w.call(opParseForm, flags, s)
		w.call(opParseRequest, flags, s)
	}
	w.call(opParseForms, flagValidate, s, "Identity=a", s)
	w.call(opParseUser, 0, s)
	w.call(opValidateUser, 0, s)
	w.call(opEncodeUser, 0, s)
	w.call(opEncodeUser, flagHTMLSafe, s)
	w.call(opParseError, 0, int32(409), "application/json", s)
	w.call(opParseError, 0, int32(429), "application/problem+json", s)
	w.call(opValidateSID, 0, "RL", s)
	w.call(opValidateSID, 0, s, s)
	w.call(opValidateAttributes, 0, s)
	for _, request := range [][]any{
		{s, s, s, s, isTrue},
		{"a", absent, s, absent, absent},
		{s, null, mistyped, null, isFalse, "x", s},
	} {
		for _, o := range []op{opValidateRequest, opAdviseRequest, opEncodeForm, opEncodeRequest} {
			w.call(o, 0, request...)
		}
		w.call(opEncodeRequest, flagHTMLSafe, request...)
		w.call(opExport, 0, request[:requestMembers]...)
	}
	for _, k := range []struct {
		o     op
		parts []any
	}{
		{opValidateRequest, []any{s}},
		{opAdviseRequest, []any{s}},
		{opAdviseRequest, []any{s, s, s, s, absent}},
		{opEncodeForm, []any{s, isTrue}},
		{opEncodeForm, []any{s, null, mistyped, null, isFalse, "x", s}},
		{opParseForm, []any{s}},
		{opEncodeRequest, []any{s}},
		{opEncodeRequest, []any{s, s, absent, absent, absent}},
		{opParseRequest, []any{s}},
		{opEncodeUser, []any{s}},
		{opParseUser, []any{s}},
		{opValidateUser, []any{s}},
		{opParseError, []any{int32(409), "", s}},
		{opValidateSID, []any{s, s}},
		{opValidateAttributes, []any{s}},
		{opParseResponse, []any{int32(201), "", s}},
		{opParseResponse, []any{int32(200), "", s}},
	} {
		w.call(k.o, flagJSON|int32(len(s)%8), k.parts...)
		w.checkJSON(s)
	}
	for k := range w.session.kinds.count {
		if int(k)%7 == len(s)%7 {
			w.call(opKind, 0, k)
		}
	}
}

func (w *recorder) call(o op, flags int32, parts ...any) {
	var lengths []int32
	var texts string
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			texts += p
			lengths = append(lengths, int32(len(p)))
		case int32:
			lengths = append(lengths, p)
		}
	}
	w.numbers(o, flags)
	w.list(lengths)
	w.text(texts)
	m := &w.session
	if o == opExport {
		l := lengths
		if m.reset(); !m.isValid(texts, l[0], l[1], l[2], l[3], l[4]) {
			m.explain(texts, l[0], l[1], l[2], l[3], l[4])
		}
	} else {
		m.lengths, m.texts = lengths, texts
		m.run(o, flags)
	}
	inBody := int32(0)
	if m.inBody {
		inBody = 1
	}
	w.numbers(int32(m.issues), inBody)
	w.list(m.numbers)
	w.text(string(m.text))
}

// checkJSON ends the program if the answer is not JSON. It skips users that are too
// deep for encoding/json within the answer.
func (w *recorder) checkJSON(s string) {
	if text := w.session.text; !json.Valid(text) && strings.Count(s, "[")+strings.Count(s, "{") < 10_000 {
		w.out.Flush()
		fmt.Fprintf(os.Stderr, "no JSON: %q, of %q\n", text, s)
		os.Exit(1)
	}
}

func (w *recorder) numbers(list ...int32) {
	for _, n := range list {
		w.out.Write(binary.LittleEndian.AppendUint32(nil, uint32(n)))
	}
}

func (w *recorder) list(numbers []int32) {
	w.numbers(int32(len(numbers)))
	w.numbers(numbers...)
}

func (w *recorder) text(s string) {
	w.numbers(int32(len(s)))
	w.out.WriteString(s)
}
