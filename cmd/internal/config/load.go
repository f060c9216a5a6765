package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"
)

// maxPort is the last port of TCP.
const maxPort = 65535

// productionShutdownDelay is two intervals of a usual prober, in seconds.
const productionShutdownDelay = 5

// defaultEnvFile is read when it exists and ENV_FILE_PATH names no other.
const defaultEnvFile = ".env"

// Faults is everything that is wrong with a configuration.
type Faults []string

// Error lists the faults, a line each.
func (f Faults) Error() string {
	return "the configuration has faults:\n  - " + strings.Join(f, "\n  - ")
}

// Needs is what a program needs that others do not.
type Needs struct {
	// DefaultStorage is the engine when STORAGE is not set.
	DefaultStorage string
	// Accounts is the work of user-service: production then needs a signing key and a mail server.
	Accounts bool
}

// Load reads the configuration from an environment in the form of os.Environ. The error is of type Faults.
func Load(environ []string, needs Needs) (Config, error) {
	values, faults := readValues(environ)
	config, err := env.ParseAsWithOptions[Config](env.Options{Environment: values})
	unreadable := parseFaults(err)
	config.fill(needs.DefaultStorage)
	faults = append(faults, unreadable...)
	faults = append(faults, slices.DeleteFunc(config.check(needs), unreadable.concerns)...)
	if len(faults) > 0 {
		return Config{}, faults
	}
	return config, nil
}

// concerns reports whether one of the faults is about the same variable as another fault.
func (f Faults) concerns(other string) bool {
	variable, _, _ := strings.Cut(other, " ")
	return slices.ContainsFunc(f, func(fault string) bool { return strings.HasPrefix(fault, variable+" ") })
}

// readValues merges the environment, the .env file and the secrets in files. The environment wins over the file.
func readValues(environ []string) (map[string]string, Faults) {
	own := env.ToMap(environ)
	var faults Faults
	values, err := readEnvFile(own["ENV_FILE_PATH"])
	if err != nil {
		faults = append(faults, err.Error())
	}
	maps.Copy(values, own)
	for name, path := range values {
		variable, isFile := strings.CutSuffix(name, "_FILE")
		if !isFile || !slices.Contains(secrets, variable) {
			continue
		}
		if values[variable] != "" {
			faults = append(faults, fmt.Sprintf("%s and %s are both set; set one of them", variable, name))
			continue
		}
		content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: cannot read the file: %v", name, err))
			continue
		}
		values[variable] = strings.TrimSpace(string(content))
	}
	return values, faults
}

// secrets are the variables that may be given as a file, NAME_FILE.
var secrets = []string{"AUTH_PRIVATE_KEY", "SERVICE_TOKEN", "MONGO_DB_CONNECTION", "DATABASE_URL", "SMTP_PASSWORD", "RATE_LIMIT_REDIS_URL", "OPENAI_API_KEY"}

func readEnvFile(path string) (map[string]string, error) {
	named := path != ""
	if !named {
		path = defaultEnvFile
	}
	values, err := godotenv.Read(path)
	switch {
	case err == nil:
		return values, nil
	case errors.Is(err, fs.ErrNotExist) && !named:
		return map[string]string{}, nil
	case errors.As(err, new(*fs.PathError)):
		return map[string]string{}, fmt.Errorf("ENV_FILE_PATH: cannot read %s: %w", path, err)
	default: // what the parser says holds the rest of the file, secrets included
		return map[string]string{}, fmt.Errorf("%s has a line that is not of the form NAME=value", path)
	}
}

// parseFaults puts the errors of the parser into words.
func parseFaults(err error) Faults {
	if err == nil {
		return nil
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		return Faults{err.Error()}
	}
	var faults Faults
	for _, one := range all.Errors {
		var parse env.ParseError
		if errors.As(one, &parse) {
			faults = append(faults, fmt.Sprintf("%s must be a whole number", variableOf(parse.Name)))
			continue
		}
		faults = append(faults, one.Error())
	}
	return faults
}

