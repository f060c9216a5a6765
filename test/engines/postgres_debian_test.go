package engines

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// program writes a shell script that can be run, and returns its path.
func program(t *testing.T, path, script string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	return path
}

// fakeDebian puts an apt-get, an apt-cache and a dpkg first on the path, and no server. They note their
// commands in a file, whose text is returned by the function.
//
//   - apt-get fails once for each line in the file "failures" of the folder,
//   - apt-get install puts the server's programs in "installed/15/bin", and a redis-server on the path,
//   - a download is a file for dpkg, which unpacks programs and a library from it.
func fakeDebian(t *testing.T) (folder string, commands func() string) {
	t.Helper()
	folder = t.TempDir()
	t.Setenv("FAKE_DEBIAN", folder)
	t.Setenv("PATH", filepath.Join(folder, "path")+":"+filepath.Join(folder, "shell"))
	require.NoError(t, os.Mkdir(filepath.Join(folder, "shell"), 0o755))
	for _, name := range []string{"chmod", "cp", "grep", "mkdir", "sed", "sh"} { // the system may have servers beside them
		path, err := exec.LookPath("/usr/bin/" + name)
		if err != nil {
			path = "/bin/" + name
		}
		require.NoError(t, os.Symlink(path, filepath.Join(folder, "shell", name)))
	}
	serve := `mkdir -p "$1" && for name in initdb postgres; do echo "#!/bin/sh" > "$1/$name" && chmod +x "$1/$name"; done`
	program(t, filepath.Join(folder, "serve"), serve)
	program(t, filepath.Join(folder, "path", "apt-get"), `
for word in "$@"; do case $word in Dir::Cache=*) cache=${word#*=};; update|install|--download-only) act="$act $word";; esac; done
echo "apt-get$act" >> "$FAKE_DEBIAN/commands"
if [ "$act" != " update" ] && [ -s "$FAKE_DEBIAN/failures" ]; then
  sed -i 1d "$FAKE_DEBIAN/failures"; echo "E: Unable to locate package" >&2; exit 100
fi
case $act in
" install") sh "$FAKE_DEBIAN/serve" "$FAKE_DEBIAN/installed/15/bin"; cp "$FAKE_DEBIAN/serve" "$FAKE_DEBIAN/path/redis-server";;
" --download-only install") echo "$*" > "$cache/archives/server.deb";;
esac`)
	program(t, filepath.Join(folder, "path", "apt-cache"), `
echo "apt-cache" >> "$FAKE_DEBIAN/commands"
printf 'postgresql\n  Depends: postgresql-15\n  Suggests: postgresql-doc\n'`)
	program(t, filepath.Join(folder, "path", "dpkg"), `
echo "dpkg $1" >> "$FAKE_DEBIAN/commands"
mkdir -p "$3/usr/lib/x86_64-linux-gnu" "$3/usr/bin"
if grep -q "install redis-server redis-tools" "$2"; then cp "$FAKE_DEBIAN/serve" "$3/usr/bin/redis-server"; exit; fi
grep -q "install postgresql-15 postgresql-client-15 libpq5" "$2" || exit 1
sh "$FAKE_DEBIAN/serve" "$3/usr/lib/postgresql/15/bin"`)
	return folder, func() string {
		text, _ := os.ReadFile(filepath.Join(folder, "commands"))
		return strings.Join(strings.Split(strings.TrimSpace(string(text)), "\n"), ", ")
	}
}

// failures makes apt-get fail.
func failures(t *testing.T, folder string, count int) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "failures"), []byte(strings.Repeat("once\n", count)), 0o600))
}

func TestFindPostgres(t *testing.T) {
	folder := t.TempDir()
	pattern := filepath.Join(folder, "lib", "*", "bin")
	for _, path := range []string{"lib/9.6/bin/initdb", "lib/9.6/bin/postgres", "lib/15/bin/initdb", "lib/15/bin/postgres", "lib/16/bin/initdb"} {
		program(t, filepath.Join(folder, path), "")
	}
	path := filepath.Join(folder, "path")
	t.Setenv("PATH", path)

	t.Run("of the installed versions the newest with all programs is used", func(t *testing.T) {
		programs, found := findPostgres(pattern)
		require.True(t, found)
		require.Equal(t, filepath.Join(folder, "lib", "15", "bin", "initdb"), programs.initdb)
		require.Equal(t, filepath.Join(folder, "lib", "15", "bin", "postgres"), programs.postgres)
	})

	t.Run("one program on the path is not enough", func(t *testing.T) {
		program(t, filepath.Join(path, "postgres"), "")
		programs, found := findPostgres(pattern)
		require.True(t, found)
		require.Equal(t, filepath.Join(folder, "lib", "15", "bin", "postgres"), programs.postgres)
	})

	t.Run("those on the path come first", func(t *testing.T) {
		initdb := program(t, filepath.Join(path, "initdb"), "")
		programs, found := findPostgres(pattern)
		require.True(t, found)
		require.Equal(t, postgresPrograms{initdb: initdb, postgres: filepath.Join(path, "postgres")}, programs)
	})

	t.Run("there may be none", func(t *testing.T) {
		t.Setenv("PATH", "")
		_, found := findPostgres(filepath.Join(folder, "nowhere", "*", "bin"))
		require.False(t, found)
	})
}

