package cli

import (
	"fmt"
	"io"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
)

// keys runs the commands about signing keys.
func keys(args []string, stdout io.Writer) error {
	if len(args) != 1 || args[0] != "generate" {
		return fmt.Errorf("%w: spacey keys generate", process.ErrUsage)
	}
	key, err := jwt.GenerateKey()
	if err != nil {
		return err
	}
	text, err := jwt.EncodePrivateKey(key)
	if err != nil {
		return err
	}
	_, err = stdout.Write(text)
	return err
}
