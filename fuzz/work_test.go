package fuzz_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// countVar tells TestCounted what to run: "workload" or "path", the index of one,
// and a number: 1 for the larger input of a workload, the size for a path.
const countVar = "CONVUSER_COUNT"

// TestCounted runs what TestWorkIsLinear or TestPaths counts. It does nothing in
// a process that they have not started.
func TestCounted(*testing.T) {
	var kind string
	var index, n int
	_, _ = fmt.Sscan(os.Getenv(countVar), &kind, &index, &n)
	switch kind {
	case "workload":
		workloads[index].run(workloads[index].input(n == 1))
	case "path":
		paths[index].run(n)
	}
}

// TestWorkIsLinear counts the statements that the core executes, with the counters
// of go test -cover: the figures are the same on every computer. The work for each
// byte must be bounded, and not grow with eight times the input.
//
// A copy of a text counts as one statement, and TestMemoryIsBounded counts its
// bytes; so does a comparison, and a parser compares only with known names.
func TestWorkIsLinear(t *testing.T) {
	if quick() {
		t.Skip("many seconds of counting: make test and make bounds do it")
	}
	binary := counter(t)
	work := func(index, large int) int {
		return statements(t, binary, fmt.Sprintf("workload %d %d", index, large))
	}
	nothing := statements(t, binary, "nothing")
	var perByte, growth worst
	t.Run("each", func(t *testing.T) {
		for k, w := range workloads {
			t.Run(w.name, func(t *testing.T) {
				t.Parallel()
				a, b := checkWork(t, w, work(k, 0)-nothing, work(k, 1)-nothing)
				perByte.see(w, a)
				growth.see(w, b)
			})
		}
	})
	perByte.log(t, "work, statements a byte")
	growth.log(t, "work, growth of a byte's")
}

// checkWork compares the work on two inputs. It returns the work for each byte of
// the larger, and its ratio to that of the smaller.
func checkWork(t *testing.T, w workload, small, large int) (perByte, growth float64) {
	t.Helper()
	const most = 1.03
	mostPerByte := 60.0
	if strings.HasPrefix(w.name, "Advise: ") {
		mostPerByte = 180 // it looks up the characters of two names in tables
	}
	perByte = float64(large) / float64(len(w.input(true)))
	growth = perByte / (float64(max(small, 1)) / float64(len(w.input(false))))
	t.Logf("%-66s %6.2f statements a byte, %5.2f times that of an eighth", w.name, perByte, growth)
	if growth > most && large > 1000 {
		t.Errorf("with eight times the input, a byte is %.2f times the work", growth)
	}
	if perByte > mostPerByte {
		t.Errorf("%.1f statements a byte", perByte)
	}
	return perByte, growth
}

// counter builds the program that counts the core's statements, with kernels in Go,
// as assembly has no counters.
func counter(t *testing.T) (binary string) {
	t.Helper()
	if runtime.GOOS == "js" {
		t.Skip("needs a compiler")
	}
	if underRace {
		t.Skip("runs programs without the race detector")
	}
	binary = filepath.Join(t.TempDir(), "work.test")
	build := exec.Command("go", "test", "-c", "-o", binary, "-tags", "purego", "-covermode=count",
		"-coverpkg=../encode/wire,../encode/wire/internal/kernel,../encode,../validate,../user", ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// statements returns how many statements of the core TestCounted executes for a
// value of countVar, in a process of its own.
func statements(t *testing.T, binary, value string) (sum int) {
	t.Helper()
	profile := filepath.Join(t.TempDir(), "cover.out")
	cmd := exec.Command(binary, "-test.run", "^TestCounted$", "-test.coverprofile", profile)
	cmd.Env = append(os.Environ(), countVar+"="+value)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", value, err, out)
	}
	f, err := os.Open(profile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text()) // place, statements, count
		var n, count int
		if len(fields) == 3 {
			if _, err := fmt.Sscan(fields[1]+" "+fields[2], &n, &count); err != nil {
				t.Fatal(err)
			}
			sum += n * count
		}
	}
	return sum
}
