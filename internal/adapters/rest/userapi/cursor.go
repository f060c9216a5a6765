package userapi

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// pageRequest asks for a part of a list.
type pageRequest struct {
	Limit  int    `query:"limit" default:"50" validate:"min=1,max=200" description:"How many items there are at most."`
	Cursor string `query:"cursor" description:"The nextCursor of the part before; empty is the beginning."`
}

// page returns what is asked for. CodeInvalid when the cursor is not one of ours.
func (r pageRequest) page() (ports.Page, error) {
	page := ports.Page{Limit: r.Limit}
	if r.Cursor == "" {
		return page, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(r.Cursor)
	at, name, found := strings.Cut(string(text), ":")
	millis, notNumber := strconv.ParseInt(at, 10, 64)
	id, isID := domain.ParseID(name)
	if err != nil || !found || notNumber != nil || !isID {
		return page, domain.Invalid("cursor", "This is not a nextCursor of this list.")
	}
	page.After = ports.Cursor{At: time.UnixMilli(millis).UTC(), ID: id}
	return page, nil
}

// cursorText returns a cursor as clients hold it: "" at the end of a list.
func cursorText(cursor ports.Cursor) string {
	if cursor.IsZero() {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(cursor.At.UnixMilli(), 10) + ":" + cursor.ID))
}