func TestInstallPostgres(t *testing.T) {
	t.Run("the package is installed once", func(t *testing.T) {
		folder, commands := fakeDebian(t)
		pattern := filepath.Join(folder, "installed", "*", "bin")
		for range 2 {
			programs, err := installPostgres(pattern)
			require.NoError(t, err)
			require.Equal(t, filepath.Join(folder, "installed", "15", "bin", "postgres"), programs.postgres)
			require.Empty(t, programs.libraries)
		}
		require.Equal(t, "apt-get install", commands())
	})

	t.Run("the lists of packages are fetched when they are missing", func(t *testing.T) {
		folder, commands := fakeDebian(t)
		failures(t, folder, 1)
		_, err := installPostgres(filepath.Join(folder, "installed", "*", "bin"))
		require.NoError(t, err)
		require.Equal(t, "apt-get install, apt-get update, apt-get install", commands())
	})

	t.Run("a failure is told with what apt-get said", func(t *testing.T) {
		folder, _ := fakeDebian(t)
		failures(t, folder, 2)
		_, err := installPostgres(filepath.Join(folder, "installed", "*", "bin"))
		require.ErrorContains(t, err, "install postgresql: exit status 100\nE: Unable to locate package")
	})

	t.Run("without apt-get it is told that it is missing", func(t *testing.T) {
		t.Setenv("PATH", "")
		_, err := installPostgres("/nowhere/*/bin")
		require.ErrorContains(t, err, `"apt-get": executable file not found`)
	})
}

func TestUnpackPostgres(t *testing.T) {
	once := "apt-get update, apt-cache, apt-get --download-only install, dpkg -x"

	t.Run("the package is downloaded and unpacked once, and runs with its own libraries", func(t *testing.T) {
		_, commands := fakeDebian(t)
		folder := t.TempDir()
		for range 2 {
			programs, err := unpackPostgres(folder)
			require.NoError(t, err)
			ready := filepath.Join(folder, entries(t, folder)[0].Name())
			require.Equal(t, filepath.Join(ready, "usr", "lib", "postgresql", "15", "bin", "initdb"), programs.initdb)
			require.Equal(t, filepath.Join(ready, "usr", "lib", "postgresql", "15", "bin", "postgres"), programs.postgres)
			require.Equal(t, filepath.Join(ready, "usr", "lib", "x86_64-linux-gnu"), programs.libraries)
		}
		require.Equal(t, once, commands())
		require.Len(t, entries(t, folder), 1, "the packages themselves are not kept")
	})

	t.Run("a failure is told with what apt-get said, and leaves nothing that looks ready", func(t *testing.T) {
		fake, _ := fakeDebian(t)
		failures(t, fake, 1)
		folder := t.TempDir()
		_, err := unpackPostgres(folder)
		require.ErrorContains(t, err, "libpq5: exit status 100\nE: Unable to locate package")
		require.Empty(t, entries(t, folder))
		_, err = unpackPostgres(folder)
		require.NoError(t, err)
	})

	t.Run("what a download that was stopped has left is not used", func(t *testing.T) {
		_, commands := fakeDebian(t)
		folder := t.TempDir()
		left := program(t, filepath.Join(folder, "unfinished", "files", "left"), "")
		_, err := unpackPostgres(folder)
		require.NoError(t, err)
		require.Equal(t, once, commands())
		require.NoFileExists(t, left)
		require.NoFileExists(t, filepath.Join(folder, entries(t, folder)[0].Name(), "left"))
	})

	t.Run("without apt-get it is told that it is missing", func(t *testing.T) {
		t.Setenv("PATH", "")
		_, err := unpackPostgres(t.TempDir())
		require.ErrorContains(t, err, `"apt-get": executable file not found`)
	})
}
