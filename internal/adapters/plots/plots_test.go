package plots_test

import (
	"encoding/xml"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/plots"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// today is 2026-11-24, a Tuesday.
const today = domain.Day(20781)

// studied returns answers on so many days up to today, and what was predicted of them.
func studied(days int) (map[domain.Day]domain.Tally, map[int]domain.Bin) {
	random := rand.New(rand.NewPCG(1, 2))
	found, bins := map[domain.Day]domain.Tally{}, map[int]domain.Bin{}
	for i := range days {
		young, mature := 1+random.IntN(30), 1+random.IntN(60)
		count := domain.Count{Reviews: young + mature, Correct: young/2 + mature}
		found[today-domain.Day(i)] = domain.Tally{Count: count, Young: domain.Count{Reviews: young, Correct: young / 2}, Mature: domain.Count{Reviews: mature, Correct: mature}}
		bin := bins[random.IntN(domain.CalibrationBins)]
		bins[random.IntN(domain.CalibrationBins)] = domain.Bin{Count: bin.Plus(count), Predicted: bin.Predicted + int64(count.Reviews)*900_000}
	}
	return found, bins
}

// drawn returns all plots of so many days with answers, by name.
func drawn(t *testing.T, days int) map[string]string {
	t.Helper()
	found, bins := studied(days)
	from := today - domain.Day(max(days, 365)) + 1
	due, scores := make([]int, domain.Horizon), make([]float64, max(days, 90))
	for i := range days {
		due[i%len(due)]++
		scores[len(scores)-1-i] = 0.5
	}
	p := plots.New()
	documents := map[string]string{}
	keep := func(name string, document []byte, err error) {
		require.NoError(t, err)
		documents[name] = string(document)
	}
	document, err := p.Heatmap(from, today, found)
	keep("heatmap", document, err)
	document, err = p.Forecast(today, due)
	keep("forecast", document, err)
	document, err = p.Retention(from, today, found)
	keep("retention", document, err)
	document, err = p.Progress(today-domain.Day(len(scores))+1, scores)
	keep("progress", document, err)
	document, err = p.Calibration(bins)
	keep("calibration", document, err)
	return documents
}

// textsOf returns the texts of a document, which must be well-formed.
func textsOf(t *testing.T, document string) []string {
	t.Helper()
	var texts []string
	decoder := xml.NewDecoder(strings.NewReader(document))
	for within := ""; ; {
		token, err := decoder.Token()
		if token == nil {
			require.ErrorContains(t, err, "EOF")
			return texts
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			within = token.Name.Local
		case xml.EndElement:
			within = ""
		case xml.CharData:
			if within == "text" {
				texts = append(texts, string(token))
			}
		}
	}
}

var amounts = []int{0, 1, 30, 3650}

func TestEveryPlot(t *testing.T) {
	colors := regexp.MustCompile(`(fill|stroke):(#[0-9A-F]{6})\b`)
	for _, days := range amounts {
		for name, document := range drawn(t, days) {
			t.Run(fmt.Sprintf("%s of %d days", name, days), func(t *testing.T) {
				texts := textsOf(t, document)
				head, body, found := strings.Cut(document, "</style>")
				require.True(t, found)
				require.Contains(t, head, `<svg role="img" `)
				require.Contains(t, head, "<title>"+texts[0]+"</title>", "it says what it is to those who cannot see it")
				require.Less(t, len(document), 300_000)
				for _, active := range []string{"<script", "href=", "url(", "<image", "@import", " on", "<foreignObject"} {
					assert.NotContains(t, strings.ToLower(body), strings.ToLower(active), "it loads and runs nothing")
				}
				for _, use := range colors.FindAllStringSubmatch(body, -1) {
					rule := fmt.Sprintf(`[style*="%s:%s"] { %s: #`, use[1], use[2], use[1])
					assert.Contains(t, head, rule, "every color has one for the dark")
				}
				assert.NotContains(t, body, "fill:#-", "every color is one")
				assert.NotContains(t, body, "fill:#FFFFFF", "the ground is transparent")
				assert.NotContains(t, body, "NaN")
			})
		}
	}
}

func TestAPlotWithoutDataSaysSo(t *testing.T) {
	documents := drawn(t, 0)
	for name, want := range map[string][]string{
		"heatmap":     {"Answers a day", "No answers yet"},
		"forecast":    {"Cards that fall due in the next 30 days", "No cards fall due"},
		"retention":   {"True retention", "No answers to cards in review yet"},
		"progress":    {"How well the deck was remembered", "No answers yet"},
		"calibration": {"Predicted and actual recall", "No answers to cards in review yet"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, want, textsOf(t, documents[name])) })
	}
}

func TestAxesHaveTitlesAndUnits(t *testing.T) {
	documents := drawn(t, 30)
	for name, want := range map[string][]string{
		"heatmap":     {"Columns are weeks, rows weekdays, 25 Nov 2025 to 24 Nov 2026", "none", "1–20", "61 and more", "Mon", "Sun", "Dec", "Nov"},
		"forecast":    {"Day, 24 Nov 2026 to 23 Dec 2026; what is overdue counts for today", "Cards due", "Today", "1 Dec", "0", "1"},
		"retention":   {"Week, 26 Oct 2026 to 24 Nov 2026", "Answers correct, %", "100", "Young cards (interval below 21 days)", "Mature cards (21 days and more)"},
		"progress":    {"Day, 27 Aug 2026 to 24 Nov 2026", "Mean probability of recall, %", "0", "100"},
		"calibration": {"Predicted probability of recall, %", "Answers correct, %", "As predicted"},
	} {
		t.Run(name, func(t *testing.T) { require.Subset(t, textsOf(t, documents[name]), want) })
	}
}

