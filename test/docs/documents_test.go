package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the folder of the repository.
const root = "../.."

// security is the document that names tests.
const security = "docs/Security.md"

// document is the one whose code and paths are checked.
const document = "docs/Adapters.md"

var (
	fenced    = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")
	namedFile = regexp.MustCompile(`^(?://|#) (\S+)\n`)
	link      = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	namedTest = regexp.MustCompile("`([\\w./-]+_test\\.go):((?:Test|Fuzz)\\w+)`")
	path      = regexp.MustCompile(`\b(?:cmd|docs|internal|test|tools)/[\w./-]*[\w/]`)
)

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	require.NoError(t, err)
	return strings.ReplaceAll(string(content), "\r\n", "\n")
}

// quote is code that the document takes from a file.
type quote struct{ file, code string }

// quotes returns the code in the document.
func quotes(t *testing.T) []quote {
	t.Helper()
	text := read(t, document)
	require.NotRegexp(t, "(?m)^ +```(go|yaml)", text, "a block within a list is not found")
	var found []quote
	for _, block := range fenced.FindAllStringSubmatch(text, -1) {
		if block[1] != "go" && block[1] != "yaml" {
			continue
		}
		file := namedFile.FindStringSubmatch(block[2])
		require.NotNil(t, file, "the first line names a file:\n%s", block[2])
		found = append(found, quote{file[1], strings.Trim(strings.TrimPrefix(block[2], file[0]), "\n")})
	}
	require.NotEmpty(t, found)
	return found
}

func TestCodeInTheDocumentIsCodeOfAFile(t *testing.T) {
	for _, quote := range quotes(t) {
		requireWithin(t, quote.code, read(t, quote.file), "the document shows what is not in "+quote.file)
	}
}

func TestWhatTheDocumentTakesFromHereIsShownWhole(t *testing.T) {
	shown := map[string]string{}
	for _, quote := range quotes(t) {
		shown[quote.file] += quote.code + "\n"
	}
	for _, name := range []string{"jsonfiles/store.go", "jsonfiles/errors.go", "jsonfiles/configs.go", "jsonfiles/contract_test.go", "mocks_test.go"} {
		content := read(t, "test/docs/"+name)
		content = content[strings.Index(content, "\nimport "):]
		requireWithin(t, withoutBlankLines(content), withoutBlankLines(shown["test/docs/"+name]), "the document does not show all of "+name)
	}
}

// requireWithin checks that a text has the lines of another one, one after the other. It says with which line they part.
func requireWithin(t *testing.T, lines, text, complaint string) {
	t.Helper()
	if strings.Contains("\n"+text+"\n", "\n"+lines+"\n") {
		return
	}
	begin := ""
	for line := range strings.Lines(lines) {
		if begin += line; !strings.Contains("\n"+text+"\n", "\n"+begin) {
			require.Fail(t, complaint, "it begins to differ with the line: %s", strings.TrimSpace(line))
		}
	}
	require.Fail(t, complaint)
}

func withoutBlankLines(text string) string {
	return regexp.MustCompile(`\n{2,}`).ReplaceAllString(strings.Trim(text, "\n"), "\n")
}

func TestWhatTheDocumentNamesIsThere(t *testing.T) {
	text := read(t, document)
	for _, target := range link.FindAllStringSubmatch(text, -1) {
		require.FileExists(t, filepath.Join(root, "docs", target[1]))
	}
	for _, name := range path.FindAllString(text, -1) {
		if strings.Contains(name, "NAME") {
			continue // the engine that a reader adds
		}
		_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
		require.NoError(t, err, name)
	}
}

func TestTestsThatTheThreatModelNamesAreThere(t *testing.T) {
	text := read(t, security)
	named := namedTest.FindAllStringSubmatch(text, -1)
	require.Equal(t, strings.Count(text, "_test.go"), len(named), "each test is named as `file:TestName`")
	for _, test := range named {
		require.True(t, strings.Contains(read(t, test[1]), "\nfunc "+test[2]+"("), "%s has no %s", test[1], test[2])
	}
}

func TestEachThreatSaysWhatShowsItsProtection(t *testing.T) {
	_, threats, found := strings.Cut(read(t, security), "\n## Threats\n")
	require.True(t, found)
	threats, _, _ = strings.Cut(threats, "\n## ")
	sections := strings.Split(threats, "\n### ")[1:]
	require.NotEmpty(t, sections)
	for _, section := range sections {
		name, _, _ := strings.Cut(section, "\n")
		require.True(t, strings.Contains(section, "\n- "), "it does not say what protects: %s", name)
		require.True(t, strings.Contains(section, "\nShown by `"), "it does not name what shows it: %s", name)
	}
}
