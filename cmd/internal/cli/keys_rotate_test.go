package cli

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
)

// keyFile returns the path of a file with a new key, and the key's id.
func keyFile(t *testing.T) (path, id string) {
	t.Helper()
	text, err := run(t, nil, "keys", "generate")
	require.NoError(t, err)
	path = filepath.Join(t.TempDir(), "key.pem")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path, ids(t, text)[0]
}

// ids returns the ids of the keys of a text, in order.
func ids(t *testing.T, text string) []string {
	t.Helper()
	ring, err := jwt.ParseKeyring([]byte(text))
	require.NoError(t, err)
	return ring.KeyIDs()
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// age moves the notes of a text into the past.
func age(t *testing.T, text string, by time.Duration) string {
	t.Helper()
	return regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`).ReplaceAllStringFunc(text, func(note string) string {
		at, err := time.Parse(time.RFC3339, note)
		require.NoError(t, err)
		return at.Add(-by).Format(time.RFC3339)
	})
}

func TestKeysRotateInAFile(t *testing.T) {
	path, old := keyFile(t)
	environ := []string{"MAX_AGE_AUTH=3600"}
	step := func(args ...string) (string, error) {
		return run(t, environ, append([]string{"keys", "rotate", "-file", path}, args...)...)
	}
	pass := func(by time.Duration) {
		require.NoError(t, os.WriteFile(path, []byte(age(t, content(t, path), by)), 0o600))
	}

	out, err := step("add")
	require.NoError(t, err)
	keys := ids(t, content(t, path))
	require.Len(t, keys, 2)
	next := keys[1]
	require.Equal(t, old, keys[0])
	assert.Contains(t, out, "file      "+path+"\n")
	assert.Contains(t, out, "signs     "+old+"\nverifies  "+next+"\n")
	assert.Contains(t, out, "spacey keys rotate promote, from 20")
	assert.NotContains(t, out, "PRIVATE KEY", "keys are not shown")

	out, err = step("promote")
	require.ErrorContains(t, err, "not due")
	assert.Empty(t, out)
	require.Equal(t, keys, ids(t, content(t, path)), "a step that is refused changes nothing")

	pass(jwt.SettleTime)
	out, err = step("promote")
	require.NoError(t, err)
	require.Equal(t, []string{next, old}, ids(t, content(t, path)))
	assert.Contains(t, out, "signs     "+next+"\nverifies  "+old+"\n")
	assert.Equal(t, 1, strings.Count(content(t, path), "PRIVATE KEY-----\n")/2)

	assert.Contains(t, out, "spacey keys rotate drop, from 20")

	pass(time.Hour)
	_, err = step("drop")
	require.ErrorContains(t, err, "not due")
	pass(jwt.SettleTime)
	out, err = step("drop")
	require.NoError(t, err)
	require.Equal(t, []string{next}, ids(t, content(t, path)))
	assert.Contains(t, out, "the old key is gone")
	assert.NotContains(t, out, "then")
}

func TestKeysRotateReplacesTheFileAsAWhole(t *testing.T) {
	path, _ := keyFile(t)
	require.NoError(t, os.Chmod(path, 0o644))
	link := filepath.Join(t.TempDir(), "link.pem")
	require.NoError(t, os.Symlink(path, link))
	open, err := os.Open(path)
	require.NoError(t, err)
	defer open.Close()

	_, err = run(t, nil, "keys", "rotate", "-file", link, "add")
	require.NoError(t, err)
	info, err := os.Lstat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "only its owner reads it")
	former, err := open.Stat()
	require.NoError(t, err)
	assert.False(t, os.SameFile(former, info), "who was reading reads the old file to its end")
	info, err = os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink, "a link stays one")
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1, "no draft is left")
}

func TestKeysRotateInTheEnvironment(t *testing.T) {
	path, old := keyFile(t)
	one := content(t, path)
	for name, environ := range map[string][]string{
		"AUTH_PRIVATE_KEY":                {"AUTH_PRIVATE_KEY=" + one},
		"the file of AUTH_PRIVATE_KEY":    {"AUTH_PRIVATE_KEY_FILE=" + path},
		"the environment of a production": {"AUTH_PRIVATE_KEY=" + one, "ENVIRONMENT=production", "SERVICE_TOKEN=sixteen-characters"},
	} {
		t.Run("the new value of "+name+" is printed, and is one", func(t *testing.T) {
			value, err := run(t, environ, "keys", "rotate", "add")
			require.NoError(t, err)
			keys := ids(t, value)
			require.Len(t, keys, 2)
			assert.Equal(t, old, keys[0])
			assert.Equal(t, one, content(t, path))

			_, err = run(t, []string{"AUTH_PRIVATE_KEY=" + value}, "keys", "rotate", "promote")
			require.ErrorContains(t, err, "not due")
			value, err = run(t, []string{"AUTH_PRIVATE_KEY=" + value}, "keys", "rotate", "-early", "promote")
			require.NoError(t, err)
			assert.Equal(t, []string{keys[1], old}, ids(t, value))
			value, err = run(t, []string{"AUTH_PRIVATE_KEY=" + value}, "keys", "rotate", "drop", "-early")
			require.NoError(t, err)
			assert.Equal(t, []string{keys[1]}, ids(t, value))
		})
	}
	t.Run("a file that is named goes before it", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "other.pem")
		other, err := run(t, nil, "keys", "generate")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, []byte(other), 0o600))
		_, err = run(t, []string{"AUTH_PRIVATE_KEY=" + one}, "keys", "rotate", "-file", file, "add")
		require.NoError(t, err)
		assert.Equal(t, ids(t, other)[0], ids(t, content(t, file))[0])
		assert.Len(t, ids(t, content(t, file)), 2)
	})
	t.Run("a value in a .env file is one that can be read", func(t *testing.T) {
		value, err := run(t, []string{"AUTH_PRIVATE_KEY=" + one}, "keys", "rotate", "add")
		require.NoError(t, err)
		file := filepath.Join(t.TempDir(), "environment")
		require.NoError(t, os.WriteFile(file, []byte(`AUTH_PRIVATE_KEY="`+value+`"`), 0o600))
		again, err := run(t, []string{"ENV_FILE_PATH=" + file}, "keys", "rotate", "-early", "promote")
		require.NoError(t, err)
		assert.Equal(t, old, ids(t, again)[1])
	})
}

func TestKeysRotateTheKeyOfDevelopment(t *testing.T) {
	path, old := keyFile(t)
	data := t.TempDir()
	made := filepath.Join(data, "signing-key.pem")
	_, err := run(t, []string{"DATA_DIR=" + data}, "keys", "rotate", "add")
	require.ErrorContains(t, err, "no keys to rotate")
	assert.NoFileExists(t, made)

	require.NoError(t, os.Rename(path, made))
	_, err = run(t, []string{"DATA_DIR=" + data}, "keys", "rotate", "add")
	require.NoError(t, err)
	require.Len(t, ids(t, content(t, made)), 2)
	assert.Equal(t, old, ids(t, content(t, made))[0])
}

func TestKeysRotateRefusesWhatIsWrong(t *testing.T) {
	path, _ := keyFile(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	folder := t.TempDir()
	for name, c := range map[string]struct {
		environ []string
		args    []string
		want    string
	}{
		"a file that holds no key":      {nil, []string{"-file", file("secret-text"), "add"}, "Key 1 cannot be used"},
		"an empty file":                 {nil, []string{"-file", file(""), "add"}, "Key 1 cannot be used"},
		"an RSA key":                    {nil, []string{"-file", file(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))), "add"}, "not an Ed25519 key"},
		"a file that is not there":      {nil, []string{"-file", filepath.Join(folder, "nope.pem"), "add"}, "no such file"},
		"a folder":                      {nil, []string{"-file", folder, "add"}, "is a directory"},
		"promoting before adding":       {nil, []string{"-file", path, "promote"}, "add one first"},
		"dropping before promoting":     {nil, []string{"-early", "-file", path, "drop"}, "promote one first"},
		"a key in the environment":      {[]string{"AUTH_PRIVATE_KEY=secret-text"}, []string{"add"}, "AUTH_PRIVATE_KEY: "},
		"faults of the configuration":   {[]string{"MAX_AGE_AUTH=1"}, []string{"-file", path, "add"}, "MAX_AGE_AUTH must be at least"},
		"a key that is set in two ways": {[]string{"AUTH_PRIVATE_KEY=x", "AUTH_PRIVATE_KEY_FILE=" + path}, []string{"add"}, "both set"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := run(t, c.environ, append([]string{"keys", "rotate"}, c.args...)...)
			require.ErrorContains(t, err, c.want)
			assert.NotErrorIs(t, err, process.ErrUsage, "the exit code is 1")
			assert.NotContains(t, err.Error(), "secret-text")
			assert.Empty(t, out)
		})
	}
	for name, args := range map[string][]string{
		"no step": {}, "an unknown step": {"rotate"}, "two steps": {"add", "promote"}, "an unknown flag": {"-force", "add"}, "a flag without its file": {"add", "-file"},
	} {
		t.Run("a wrong call: "+name, func(t *testing.T) {
			out, err := run(t, []string{"AUTH_PRIVATE_KEY=" + content(t, path)}, append([]string{"keys", "rotate"}, args...)...)
			require.ErrorIs(t, err, process.ErrUsage)
			assert.Empty(t, out)
		})
	}
}

func TestKeysSaysHowToCallIt(t *testing.T) {
	for _, args := range [][]string{{"keys", "-help"}, {"keys", "rotate", "-help"}, {"keys", "generate", "-help"}} {
		out, err := run(t, nil, args...)
		require.NoError(t, err)
		assert.Equal(t, keysUsage, out)
	}
}
