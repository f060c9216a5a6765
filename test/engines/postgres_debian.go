package engines

import (
	"cmp"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// installedPostgres is where Debian's packages put the programs, a folder for each major version.
const installedPostgres = "/usr/lib/postgresql/*/bin"

// providePostgres returns the programs on the path, else the newest in the folders of a pattern, else those of Debian's
// package.
func providePostgres(pattern string) (postgresPrograms, error) {
	return provide("postgres", func() (postgresPrograms, bool) { return findPostgres(pattern) },
		func() (postgresPrograms, error) { return installPostgres(pattern) }, unpackPostgres)
}

// findPostgres returns the programs on the path, else the newest in the folders of a pattern.
func findPostgres(pattern string) (postgresPrograms, bool) {
	initdb, err := exec.LookPath("initdb")
	postgres, missing := exec.LookPath("postgres")
	if err == nil && missing == nil {
		return postgresPrograms{initdb: initdb, postgres: postgres}, true
	}
	return newestPostgres(pattern)
}

// newestPostgres returns the programs of the newest version in folders named like 15/bin.
func newestPostgres(pattern string) (postgresPrograms, bool) {
	folders, _ := filepath.Glob(pattern)
	folders = slices.DeleteFunc(folders, func(folder string) bool {
		_, initdb := exec.LookPath(filepath.Join(folder, "initdb"))
		_, postgres := exec.LookPath(filepath.Join(folder, "postgres"))
		return initdb != nil || postgres != nil
	})
	if len(folders) == 0 {
		return postgresPrograms{}, false
	}
	newest := slices.MaxFunc(folders, func(a, b string) int { return cmp.Compare(majorVersion(a), majorVersion(b)) })
	return postgresPrograms{initdb: filepath.Join(newest, "initdb"), postgres: filepath.Join(newest, "postgres")}, true
}

func majorVersion(folder string) float64 {
	version, _ := strconv.ParseFloat(filepath.Base(filepath.Dir(folder)), 64)
	return version
}

// installPostgres installs Debian's package, unless another process has just done so.
func installPostgres(pattern string) (postgresPrograms, error) {
	if programs, found := findPostgres(pattern); found {
		return programs, nil
	}
	if err := installPackage("postgresql"); err != nil {
		return postgresPrograms{}, err
	}
	programs, found := findPostgres(pattern)
	if !found {
		return programs, fmt.Errorf("the package postgresql is installed, but there is no initdb and postgres in %s", pattern)
	}
	return programs, nil
}

// unpackPostgres downloads Debian's package and unpacks it in a folder.
func unpackPostgres(folder string) (postgresPrograms, error) {
	ready, err := unpackPackages(folder, choosePostgres)
	if err != nil {
		return postgresPrograms{}, fmt.Errorf("downloading Debian's package of PostgreSQL: %w", err)
	}
	programs, found := newestPostgres(filepath.Join(ready, installedPostgres))
	if !found {
		return programs, fmt.Errorf("there is no initdb and postgres in %s: remove that folder", filepath.Join(ready, installedPostgres))
	}
	programs.libraries = sharedLibraries(ready)
	return programs, nil
}

// serverPackage finds the package of the server among what the package postgresql depends on.
var serverPackage = regexp.MustCompile(`(?m)^\s*\|?Depends: postgresql-([0-9.]+)$`)

// choosePostgres returns the packages of the newest version.
func choosePostgres(options []string) ([]string, error) {
	dependencies, err := debian("apt-cache", append(options, "depends", "postgresql")...)
	version := serverPackage.FindStringSubmatch(dependencies)
	if err != nil || version == nil {
		return nil, errors.Join(fmt.Errorf("finding out which version of PostgreSQL there is: %s", dependencies), err)
	}
	return []string{"postgresql-" + version[1], "postgresql-client-" + version[1], "libpq5"}, nil
}
