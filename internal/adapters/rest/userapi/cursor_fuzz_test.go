package userapi

import (
	"testing"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// FuzzCursor: what is taken for a cursor is written as it was read, and anything else is the caller's mistake.
func FuzzCursor(f *testing.F) {
	f.Add(cursorText(ports.Cursor{At: time.UnixMilli(1773144000000), ID: "0190a000-0000-7000-8000-000000000001"}))
	f.Add("x")
	f.Add("MTox")
	f.Fuzz(func(t *testing.T, text string) {
		page, err := pageRequest{Limit: 1, Cursor: text}.page()
		if err != nil {
			if domain.CodeOf(err) != domain.CodeInvalid {
				t.Fatal(err)
			}
			return
		}
		again, err := pageRequest{Limit: 1, Cursor: cursorText(page.After)}.page()
		if err != nil || again != page {
			t.Fatalf("%q: %v became %v, %v", text, page, again, err)
		}
	})
}
