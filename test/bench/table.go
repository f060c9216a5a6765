package main

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
)

// line is a line of the table: a comparison, or why there is none.
type line struct {
	row        row
	comparison *comparison
	reason     string
}

// writeTable prints the table in Markdown.
func writeTable(w io.Writer, p pace, lines []line) {
	fmt.Fprintf(w, "%d processors, %s/%s, %s, GOMAXPROCS %d. Medians of %d rounds of %v; ratios are of the rounds, lowest to highest in brackets.\n\n",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.GOMAXPROCS(0), p.rounds, p.round)
	fmt.Fprintln(w, "| row | floor | a second | measured | a second | ratio | target | |")
	fmt.Fprintln(w, "|---|---|---:|---|---:|---:|---|---|")
	for _, l := range lines {
		if l.comparison == nil {
			fmt.Fprintf(w, "| %s | | | %s | | | | %s |\n", l.row.name, l.row.about, l.reason)
			continue
		}
		c := *l.comparison
		ratios := c.ratios()
		ratio := median(ratios)
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %.2f (%.2f to %.2f) | %s | %s |\n", l.row.name, c.floor, rate(median(c.floors)),
			c.figure, rate(median(c.figures)), ratio, slices.Min(ratios), slices.Max(ratios), c.target, c.target.verdict(ratio))
	}
}

// String says the target as it stands in the table.
func (t target) String() string {
	switch {
	case t.atLeast > 0:
		return "at least " + strconv.FormatFloat(t.atLeast, 'g', -1, 64)
	case t.growAtMost > 0:
		return "at most " + strconv.FormatFloat(t.growAtMost, 'g', -1, 64) + " MiB more"
	case t.longerAtMost > 0:
		return "at most " + strconv.FormatFloat(t.longerAtMost, 'g', -1, 64) + " times as long"
	case t.atMost > 0:
		return "at most " + strconv.FormatFloat(t.atMost, 'g', -1, 64) + " times as long"
	}
	return "for orientation"
}

func (t target) verdict(ratio float64) string {
	switch {
	case t == target{}:
		return ""
	case t.met(ratio):
		return "met"
	}
	return "missed"
}

// rate returns a number with three digits that mean something: the others are noise.
func rate(perSecond float64) string {
	if perSecond <= 0 {
		return "0"
	}
	power := int(math.Floor(math.Log10(perSecond))) - 2
	unit := math.Pow10(power)
	return strconv.FormatFloat(math.Round(perSecond/unit)*unit, 'f', max(-power, 0), 64)
}
