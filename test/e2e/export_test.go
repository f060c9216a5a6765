package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type object = map[string]any

// beginExport begins an export and returns its lines as they arrive.
func (c *client) beginExport(t *testing.T) *bufio.Scanner {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+"/user/export", nil)
	require.NoError(t, err)
	patient := *c.http
	patient.Timeout = 5 * time.Minute
	response, err := patient.Do(request)
	require.NoError(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	require.Equal(t, http.StatusOK, response.StatusCode)
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	return lines
}

// export returns the lines of a whole export by their types.
func (c *client) export(t *testing.T) map[string][]object {
	t.Helper()
	byType := map[string][]object{}
	count := 0
	var last object
	for lines := c.beginExport(t); lines.Scan(); count++ {
		last = object{}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &last), lines.Text())
		kind, _ := last["type"].(string)
		byType[kind] = append(byType[kind], last)
	}
	require.Equal(t, object{"type": "end", "lines": float64(count - 1)}, last)
	return byType
}

// listed returns what the API lists at a path, all pages, items in data or in its items.
func (c *client) listed(t *testing.T, path string) []object {
	t.Helper()
	var items []object
	for cursor := ""; ; {
		page := data[struct {
			Items      []object
			NextCursor string
		}](t, c.must(http.StatusOK, http.MethodGet, path+cursor, nil))
		if items = append(items, page.Items...); page.NextCursor == "" {
			return items
		}
		cursor = "?cursor=" + page.NextCursor
	}
}

// requireExported checks that each item that the API shows is a line of the export, in each field, and that there are no others.
func requireExported(t *testing.T, shown, exported []object) {
	t.Helper()
	require.NotEmpty(t, shown)
	require.Len(t, exported, len(shown))
	byID := map[any]object{}
	for _, line := range exported {
		byID[line["id"]] = line
	}
	for _, item := range shown {
		for field, value := range item {
			require.Equal(t, value, byID[item["id"]][field], "%s of %v", field, item)
		}
	}
}

// peakMemory returns the most memory that a process has had, in bytes.
func (r *running) peakMemory(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.process.Process.Pid))
	require.NoError(t, err)
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	require.NotNil(t, found)
	kilobytes, err := strconv.Atoi(string(found[1]))
	require.NoError(t, err)
	return kilobytes << 10
}

// resetPeakMemory has the most memory counted anew.
func (r *running) resetPeakMemory(t *testing.T) {
	t.Helper()
	require.NoError(t, os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", r.process.Process.Pid), []byte("5"), 0o200))
}

// answerALot gives n answers, the oldest first, in batches.
func (c *client) answerALot(d deck, n int) {
	c.t.Helper()
	began := time.Now().Add(-time.Duration(n+1) * time.Minute)
	for sent := 0; sent < n; sent += 500 {
		var items []map[string]any
		for i := sent; i < min(n, sent+500); i++ {
			items = append(items, review(d.Cards[i%len(d.Cards)].ID, began.Add(time.Duration(i)*time.Minute), 1+i%4))
		}
		c.reviews(items...)
	}
}

// The engine that stands in for MongoDB reads the whole log for each page, so there the person has answered less.
func TestAnExportIsWholeOrBroken(t *testing.T) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := startServices(t, newStorage(t, engine))
			c := s.person(t)
			c.http.Timeout = time.Minute
			c.live()
			d := c.newDeck(sized(engine, 200, 10))
			c.answerALot(d, sized(engine, 20000, 300))

			measured := append(s.of("learning-service"), s.of("api")...)
			for _, process := range measured {
				process.resetPeakMemory(t)
			}
			before := make([]int, len(measured))
			for i, process := range measured {
				before[i] = process.peakMemory(t)
			}
			exported := c.export(t)
			for i, process := range measured {
				after := process.peakMemory(t)
				t.Logf("%s: %d MiB before, %d MiB at most", process.program, before[i]>>20, after>>20)
				assert.Less(t, after-before[i], 64<<20)
			}
			requireExported(t, []object{data[object](t, c.must(http.StatusOK, http.MethodGet, "/user", nil))}, exported["account"])
			requireExported(t, c.listed(t, "/user/sessions"), exported["session"])
			requireExported(t, c.listed(t, "/user/tokens"), exported["api_token"])
			require.Len(t, exported["learning_session"], 1)
			c.requireDecksExported(t, exported)
			c.requireLogExported(t, exported["event"])
			require.Len(t, exported["settings"], 1)
			assert.Equal(t, 4.0, exported["settings"][0]["newPerDay"])
			assert.NotEmpty(t, exported["audit_entry"])

			if engine == "mongo" {
				return // so short an export has left the service before anybody can stop it
			}
			c.requireBroken(t, s)
		})
	}
}

func (c *client) requireDecksExported(t *testing.T, exported map[string][]object) {
	t.Helper()
	decks := data[[]object](t, c.must(http.StatusOK, http.MethodGet, "/decks", nil))
	var cards []object
	for _, deck := range decks {
		for _, card := range deck["cards"].([]any) {
			cards = append(cards, card.(object))
		}
		for _, inLists := range []string{"cards", "created_at", "updated_at", "last_updated_at", "user_id", "userID"} {
			delete(deck, inLists)
		}
	}
	requireExported(t, decks, exported["deck"])
	requireExported(t, cards, exported["card"])
}

// requireLogExported compares the events with the change feed, which is read by number.
func (c *client) requireLogExported(t *testing.T, events []object) {
	t.Helper()
	var feed []object
	for more := true; more; {
		page := data[struct{ Items []object }](t, c.must(http.StatusOK, http.MethodGet, fmt.Sprintf("/learning/log?after=%d&limit=200", len(feed)), nil))
		feed, more = append(feed, page.Items...), len(page.Items) > 0
	}
	for _, event := range events {
		delete(event["after"].(object), "lastDay") // the feed does without it
	}
	requireExported(t, feed, events)
}

// requireBroken kills the service that is writing an export.
func (c *client) requireBroken(t *testing.T, s *system) {
	t.Helper()
	lines, last := c.beginExport(t), ""
	for lines.Scan() {
		var line struct{ Type string }
		require.NoError(t, json.Unmarshal(lines.Bytes(), &line))
		if line.Type == "event" {
			break
		}
	}
	for _, process := range s.of("learning-service") {
		process.kill()
	}
	for lines.Scan() {
		last = lines.Text()
	}
	assert.Error(t, lines.Err(), "the connection is broken off")
	assert.NotContains(t, last, `"type":"end"`)
	s.run()
	c.export(t)
}
