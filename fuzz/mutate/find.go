package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// A mutant is one change of one function.
type mutant struct {
	id       int
	fn       *function
	operator string
	edit     edit      // what makes it
	mark     edit      // the same, as small as can be, to show
	reach    token.Pos // a place whose coverage is that of the change
}

// An edit replaces a part of a file's text.
type edit struct {
	start, end int
	text       string
}

// key names a mutant without a line number: package and function, operator,
// and the line with the change in double brackets.
func (m *mutant) key() string {
	src := m.fn.file.src
	start, end := strings.LastIndexByte(src[:m.mark.start], '\n')+1, len(src)
	if n := strings.IndexByte(src[m.mark.end:], '\n'); n >= 0 {
		end = m.mark.end + n
	}
	line := src[start:m.mark.start] + "[[" + src[m.mark.start:m.mark.end] + " -> " + m.mark.text + "]]" + src[m.mark.end:end]
	return m.fn.label + "\t" + m.operator + "\t" + strings.Join(strings.Fields(line), " ")
}

// A finder collects the mutants of one function.
type finder struct {
	fn    *function
	info  *types.Info
	found []*mutant
	stack []ast.Node // from the function's body to the node
}

// find returns the mutants of fn, two of which may be the same text.
func find(fn *function, info *types.Info) []*mutant {
	f := &finder{fn: fn, info: info}
	ast.Inspect(fn.body, func(n ast.Node) bool {
		if n == nil {
			f.stack = f.stack[:len(f.stack)-1]
			return true
		}
		if f.isFixed(n) {
			return false
		}
		f.stack = append(f.stack, n)
		f.node(n)
		return true
	})
	return f.found
}

// isFixed reports whether n is declared for the compiler: a constant, or a
// type, with the length of an array.
func (f *finder) isFixed(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.CONST
	case *ast.ArrayType, *ast.FuncType:
		return true
	}
	return false
}

func (f *finder) parent() ast.Node {
	if len(f.stack) < 2 {
		return nil
	}
	return f.stack[len(f.stack)-2]
}

func (f *finder) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		f.binary(n)
	case *ast.UnaryExpr:
		f.unary(n)
	case *ast.IncDecStmt:
		f.swap("arithmetic", n, n.TokPos, n.Tok, incDec[n.Tok])
		f.remove(n)
	case *ast.AssignStmt:
		if to, ok := assignSwaps[n.Tok]; ok {
			f.swap(to.operator, n, n.TokPos, n.Tok, to.token)
		}
		if n.Tok != token.DEFINE {
			f.remove(n)
		}
	case *ast.ExprStmt:
		f.remove(n)
	case *ast.BranchStmt:
		f.branch(n)
	case *ast.ReturnStmt:
		for _, r := range n.Results {
			f.result(r)
		}
	case *ast.IfStmt:
		f.force(n.Cond, true, false)
	case *ast.ForStmt:
		if n.Cond != nil {
			f.force(n.Cond, false)
		}
	case *ast.CaseClause:
		for _, c := range n.List {
			if t := f.info.TypeOf(c); t != nil && isBool(t) {
				f.force(c, true, false)
			}
		}
	case *ast.BasicLit:
		f.literal(n)
	case *ast.Ident:
		f.name(n)
	}
}

var incDec = map[token.Token]token.Token{token.INC: token.DEC, token.DEC: token.INC}

// An operation is what an operator becomes, and what that is called.
type operation struct {
	operator string
	token    token.Token
}

