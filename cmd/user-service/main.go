// Command user-service is the service of accounts, sign-in and tokens.
package main

import (
	_ "time/tzdata" // people's time zones, on machines that have none

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/graph"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
)

func main() {
	service := process.Service{
		Name: "user-service", About: "accounts, sign-in and tokens",
		Needs:     config.Needs{DefaultStorage: config.StorageMongo, Accounts: true},
		NewLogger: graph.NewLogger, Build: build,
	}
	process.Main(service.Name, service.Run)
}
