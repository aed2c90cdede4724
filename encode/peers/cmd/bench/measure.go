package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/convuser/convuser/encode/peers"
)

// A plan says how long and how often each contender is timed.
type plan struct {
	slice  time.Duration
	rounds int
}

// A group is what is compared: all contenders and limits of one operation on one
// input. The first is convuser.
type group struct {
	op    *peers.Operation
	in    *peers.Input
	bytes int // that the operation reads
	cells []*cell
	twin  cell // convuser without assembly
	// one and two are the calls a second of convuser in one goroutine and
	// in two at a time, by round.
	one, two []float64
}

// A cell is one contender on one input.
type cell struct {
	contender     *peers.Contender
	limit         bool
	err           error // its answer differs: it is not timed
	times         int   // calls in a slice
	allocs, bytes uint64
	ns            []float64 // for a call, by round
}

func newGroup(op *peers.Operation, in *peers.Input) *group {
	g := &group{op: op, in: in, bytes: len(op.Reads(in))}
	g.twin = cell{contender: &peers.Contender{Name: twinName}, limit: true}
	for i := range op.Contenders {
		c := &op.Contenders[i]
		g.cells = append(g.cells, &cell{contender: c, err: op.Check(c, in)})
	}
	limits := op.Limits()
	for i := range limits {
		g.cells = append(g.cells, &cell{contender: &limits[i], limit: true})
	}
	return g
}

// calibrate measures how many calls fill a slice, and what one allocates.
func (g *group) calibrate(slice time.Duration) {
	for _, c := range g.cells {
		if c.err != nil {
			continue
		}
		call := c.contender.Prepare(g.in)
		repeat(call, 3)
		for c.times = 1; ; {
			took := repeat(call, c.times)
			if took >= slice/4 || c.times >= 1<<24 {
				c.times = max(1, int(float64(c.times)*float64(slice)/float64(max(took, 1))))
				break
			}
			c.times *= 4
		}
		c.allocs, c.bytes = memory(call, min(c.times, 100))
	}
}

// memory returns the allocations of a call and their bytes, rounded down as
// package testing does.
func memory(call peers.Call, n int) (allocs, bytes uint64) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	repeat(call, 1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	repeat(call, n)
	runtime.ReadMemStats(&after)
	return (after.Mallocs - before.Mallocs) / uint64(n), (after.TotalAlloc - before.TotalAlloc) / uint64(n)
}

func repeat(call peers.Call, n int) time.Duration {
	start := time.Now()
	for range n {
		if err := call.Run(); err != nil {
			panic(err) // it ran without an error when it was checked
		}
	}
	return time.Since(start)
}

// round times everything once. The order of the groups and that of the
// contenders in a group change with the round; a group is timed in one go, so
// that the two sides of a ratio are seconds apart at most.
func (p plan) round(groups []*group, t *twin, round int) error {
	random := rand.New(rand.NewPCG(uint64(round), 4))
	runtime.GC()
	for _, i := range random.Perm(len(groups)) {
		g := groups[i]
		for _, k := range random.Perm(len(g.cells) + 1) {
			if k == len(g.cells) {
				ns, err := t.time(i, g.cells[0].times)
				if err != nil {
					return fmt.Errorf("%s: %w", twinName, err)
				}
				g.twin.ns = append(g.twin.ns, ns)
				continue
			}
			c := g.cells[k]
			if c.err != nil {
				continue
			}
			call := c.contender.Prepare(g.in)
			runtime.GC() // the garbage of the contender before is not timed
			repeat(call, c.times/16+1)
			c.ns = append(c.ns, float64(repeat(call, c.times))/float64(c.times))
		}
		if ours := g.cells[0]; ours.err == nil && runtime.GOMAXPROCS(0) > 1 && g.scales() {
			g.one = append(g.one, throughput(g, 1, ours.times))
			g.two = append(g.two, throughput(g, 2, ours.times))
		}
	}
	return nil
}

// scales reports whether the group is also timed in two goroutines.
func (g *group) scales() bool {
	return g.in.Shape == "" || g.in.Size <= 4<<10 && g.in.Shape == "flat records"
}

// throughput returns convuser's calls a second in a number of goroutines. Each
// prepares a call of its own, so that they share no cache line.
func throughput(g *group, goroutines, times int) float64 {
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	for range goroutines {
		ready.Add(1)
		done.Go(func() {
			call := g.cells[0].contender.Prepare(g.in)
			repeat(call, times/16+1)
			ready.Done()
			<-begin
			repeat(call, times)
		})
	}
	ready.Wait()
	runtime.GC()
	start := time.Now()
	close(begin)
	done.Wait()
	return float64(goroutines*times) / time.Since(start).Seconds()
}

// A spread is the median, the minimum and the maximum of some figures.
type spread struct{ Median, Min, Max float64 }

func spreadOf(figures []float64) spread {
	if len(figures) == 0 {
		return spread{}
	}
	s := slices.Sorted(slices.Values(figures))
	m := s[len(s)/2]
	if len(s)%2 == 0 {
		m = (m + s[len(s)/2-1]) / 2
	}
	return spread{m, s[0], s[len(s)-1]}
}

// ratio returns a ÷ b, round by round.
func ratio(a, b []float64) spread {
	var r []float64
	for i := range min(len(a), len(b)) {
		r = append(r, a[i]/b[i])
	}
	return spreadOf(r)
}