// fill gives the values whose defaults depend on others.
func (c *Config) fill(defaultStorage string) {
	if c.Storage == "" {
		c.Storage = defaultStorage
	}
	if c.Host == "" && !c.Production() {
		c.Host = "127.0.0.1"
	}
	if c.ShutdownDelay == nil {
		delay := 0
		if c.Production() {
			delay = productionShutdownDelay
		}
		c.ShutdownDelay = &delay
	}
	if c.AdminPort == 0 {
		c.AdminPort = c.Port + 1000
		if c.AdminPort > maxPort {
			c.AdminPort = c.Port - 1000
		}
	}
	if c.ServiceToken == "" && !c.Production() {
		c.ServiceToken = developmentServiceToken
	}
	if c.OpenAIKey != "" && c.OpenAIBaseURL == "" {
		c.OpenAIBaseURL = defaultModelURL
	}
	if c.MailFrom == "" {
		c.MailFrom = defaultMailFrom(c.Domain)
	}
}

// check says everything that is wrong with the values.
func (c *Config) check(needs Needs) Faults {
	var faults Faults
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	fault(c.Port < 0 || c.Port > maxPort, "PORT must be between 0 and 65535, it is %d", c.Port)
	fault(c.AdminPort < 0 || c.AdminPort > maxPort, "ADMIN_PORT must be between 0 and 65535, it is %d", c.AdminPort)
	c.checkStorage(fault)
	fault(new(slog.Level).UnmarshalText([]byte(c.LogLevel)) != nil, "LOG_LEVEL must be debug, info, warn or error, it is %q", c.LogLevel)
	fault(*c.ShutdownDelay < 0 || *c.ShutdownDelay > 300, "SHUTDOWN_DELAY must be between 0 and 300 seconds, it is %d", *c.ShutdownDelay)
	fault(c.MaxAgeAuth < 60, "MAX_AGE_AUTH must be at least 60 seconds, it is %d", c.MaxAgeAuth)
	fault(c.PasswordMin < 1 || c.PasswordMin > 128, "PASSWORD_MIN must be between 1 and 128, it is %d", c.PasswordMin)
	fault(c.UserRateLimit < 1, "USER_RATE_LIMIT must be at least 1, it is %d", c.UserRateLimit)
	fault(c.APIRateLimit < 0, "API_RATE_LIMIT must be at least 0, it is %d", c.APIRateLimit)
	c.checkRedis(fault)
	fault(c.Domain == "" || strings.ContainsAny(c.Domain, "/: "), "DOMAIN must be a bare host name like spacey.example.org, it is %q", c.Domain)
	for _, origin := range c.CORSOrigins {
		fault(!strings.HasPrefix(origin, "http://") && !strings.HasPrefix(origin, "https://") || strings.HasSuffix(origin, "/"),
			"CORS_ORIGINS: %q is not an origin like https://spacey.example.org", origin)
	}
	c.checkMail(fault)
	c.checkGeneration(fault)
	for _, text := range c.TrustedProxies {
		_, err := parsePrefix(text)
		fault(err != nil, "TRUSTED_PROXIES: %q is neither an address nor a network like 10.0.0.0/8", text)
	}
	if c.Production() {
		fault(c.ServiceToken == "" || c.ServiceToken == developmentServiceToken,
			"SERVICE_TOKEN must be set in production, to the same secret for every service")
		fault(c.ServiceToken != "" && len(c.ServiceToken) < 16, "SERVICE_TOKEN must have at least 16 characters")
		fault(needs.Accounts && c.AuthPrivateKey == "",
			"AUTH_PRIVATE_KEY must be set in production; make a key with \"spacey keys generate\"")
		fault(needs.Accounts && c.SMTPHost == "", "SMTP_HOST must be set in production: accounts are verified by mail")
	}
	return faults
}
