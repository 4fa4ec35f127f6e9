package report

import (
	"fmt"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/profile"
)

func problemText(p sadi.Problem) Text {
	switch p {
	case sadi.Binary:
		return Text{"two classes", "dos clases"}
	case sadi.Multiclass:
		return Text{"several classes", "varias clases"}
	}
	return Text{"a number", "un número"}
}

func stateText(s sadi.TrialState) Text {
	switch s {
	case sadi.TrialFailed:
		return Text{"failed", "falló"}
	case sadi.TrialCut:
		return Text{"cut by the clock", "cortada por el reloj"}
	case sadi.TrialSkipped:
		return Text{"not begun", "no comenzada"}
	}
	return same(string(s))
}

// guardTitles name the guardrails in both languages; what was seen is told in the words of the guardrail.
var guardTitles = map[string]Text{
	profile.CodeEmpty:           {"Empty column", "Columna vacía"},
	profile.CodeConstant:        {"Constant column", "Columna constante"},
	profile.CodeNearlyConstant:  {"Nearly constant column", "Columna casi constante"},
	profile.CodeMissing:         {"Mostly missing", "Casi todo falta"},
	profile.CodeIdentifier:      {"Looks like an identifier", "Parece un identificador"},
	profile.CodeNearUnique:      {"Almost every value is different", "Casi todos los valores son distintos"},
	profile.CodeHighCardinality: {"Very many categories", "Demasiadas categorías"},
	profile.CodeDuplicate:       {"Duplicate column", "Columna duplicada"},
	profile.CodeRecoded:         {"The same in other words", "Lo mismo con otras palabras"},
	profile.CodeGroup:           {"Rows belong together", "Filas que van juntas"},
	profile.CodeTimeOrder:       {"Rows in the order of time", "Filas en orden temporal"},
	profile.CodeDuplicateRows:   {"Duplicate rows", "Filas duplicadas"},
	profile.CodeFewRows:         {"Few rows", "Pocas filas"},
	profile.CodeNoFeatures:      {"Nothing to learn from", "Nada de qué aprender"},
	profile.CodeTargetMissing:   {"Rows without a target", "Filas sin objetivo"},
	profile.CodeImbalance:       {"Uneven classes", "Clases desequilibradas"},
	profile.CodeSmallClass:      {"A class with few rows", "Una clase con pocas filas"},
	profile.CodeLeak:            {"Possible leak of the target", "Posible fuga del objetivo"},
	profile.CodeTargetCopy:      {"A copy of the target", "Una copia del objetivo"},
}

func guardTitle(code string) Text {
	if t, ok := guardTitles[code]; ok {
		return t
	}
	return same(code)
}

func clockLine(c manifest.Decision) string {
	line := string(c.Kind)
	if c.Trial != nil {
		line += fmt.Sprintf(", trial %d", *c.Trial)
	}
	if c.Fold != nil {
		line += fmt.Sprintf(", fold %d", *c.Fold)
	}
	return fmt.Sprintf("%s, %d: %s", line, c.Value, c.Why)
}

// judging are the facts about who judged what.
func judging(d *manifest.Determined) []fact {
	s := d.Split
	out := []fact{
		{Text{"Split", "División"}, same(s.Kind + ": " + s.Why), false},
		{Text{"Rows to learn from", "Filas para aprender"}, same(whole(s.TrainRows)), false},
	}
	if s.TestRows > 0 {
		share := percent(s.TestSize)
		out = append(out, fact{Text{"Rows set aside to judge", "Filas apartadas para juzgar"}, same(whole(s.TestRows) + " (" + share + ")"), false})
	} else {
		out = append(out, fact{Text{"Rows set aside to judge", "Filas apartadas para juzgar"}, Text{"none: the verdict is by cross-validation", "ninguna: el veredicto es por validación cruzada"}, false})
	}
	folds := Text{fmt.Sprintf("%d folds", s.Folds), fmt.Sprintf("%d particiones", s.Folds)}
	if s.Folds == 1 {
		folds = Text{"one hold-out", "una sola reserva"}
	}
	out = append(out,
		fact{Text{"Validation", "Validación"}, folds, false},
		fact{Text{"What was judged", "Qué se juzgó"}, same(d.Delivered.Judged), false},
		fact{Text{"What is delivered", "Qué se entrega"}, same(d.Delivered.Model + ", fitted on " + d.Delivered.Rows), false})
	if d.Delivered.Why != "" {
		out = append(out, fact{Text{"Why", "Por qué"}, same(d.Delivered.Why), false})
	}
	for _, g := range d.Plan.Degraded {
		out = append(out, fact{Text{"Given up", "Se renunció a"}, same(g), false})
	}
	return out
}

// facts tell how to audit and to repeat the job.
func facts(m *manifest.Manifest) []fact {
	d, o := &m.Determined, &m.Observed
	program, _ := manifest.Running()
	if d.Program.Version != "" {
		program = d.Program
	}
	return []fact{
		{Text{"Job", "Trabajo"}, same(m.JobID), true},
		{Text{"Input", "Entrada"}, same(d.Dataset.Name + ", " + size(d.Dataset.Bytes)), false},
		{same("SHA-256"), same(d.Dataset.SHA256), true},
		{Text{"Seed", "Semilla"}, same(fmt.Sprint(uint64(d.Spec.Seed))), true},
		{Text{"Budget", "Presupuesto"}, same(d.Spec.Budget.String()), false},
		{Text{"Program", "Programa"}, same(fmt.Sprintf("sadi %s, %s, %s", program.Version, program.GoVersion, o.OS)), false},
		{Text{"Run", "Ejecución"}, same(fmt.Sprintf("%s, %s, %d × CPU", o.Started.UTC().Format("2006-01-02 15:04:05 UTC"), duration(o.Seconds), o.Jobs)), false},
		{Text{"Check this folder", "Comprobar esta carpeta"}, same("sadi verify DIR"), true},
		{Text{"Run it again", "Repetirlo"}, same("sadi replay manifest.json"), true},
		{Text{"Predict", "Predecir"}, same("sadi predict DIR FILE -o out.csv"), true},
	}
}
