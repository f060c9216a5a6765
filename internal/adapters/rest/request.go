package rest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// bodyField is the name of the field that is read from the body.
const bodyField = "Body"

// requestPlan is how a request is read into its type.
type requestPlan struct {
	parameters []parameter
	body       *bodyPlan
	// uploadIndex is where a file of at most maxUpload bytes goes, nil where none is taken; uploadField is its field of a form.
	uploadIndex []int
	uploadField string
	maxUpload   int64
	// validate is nil where no field has a rule.
	validate func(request reflect.Value) []domain.FieldError
}

// planRequest checks a type of request against its Spec and returns how it is read.
func planRequest(spec Spec, request reflect.Type) (*requestPlan, error) {
	if request.Kind() != reflect.Struct {
		return nil, fmt.Errorf("the request %v is not a struct", request)
	}
	plan := &requestPlan{}
	for _, field := range reflect.VisibleFields(request) {
		if field.Anonymous && field.Type.Kind() == reflect.Struct {
			continue
		}
		if err := plan.add(spec, field); err != nil {
			return nil, fmt.Errorf("field %s: %w", field.Name, err)
		}
	}
	if err := plan.checkPath(spec); err != nil {
		return nil, err
	}
	if (spec.Upload != "") != (plan.uploadIndex != nil) || plan.uploadIndex != nil && plan.body == nil {
		return nil, errors.New("Spec.Upload goes with a field of type *Upload, beside a Body")
	}
	ruled, err := checkRules(request)
	if err != nil {
		return nil, err
	}
	if ruled {
		plan.validate = validatorOf(request)
	}
	return plan, nil
}

func (p *requestPlan) add(spec Spec, field reflect.StructField) error {
	switch {
	case !field.IsExported():
		return errors.New("it is not exported")
	case field.Name == bodyField:
		if spec.Method == "GET" {
			return errors.New("a GET has no body")
		}
		p.body = planBody(spec, field)
		return nil
	case field.Type == uploadType:
		p.uploadIndex, p.uploadField, p.maxUpload = field.Index, spec.Upload, spec.MaxBody
		return nil
	default:
		parameter, err := planParameter(field)
		if err == nil {
			p.parameters = append(p.parameters, parameter)
		}
		return err
	}
}

// checkPath makes sure that path and fields name the same parameters, each once.
func (p *requestPlan) checkPath(spec Spec) error {
	var fields []string
	for _, parameter := range p.parameters {
		if parameter.inPath {
			fields = append(fields, parameter.name)
		}
	}
	inPath := spec.pathParameters()
	slices.Sort(fields)
	slices.Sort(inPath)
	if strings.Count(spec.Path, "{") != len(inPath) || strings.Contains(spec.Path, ":") {
		return errors.New("a parameter is a whole segment of the path, in braces")
	}
	if !slices.Equal(fields, inPath) || len(slices.Compact(inPath)) != len(fields) {
		return fmt.Errorf("the path has the parameters %v, the request %v", spec.pathParameters(), fields)
	}
	return nil
}

// read fills a request: path first, since what is not there cannot be asked wrongly, then the query and the body.
func (p *requestPlan) read(c *fiber.Ctx, request reflect.Value) error {
	var problems []domain.FieldError
	for i := range p.parameters {
		parameter := &p.parameters[i]
		field := request.FieldByIndex(parameter.index)
		if parameter.inPath {
			if !parameter.setFromPath(c, field) {
				return domain.NotFound(parameter.what)
			}
		} else if sentence := parameter.setFromQuery(c, field); sentence != "" {
			problems = append(problems, domain.FieldError{Field: parameter.name, Message: sentence})
		}
	}
	if len(problems) > 0 {
		return invalid(problems)
	}
	if p.uploadIndex != nil {
		upload, err := p.upload(c)
		if err != nil || upload != nil {
			request.FieldByIndex(p.uploadIndex).Set(reflect.ValueOf(upload))
			return err
		}
	}
	if p.body != nil {
		if err := p.body.read(c, request.FieldByIndex(p.body.index)); err != nil {
			return err
		}
	}
	if p.validate != nil {
		if problems := p.validate(request); len(problems) > 0 {
			return invalid(problems)
		}
	}
	return nil
}

func invalid(problems []domain.FieldError) error {
	return &domain.Error{Code: domain.CodeInvalid, Message: codes[domain.CodeInvalid].sentence, Fields: problems}
}

// capitalFields returns the error with the names of its fields as older clients expect them.
func capitalFields(err error) error {
	var e *domain.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	fields := make([]domain.FieldError, len(e.Fields))
	for i, f := range e.Fields {
		fields[i] = domain.FieldError{Field: capital(f.Field), Message: f.Message}
	}
	return &domain.Error{Code: e.Code, Message: e.Message, Fields: fields, RetryAfter: e.RetryAfter, Err: err}
}

// capital writes the first letter of each segment of a JSON path as a capital: "cards[3].question" is
// "Cards[3].Question".
func capital(path string) string {
	segments := strings.Split(path, ".")
	for i, segment := range segments {
		if first, size := utf8.DecodeRuneInString(segment); size > 0 {
			segments[i] = string(unicode.ToUpper(first)) + segment[size:]
		}
	}
	return strings.Join(segments, ".")
}