var binarySwaps = map[token.Token][]operation{
	token.LSS:     {{"boundary", token.LEQ}, {"negation", token.GEQ}},
	token.LEQ:     {{"boundary", token.LSS}, {"negation", token.GTR}},
	token.GTR:     {{"boundary", token.GEQ}, {"negation", token.LEQ}},
	token.GEQ:     {{"boundary", token.GTR}, {"negation", token.LSS}},
	token.EQL:     {{"negation", token.NEQ}},
	token.NEQ:     {{"negation", token.EQL}},
	token.LAND:    {{"logical", token.LOR}},
	token.LOR:     {{"logical", token.LAND}},
	token.ADD:     {{"arithmetic", token.SUB}},
	token.SUB:     {{"arithmetic", token.ADD}},
	token.MUL:     {{"arithmetic", token.QUO}},
	token.QUO:     {{"arithmetic", token.MUL}},
	token.REM:     {{"arithmetic", token.MUL}},
	token.AND:     {{"bitwise", token.OR}},
	token.OR:      {{"bitwise", token.AND}},
	token.XOR:     {{"bitwise", token.AND}},
	token.AND_NOT: {{"bitwise", token.AND}},
	token.SHL:     {{"bitwise", token.SHR}},
	token.SHR:     {{"bitwise", token.SHL}},
}

var assignSwaps = map[token.Token]operation{
	token.ADD_ASSIGN:     {"arithmetic", token.SUB_ASSIGN},
	token.SUB_ASSIGN:     {"arithmetic", token.ADD_ASSIGN},
	token.MUL_ASSIGN:     {"arithmetic", token.QUO_ASSIGN},
	token.QUO_ASSIGN:     {"arithmetic", token.MUL_ASSIGN},
	token.REM_ASSIGN:     {"arithmetic", token.MUL_ASSIGN},
	token.AND_ASSIGN:     {"bitwise", token.OR_ASSIGN},
	token.OR_ASSIGN:      {"bitwise", token.AND_ASSIGN},
	token.XOR_ASSIGN:     {"bitwise", token.AND_ASSIGN},
	token.AND_NOT_ASSIGN: {"bitwise", token.AND_ASSIGN},
	token.SHL_ASSIGN:     {"bitwise", token.SHR_ASSIGN},
	token.SHR_ASSIGN:     {"bitwise", token.SHL_ASSIGN},
}

// binary swaps an operator. The whole expression is put into parentheses, or
// the new operator might bind otherwise than the old one.
func (f *finder) binary(n *ast.BinaryExpr) {
	for _, to := range binarySwaps[n.Op] {
		whole := "(" + f.text(n.X) + " " + to.token.String() + " " + f.text(n.Y) + ")"
		f.add(to.operator, n, f.edit(n.Pos(), n.End(), whole), f.edit(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), to.token.String()))
	}
}

func (f *finder) unary(n *ast.UnaryExpr) {
	operators := map[token.Token]string{token.NOT: "negation", token.SUB: "arithmetic", token.XOR: "bitwise"}
	if operator, ok := operators[n.Op]; ok {
		e := f.edit(n.Pos(), n.X.Pos(), "")
		f.add(operator, n, e, e)
	}
}

// swap replaces an operator of a statement.
func (f *finder) swap(operator string, n ast.Node, at token.Pos, from, to token.Token) {
	e := f.edit(at, at+token.Pos(len(from.String())), to.String())
	f.add(operator, n, e, e)
}

func (f *finder) remove(n ast.Stmt) {
	e := f.edit(n.Pos(), n.End(), "")
	f.add("remove", n, e, e)
}

func (f *finder) branch(n *ast.BranchStmt) {
	switch n.Tok {
	case token.BREAK:
		f.swap("control", n, n.TokPos, n.Tok, token.CONTINUE)
	case token.CONTINUE:
		f.swap("control", n, n.TokPos, n.Tok, token.BREAK)
	case token.FALLTHROUGH:
		f.remove(n)
	}
}

// force makes a condition, which is still evaluated, come out so.
func (f *finder) force(cond ast.Expr, outcomes ...bool) {
	for _, outcome := range outcomes {
		text := "(" + f.text(cond) + ") && false"
		if outcome {
			text = "(" + f.text(cond) + ") || true"
		}
		f.add("condition", cond, f.edit(cond.Pos(), cond.End(), "("+text+")"), f.edit(cond.Pos(), cond.End(), strconv.FormatBool(outcome)))
	}
}

