// Command card-generation-service is the service of notes, which are cards from texts, of content and search.
package main

import (
	_ "time/tzdata" // people's time zones, on machines that have none

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/graph"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/documents"
)

func main() {
	documents.ChildMain()
	service := process.Service{
		Name: "card-generation-service", About: "cards from texts, content and search",
		Needs:     config.Needs{DefaultStorage: config.StorageMongo},
		NewLogger: graph.NewLogger, Build: build,
	}
	process.Main(service.Name, service.Run)
}
