package domain

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestASessionReachesEverywhereAndATokenAsFarAsItsScopes(t *testing.T) {
	session := Identity{User: "u", Session: "s"}
	token := Identity{User: "u", Token: "t", Scopes: []Scope{ScopeDecksRead, ScopeLearningWrite}}
	for _, scope := range Scopes() {
		assert.True(t, session.Allows(scope), scope)
		assert.Equal(t, scope == ScopeDecksRead || scope == ScopeLearningWrite, token.Allows(scope), "to write is not to read: %s", scope)
		assert.False(t, Identity{User: "u", Token: "t"}.Allows(scope), "a token without scopes is good for nothing: %s", scope)
	}
	assert.True(t, session.Allows(""))
	assert.False(t, token.Allows(""), "where no scope is named no token may go")
}
