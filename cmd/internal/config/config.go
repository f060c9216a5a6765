// Package config reads what a process is told by its environment: variables, an optional .env file, and secrets in
// files. It finds every fault before anything is started.
package config

import (
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"time"
)

// Storage engines.
const (
	StorageMongo    = "mongo"
	StoragePostgres = "postgres"
	StorageSQLite   = "sqlite"
)

// What the gateway says to card-generation-service.
const (
	GenerationOwn     = "spacey"
	GenerationForeign = "foreign"
)

// developmentServiceToken lets the processes of one developer's machine talk to each other. Production refuses it.
const developmentServiceToken = "development-only-service-token"

// Config is the configuration of a process. The `env` tag names the variable, `envDefault` its default, and `about`
// says what it is for.
type Config struct {
	Environment string `env:"ENVIRONMENT" envDefault:"development" about:"production, or anything else for development"`
	Host        string `env:"HOST" about:"address to listen on; default: 127.0.0.1 in development, all addresses in production"`
	Port        int    `env:"PORT" envDefault:"8080" about:"port to listen on"`
	AdminPort   int    `env:"ADMIN_PORT" about:"port of metrics and pprof on 127.0.0.1; default: PORT + 1000"`
	Domain      string `env:"DOMAIN" envDefault:"localhost" about:"domain that people see: cookies, links in mails, allowed origins"`
	LogLevel    string `env:"LOG_LEVEL" envDefault:"info" about:"debug, info, warn or error"`
	DataDir     string `env:"DATA_DIR" envDefault:"data" about:"folder of the embedded database and of generated keys"`

	Storage  string `env:"STORAGE" about:"mongo, postgres or sqlite; default: mongo, and sqlite for spacey serve"`
	MongoURI string `env:"MONGO_DB_CONNECTION" envDefault:"mongodb://localhost:27017" about:"connection string of MongoDB"`
	DBName   string `env:"DB_NAME" envDefault:"spacey" about:"name of the database in MongoDB"`
	// DatabaseURL is a secret: there may be a password in it.
	DatabaseURL string `env:"DATABASE_URL" envDefault:"postgres://localhost:5432/spacey" about:"connection string of PostgreSQL, with the database in its path"`

	ShutdownDelay *int `env:"SHUTDOWN_DELAY" about:"seconds of serving after readiness went off; default: 5 in production, else 0"`

	MaxAgeAuth    int `env:"MAX_AGE_AUTH" envDefault:"2592000" about:"seconds that a sign-in lasts"`
	PasswordMin   int `env:"PASSWORD_MIN" envDefault:"6" about:"length of the shortest password, in characters"`
	UserRateLimit int `env:"USER_RATE_LIMIT" envDefault:"10" about:"sign-ins and other calls with a password, mail, token or export a minute and address"`
	APIRateLimit  int `env:"API_RATE_LIMIT" envDefault:"600" about:"requests a minute and person, ten times as many an address; 0: no limit"`
	// RateLimitRedisURL is a secret: there may be a password in it.
	RateLimitRedisURL string `env:"RATE_LIMIT_REDIS_URL" about:"Redis in which several gateways share their rate limits; empty: each gateway counts in its memory"`

	CORSOrigins    []string `env:"CORS_ORIGINS" about:"origins that may call, by commas; default: DOMAIN and its subdomains, in development localhost too"`
	TrustedProxies []string `env:"TRUSTED_PROXIES" about:"addresses or networks of proxies before the gateway, by commas, whose X-Forwarded-For is believed"`
	AuthPrivateKey string   `env:"AUTH_PRIVATE_KEY" about:"Ed25519 keys of user-service in PEM, the first one signs; default in development: made in DATA_DIR"`
	ServiceToken   string   `env:"SERVICE_TOKEN" about:"secret that the services show each other; must be set in production"`

	SMTPHost     string `env:"SMTP_HOST" about:"mail server; user-service needs one in production, in development mails are logged without one"`
	SMTPPort     int    `env:"SMTP_PORT" envDefault:"587" about:"port of the mail server"`
	SMTPUsername string `env:"SMTP_USERNAME" about:"user name at the mail server; empty: it wants none"`
	SMTPPassword string `env:"SMTP_PASSWORD" about:"password at the mail server"`
	SMTPTLS      string `env:"SMTP_TLS" envDefault:"starttls" about:"starttls, tls (port 465) or none (production: to this machine or a host without a dot)"`
	MailFrom     string `env:"MAIL_FROM" about:"sender of mails, a name and an address; default: spacey at no-reply@DOMAIN"`

	UserService       []string `env:"USER_SERVICE_HOST_NAME" envDefault:"localhost:8081" about:"addresses of user-service, by commas"`
	ConfigService     []string `env:"CONFIG_SERVICE_HOST_NAME" envDefault:"localhost:8082" about:"addresses of config-service"`
	DeckService       []string `env:"DECK_SERVICE_HOST_NAME" envDefault:"localhost:8083" about:"addresses of deck-management-service"`
	LearningService   []string `env:"LEARNING_SERVICE_HOST_NAME" envDefault:"localhost:8084" about:"addresses of learning-service"`
	GenerationService []string `env:"CARD_GENERATION_SERVICE_HOST_NAME" envDefault:"localhost:8085" about:"addresses of card-generation-service"`
	GenerationDialect string   `env:"CARD_GENERATION_DIALECT" envDefault:"spacey" about:"spacey; foreign is told who calls in the query string"`

	MaxTextLength int `env:"MAX_TEXT_LENGTH" envDefault:"100000" about:"characters of the longest text that cards are made of, 100,000 at most"`
	// OpenAIKey is a secret.
	OpenAIKey     string `env:"OPENAI_API_KEY" about:"key of a language model that makes cards; without it and OPENAI_BASE_URL cards are made without a model"`
	OpenAIBaseURL string `env:"OPENAI_BASE_URL" about:"address of an OpenAI-compatible server; default: that of OpenAI, when there is a key"`

	ContentAllowHosts  []string `env:"CONTENT_ALLOW_HOSTS" about:"hosts, by commas, that content may be read from though they are not on the public web"`
	ContentDOIResolver string   `env:"CONTENT_DOI_RESOLVER" envDefault:"https://doi.org" about:"address that leads from a DOI to its article"`
}

