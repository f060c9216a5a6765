package rest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/swaggest/jsonschema-go"
)

const (
	jsonMedia          = "application/json"
	schemaPrefix       = "#/components/schemas/"
	failureSchema      = "Error"
	fieldFailureSchema = "FieldError"
)

func reference(name string) map[string]any { return map[string]any{"$ref": schemaPrefix + name} }

// parameterSchemas returns the schemas of the parameters by name, and which of them are required by a rule. The
// parameters are put into a struct of their own, as properties, so that all tags count for them too.
func (d *document) parameterSchemas(e Endpoint) (map[string]map[string]any, map[string]bool, error) {
	var fields []reflect.StructField
	for i, p := range e.request.parameters {
		field := e.Request.FieldByIndex(p.index)
		tag := reflect.StructTag(fmt.Sprintf(`json:%q %s`, p.name, field.Tag))
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("P%d", i), Type: field.Type, Tag: tag})
	}
	schema, err := d.reflect(reflect.StructOf(fields), false, jsonschema.InlineRefs)
	if err != nil {
		return nil, nil, err
	}
	properties := map[string]map[string]any{}
	for i, p := range e.request.parameters {
		property := schema.Properties[p.name]
		switch t := fields[i].Type; {
		case isIDType(t):
			property.TypeObject.WithFormat("uuid")
		case p.list && isIDType(t.Elem()):
			itemSchema(property.TypeObject, t).WithFormat("uuid")
		}
		if properties[p.name], err = property.ToSimpleMap(); err != nil {
			return nil, nil, err
		}
	}
	required := map[string]bool{}
	for _, name := range schema.Required {
		required[name] = true
	}
	return properties, required, nil
}

func (d *document) bodySchema(e Endpoint) (map[string]any, error) {
	field := e.Request.FieldByIndex(e.request.body.index)
	schema, err := d.reflect(field.Type, false, jsonschema.RootRef)
	if err != nil {
		return nil, err
	}
	if _, err := documentRules(&schema, field.Type, field.Tag.Get("validate")); err != nil {
		return nil, err
	}
	return schema.ToSchemaOrBool().ToSimpleMap()
}

func (d *document) responseSchema(e Endpoint) (map[string]any, error) {
	schema, err := d.reflect(e.Response, true, jsonschema.RootRef)
	if err != nil {
		return nil, err
	}
	data, err := schema.ToSchemaOrBool().ToSimpleMap()
	if err != nil || e.Spec.Bare {
		return data, err
	}
	return map[string]any{
		"type": "object", "required": []string{"message", "data"},
		"properties": map[string]any{
			"message": map[string]any{"type": "string", "const": e.Spec.successMessage()},
			"data":    data,
		},
	}, nil
}

// reflect returns the schema of a type, and puts those of the named structs in it among the components.
func (d *document) reflect(t reflect.Type, answer bool, options ...func(*jsonschema.ReflectContext)) (jsonschema.Schema, error) {
	var failed error
	options = append(options,
		jsonschema.DefinitionsPrefix(schemaPrefix),
		jsonschema.CollectDefinitions(func(name string, schema jsonschema.Schema) {
			simple, err := schema.ToSchemaOrBool().ToSimpleMap()
			if err != nil {
				failed = fmt.Errorf("schema %s: %w", name, err)
				return
			}
			d.spec.ComponentsEns().WithSchemasItem(name, simple)
		}),
		jsonschema.InterceptDefName(func(t reflect.Type, _ string) string { return schemaName(t, answer) }),
		// Lists and maps are never null, in neither direction: the kit makes empty ones of missing ones.
		jsonschema.InterceptNullability(func(params jsonschema.InterceptNullabilityParams) {
			if kind := kindOf(params.Type); kind == ofList || kind == ofMap {
				params.Schema.RemoveType(jsonschema.Null)
			}
		}),
		jsonschema.InterceptProp(func(params jsonschema.InterceptPropParams) error {
			return documentProperty(params, answer)
		}),
	)
	schema, err := d.reflector.JSONSchemaReflector().Reflect(reflect.New(t).Elem().Interface(), options...)
	if err == nil {
		err = failed
	}
	return schema, err
}

// documentProperty adds what the kit knows of a field: the rules of a request, and that an answer has all its fields.
func documentProperty(params jsonschema.InterceptPropParams, answer bool) error {
	if !params.Processed {
		return nil
	}
	field := params.Field
	if field.Type.Kind() == reflect.Map && isIDType(field.Type.Key()) {
		params.PropertySchema.PropertyNamesEns().TypeObjectEns().WithFormat("uuid")
	}
	var required bool
	if answer {
		required = !strings.Contains(field.Tag.Get("json"), ",omit")
		if s := params.PropertySchema; required && s.Ref != nil && field.Type.Kind() == reflect.Pointer {
			referred := (&jsonschema.Schema{}).WithRef(*s.Ref)
			s.Ref, s.Type = nil, nil
			s.AnyOf = []jsonschema.SchemaOrBool{jsonschema.Null.ToSchemaOrBool(), referred.ToSchemaOrBool()}
		}
	} else {
		var err error
		if required, err = documentRules(params.PropertySchema, field.Type, field.Tag.Get("validate")); err != nil {
			return fmt.Errorf("field %s: %w", params.Name, err)
		}
		if required {
			params.PropertySchema.RemoveType(jsonschema.Null)
		}
	}
	if required && !slices.Contains(params.ParentSchema.Required, params.Name) {
		params.ParentSchema.Required = append(params.ParentSchema.Required, params.Name)
	}
	return nil
}

// schemaName names the schema of a struct by its package and its type: deckapi.cardResponse is DeckCardResponse. A type
// has two schemas when it is both read and answered, since an answer has all its fields.
func schemaName(t reflect.Type, answer bool) string {
	if e, ok := reflect.Zero(t).Interface().(each); ok {
		t = e.item()
	}
	path := t.PkgPath()
	owner := strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], "api")
	if path == reflect.TypeFor[Empty]().PkgPath() {
		owner = ""
	}
	name := capital(owner) + capital(t.Name())
	name = strings.Map(func(r rune) rune {
		if r > 0x7f || !isAlphanumeric(byte(r)) {
			return -1
		}
		return r
	}, name)
	if !answer && !strings.HasSuffix(name, "Request") {
		name += "Input"
	}
	return name
}