func TestASingleDayIsInTheMiddleOfAWeek(t *testing.T) {
	require.Subset(t, textsOf(t, drawn(t, 1)["retention"]), []string{"Week, 24 Nov 2026", "21 Nov", "24 Nov", "27 Nov"})
}

func TestTheHeatmapHasASquareForEachDay(t *testing.T) {
	squares := func(document, color string) int {
		path := regexp.MustCompile(`<path d="([^"]*)" style="fill:` + color)
		sum := 0
		for _, found := range path.FindAllStringSubmatch(document, -1) {
			sum += strings.Count(found[1], "M")
		}
		return sum
	}
	draw := func(from, to domain.Day, days map[domain.Day]domain.Tally) string {
		document, err := plots.New().Heatmap(from, to, days)
		require.NoError(t, err)
		return string(document)
	}
	of := func(reviews int) domain.Tally { return domain.Tally{Count: domain.Count{Reviews: reviews}} }
	const legend = 1
	t.Run("the darker the more answers", func(t *testing.T) {
		document := draw(today-9, today, map[domain.Day]domain.Tally{today: of(1), today - 1: of(2), today - 2: of(2), today - 3: of(4), today - 4: of(4), today - 10: of(9)})
		for color, want := range map[string]int{"#E7EBEF": 5, "#ACEEBB": 1, "#66C984": 2, "#2A9A48": 0, "#0B4A1C": 2} {
			assert.Equal(t, want+legend, squares(document, color), color)
		}
	})
	t.Run("the lightest is of a single answer", func(t *testing.T) {
		document := draw(today-9, today, map[domain.Day]domain.Tally{today: of(1), today - 1: of(40), today - 2: of(40)})
		require.Contains(t, textsOf(t, document), "31 and more")
		for color, want := range map[string]int{"#E7EBEF": 7, "#ACEEBB": 1, "#66C984": 0, "#2A9A48": 0, "#0B4A1C": 2} {
			assert.Equal(t, want+legend, squares(document, color), color)
		}
	})
	t.Run("one busy day does not make the others pale", func(t *testing.T) {
		days, _ := studied(30)
		days[today] = of(1_000_000)
		document := draw(today-29, today, days)
		require.Contains(t, textsOf(t, document), "61 and more")
	})
	t.Run("ten years are drawn year below year", func(t *testing.T) {
		days, _ := studied(3650)
		document := draw(today-3649, today, days)
		require.Subset(t, textsOf(t, document), []string{"2016", "2017", "2026"})
		sum := 0
		for _, color := range []string{"#E7EBEF", "#ACEEBB", "#66C984", "#2A9A48", "#0B4A1C"} {
			sum += squares(document, color) - legend
		}
		require.Equal(t, 3650, sum)
	})
}

func TestALineOfRetentionEndsWhereThereAreNoAnswers(t *testing.T) {
	week := func(weeks domain.Day) domain.Day { return today - 7*weeks }
	right := domain.Tally{Young: domain.Count{Reviews: 4, Correct: 3}}
	document, err := plots.New().Retention(today-364, today, map[domain.Day]domain.Tally{
		week(9): right, week(8): right, week(5): right, week(4): right, week(3): right, today - 400: right,
	})
	require.NoError(t, err)
	lines := regexp.MustCompile(`<path d="([^"]*)" style="fill:none;stroke:#BC4C00`).FindAllStringSubmatch(string(document), -1)
	require.Len(t, lines, 1+2, "that of the legend, and two runs")
	require.Equal(t, 1, strings.Count(lines[1][1], "L"))
	require.Equal(t, 2, strings.Count(lines[2][1], "L"))
	require.Subset(t, textsOf(t, string(document)), []string{"Week, 22 Sep 2026 to 24 Nov 2026", "60", "70", "100"})
}

func TestWhateverItIsOfAPlotIsDrawn(t *testing.T) {
	p := plots.New()
	first, last := domain.Day(-719528), domain.Day(2932896) // years 0 and 9999
	much := map[domain.Day]domain.Tally{}
	bins := map[int]domain.Bin{}
	for _, day := range []domain.Day{first, first + 3000, last - 3000, last} {
		count := domain.Count{Reviews: math.MaxInt32, Correct: math.MaxInt32}
		much[day] = domain.Tally{Count: count, Young: count, Mature: domain.Count{Reviews: 1}}
		bins[int(day&15)] = domain.Bin{Count: count}
	}
	for _, days := range [][2]domain.Day{{first, first}, {last, last}, {first, first + 3659}, {last - 3659, last}, {today, today}} {
		t.Run(fmt.Sprintf("days %d to %d", days[0], days[1]), func(t *testing.T) {
			t.Parallel()
			for _, draw := range []func() ([]byte, error){
				func() ([]byte, error) { return p.Heatmap(days[0], days[1], much) },
				func() ([]byte, error) { return p.Retention(days[0], days[1], much) },
				func() ([]byte, error) { return p.Progress(days[0], []float64{1, 0, 1}) },
				func() ([]byte, error) { return p.Progress(days[0], []float64{1}) },
				func() ([]byte, error) { return p.Forecast(days[0], []int{math.MaxInt32, 0}) },
				func() ([]byte, error) { return p.Calibration(bins) },
				func() ([]byte, error) {
					return p.Calibration(map[int]domain.Bin{19: {Count: domain.Count{Reviews: 1}}})
				},
			} {
				document, err := draw()
				require.NoError(t, err)
				require.NotContains(t, string(document), "NaN")
				require.NotEmpty(t, textsOf(t, string(document)))
			}
		})
	}
}
