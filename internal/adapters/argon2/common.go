package argon2

import (
	"strings"
	"sync"

	"github.com/trustelem/zxcvbn/frequency"
)

// common are the 30,000 most common passwords of leaked lists, as zxcvbn has them: in lower case.
var common = sync.OnceValue(func() map[string]struct{} {
	list := frequency.FrequencyLists["passwords"]
	set := make(map[string]struct{}, len(list))
	for _, password := range list {
		set[password] = struct{}{}
	}
	return set
})

// Common reports whether a password is among the most common ones, in capitals or small letters, and in whichever of the
// ways that Unicode has to write the same characters.
func (p *Passwords) Common(password string) bool {
	_, found := common()[strings.ToLower(normalise(password))]
	return found
}
