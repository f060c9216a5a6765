package domain

// DocumentFormat is what a document is written in.
type DocumentFormat string

// The formats that are understood.
const (
	FormatHTML DocumentFormat = "html"
	FormatPDF  DocumentFormat = "pdf"
)

// Document is what was found in an article or a PDF.
type Document struct {
	// Title is one line of plain text of at most MaxTitle characters, "" when there is none.
	Title string
	// Image is the address of a picture, http or https, "" when there is none.
	Image string
	// Pages is how many pages a PDF has, 0 for anything else.
	Pages int
	ContentTexts
}

// MaxTitle is the length of the longest title of a document, in characters.
const MaxTitle = 300
