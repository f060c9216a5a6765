package config

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// hidden is what no error may say.
const hidden = "hunter2-hunter2"

func FuzzEnvironment(f *testing.F) {
	for _, seed := range [][2]string{
		{"PORT", "eighty"}, {"PORT", "65536"}, {"DOMAIN", "https://x"}, {"CORS_ORIGINS", "https://a.example,*"}, {"TRUSTED_PROXIES", "10.0.0.0/33"},
		{"DB_NAME", "a/b"}, {"LOG_LEVEL", "loud"}, {"MAX_AGE_AUTH", "1e9"}, {"SMTP_FROM", "a <b"}, {"ENVIRONMENT", "production"}, {"STORAGE", "postgres"},
		{"DATABASE_URL", "postgres://u:%zz@h/d"}, {"RATE_LIMIT_REDIS_URL", "redis://:%zz@h"}, {"MONGO_DB_CONNECTION", "mongodb://u:p@"}, {"", "="}, {"PORT", ""},
	} {
		f.Add(seed[0], seed[1], "x")
	}
	f.Fuzz(func(t *testing.T, name, value, secret string) {
		if strings.HasSuffix(name, "_FILE") || strings.HasSuffix(name, "_FILE_PATH") || strings.Contains(name, "=") || strings.Contains(secret, hidden) {
			return // what files hold is tried below
		}
		for _, kind := range secrets {
			environ := []string{kind + "=" + secret + hidden + secret, name + "=" + value}
			config, err := Load(environ, Needs{DefaultStorage: StorageSQLite, Accounts: true})
			if err != nil {
				if !errors.As(err, new(Faults)) || strings.Contains(err.Error(), hidden) && !strings.Contains(value, hidden) {
					t.Fatalf("%s=%q with %s: %v", name, value, kind, err)
				}
				continue
			}
			if config.Port < 0 || config.Port > maxPort || config.SessionLifetime() <= 0 {
				t.Fatalf("%s=%q is taken: %+v", name, value, config)
			}
			for _, proxy := range config.Proxies() {
				if !proxy.IsValid() || proxy == (netip.Prefix{}) {
					t.Fatalf("%s=%q trusts %v", name, value, config.Proxies())
				}
			}
			if again, err := Load(environ, Needs{DefaultStorage: StorageSQLite, Accounts: true}); err != nil || !reflect.DeepEqual(again, config) {
				t.Fatalf("%s=%q is read in two ways (%v)", name, value, err)
			}
		}
	})
}

func FuzzEnvFile(f *testing.F) {
	for _, seed := range []string{"", "PORT=1111\n", "FOO BAR!\n", "A='b\n", "export X=\"$Y\"\n", "# a remark\n\n=\n", "A=${A}\n", "\xff\xfe=\x00", "A: b\n", "PORT=x # y\n"} {
		f.Add(seed)
	}
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "'\"`") || strings.Contains(text, hidden) {
			return // a text in quotes may go over lines, and the secret be a part of it
		}
		path := filepath.Join(folder, "env")
		if err := os.WriteFile(path, []byte(text+"\nSERVICE_TOKEN="+hidden+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		config, err := Load([]string{"ENV_FILE_PATH=" + path, "DB_NAME=environment"}, Needs{DefaultStorage: StorageSQLite})
		if err != nil {
			if !errors.As(err, new(Faults)) || strings.Contains(err.Error(), hidden) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if config.DBName != "environment" {
			t.Fatalf("%q: the file wins over the environment: %q", text, config.DBName)
		}
		if config.ServiceToken != hidden {
			t.Fatalf("%q: the line behind it is read as %q", text, config.ServiceToken)
		}
	})
}
