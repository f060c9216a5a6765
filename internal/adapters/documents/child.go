package documents

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// childVariable is set in the environment of a child.
const childVariable = "SPACEY_DOCUMENT_CHILD"

// order is what a child is told before the document, in a line.
type order struct {
	Format  domain.DocumentFormat
	Address string
	Cache   string
	Memory  int64
	// Deadline is when the child ends itself, should the parent be no more.
	Deadline time.Duration
}

// answer is what a child answers.
type answer struct {
	Document domain.Document
	// Code and Message are why there is no document.
	Code    domain.Code
	Message string
}

// ChildMain reads a document and ends the process, if this process was started for that. It must be the first thing that a program does
// which uses a Reader. Else it does nothing.
func ChildMain() {
	if os.Getenv(childVariable) == "" {
		return
	}
	if err := answerOrder(os.Stdin, os.Stdout); err != nil {
		_, _ = os.Stderr.WriteString("the document cannot be answered\n")
		os.Exit(1)
	}
	os.Exit(0)
}

// answerOrder reads an order with its document, and writes the answer.
func answerOrder(in io.Reader, out io.Writer) error {
	input := bufio.NewReaderSize(in, 64<<10)
	line, err := input.ReadBytes('\n')
	if err != nil {
		return err
	}
	var o order
	if err := json.Unmarshal(line, &o); err != nil {
		return err
	}
	// The collector works harder before the process that watches has to kill.
	debug.SetMemoryLimit(o.Memory * 3 / 4)
	bound(o.Memory)
	time.AfterFunc(o.Deadline+leaveTime, func() { os.Exit(1) })
	defer func() {
		if recover() != nil {
			// What was panicked with may hold words of the document; the stack does not.
			_, _ = os.Stderr.Write(debug.Stack())
			os.Exit(2)
		}
	}()
	document, refusal := o.read(input)
	a := answer{Document: document}
	if refusal != nil {
		a = answer{Code: refusal.Code, Message: refusal.Message}
	}
	return json.NewEncoder(out).Encode(a)
}

func (o order) read(input io.Reader) (domain.Document, *domain.Error) {
	if o.Format == domain.FormatPDF {
		return readPDF(o, input)
	}
	return readHTML(o.Address, input)
}