// result changes one of a return statement's results; constants are changed
// as such.
func (f *finder) result(r ast.Expr) {
	tv, ok := f.info.Types[r]
	if !ok || tv.Value != nil || tv.IsNil() || tv.Type == nil {
		return
	}
	text := ""
	switch t := tv.Type.Underlying().(type) {
	case *types.Basic:
		switch {
		case t.Info()&types.IsBoolean != 0:
			text = "!(" + f.text(r) + ")"
		case t.Info()&types.IsInteger != 0:
			text = "(" + f.text(r) + ") + 1"
		case t.Info()&types.IsString != 0:
			text = `""`
		}
	case *types.Interface, *types.Slice, *types.Pointer, *types.Map:
		text = "nil"
	}
	if text != "" {
		e := f.edit(r.Pos(), r.End(), text)
		f.add("return", r, e, e)
	}
}

// literal changes a number, a character or a text.
func (f *finder) literal(n *ast.BasicLit) {
	switch n.Kind {
	case token.INT:
		if v, err := strconv.ParseUint(n.Value, 0, 64); err == nil {
			f.constant(n, fmt.Sprintf(numberFormat(n.Value), v+1))
			if v > 0 {
				f.constant(n, fmt.Sprintf(numberFormat(n.Value), v-1))
			}
		}
	case token.CHAR:
		f.constant(n, n.Value+" + 1")
	case token.STRING:
		if len(n.Value) > 2 {
			f.constant(n, `""`)
		}
	}
}

func numberFormat(literal string) string {
	if strings.HasPrefix(literal, "0x") {
		return "%#x"
	}
	return "%d"
}

// name changes a named constant where it is used, and swaps min and max.
func (f *finder) name(n *ast.Ident) {
	var whole ast.Expr = n
	if s, ok := f.parent().(*ast.SelectorExpr); ok && s.Sel == n {
		whole = s
	}
	if kv, ok := f.parent().(*ast.KeyValueExpr); ok && kv.Key == n {
		return
	}
	switch o := f.info.Uses[n].(type) {
	case *types.Const:
		switch o.Val().Kind() {
		case constant.Int:
			f.constant(whole, f.text(whole)+" + 1")
		case constant.String:
			f.constant(whole, `""`)
		case constant.Bool:
			f.constant(whole, strconv.FormatBool(!constant.BoolVal(o.Val())))
		}
	case *types.Builtin:
		if to, ok := map[string]string{"min": "max", "max": "min"}[o.Name()]; ok {
			e := f.edit(n.Pos(), n.End(), to)
			f.add("control", n, e, e)
		}
	}
}

func (f *finder) constant(n ast.Expr, text string) {
	f.add("constant", n, f.edit(n.Pos(), n.End(), "("+text+")"), f.edit(n.Pos(), n.End(), text))
}

func (f *finder) add(operator string, n ast.Node, e, mark edit) {
	f.found = append(f.found, &mutant{fn: f.fn, operator: operator, edit: e, mark: mark, reach: f.reach(n)})
}

// reach returns where to look for the coverage of n: the condition of a case
// is in no block, so that is the switch's.
func (f *finder) reach(n ast.Node) token.Pos {
	for i := len(f.stack) - 1; i >= 0; i-- {
		c, ok := f.stack[i].(*ast.CaseClause)
		if !ok {
			continue
		}
		for _, e := range c.List {
			if e.Pos() <= n.Pos() && n.End() <= e.End() {
				return f.stack[i-2].Pos() // behind the clause its block, then the switch
			}
		}
		break
	}
	return n.Pos()
}

func (f *finder) edit(start, end token.Pos, text string) edit {
	return edit{f.fn.file.offset(start), f.fn.file.offset(end), text}
}

func (f *finder) text(n ast.Node) string {
	return f.fn.file.src[f.fn.file.offset(n.Pos()):f.fn.file.offset(n.End())]
}

func isBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}
