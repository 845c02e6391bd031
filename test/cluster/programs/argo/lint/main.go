// lint gives the verdict of Argo's own validation (the package behind `argo lint`, and what the workflow-controller asks
// before it runs anything) without a controller. Each line of stdin is a JSON array of objects that belong together, such as
// a WorkflowTemplate and a Workflow that refers to it; each line of stdout is the JSON array of what is wrong, one text for
// each object that is refused. Objects of other kinds are passed over.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/workflow/validate"
)

// templates are the WorkflowTemplates of one line, by name.
type templates map[string]*v1alpha1.WorkflowTemplate

func (known templates) Get(name string) (*v1alpha1.WorkflowTemplate, error) {
	if template, found := known[name]; found {
		return template, nil
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Group: "argoproj.io", Resource: "workflowtemplates"}, name)
}

// strictly reads an object as the API server would with strict field validation.
func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func verdict(kind string, text []byte, known templates) error {
	switch kind {
	case "WorkflowTemplate":
		template := &v1alpha1.WorkflowTemplate{}
		if err := strictly(text, template); err != nil {
			return err
		}
		known[template.Name] = template
		return validate.ValidateWorkflowTemplate(known, nil, template, nil, validate.ValidateOpts{Lint: true})
	case "Workflow":
		workflow := &v1alpha1.Workflow{}
		if err := strictly(text, workflow); err != nil {
			return err
		}
		// As for a run: without Lint, values have to be there too.
		return validate.ValidateWorkflow(known, nil, workflow, nil, validate.ValidateOpts{})
	case "CronWorkflow":
		cron := &v1alpha1.CronWorkflow{}
		if err := strictly(text, cron); err != nil {
			return err
		}
		return validate.ValidateCronWorkflow(context.Background(), known, nil, cron, nil)
	}
	return nil
}

func lint(line []byte) ([]string, error) {
	var objects []json.RawMessage
	if err := json.Unmarshal(line, &objects); err != nil {
		return nil, err
	}
	known := templates{}
	problems := []string{}
	for _, object := range objects {
		var head struct {
			Kind     string                `json:"kind"`
			Metadata struct{ Name string } `json:"metadata"`
		}
		if err := json.Unmarshal(object, &head); err != nil {
			return nil, err
		}
		if err := verdict(head.Kind, object, known); err != nil {
			problems = append(problems, fmt.Sprintf("%s %q: %s", head.Kind, head.Metadata.Name, err))
		}
	}
	return problems, nil
}

func main() {
	input := bufio.NewReader(os.Stdin)
	output := json.NewEncoder(os.Stdout)
	output.SetEscapeHTML(false)
	for {
		line, err := input.ReadBytes('\n')
		if err == io.EOF {
			return
		}
		if err == nil {
			var problems []string
			if problems, err = lint(line); err == nil {
				err = output.Encode(problems)
			}
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
