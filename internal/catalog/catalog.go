// Package catalog lists everything that can be plugged in; it is the only importer of concrete algorithms and searchers.
//
// The lists are explicit, not filled by imports: order, content and doubles are visible in one file, and a test can
// build a smaller catalogue of its own.
package catalog

import (
	"sadi"
	"sadi/internal/engine"
	"sadi/internal/model"
	"sadi/internal/model/catboost"
	"sadi/internal/model/decisiontree"
	"sadi/internal/model/discriminant"
	"sadi/internal/model/dummy"
	"sadi/internal/model/elasticnet"
	"sadi/internal/model/extratrees"
	"sadi/internal/model/gaussianprocess"
	"sadi/internal/model/histgb"
	"sadi/internal/model/lasso"
	"sadi/internal/model/lgbm"
	"sadi/internal/model/linearregression"
	"sadi/internal/model/logisticregression"
	"sadi/internal/model/mlp"
	"sadi/internal/model/naivebayes"
	"sadi/internal/model/neighbors"
	"sadi/internal/model/randomforest"
	"sadi/internal/model/ridge"
	"sadi/internal/model/svm"
	"sadi/internal/model/xgb"
	"sadi/internal/search/tpe"
)

// Models are the learning algorithms, in the order in which they are shown. Add a new one as one line.
func Models() []model.Model {
	return []model.Model{
		dummy.Model{},
		logisticregression.Model{},
		linearregression.Model{},
		ridge.Model{},
		lasso.Model{},
		elasticnet.Model{},
		decisiontree.Classifier{},
		decisiontree.Regressor{},
		randomforest.Classifier{},
		randomforest.Regressor{},
		extratrees.Classifier{},
		extratrees.Regressor{},
		xgb.Classifier{},
		xgb.Regressor{},
		lgbm.Classifier{},
		lgbm.Regressor{},
		histgb.Classifier{},
		histgb.Regressor{},
		catboost.Classifier{},
		catboost.Regressor{},
		svm.Classifier{},
		svm.Regressor{},
		neighbors.Classifier{},
		neighbors.Regressor{},
		gaussianprocess.Classifier{},
		gaussianprocess.Regressor{},
		naivebayes.Model{},
		discriminant.Linear{},
		discriminant.Quadratic{},
		mlp.Classifier{},
		mlp.Regressor{},
	}
}

// Model finds an algorithm by its own name, as it stands in model files.
func Model(name string) (model.Model, error) {
	for _, m := range Models() {
		if m.Name() == name {
			return m, nil
		}
	}
	return nil, sadi.Errorf(sadi.NotFound, "there is no algorithm %q", name)
}

// Engine is the catalogue as the engine takes it.
func Engine() engine.Catalog {
	return engine.Catalog{Models: Models(), Searcher: tpe.Searcher{}}
}
