// Command spacey is the program for people: everything in one process, and tools for its data.
package main

import (
	_ "time/tzdata" // people's time zones, on machines that have none

	"github.com/moshrank/spacey-backend/cmd/internal/cli"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/documents"
)

func main() {
	documents.ChildMain()
	process.Main("spacey", cli.Run(build))
}
