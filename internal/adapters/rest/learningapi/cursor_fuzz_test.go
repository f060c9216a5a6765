package learningapi

import (
	"strconv"
	"testing"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func FuzzCursor(f *testing.F) {
	for _, seed := range []string{"", "0", "17", "+5", "-1", "007", "9223372036854775807", "9223372036854775808", "0x10", "1_000", " 1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		position, err := pageRequest{Cursor: cursor}.position()
		if err != nil {
			if domain.CodeOf(err) != domain.CodeInvalid || position != 0 {
				t.Fatalf("%q is refused with %v, and is %d", cursor, err, position)
			}
			return
		}
		if position < 0 || position == 0 && cursor != "" && cursor[len(cursor)-1] != '0' {
			t.Fatalf("%q is the place %d", cursor, position)
		}
		again, err := pageRequest{Cursor: strconv.FormatInt(position, 10)}.position()
		if err != nil || again != position {
			t.Fatalf("%q is the place %d, and that the place %d (%v)", cursor, position, again, err)
		}
	})
}
