// Command mutate asks how much the tests of the core would notice: it changes
// the core in one small way after the other, each change a mutant, and runs
// the tests that reach the changed place. A mutant that they do not fail on
// has survived. "make mutate" runs it.
//
// # How
//
// A build for each mutant would take hours, so all of them are in one build
// ("mutant schemata"): each function gets a copy for each of its mutants, and
// goes to the copy whose number is in an environment variable. The copies are
// made on the text of the function, are checked with go/types, and reach the
// compiler through "go test -c -overlay"; the tree is never touched. (With
// gremlins, which builds each, nine results of ten were its own time limit.)
//
// Which tests reach which statement is measured beforehand, one test at a
// time, with go test -cover. A mutant that none reaches is "not covered". All
// tests of the core's packages judge, and all of package fuzz, its seeds and
// suites included, but for a few that take longer than the rest together;
// those that are the least work come first.
//
// A run may take ten times the work of before, counted in a processor's time
// and rounded up to seconds, and four gigabytes of address space. Past that,
// the mutant is killed, "by the limit".
//
// Most of what survives that would be as right and slower: the core goes by
// words where it can, and by bytes where it must. So the survivors' work is
// counted too, as TestPaths does it, in statements: a mutant that takes
// a twentieth more for some workload is killed "by its work".
//
// # Operators
//
//	boundary    < and <=, > and >= swapped
//	negation    a comparison or a unary ! turned around
//	arithmetic  + and -, * and / swapped, % for *, a unary minus left out, ++ and -- swapped
//	bitwise     & and |, << and >> swapped, & for ^ and &^, also in assignments
//	logical     && and || swapped
//	condition   that of an if, a for or a case made true or false
//	constant    a number, character or named constant one more; a number one less; a text empty; true and false swapped
//	remove      an assignment, a call, an increment or a fallthrough left out
//	return      a result made zero, one more, or turned around
//	control     break and continue swapped, min and max swapped
//
// Constants and tables are not changed where they are declared, since the
// compiler may need them, but wherever a function uses them.
//
// # Survivors
//
// The file equivalent.txt lists the survivors that no test can kill, each with
// the reason. The line has no line number, so it lasts until the statement
// itself changes. The command fails when less than 95% of a package's mutants
// are killed, and on a survivor that is not in the list.
package main
