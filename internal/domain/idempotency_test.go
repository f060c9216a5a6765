package domain

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestARequestIsAnsweredWhenItHasAStatus(t *testing.T) {
	assert.False(t, IdempotentRequest{Owner: "u", Key: "k"}.Answered())
	assert.True(t, IdempotentRequest{Status: 204}.Answered(), "an answer may have no body")
}