// Production reports whether the process serves real people.
func (c Config) Production() bool { return c.Environment == "production" }

// ForeignGeneration reports whether card-generation-service is not ours.
func (c Config) ForeignGeneration() bool { return c.GenerationDialect == GenerationForeign }

// Model reports whether a language model makes cards.
func (c Config) Model() bool { return c.OpenAIKey != "" || c.OpenAIBaseURL != "" }

// Address is where the process listens.
func (c Config) Address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

// AdminAddress is where metrics and pprof are served: never to other machines.
func (c Config) AdminAddress() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(c.AdminPort))
}

// SQLitePath is the file of the embedded database.
func (c Config) SQLitePath() string { return filepath.Join(c.DataDir, "spacey.db") }

// KeyPath is the file of the signing key that development makes.
func (c Config) KeyPath() string { return filepath.Join(c.DataDir, "signing-key.pem") }

// SessionLifetime is how long a sign-in lasts.
func (c Config) SessionLifetime() time.Duration { return time.Duration(c.MaxAgeAuth) * time.Second }

// DrainDelay is how long a process goes on serving after it says that it is not ready, so that nothing new is sent to it
// when it stops.
func (c Config) DrainDelay() time.Duration { return time.Duration(*c.ShutdownDelay) * time.Second }

// Proxies returns the networks of TRUSTED_PROXIES.
func (c Config) Proxies() []netip.Prefix {
	var prefixes []netip.Prefix
	for _, text := range c.TrustedProxies {
		if prefix, err := parsePrefix(text); err == nil { // checked when the configuration was read
			prefixes = append(prefixes, prefix)
		}
	}
	return prefixes
}

// parsePrefix reads a network like 10.0.0.0/8, or a single address.
func parsePrefix(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	return netip.ParsePrefix(text)
}

// Level is the least severe level that is logged.
func (c Config) Level() slog.Level {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // checked when the configuration was read
	return level
}
