package profile

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for name, want := range map[string]string{
		"MedHouseVal": "med house val", "SalePrice": "sale price", "PassengerId": "passenger id", "customerID": "customer id",
		"default payment next month": "default payment next month", "Año_2": "ano 2", "Género": "genero", "pixel_0_7": "pixel 0 7",
		"HTTPServer": "http server", "Unnamed: 0": "unnamed 0", "CO2 (g/km)": "co 2 g km", "PID": "pid", "": "", "---": "",
		"Nin\u0303o": "nino", "target1": "target 1", "数量": "数量", "is_churn": "is churn",
	} {
		if got := strings.Join(words(name), " "); got != want {
			t.Errorf("words(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestSense(t *testing.T) {
	for _, c := range []struct {
		name   string
		lo, hi float64
	}{
		{"target", 9, 9}, {"Etiqueta", 9, 9}, {"class", 6.5, 6.5}, {"SALEPRICE", 6.5, 6.5}, {"precio_venta", 6.5, 6.5}, {"precio", 5.8, 5.8},
		{"labels", 9, 9}, {"Prices", 5.8, 5.8}, {"is_fraud", 7.5, 7.5}, {"has_churned", 7.5, 7.5}, {"CO2 Emissions(g/km)", 5.8, 5.8},
		{"customer_churn", 5, 7}, {"target_1", 9, 9}, {"price_of_car", 1, 4}, {"previous_price", 0.1, 1.5}, {"unit price", 0.1, 1.5},
		{"is_weekend", 0.7, 0.7}, {"age", -2, -2}, {"Edad", -2, -2}, {"Código postal", -2, -2}, {"bill_length_mm", -2, 0}, {"total_charges", 0.5, 4},
		{"foo", 0, 0}, {"", 0, 0}, {"pclass", 0, 0}, {"isFlaggedFraud", 0, 2},
	} {
		if got, phrase := names.sense(c.name); got < c.lo || got > c.hi || (got > flagOnly) != (phrase != "") {
			t.Errorf("sense(%q) = %.2f (%q), want %.2f to %.2f", c.name, got, phrase, c.lo, c.hi)
		}
	}
}

func TestIdentifierNames(t *testing.T) {
	for _, name := range []string{"id", "ID", "PassengerId", "customer_id", "customerID", "Unnamed: 0", "PID", "uuid", "id_cliente", "Código cliente", "NIF", "index", "Loan_ID", "Id pedido", "Nº empleado"} {
		if !names.identifier(name) {
			t.Errorf("%q is not seen as an identifier's name", name)
		}
	}
	for _, name := range []string{"paid", "acid", "fixed acidity", "grid", "liquid", "valid", "income", "number_of_reviews", "Número de habitantes", "humid", ""} {
		if names.identifier(name) {
			t.Errorf("%q is seen as an identifier's name", name)
		}
	}
}

// TestLexicon holds the embedded words to their form: what words() makes of them, once, in both languages.
func TestLexicon(t *testing.T) {
	var f lexiconFile
	if err := json.Unmarshal(lexiconJSON, &f); err != nil {
		t.Fatal(err)
	}
	place := make(map[string]string)
	check := func(group string, list []string) {
		for _, w := range list {
			if got := strings.Join(words(w), " "); got != w {
				t.Errorf("%s: %q is written %q", group, w, got)
			}
			if n := len(strings.Fields(w)); n > longest {
				t.Errorf("%s: %q has %d words, more than are looked up", group, w, n)
			}
			key := strings.ReplaceAll(w, " ", "")
			if other, ok := place[key]; ok {
				t.Errorf("%q stands in %s and %s", w, other, group)
			}
			place[key] = group
		}
	}
	all := []string{}
	for i, g := range f.Targets {
		if g.Weight <= 0 || g.Weight > 10 || g.Part <= 0 || g.Part > 1 {
			t.Errorf("group %d: weight %v, part %v", i, g.Weight, g.Part)
		}
		check("targets", g.Words)
		all = append(all, g.Words...)
	}
	check("features", f.Features.Words)
	for name, list := range map[string][]string{"modifiers": f.Modifiers, "flags": f.Flags, "stopwords": f.Stopwords, "identifiers": f.Identifiers, "periods": f.Periods} {
		clear(place) // these may overlap with the others, not with themselves
		check(name, list)
		if len(list) == 0 {
			t.Errorf("%s: none", name)
		}
	}
	for _, pair := range [][2]string{{"target", "objetivo"}, {"label", "etiqueta"}, {"class", "clase"}, {"result", "resultado"}, {"response", "respuesta"},
		{"price", "precio"}, {"sales", "ventas"}, {"amount", "importe"}, {"income", "ingresos"}, {"churn", "abandono"}, {"attrition", "baja"}, {"quality", "calidad"},
		{"species", "especie"}, {"diagnosis", "diagnostico"}, {"fraud", "fraude"}, {"default", "impago"}, {"delinquency", "morosidad"}, {"survived", "sobrevivio"}, {"score", "puntuacion"}} {
		for _, w := range pair {
			if !slices.Contains(all, w) {
				t.Errorf("%q is missing", w)
			}
		}
	}
}
