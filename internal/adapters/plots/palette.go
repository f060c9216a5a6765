package plots

import (
	"fmt"
	"image/color"
	"strings"
)

// shade is a color on a light ground, which is drawn with, and the one that takes its place on a dark ground. The first ones
// all differ, since it is by them that the style sheet finds what to change.
type shade struct{ light, dark color.RGBA }

var (
	ink    = shade{rgb(0x1F2328), rgb(0xE6EDF3)}
	muted  = shade{rgb(0x59636E), rgb(0x9DA7B1)}
	grid   = shade{rgb(0xD1D9E0), rgb(0x3D444D)}
	blue   = shade{rgb(0x0969DA), rgb(0x58A6FF)}
	orange = shade{rgb(0xBC4C00), rgb(0xF0883E)}
	// levels are those of a heatmap, from none to many.
	levels = [5]shade{
		{rgb(0xE7EBEF), rgb(0x2A313C)}, {rgb(0xACEEBB), rgb(0x0E4A20)}, {rgb(0x66C984), rgb(0x1F7A37)},
		{rgb(0x2A9A48), rgb(0x3FB950)}, {rgb(0x0B4A1C), rgb(0xA5F3B5)},
	}
)

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: byte(hex >> 16), G: byte(hex >> 8), B: byte(hex), A: 0xFF}
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }

// darkStyle is the style sheet that exchanges colors where the reader prefers dark. The library writes each color into the
// element that has it, so the sheet looks for it there and has to be important.
var darkStyle = func() string {
	var b strings.Builder
	b.WriteString("<style>@media (prefers-color-scheme: dark) {\n")
	for _, s := range append([]shade{ink, muted, grid, blue, orange}, levels[:]...) {
		for _, property := range []string{"fill", "stroke"} {
			fmt.Fprintf(&b, "[style*=\"%s:%s\"] { %s: %s !important }\n", property, hex(s.light), property, hex(s.dark))
		}
	}
	b.WriteString("}</style>\n")
	return b.String()
}()
