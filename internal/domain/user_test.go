package domain

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestANewNameIsCheckedLikeTheFirst(t *testing.T) {
	for name, fine := range map[string]bool{
		"Ada": true, " Ada ": true, strings.Repeat("ä", 100): true, "": false, " \n": false, strings.Repeat("ä", 101): false, "a\x00": false,
	} {
		err := CheckUserName(name)
		assert.Equal(t, fine, err == nil, "%q", name)
		signUp := SignUp{Name: name, Email: "ada@example.org", Password: "correct horse"}
		assert.Equal(t, faults(signUp.Check(6)), faults(err), "%q", name)
	}
}

func TestANewPasswordIsCheckedLikeTheFirst(t *testing.T) {
	for password, fine := range map[string]bool{
		"12345678": true, "1234567": false, "": false, "ßßßßßßßß": true, strings.Repeat("🚀", 128): true, strings.Repeat("x", 129): false, "a\x00bcdefg": true,
	} {
		err := CheckPassword("newPassword", password, 8)
		assert.Equal(t, fine, err == nil, "%q", password)
		if !fine {
			assert.Equal(t, []string{"newPassword"}, faults(err), "it is told of the field that it came in")
		}
		signUp := SignUp{Name: "Ada", Email: "ada@example.org", Password: password}
		assert.Equal(t, fine, signUp.Check(8) == nil, "%q", password)
	}
	var problem *Error
	require.ErrorAs(t, CheckPassword("password", "", 1), &problem)
	assert.Equal(t, "The password is too short: 1 character at least.", problem.Fields[0].Message)
}
