// Package documents makes texts of articles and PDFs. They are read in a child process, so that neither a crash nor a hang nor a file
// that unpacks to any size takes the service down.
package documents

import (
	_ "codeberg.org/readeck/go-readability/v2"
	_ "github.com/klippa-app/go-pdfium/webassembly"
	_ "github.com/microcosm-cc/bluemonday"
	_ "golang.org/x/net/html"
)
