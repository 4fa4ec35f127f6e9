package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sadi"
	"sadi/internal/bundle"
	"sadi/internal/fsx"
	"sadi/internal/interchange"
	"sadi/internal/model/tree"
	"sadi/internal/prep/pipeline"
)

func (a *App) exportCommand() *cobra.Command {
	var format, member, out string
	var formats []string
	for _, f := range interchange.Formats() {
		formats = append(formats, string(f))
	}
	c := &cobra.Command{
		Use:   "export MODEL",
		Short: "Write a booster of a job's model as a file of XGBoost or LightGBM",
		Long: "Writes one boosted member of MODEL (a job's folder, or a model file) in the form of XGBoost or LightGBM, and beside it\n" +
			"FILE.features.json, which says how the columns are prepared: the file holds the trees and not the preparation.",
		Example: "  sadi export data/processed/JOB/auto_ml --format xgboost-json -o model.json\n  sadi export data/processed/JOB/auto_ml --format lightgbm --member 2",
		Args:    args("MODEL"),
		RunE: func(_ *cobra.Command, given []string) error {
			b, err := loadBundle(given[0])
			if err != nil {
				return err
			}
			p, err := chooseBooster(b, member)
			if err != nil {
				return err
			}
			return a.export(b, p, interchange.Format(format), out)
		},
	}
	c.Flags().StringVar(&format, "format", string(interchange.XGBoostJSON), "the form: "+strings.Join(formats, ", "))
	c.Flags().StringVar(&member, "member", "", "which member, by its number (2), and of one with several models the model (2.1); default: the booster of most weight")
	c.Flags().StringVarP(&out, "output", "o", "", "the file to write (default: the member's name, here)")
	return c
}

// chosen is a part of a bundle that can be exported.
type chosen struct {
	member, part int
	booster      *tree.Booster
}

// chooseBooster finds the part that the words name ("2", "2.1"), or the booster of most weight.
func chooseBooster(b *bundle.Bundle, words string) (chosen, error) {
	if words == "" {
		best := chosen{member: -1}
		var why []string
		for i, m := range b.Members {
			booster, err := interchange.BoosterOf(m.Parts[0].Fitted)
			switch {
			case err != nil:
				why = append(why, fmt.Sprintf("%d %s: %v", i+1, m.Name, err))
			case best.member < 0 || m.Weight > b.Members[best.member].Weight:
				best = chosen{i, 0, booster}
			}
		}
		if best.member < 0 {
			return best, sadi.Errorf(sadi.BadUsage, "no member of the model can be exported").Advise("%s", strings.Join(why, "; "))
		}
		if m := b.Members[best.member]; len(m.Parts) > 1 {
			return best, severalModels(m, best.member+1)
		}
		return best, nil
	}
	i, k, err := findMember(b, words)
	if err != nil {
		return chosen{}, err
	}
	m := b.Members[i]
	if k < 0 && len(m.Parts) > 1 {
		if _, err := interchange.BoosterOf(m.Parts[0].Fitted); err != nil {
			return chosen{}, exportError(b, m, err)
		}
		return chosen{}, severalModels(m, i+1)
	}
	k = max(k, 0)
	booster, err := interchange.BoosterOf(m.Parts[k].Fitted)
	if err != nil {
		return chosen{}, exportError(b, m, err)
	}
	return chosen{i, k, booster}, nil
}

// findMember is the member that the words name ("2", "2.1"), from 0, and the part of it, −1 = all.
func findMember(b *bundle.Bundle, words string) (member, part int, err error) {
	number, of, several := strings.Cut(words, ".")
	member, err = strconv.Atoi(number)
	if err != nil || member < 1 || member > len(b.Members) {
		return 0, 0, sadi.Errorf(sadi.NotFound, "the model has no member %q", words).Advise("the members are: %s", members(b))
	}
	if !several {
		return member - 1, -1, nil
	}
	parts := len(b.Members[member-1].Parts)
	if part, err = strconv.Atoi(of); err != nil || part < 1 || part > parts {
		return 0, 0, sadi.Errorf(sadi.NotFound, "member %d has %d models, and %q is none of them", member, parts, words)
	}
	return member - 1, part - 1, nil
}

// exportError says why a member can not be exported, and which others there are.
func exportError(b *bundle.Bundle, m bundle.Member, why error) error {
	return sadi.Errorf(sadi.BadUsage, "%s can not be exported: %w", m.Name, why).Advise("the members are: %s", members(b))
}

func severalModels(m bundle.Member, number int) error {
	return sadi.Errorf(sadi.BadUsage, "%s is the mean of %d models, one for each fold, and a file holds one", m.Name, len(m.Parts)).
		Advise("name one of them: --member %d.1 to %d.%d", number, number, len(m.Parts))
}

// members lists the members of a model for a person.
func members(b *bundle.Bundle) string {
	var names []string
	for i, m := range b.Members {
		names = append(names, fmt.Sprintf("%d %s (weight %.2g)", i+1, m.Name, m.Weight))
	}
	return strings.Join(names, ", ")
}

// exported is the file beside an exported model: what the trees do not say.
type exported struct {
	Model    string            `json:"model"`  // the file beside this one
	Format   string            `json:"format"` // "xgboost-json"
	Member   string            `json:"member"`
	Weight   float64           `json:"weight"`  // of the member in the job's model
	Members  int               `json:"members"` // of the job's model
	Problem  sadi.Problem      `json:"problem"`
	Target   string            `json:"target"`
	Labels   []string          `json:"labels,omitempty"` // the classes in index order
	Features []exportedFeature `json:"features"`
	Columns  []pipeline.Step   `json:"columns"` // what the preparation does with each column, in words
}

type exportedFeature struct {
	Name   string   `json:"name"`            // in the model file; the order is the model's
	Here   string   `json:"feature"`         // in the job's model
	Column string   `json:"column"`          // of the table, from which it is made
	Codes  []string `json:"codes,omitempty"` // of a category: what the codes 0, 1, … stand for
}

func (a *App) export(b *bundle.Bundle, p chosen, format interchange.Format, out string) error {
	m := b.Members[p.member]
	prep := b.Pipelines[m.Parts[p.part].Pipeline]
	foreign := &interchange.Model{Booster: p.booster, Features: interchange.FeaturesOf(prep.Features())}
	file, err := interchange.Write(foreign, format)
	if err != nil {
		return err
	}
	if out == "" {
		out = strings.NewReplacer(" ", "_", "#", "").Replace(m.Name) + format.Extension()
	}
	beside := exported{Model: out, Format: string(format), Member: m.Name, Weight: m.Weight, Members: len(b.Members),
		Problem: b.Problem, Target: b.Target, Labels: b.Labels, Columns: prep.Describe()}
	names, labels := interchange.Names(foreign, format), prep.Labels()
	for j, f := range prep.Features() {
		beside.Features = append(beside.Features, exportedFeature{names[j], f.Name, f.Source, labels[j]})
	}
	text, err := json.MarshalIndent(beside, "", "  ")
	if err != nil {
		return sadi.Errorf(sadi.Internal, "the description of the features can not be written: %w", err)
	}
	if err := fsx.WriteFile(out, file); err != nil {
		return err
	}
	if err := fsx.WriteFile(out+".features.json", append(text, '\n')); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "%s: %s, %d trees, as %s\n%s.features.json: how its %d columns are prepared\n", out, m.Name, len(p.booster.Trees), format, out, len(names))
	if len(b.Members) > 1 {
		fmt.Fprintf(a.Out, "The job's model is the weighted mean of %d members; this is one of them, of weight %.2g.\n", len(b.Members), m.Weight)
	}
	return nil
}
