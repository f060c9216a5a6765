package argon2

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCommonPasswords(t *testing.T) {
	passwords := New()
	for name, password := range map[string]string{
		"the most common one":               "123456",
		"a word":                            "password",
		"a row of keys":                     "qwertyuiop",
		"one in capitals":                   "PASSWORD",
		"one in both":                       "LetMeIn",
		"one in wide characters":            "ｐａｓｓｗｏｒｄ",
		"one in wide capitals":              "Ｍｏｎｋｅｙ１",
		"one with the sign for kelvin":      "\u212ailler",
		"the name of this program":          "spacey",
		"one that is rather far down there": "wonderwoman",
	} {
		t.Run(name+" is common", func(t *testing.T) { require.True(t, passwords.Common(password), "%q", password) })
	}
	for name, password := range map[string]string{
		"none at all":                   "",
		"some words":                    "correct horse battery staple",
		"one with a letter more":        "passwordpasswordx",
		"one in another script":         "пароль-для-коня",
		"one that is long":              strings.Repeat("password", 16),
		"one that is not Unicode":       "pass\xffword",
		"one with space in it":          "pass word 1",
		"one that a generator has made": "tR7-hWqz2-Lk0p",
	} {
		t.Run(name+" is not common", func(t *testing.T) { require.False(t, passwords.Common(password), "%q", password) })
	}
	t.Run("there are tens of thousands of them, as they are compared", func(t *testing.T) {
		require.Greater(t, len(common()), 20_000)
		for password := range common() {
			require.True(t, passwords.Common(password), "%q", password)
		}
	})
}
