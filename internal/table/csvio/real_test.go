package csvio

import (
	"strings"
	"testing"
)

// TestRealFormats has files as people have them, in small.
func TestRealFormats(t *testing.T) {
	latin := strings.NewReplacer("á", "\xe1", "Á", "\xc1", "ú", "\xfa", "í", "\xed")
	for _, test := range []struct {
		name, text, want string
		found            map[string]string
	}{
		{"a Spanish spreadsheet in Latin-1", latin.Replace("Tipo;Acidez volátil;Ácido cítrico;Azúcar;pH;Calidad\n" +
			"tinto;0,7;0;1,9;3,51;5\ntinto;0,88;0;2,6;3,2;5\nblanco;0,27;0,36;20,7;3;6\n"),
			lines(`Tipo category: "tinto" "tinto" "blanco"`, "Acidez volátil number: 0.7 0.88 0.27", "Ácido cítrico number: 0 0 0.36",
				"Azúcar number: 1.9 2.6 20.7", "pH number: 3.51 3.2 3", "Calidad integer: 5 5 6"),
			map[string]string{"delimiter": ";", "decimal": "comma", "encoding": "Windows-1252"}},
		{"a passenger list from Excel", "\ufeffsurvived,name,age,fare,cabin\r\n0,\"Braund, Mr. Owen\",22,7.25,\r\n" +
			"1,\"Cumings, Mrs. John\n(Florence \"\"Briggs\"\")\",38,71.2833,C85\r\n1,\"Heikkinen, Miss. Laina\",,7.925,\r\n",
			lines("survived integer: 0 1 1", `name category: "Braund, Mr. Owen" "Cumings, Mrs. John\n(Florence \"Briggs\")" "Heikkinen, Miss. Laina"`,
				"age integer: 22 38 .", "fare number: 7.25 71.2833 7.925", `cabin category: . "C85" .`),
			map[string]string{"encoding": "UTF-8", "line ends": "CRLF", "quote": `"`}},
		{"a packed census with question marks", gzipped(t, "age,workclass,native-country,income\n39, State-gov, United-States, <=50K\n50, ?, ?, >50K\n"),
			lines("age integer: 39 50", `workclass category: "State-gov" .`, `native-country category: "United-States" .`, `income category: "<=50K" ">50K"`),
			map[string]string{"compression": "gzip"}},
		{"houses with a real None", "PID,Mas Vnr Type,Mas Vnr Area,Alley,1st Flr SF\n526301100,Stone,112,,1656\n526350040,None,0,NA,896\n526351010,None,NA,Pave,1329\n",
			lines("PID integer: 5.263011e+08 5.2635004e+08 5.2635101e+08", `Mas Vnr Type category: "Stone" "None" "None"`,
				"Mas Vnr Area integer: 112 0 .", `Alley category: . . "Pave"`, "1st Flr SF integer: 1656 896 1329"), nil},
		{"daily temperatures", "Fecha;Temperatura minima\r\n01/01/1981;20,7\r\n31/01/1981;17,9\r\n",
			lines("Fecha datetime: 1981-01-01T00:00:00 1981-01-31T00:00:00", "Temperatura minima number: 20.7 17.9"),
			map[string]string{"dates": "dd/mm/yyyy", "line ends": "CRLF"}},
		{"monthly passengers", "Month,Passengers\n1949-01,112\n1949-02,118\n",
			lines("Month datetime: 1949-01-01T00:00:00 1949-02-01T00:00:00", "Passengers integer: 112 118"), nil},
		{"customers with a blank for nothing", "churn,partner,tenure,total\nNo,Yes,1,29.85\nYes,No,0, \nNo,No,34,1889.5\n",
			lines(`churn boolean: "No" "Yes" "No"`, `partner boolean: "Yes" "No" "No"`, "tenure integer: 1 0 34", "total number: 29.85 . 1889.5"), nil},
		{"credit with comparisons", "status,savings,class\n<0,>=1000,good\n0<=X<200,<100,bad\nno checking,<100,good\n",
			lines(`status category: "<0" "0<=X<200" "no checking"`, `savings category: ">=1000" "<100" "<100"`, `class category: "good" "bad" "good"`), nil},
		{"pandas with its index", ",a,b\n0,1.5,x\n1,2.5,y\n", lines("c1 integer: 0 1", "a number: 1.5 2.5", `b category: "x" "y"`), nil},
		{"R with row numbers", "\"\",\"len\",\"supp\"\n\"1\",4.2,\"VC\"\n\"2\",11.5,\"OJ\"\n", lines("c1 integer: 1 2", "len number: 4.2 11.5", `supp category: "VC" "OJ"`), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			tab, rep := read(t, test.text, Options{})
			checkTable(t, tab)
			if got := show(tab); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
			for what, want := range test.found {
				if got := rep.finding(what); got != want {
					t.Errorf("%s: got %q, want %q", what, got, want)
				}
			}
		})
	}
}
