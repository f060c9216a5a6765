package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
)

const keysUsage = `Usage: spacey keys generate
       spacey keys rotate [-file FILE] [-early] add | promote | drop

generate   print a new signing key, for AUTH_PRIVATE_KEY
rotate     replace the signing key in three steps, while spacey runs and nobody has to sign in again

Steps of rotate. After each of them restart all replicas of user-service with the new keys, one after the other; of
"spacey serve" there is one.

  add      a new key comes second: it verifies, and does not sign yet
  promote  the new key comes first and signs. Of the old key only the public half stays, to verify. Ten minutes after the
           restarts for add
  drop     the old key goes. MAX_AGE_AUTH and ten minutes after the restarts for promote: what it has signed has expired

  -file FILE  the file of the keys, as AUTH_PRIVATE_KEY_FILE names it. It is replaced as a whole, and only its owner can
              read it. Without -file: AUTH_PRIVATE_KEY, whose new value is printed (in a .env file it stands
              within double quotes); without that too the file that development has made in DATA_DIR
  -early      do not wait. An early promote refuses people whose tokens reach a process that does not know the new key
              yet. An early drop ends the sessions of the old key: for a key that has leaked, right after promote
`

// keys runs the commands about signing keys.
func keys(args, environ []string, stdout io.Writer) error {
	if len(args) > 0 && args[0] == "rotate" {
		return rotateKeys(args[1:], environ, stdout)
	}
	given, err := parseFlags("keys", keysUsage, nil, []string{"generate or rotate"}, args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if given[0] != "generate" {
		return usageError("keys", fmt.Errorf("%q is not expected", given[0]))
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
