package config

import (
	"fmt"
	"io"
	"reflect"
	"text/tabwriter"
)

// Describe writes a table of all variables, with defaults.
func Describe(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for field := range fields() {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", field.Tag.Get("env"), field.Tag.Get("envDefault"), field.Tag.Get("about"))
	}
	return table.Flush()
}

// variableOf returns the variable that fills a field.
func variableOf(field string) string {
	for f := range fields() {
		if f.Name == field {
			return f.Tag.Get("env")
		}
	}
	return field
}

// fields yields the fields of Config.
func fields() func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
			if !yield(field) {
				return
			}
		}
	}
}
