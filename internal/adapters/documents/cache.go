package documents

import (
	"fmt"
	"os"
	"path/filepath"
)

// cacheFolder returns a folder for what children compile that nobody else can write to, "" when there is none. What is found in it is
// run, so one that is not surely of this user is not used.
func cacheFolder() string {
	if base, err := os.UserCacheDir(); err == nil {
		if folder := filepath.Join(base, "spacey", "compiled"); ownFolder(folder) {
			return folder
		}
	}
	// Services have no home in a container. Where everyone writes, the sticky bit is what keeps others from exchanging the folder.
	base := os.TempDir()
	if info, err := os.Stat(base); err != nil || info.Mode().Perm()&0o022 != 0 && info.Mode()&os.ModeSticky == 0 {
		return ""
	}
	if folder := filepath.Join(base, fmt.Sprintf("spacey-compiled-%d", os.Geteuid())); ownFolder(folder) {
		return folder
	}
	return ""
}

// ownFolder makes a folder if there is none, and reports whether it is private. What a link leads to is not.
func ownFolder(folder string) bool {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return false
	}
	info, err := os.Lstat(folder)
	return err == nil && private(info)
}
