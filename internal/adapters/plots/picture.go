package plots

import (
	"bytes"
	"fmt"
	"html"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Lengths are in points of 1/72 inch, 4/3 pixels of a browser.
const (
	width       = 600
	height      = 300
	emptyHeight = 120
	margin      = 10

	titleSize = 14
	labelSize = 11
	tickSize  = 10
)

// picture is a plot that is being drawn.
type picture struct {
	title  string
	canvas *vgsvg.Canvas
	// area is what is left to draw on.
	area draw.Canvas
}

// newPicture begins a picture with its title.
func newPicture(title string, w, h vg.Length) *picture {
	p := &picture{title: title, canvas: vgsvg.New(w, h)}
	p.area = draw.Crop(draw.New(p.canvas), margin, -margin, margin, -margin)
	style := textStyle(titleSize, ink)
	style.Font.Weight = xfont.WeightBold
	p.line(style, title)
	return p
}

// empty returns a picture that says why there is nothing to see.
func empty(title, reason string) ([]byte, error) {
	p := newPicture(title, width, emptyHeight)
	style := textStyle(titleSize, muted)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	p.area.FillText(style, p.area.Center(), reason)
	return p.svg()
}

// line writes a line at the top of what is left.
func (p *picture) line(style text.Style, content string) {
	style.YAlign = draw.YTop
	p.area.FillText(style, vg.Point{X: p.area.Min.X, Y: p.area.Max.Y}, content)
	p.area.Max.Y -= style.Height(content) + 6
}

// entry is one of a legend: a mark and what it stands for.
type entry struct {
	name string
	mark func(c draw.Canvas)
}

const (
	markWidth = 18
	// otherFont is how much wider text may be in a font that stands in for the one that was measured with.
	otherFont = 1.2
)

// legend writes a line with what marks stand for, which is above the plot so that it hides nothing.
func (p *picture) legend(entries ...entry) {
	style := textStyle(tickSize, ink)
	style.YAlign = draw.YCenter
	const lineHeight = 14
	x, middle := p.area.Min.X, p.area.Max.Y-lineHeight/2
	for _, e := range entries {
		e.mark(draw.Canvas{Canvas: p.area.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: x, Y: middle - lineHeight/2}, Max: vg.Point{X: x + markWidth, Y: middle + lineHeight/2},
		}})
		x += markWidth + 5
		p.area.FillText(style, vg.Point{X: x, Y: middle}, e.name)
		x += style.Width(e.name)*otherFont + 16
	}
	p.area.Max.Y -= lineHeight + 6
}

// svg returns the document.
func (p *picture) svg() ([]byte, error) {
	var b bytes.Buffer
	if _, err := p.canvas.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("writing the plot %q: %w", p.title, err)
	}
	// Whoever does not have the font that was measured with gets one that is as wide, or nearly.
	document := bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif"))
	head, body, _ := bytes.Cut(document, []byte("<g "))
	head = bytes.Replace(head, []byte("<svg "), []byte(`<svg role="img" `), 1)
	return fmt.Appendf(nil, "%s<title>%s</title>\n%s<g %s", head, html.EscapeString(p.title), darkStyle, body), nil
}

// textStyle returns the style of text of a size.
func textStyle(size vg.Length, s shade) text.Style {
	return text.Style{
		Color: s.light, Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}, Handler: plot.DefaultTextHandler,
	}
}

// lineStyle returns the style of a line of a width.
func lineStyle(w vg.Length, s shade) draw.LineStyle { return draw.LineStyle{Color: s.light, Width: w} }
