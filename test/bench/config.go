package main

import (
	"context"
	"encoding/base64"
)

const configPath = "/config/frontend"

// compareConfig asks one process with everything in it for the configuration of front ends, and a bare handler.
func compareConfig(ctx context.Context, l *lab) ([]comparison, error) {
	s, err := l.newStand()
	if err != nil {
		return nil, err
	}
	defer s.close()
	spacey, err := s.service(ctx, []string{"STORAGE=sqlite"}, "spacey", "serve")
	if err != nil {
		return nil, err
	}
	document, err := bodySoon(ctx, spacey.address, configPath)
	if err != nil {
		return nil, err
	}
	bare, err := s.floorServer(ctx, floorBytes, base64.StdEncoding.EncodeToString(document))
	if err != nil {
		return nil, err
	}
	return s.against(ctx, target{atLeast: 0.4},
		column{"a bare fiber handler with the same bytes", get(bare.address, configPath, "").work},
		column{"GET /config/frontend of spacey serve", get(spacey.address, configPath, "").work})
}
