// Command api is the gateway: the only process of spacey that the public reaches.
package main

import (
	_ "time/tzdata" // people's time zones, on machines that have none

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/graph"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
)

func main() {
	service := process.Service{
		Name: "api", About: "the gateway, the only public service",
		Needs:     config.Needs{DefaultStorage: config.StorageMongo},
		NewLogger: graph.NewLogger, Build: build,
	}
	process.Main(service.Name, service.Run)
}
