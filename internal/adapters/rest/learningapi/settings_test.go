package learningapi_test

import (
	"testing"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
)

// unset are the settings of somebody who has changed nothing, without their weights.
const unset = `"settings":{"timeZone":"UTC","rolloverHour":4,"newPerDay":null,"reviewsPerDay":null,"decks":{},"leechThreshold":8,"leechAction":"tag",` +
	`"loadBalancing":true,"algorithm":"FSRS-6","desiredRetention":0.9,"learningSteps":[60,600],"relearningSteps":[600],"maxInterval":36500,"weights":[0.212,`

func TestSettings(t *testing.T) {
	w := newWorld(t)
	const show, change = "GET /learning/settings", "PATCH /learning/settings"
	w.Keep(t,
		apitest.Promise{
			Name: "all have defaults", As: "ada", Call: show, Status: 200,
			Contains: []string{unset, `"scheduleVersion":1,"pending":false,"canUndo":false},"forecast":null`},
		},
		apitest.Promise{Name: "a change of nothing changes nothing", As: "ada", Call: change, Body: `{}`, Status: 200, Contains: []string{unset, `"scheduleVersion":1`, `"forecast":null`}},
		apitest.Promise{
			Name: "what is named changes, and the schedule does not", As: "ada", Call: change, Status: 200,
			Body: `{"timeZone":"Europe/Berlin","rolloverHour":0,"newPerDay":0,"reviewsPerDay":7,"leechThreshold":5,"leechAction":"suspend","loadBalancing":false,` +
				`"decks":{"<id:rivers>":{"newPerDay":3},"` + absent + `":{}}}`,
			Contains: []string{
				`"timeZone":"Europe/Berlin","rolloverHour":0,"newPerDay":0,"reviewsPerDay":7`, `"<id:rivers>":{"newPerDay":3,"reviewsPerDay":null}`,
				`"` + absent + `":{"newPerDay":null,"reviewsPerDay":null}`, `"leechThreshold":5,"leechAction":"suspend","loadBalancing":false`,
				`"scheduleVersion":1,"pending":false,"canUndo":false},"forecast":null`,
			},
		},
		apitest.Promise{
			Name: "null takes limits away, and other decks keep theirs", As: "ada", Call: change, Status: 200, Body: `{"newPerDay":null,"decks":{"` + absent + `":null}}`,
			Contains: []string{`"newPerDay":null,"reviewsPerDay":7,"decks":{"<id:rivers>":{"newPerDay":3,"reviewsPerDay":null}}`},
		},
		apitest.Promise{Name: "null leaves other settings alone", As: "ada", Call: change, Body: `{"timeZone":null,"learningSteps":null}`, Status: 200, Contains: []string{`"Europe/Berlin"`, `[60,600]`}},
		apitest.Promise{Name: "they are the person's own", As: "bob", Call: show, Status: 200, Contains: []string{unset}},
	)
}

func TestWrongSettingsAreNamed(t *testing.T) {
	w := newWorld(t)
	for body, field := range map[string]string{
		`{"timeZone":"Mars"}`: "timeZone", `{"rolloverHour":24}`: "rolloverHour", `{"newPerDay":-1}`: "newPerDay", `{"newPerDay":"x"}`: "newPerDay",
		`{"reviewsPerDay":10000}`: "reviewsPerDay", `{"decks":{"x":{}}}`: "decks.x", `{"decks":{"` + absent + `":{"newPerDay":-1}}}`: "decks." + absent + ".newPerDay",
		`{"leechThreshold":0}`: "leechThreshold", `{"leechAction":"burn"}`: "leechAction", `{"loadBalancing":1}`: "loadBalancing", `{"algorithm":"magic"}`: "algorithm",
		`{"desiredRetention":0.5}`: "desiredRetention", `{"learningSteps":[60,0]}`: "learningSteps[1]", `{"relearningSteps":[86400]}`: "relearningSteps[0]",
		`{"learningSteps":[9223372036854775807]}`: "learningSteps[0]", `{"learningSteps":[1,2,3,4,5,6,7,8,9,10,11]}`: "learningSteps",
		`{"maxInterval":0}`: "maxInterval", `{"weights":[]}`: "weights", `{"weights":[1]}`: "weights", `[]`: "body",
	} {
		w.Keep(t, apitest.Promise{
			Name: body, As: "ada", Call: "PATCH /learning/settings", Body: body, Status: 400, Contains: []string{`[{"field":"` + field + `","message":"`},
		})
	}
	w.Keep(t, apitest.Promise{Name: "and change nothing", As: "ada", Call: "GET /learning/settings", Status: 200, Contains: []string{unset}})
}

func TestChangesOfTheSchedule(t *testing.T) {
	w := newWorld(t)
	const show, change, undo = "GET /learning/settings", "PATCH /learning/settings", "POST /learning/settings/undo"
	answer(t, w, "card1", true)
	w.Keep(t,
		apitest.Promise{Name: "none can be undone at first", As: "ada", Call: undo, Status: 409, Contains: []string{`"conflict"`}},
		apitest.Promise{Name: "nor previewed", As: "ada", Call: undo + "?preview=true", Status: 409, Contains: []string{`"conflict"`}},
		apitest.Promise{
			Name: "a preview tells what would be", As: "ada", Call: change + "?preview=true", Body: `{"desiredRetention":0.7}`, Status: 200,
			Contains: []string{`"desiredRetention":0.7`, `"scheduleVersion":2`, `"forecast":{"moved":1,"days":[{"day":"20`, `"later":{"before":0,"after":0}}`},
		},
		apitest.Promise{Name: "and changes nothing", As: "ada", Call: show, Status: 200, Contains: []string{unset, `"scheduleVersion":1,"pending":false,"canUndo":false`}},
		apitest.Promise{
			Name: "a change brings a new version to the cards", As: "ada", Call: change, Status: 200,
			Body:     `{"desiredRetention":0.7,"algorithm":"SM-2","learningSteps":[],"relearningSteps":[30,90],"maxInterval":100}`,
			Contains: []string{`"algorithm":"SM-2","desiredRetention":0.7,"learningSteps":[],"relearningSteps":[30,90],"maxInterval":100`, `"scheduleVersion":2,"pending":false,"canUndo":true},"forecast":{"moved":1`},
		},
		apitest.Promise{Name: "by an event", As: "ada", Call: "GET /learning/log?after=1", Status: 200, Contains: []string{`"seq":2,"kind":"reschedule"`, `"scheduleVersion":2`}},
		apitest.Promise{
			Name: "the same again is no change", As: "ada", Call: change, Body: `{"desiredRetention":0.7,"learningSteps":[]}`, Status: 200, Contains: []string{`"scheduleVersion":2`, `"forecast":null`},
		},
		apitest.Promise{Name: "undoing is previewed", As: "ada", Call: undo + "?preview=true", Status: 200, Contains: []string{`"algorithm":"FSRS-6"`, `"scheduleVersion":3`, `"moved":1`}},
		apitest.Promise{Name: "and done when asked for", As: "ada", Call: undo, Status: 200, Contains: []string{unset, `"scheduleVersion":3,"pending":false,"canUndo":true}`, `"moved":1`}},
		apitest.Promise{Name: "preview is yes or no", As: "ada", Call: undo + "?preview=1", Status: 400, Answer: invalid("preview", "This must be true or false.")},
	)
}
