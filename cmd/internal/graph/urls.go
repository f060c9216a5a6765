package graph

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
)

// defaultDatabase is the database of a server when its URL names none.
const defaultDatabase = "spacey"

// errForms says how a storage is named.
var errForms = errors.New("a storage is named sqlite:PATH, or by a path that ends in .db, or postgres://user@host/database, " +
	"or mongodb://host/database (postgresql:// and mongodb+srv:// too)")

// OpenURL opens the storage that a URL names: "sqlite:" and a path, a path that ends in .db, or the connection string of
// PostgreSQL or MongoDB, in whose path the database stands, spacey unless it says otherwise. It does not look at the
// schema, and makes a file of SQLite that is not there. No error tells what a URL holds, since that may be a password.
func OpenURL(ctx context.Context, url string, logger *slog.Logger) (*Engine, func(), error) {
	place, err := parseURL(url)
	if err != nil {
		return nil, nil, err
	}
	switch place.engine {
	case config.StorageSQLite:
		return openSQLite(ctx, place.path, logger)
	case config.StoragePostgres:
		return openPostgres(ctx, place.url, logger)
	default:
		return openMongo(ctx, place.url, place.database, logger)
	}
}

// DescribeURL says in which storage a URL lies: the engine, the host and the database, without user and password.
func DescribeURL(url string) string {
	place, err := parseURL(url)
	if err != nil {
		return "an unknown storage"
	}
	return place.String()
}

// Describe says where the storage of a configuration is, as DescribeURL does.
func Describe(c config.Config) string {
	switch c.Storage {
	case config.StorageSQLite:
		return place{engine: c.Storage, path: c.SQLitePath()}.String()
	case config.StoragePostgres:
		return DescribeURL(c.DatabaseURL)
	default:
		at, err := parseURL(c.MongoURI)
		if err != nil {
			at.host = "unknown host"
		}
		return place{engine: c.Storage, host: at.host, database: c.DBName}.String()
	}
}

// SQLitePath returns the file that a URL names, and whether it names one.
func SQLitePath(url string) (path string, ok bool) {
	place, err := parseURL(url)
	return place.path, err == nil && place.engine == config.StorageSQLite
}

// place is where a storage is.
type place struct {
	engine string
	// path is the file of SQLite.
	path string
	// host and database are those of a server, url is its connection string.
	host, database, url string
}

// String returns what a person may see of a place.
func (p place) String() string {
	switch p.engine {
	case config.StorageSQLite:
		path := p.path
		if absolute, err := filepath.Abs(path); err == nil {
			path = absolute
		}
		return "SQLite, " + path
	case config.StoragePostgres:
		return "PostgreSQL, " + p.host + "/" + p.database
	default:
		return "MongoDB, " + p.host + "/" + p.database
	}
}

// parseURL reads the URL of a storage. Its errors do not tell what stands in the URL.
func parseURL(text string) (place, error) {
	scheme, rest, _ := strings.Cut(text, ":")
	switch scheme {
	case "postgres", "postgresql":
		return parseServer(config.StoragePostgres, text)
	case "mongodb", "mongodb+srv":
		return parseServer(config.StorageMongo, text)
	case "sqlite":
		if path := strings.TrimPrefix(rest, "//"); path != "" {
			return place{engine: config.StorageSQLite, path: path}, nil
		}
	default:
		if strings.HasSuffix(text, ".db") && !strings.Contains(text, "://") {
			return place{engine: config.StorageSQLite, path: text}, nil
		}
	}
	return place{}, errForms
}

func parseServer(engine, text string) (place, error) {
	parsed, err := url.Parse(text)
	// A second @, or a #, belongs to a password that was not written as a URL wants it.
	if err != nil || parsed.Opaque != "" || !strings.Contains(text, "://") || strings.ContainsAny(parsed.Path+parsed.RawQuery, "@") ||
		strings.Count(text, "@") > 1 || strings.Contains(text, "#") {
		return place{}, errors.New("the URL of the storage is not right; in a password, characters like / : @ % are written as %2F %3A %40 %25")
	}
	p := place{engine: engine, host: parsed.Host, database: strings.Trim(parsed.Path, "/"), url: text}
	if engine == config.StoragePostgres {
		p.fillPostgres(parsed)
	}
	if p.database == "" { // of MongoDB the URL stays without: its path also says where the user's password is kept
		p.database = defaultDatabase
	}
	return p, nil
}

// fillPostgres completes what the authority and the path of a URL of PostgreSQL leave out.
func (p *place) fillPostgres(parsed *url.URL) {
	query := parsed.Query()
	p.host = cmp.Or(p.host, query.Get("host"), "localhost") // the query may name a folder of sockets
	p.database = cmp.Or(p.database, query.Get("dbname"), query.Get("database"))
	if p.database == "" { // else it would be the name of the user
		parsed.Path = "/" + defaultDatabase
		p.url = parsed.String()
	}
}
