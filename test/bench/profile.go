package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// profileTime is how long a profile is taken.
const profileTime = 5 * time.Second

// against measures a floor and figures beside it. Where profiles are wanted it then takes one of each service under the
// load of the first figure.
func (s *stand) against(ctx context.Context, t target, floor column, figures ...column) ([]comparison, error) {
	comparisons, err := s.lab.against(ctx, t, floor, figures...)
	if err != nil || s.lab.profiles == "" {
		return comparisons, err
	}
	var group sync.WaitGroup
	for _, p := range s.processes {
		if p.admin == "" {
			continue
		}
		group.Go(func() {
			if err := p.profile(ctx, s.lab.profiles); err != nil {
				fmt.Fprintln(os.Stderr, "taking a profile:", err)
			}
		})
	}
	_, err = figures[0].work(ctx, profileTime+time.Second)
	group.Wait()
	return comparisons, err
}

// profile writes a profile of a process's use of the processor into a folder, for go tool pprof.
func (p *process) profile(ctx context.Context, folder string) error {
	url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", p.admin, int(profileTime.Seconds()))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", p.name, response.Status)
	}
	name := filepath.Join(folder, fmt.Sprintf("%s-%s.pprof", p.name, time.Now().Format("150405")))
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, response.Body); err != nil {
		_ = file.Close()
		return err
	}
	fmt.Fprintln(os.Stderr, "profile:", name)
	return file.Close()
}
