package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// twinName is the row of convuser without assembly.
const twinName = "convuser (purego)"

// A twin is this command built with the tag purego. It is a process of its own,
// since a program has the assembly or has not.
type twin struct {
	folder string
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
}

// startTwin builds the twin and starts it with -serve and the arguments that
// choose the groups.
func startTwin(args ...string) (*twin, error) {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	t := &twin{folder: folder}
	program := filepath.Join(folder, "bench")
	build := exec.Command("go", "build", "-tags", "purego", "-o", program, "github.com/convuser/convuser/encode/peers/cmd/bench")
	if out, err := build.CombinedOutput(); err != nil {
		t.stop()
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	t.cmd = exec.Command(program, append(args, "-serve")...)
	t.cmd.Stderr = os.Stderr
	out, err := t.cmd.StdoutPipe()
	if err == nil {
		t.out = bufio.NewReader(out)
		t.in, err = t.cmd.StdinPipe()
	}
	if err == nil {
		err = t.cmd.Start()
	}
	if err != nil {
		t.stop()
		return nil, err
	}
	return t, nil
}

// time returns the nanoseconds that a call of convuser takes in the group at
// index.
func (t *twin) time(index, times int) (ns float64, err error) {
	if _, err = fmt.Fprintln(t.in, index, times); err == nil {
		_, err = fmt.Fscanln(t.out, &ns)
	}
	return ns, err
}

// stop closes the input of the process, which ends it, and removes the program.
func (t *twin) stop() {
	if t.in != nil {
		t.in.Close()
		t.cmd.Wait()
	}
	os.RemoveAll(t.folder)
}

// serve times convuser as the lines of r say, and writes a line for each.
func serve(groups []*group, r io.Reader, w io.Writer) error {
	in := bufio.NewReader(r)
	for {
		var index, times int
		if _, err := fmt.Fscanln(in, &index, &times); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		call := groups[index].cells[0].contender.Prepare(groups[index].in)
		runtime.GC()
		repeat(call, times/16+1)
		if _, err := fmt.Fprintln(w, float64(repeat(call, times))/float64(times)); err != nil {
			return err
		}
	}
}
