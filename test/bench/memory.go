package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

const (
	// reviewers answer memoryReviews cards together, in batches, and look at what there is to study after each.
	reviewers     = 1_000
	memoryReviews = 100_000
	// memoryTarget is how many MiB spacey may grow.
	memoryTarget = 64
	mebibyte     = 1 << 20
)

// compareMemory reads how much memory spacey has after it has started and warmed up, and after many reviews by many people.
// People have their accounts before: hashing a password takes memory of its own. Each round has a new process.
func compareMemory(ctx context.Context, l *lab) ([]comparison, error) {
	if runtime.GOOS != "linux" {
		return nil, &notMeasured{"not measured: a process tells how much memory it has on Linux only"}
	}
	s, err := l.newStand()
	if err != nil {
		return nil, err
	}
	defer s.close()
	spacey, err := s.service(ctx, []string{"STORAGE=sqlite"}, "spacey", "serve")
	if err != nil {
		return nil, err
	}
	people, err := signUpMany(ctx, spacey.address, reviewers, batchSize)
	if err != nil {
		return nil, err
	}
	all := comparison{floor: "spacey serve, warmed up: resident MiB", figure: "after 100,000 reviews by 1,000 people", target: target{growAtMost: memoryTarget}}
	heap := comparison{floor: "the same, MiB in use on the heap after a collection", figure: "after the reviews"}
	heap.target.growAtMost = memoryTarget
	for range l.rounds {
		before, after, err := s.growth(ctx, people)
		if err != nil {
			return nil, err
		}
		all.floors, all.figures = append(all.floors, before.resident), append(all.figures, after.resident)
		heap.floors, heap.figures = append(heap.floors, before.heap), append(heap.figures, after.heap)
	}
	return []comparison{all, heap}, nil
}

// memoryUse is how much memory a process has, in MiB.
type memoryUse struct{ resident, heap float64 }

// growth starts spacey anew on the data of the stand and returns its memory before and after the reviews.
func (s *stand) growth(ctx context.Context, people []*person) (before, after memoryUse, err error) {
	s.processes[len(s.processes)-1].stop()
	s.processes = s.processes[:len(s.processes)-1]
	spacey, err := s.service(ctx, []string{"STORAGE=sqlite"}, "spacey", "serve")
	if err != nil {
		return before, after, err
	}
	if err = reviewInBatches(ctx, spacey.address, people[:connections]); err != nil {
		return before, after, err
	}
	if before, err = spacey.memory(ctx); err != nil {
		return before, after, err
	}
	if err = reviewInBatches(ctx, spacey.address, people); err != nil {
		return before, after, err
	}
	after, err = spacey.memory(ctx)
	return before, after, err
}

// reviewInBatches lets each person answer a batch of cards and then ask for the study queue.
func reviewInBatches(ctx context.Context, address string, people []*person) error {
	type client struct {
		request  fasthttp.Request
		response fasthttp.Response
	}
	http := &fasthttp.HostClient{Addr: address, MaxConns: connections, ReadTimeout: time.Minute, WriteTimeout: time.Minute}
	defer http.CloseIdleConnections()
	clients := make([]client, connections)
	ask := func(c *client, p *person, method, path, body string) ([]byte, error) {
		c.request.Reset()
		c.request.SetRequestURI("http://" + address + path)
		c.request.Header.SetMethod(method)
		c.request.Header.Set("Authorization", "Bearer "+p.Token)
		if body != "" {
			c.request.Header.SetContentType("application/json")
			c.request.SetBodyString(body)
		}
		if err := http.Do(&c.request, &c.response); err != nil {
			return nil, err
		}
		if c.response.StatusCode() != fasthttp.StatusOK {
			return nil, fmt.Errorf("%s answered %d: %.500s", path, c.response.StatusCode(), c.response.Body())
		}
		return c.response.Body(), nil
	}
	var next atomic.Int64
	return each(ctx, func(n int) (bool, error) {
		turn := int(next.Add(1)) - 1
		if turn >= len(people) {
			return false, nil
		}
		p := people[turn]
		answer, err := ask(&clients[n], p, fasthttp.MethodPost, "/learning/reviews", batchOf(p, n, turn, time.Now()))
		if err == nil {
			err = allRecorded(answer)
		}
		if err == nil {
			_, err = ask(&clients[n], p, fasthttp.MethodGet, "/learning/queue?limit=20", "")
		}
		return true, err
	})
}

// memory returns how much memory a process has after a collection of garbage.
func (p *process) memory(ctx context.Context) (memoryUse, error) {
	if _, err := body(ctx, p.admin, "/debug/pprof/heap?gc=1", ""); err != nil {
		return memoryUse{}, err
	}
	metrics, err := body(ctx, p.admin, "/metrics", "")
	if err != nil {
		return memoryUse{}, err
	}
	heap, err := metric(metrics, "go_memstats_heap_inuse_bytes")
	if err != nil {
		return memoryUse{}, err
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return memoryUse{}, err
	}
	resident, err := metric(status, "VmRSS:")
	return memoryUse{resident / 1024, heap / mebibyte}, err
}

// metric returns the number behind a name at the beginning of a line.
func metric(text []byte, name string) (float64, error) {
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if fields := bytes.Fields(lines.Bytes()); len(fields) > 1 && string(fields[0]) == name {
			return strconv.ParseFloat(string(fields[1]), 64)
		}
	}
	return 0, fmt.Errorf("there is no %s", name)
}
